import Events
import Testing

@testable import Venues

struct CSVRecordTests {
  private func decoded(_ rows: String, piece: Int = .max) throws -> Decoded {
    let text =
      "kind = \"trade\"\ntime = \"t\"\ntime_format = \"unix_s\"\nprice = \"p\"\nsize = \"q\"\n"
    let bytes = [UInt8](text.utf8)
    return Decoded(
      CSVDecoder(map: try ColumnMap(MapFile(bytes.span)), symbol: "X"), [UInt8](rows.utf8),
      piece: piece)
  }

  private static let heading = "t,p,q,note\n"

  @Test(arguments: [
    ("1,2,3,\"a\nb\nc", "line 2: a quote that opens here does not end: "),
    ("1,2,3,\"a\n\"\n1,2,\"3", "line 4: a quote that opens here does not end: "),
    (
      "1,2,3,\"a\n1,2,3,b\"c\n", "line 2: a quote that opens here closes within a field of line 3: "
    ),
    (
      "1,2,3,\"a\n1,2,3,\"b\"\n",
      "line 2: a quote that opens here closes within a field of line 3: "
    ),
  ])
  func `a stray quote is told where it opens`(rows: String, problem: String) throws {
    for piece in [3, .max] {
      let error = try decoded(Self.heading + rows, piece: piece).error?.description ?? ""
      #expect(error.hasPrefix(problem), "\(error)")
      #expect(error.hasSuffix("put the whole field in quotes and double those within"))
    }
  }

  /// Megabytes of short lines behind a quote, or one line of them: told within the bound, in one pass.
  @Test(arguments: [
    ("1,2,3,\"", "1,2,3,x\n", "line 3: a quote that opens here does not end within 1 MB: "),
    ("1,2,3,\"", "1,2,3,x", "line 3: a quote that opens here does not end within 1 MB: "),
    ("", "1,2,3,x", "line 3: a row longer than 1 MB"),
  ])
  func `a row has a bound`(start: String, filler: String, problem: String) throws {
    let rows =
      Self.heading + "1,2,3,4\n" + start
      + String(repeating: filler, count: (3 << 20) / filler.count)
    for piece in [1 << 18, .max] {
      let result = try decoded(rows, piece: piece)
      #expect(result.market.count == 1)
      #expect(result.error?.description.hasPrefix(problem) == true)
    }
  }

  @Test func `a long field that ends in time is taken`() throws {
    let note = String(repeating: "one, \"\"two\"\"\n", count: 50_000)
    let rows = Self.heading + "1,2,3,\"\(note)\"\n2,2,3,x\nx"
    for piece in [1 << 18, .max] {
      let result = try decoded(rows, piece: piece)
      #expect(result.market.count == 2)
      #expect(result.error?.place == .line(50_004))
    }
  }

  @Test func `two columns of one name are told, unless nobody asks for them`() throws {
    #expect(try decoded("t,p,q,n,n\n1,2,3,4,5\n").error == nil)
    #expect(
      try decoded("t,p,q,p\n1,2,3,4\n").error?.description
        == "line 1: columns 2, 4 are all called “p”: name the one that is meant by its number, price = 2"
    )
  }

  /// Rows with spaces, and the price that they tell.
  @Test(arguments: [
    ("1 , 2 ,3,x", 2), (" 1,\t2,3 ,", 2), (" \"1\" , \"2\" ,3,x", 2), ("1,2,3, \"a\nb\" ", 2),
    ("1,2,3, a \"b\" c ", 2), ("1,2,3,   ", 2),
  ])
  func `spaces around fields are not theirs`(row: String, price: Int64) throws {
    for heading in [Self.heading, "t , p,\"q\" , note\n"] {
      let result = try decoded(heading + row + "\n2,5,1,x\n")
      #expect(result.error == nil)
      #expect(result.market.count == 2)
      guard case .trade(let trade)? = result.market.first else { continue }
      #expect(trade.price.raw == price * 1_000_000_000)
    }
  }

  @Test func `a delimiter that is a space or tab is none around fields`() throws {
    for delimiter in [" ", "\\t"] {
      let text =
        "kind = \"trade\"\ntime = 1\ntime_format = \"unix_s\"\nprice = 3\nsize = 4\ndelimiter = \"\(delimiter)\"\n"
      let bytes = [UInt8](text.utf8)
      let row = ["1", "", "2", "3"].joined(separator: delimiter == " " ? " " : "\t")
      let result = Decoded(
        CSVDecoder(map: try ColumnMap(MapFile(bytes.span)), symbol: "X"), row + "\n")
      #expect(result.market.count == 1, "\(result.error?.description ?? "")")
    }
  }

  /// Formats, the day, the time of day, and the seconds since 1970; nil for an error.
  @Test(
    arguments: [
      ("iso8601", "2024-01-02", "09:30", 1_704_187_800),
      ("iso8601", "2024-01-02", "09:30:01", 1_704_187_801),
      ("iso8601", "2024-01-02", "09:30:00+01", 1_704_184_200),
      ("YYYYMMDD HHMMSS", "20240102", "093000", 1_704_187_800),
      ("YYYYMMDD HHMMSS", "20240102", "0930", 1_704_187_800),
      ("iso8601", "2024-01-02", "", nil), ("iso8601", "", "09:30", nil),
      ("iso8601", "2024-01-02 08:00", "09:30", nil), ("iso8601", "20240102", "09:30", nil),
    ] as [(String, String, String, Int64?)])
  func `day and time may stand in columns of their own`(
    format: String, day: String, time: String, seconds: Int64?
  ) throws {
    let text =
      "kind = \"trade\"\ndate = \"d\"\ntime = \"t\"\ntime_format = \"\(format)\"\nprice = \"p\"\nsize = \"q\"\n"
    let bytes = [UInt8](text.utf8)
    let result = Decoded(
      CSVDecoder(map: try ColumnMap(MapFile(bytes.span)), symbol: "X"),
      "d,t,p,q\n\(day), \(time),1,1\n")
    #expect(result.batch.ticks.first?.eventTime.nanoseconds == seconds.map { $0 * 1_000_000_000 })
    #expect((result.error == nil) == (seconds != nil))
    let unix = [UInt8](text.replacing(format, with: "unix_s").utf8)
    #expect(throws: DecodeError.self) { try ColumnMap(MapFile(unix.span)) }
  }

  @Test(
    arguments: [
      ("1e3", "1000"), ("1E+3", "1000"), ("1e-05", "0.00001"), ("1.25e1", "12.5"),
      ("-2.5E-1", "-0.25"),
      ("12.5e-1", "1.25"), (".5e1", "5"), ("5.e0", "5"), ("0e9", "0"), ("1e", nil), ("e5", nil),
      ("1e5.0", nil), ("1.2.3e1", nil), ("1e100", nil), ("1-e5", nil), ("1", nil), ("", nil),
    ] as [(String, String?)])
  func `exponents are taken exactly`(text: String, plain: String?) throws {
    let bytes = [UInt8](text.utf8)
    let found = plainDecimal(bytes.span, 0..<bytes.count)
    func value(_ bytes: [UInt8]) -> Int64? {
      try? parseDecimal(bytes.span, 0..<bytes.count, scale: 9).get()
    }
    #expect(found.flatMap { value($0) } == plain.flatMap { value([UInt8]($0.utf8)) })
    #expect((found == nil) == (plain == nil))
  }
}
