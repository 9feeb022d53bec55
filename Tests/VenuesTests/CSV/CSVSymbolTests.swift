import Events
import Testing

@testable import Venues

/// Files whose rows are of several instruments.
struct CSVSymbolTests {
  private static let trades = "kind = \"trade\"\ntime = \"t\"\nprice = \"p\"\nsize = \"q\"\n"

  private func decoded(_ map: String, _ rows: String, only symbol: String? = nil) throws -> Decoded
  {
    let bytes = [UInt8](map.utf8)
    var columns = try ColumnMap(MapFile(bytes.span))
    if let symbol { columns.symbol = symbol }
    return Decoded(CSVDecoder(map: columns, symbol: "FILE"), rows)
  }

  private let rows = """
    Symbol,t,p,q
    B,2024-01-02,5,1
    A,2024-01-03,7,2
    "B",2024-01-02,6,1
    A,2024-01-03,8,2
    A,2024-01-02,9,2

    """

  @Test(arguments: ["symbol_column = \"Symbol\"\n", "symbol_column = 1\n"])
  func `a column names the instrument of each row`(key: String) throws {
    let result = try decoded(Self.trades + key, rows)
    #expect(result.error == nil)
    #expect(result.registry.instruments.map(\.symbol) == ["B", "A"])
    let trades = result.market.map { event -> String in
      guard case .trade(let trade) = event else { return "?" }
      return "\(trade.instrument.index) \(trade.price.raw / 1_000_000_000)"
    }
    #expect(trades == ["0 5", "1 7", "0 6", "1 8", "1 9"])
    // Each instrument has its own order of time.
    #expect(result.issues == [.outOfOrder])
    #expect(result.batch.qualities[0].instrument == InstrumentID(1))
  }

  @Test func `bars of one time are of each instrument`() throws {
    let bars =
      "kind = \"bar\"\nbar = \"1d\"\ntime = 2\nopen = 3\nhigh = 3\nlow = 3\nclose = 3\nsymbol_column = 1\n"
    let result = try decoded(
      bars, "A,2024-01-02,5\nB,2024-01-02,6\nA,2024-01-02,7\nB,2024-01-03,8\n")
    #expect(result.market.count == 3)
    #expect(result.issues == [.duplicate])
  }

  @Test func `one of them may be asked for`() throws {
    let result = try decoded(Self.trades + "symbol_column = 1\n", rows, only: "A")
    #expect(result.registry.instruments.map(\.symbol) == ["A"])
    #expect(result.market.count == 3)
    #expect(result.batch.skipped.items.map(\.count) == [2])
    #expect(result.registry.isUsed)
    let none = try decoded(Self.trades + "symbol_column = 1\n", rows, only: "C")
    #expect(none.market.isEmpty)
    #expect(!none.registry.isUsed)
    #expect(none.registry.passedOver == ["B", "A"])
  }

  /// Headings, what stands in the column, keys of the map, and the line that is wrong.
  @Test(
    arguments: [
      ("Symbol", ["A", "B"], "", 3), ("Sym", ["A", "B"], "", 3),
      ("TICKER", ["A", "A", "B"], "", 4),
      (" instrument ", ["A", "", "A"], "", 3), ("symbol", ["A", "B"], "symbol = \"X\"\n", 3),
      ("symbol", ["A", "A", "A"], "", nil), ("symbol", ["A", "B"], "symbol_column = \"\"\n", nil),
      ("symbol", ["1", "2"], "side = \"none\"\n", 3), ("symbols", ["A", "B"], "", nil),
    ] as [(String, [String], String, Int?)])
  func `a column of symbols that the map does not speak of must not merge them`(
    heading: String, values: [String], keys: String, line: Int?
  ) throws {
    let rows = values.map { "2024-01-02,1,1,\($0),n\n" }.joined()
    let result = try decoded(Self.trades + keys, "t,p,q,\(heading),none\n" + rows)
    guard let line else {
      #expect(result.error == nil)
      #expect(result.registry.instruments.count == 1)
      return
    }
    #expect(result.error?.place == .line(line))
    #expect(
      result.error?.reason.contains("symbol_column = \"\(heading.filter { $0 != " " })\"") == true)
  }

  @Test func `a column that the map has for something else is no column of symbols`() throws {
    let map = "kind = \"trade\"\ntime = \"t\"\nprice = \"instrument\"\nsize = 3\n"
    let result = try decoded(map, "t,instrument,q\n2024-01-02,1,1\n2024-01-02,2,1\n")
    #expect(result.error == nil)
  }

  @Test(arguments: [
    ("symbol_column = 1\nsymbol = \"X\"\n", "give one of them"),
    ("symbol_column = true\n", "column"),
    ("symbol_column = 0\n", "column"), ("symbol_column = \"x\"\nheader = false\n", "header"),
  ])
  func `a map that says both or neither is refused`(keys: String, reason: String) {
    let error = #expect(throws: DecodeError.self) { try decoded(Self.trades + keys, "") }
    #expect(error?.reason.contains(reason) == true)
  }

  @Test(arguments: [
    ("t,p,q,s\n2024-01-02,1,1,\n", "line 2: no symbol"),
    ("t,p,q,s\n2024-01-02,1,1\n", "line 2: 3 columns; “symbol_column” is column 4"),
    ("t,p,q\n2024-01-02,1,1\n", "line 1: no column is called “s”; there are: t, p, q"),
  ])
  func `a row without a symbol is none`(rows: String, problem: String) throws {
    let result = try decoded(Self.trades + "symbol_column = \"s\"\n", rows)
    #expect(result.error?.description == problem)
  }
}
