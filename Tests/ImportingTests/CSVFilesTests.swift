import Events
import Foundation
import Importing
import Testing

/// Which instruments files and their rows are of.
struct CSVFilesTests {
  private static let bars = """
    kind = "bar"
    bar = "1d"
    time = 1
    open = 2
    high = 2
    low = 2
    close = 2

    """

  private func request(_ scratch: Scratch, _ map: String, symbol: String? = nil) throws
    -> ImportRequest
  {
    let folder = "\(scratch.path)/in"
    return ImportRequest(
      format: .csv, paths: [folder], symbol: symbol, mapPaths: [try scratch.write("m.toml", map)])
  }

  private func folder(_ files: [(String, [UInt8])]) throws -> Scratch {
    let scratch = try Scratch()
    try FileManager.default.createDirectory(
      atPath: scratch.path + "/in", withIntermediateDirectories: true)
    for (name, bytes) in files {
      try Data(bytes).write(to: URL(fileURLWithPath: "\(scratch.path)/in/\(name)"))
    }
    return scratch
  }

  private func told(_ sink: Collected) -> [String] {
    sink.items.compactMap { item in
      guard case .market(.bar(let bar)) = item.observation else { return nil }
      return "\(sink.instruments[bar.instrument.index].symbol) \(bar.close.raw)"
    }
  }

  @Test func `names with dots are of different instruments, parts of one name of one`() throws {
    let scratch = try folder([
      ("BRK.A.csv", [UInt8]("2024-01-02,5\n2024-01-03,6\n".utf8)),
      ("BRK.B.csv", [UInt8]("2024-01-02,7\n2024-01-03,8\n".utf8)),
      ("BRK.B.txt", [UInt8]("2024-01-04,9\n".utf8)),
    ])
    let (sink, counts) = try collect(request(scratch, Self.bars))
    #expect(counts.byIssue.allSatisfy { $0 == 0 })
    #expect(told(sink) == ["BRK.A 5", "BRK.B 7", "BRK.A 6", "BRK.B 8", "BRK.B 9"])
  }

  @Test func `entries of an archive are files of their own`() throws {
    let zip = storedZip([
      ("AAPL.csv", "2024-01-02,5\n2024-01-03,6\n"), ("more/BRK.B.csv", "2024-01-02,7\n"),
      ("2024/AAPL.csv", "2024-01-04,9\n"),
    ])
    let scratch = try folder([("two.zip", zip)])
    let (sink, counts) = try collect(request(scratch, Self.bars))
    #expect(counts.byIssue.allSatisfy { $0 == 0 })
    #expect(told(sink) == ["AAPL 5", "BRK.B 7", "AAPL 6", "AAPL 9"])
    #expect(sink.isInOrder)
    let items = sink.items.dropFirst(sink.instruments.count)
    #expect(items.allSatisfy { $0.event == $0.receive })
  }

  @Test func `rows of a file are put in order of time across its instruments`() throws {
    let rows = "A,2024-01-02,5\nA,2024-01-03,6.5\nB,2024-01-02,7\nB,2024-01-03,8.125\n"
    let scratch = try folder([("x.csv", [UInt8](rows.utf8))])
    let map = Self.bars.replacing("= 2", with: "= 3").replacing("time = 1", with: "time = 2")
    let (sink, counts) = try collect(request(scratch, map + "symbol_column = 1\n"))
    #expect(counts.byIssue.allSatisfy { $0 == 0 })
    #expect(told(sink) == ["A 50", "B 7000", "A 65", "B 8125"])
    // Each has the digits of its own prices.
    #expect(sink.instruments.map(\.priceScale) == [1, 3])
    let (one, found) = try collect(
      request(scratch, map + "symbol_column = 1\n", symbol: "B"))
    #expect(told(one) == ["B 7000", "B 8125"])
    #expect(found.skipped.items.map(\.reason) == ["row of another symbol"])
    let error = #expect(throws: ImportError.self) {
      try collect(request(scratch, map + "symbol_column = 1\n", symbol: "C"))
    }
    guard case .noSymbol(let among) = error else {
      Issue.record("\(error?.description ?? "no error")")
      return
    }
    #expect(among == ["A", "B"])
  }

  /// A zip archive of entries that are stored as they are.
  func storedZip(_ entries: [(name: String, text: String)]) -> [UInt8] {
    func bytes(_ value: Int, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    var (archive, directory): ([UInt8], [UInt8]) = ([], [])
    for (name, text) in entries {
      let content = [UInt8](text.utf8)
      let fields =
        bytes(20, 2) + bytes(0, 8) + bytes(Int(checksum(content)), 4) + bytes(content.count, 4)
        + bytes(content.count, 4) + bytes(name.utf8.count, 2) + bytes(0, 2)
      let place = archive.count
      archive += bytes(0x0403_4B50, 4) + fields + Array(name.utf8) + content
      directory += bytes(0x0201_4B50, 4) + bytes(20, 2) + fields + bytes(0, 10) + bytes(place, 4)
      directory += Array(name.utf8)
    }
    return archive + directory + bytes(0x0605_4B50, 4) + bytes(0, 4) + bytes(entries.count, 2)
      + bytes(entries.count, 2) + bytes(directory.count, 4) + bytes(archive.count, 4) + bytes(0, 2)
  }

  /// CRC-32 as zip has it.
  private func checksum(_ bytes: [UInt8]) -> UInt32 {
    var sum = UInt32.max
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
    }
    return ~sum
  }

  private static let quotes =
    "kind = \"quote\"\ntime = 1\ntime_format = \"unix_s\"\nbid = 2\nask = 3\n"
  private static let trades =
    "kind = \"trade\"\ntime = 1\ntime_format = \"unix_s\"\nprice = 2\nsize = 3\nfiles = \"*-trades*\"\n"

  private func twoKinds() throws -> Scratch {
    try folder([
      ("a-quotes.csv", [UInt8]("1,10.1,10.3\n3,10.2,10.4\n".utf8)),
      ("a-trades.csv", [UInt8]("2,10.25,5\n3,10.2,1\n".utf8)),
    ])
  }

  private func request(_ scratch: Scratch, maps: [String]) throws -> ImportRequest {
    let paths = try maps.enumerated().map { try scratch.write("\($0.offset).toml", $0.element) }
    return ImportRequest(
      format: .csv, paths: ["\(scratch.path)/in"], symbol: "A", mapPaths: paths)
  }

  @Test func `files of several kinds are merged, each by its map`() throws {
    let scratch = try twoKinds()
    let (sink, counts) = try collect(
      request(scratch, maps: [Self.quotes + "venue = \"X\"\n", Self.trades + "multiplier = 5\n"]))
    #expect(counts.byIssue.allSatisfy { $0 == 0 })
    #expect(sink.instruments.map(\.symbol) == ["A"])
    #expect(sink.instruments[0].priceScale == 2)
    #expect(sink.instruments[0].venueName == "X")
    #expect(sink.instruments[0].multiplier == 5_000_000_000)
    let told = sink.items.compactMap { item -> String? in
      switch item.observation {
      case .market(.quote(let quote)): "quote \(quote.bid.raw)"
      case .market(.trade(let trade)): "trade \(trade.price.raw)"
      default: nil
      }
    }
    #expect(told == ["quote 1010", "trade 1025", "quote 1020", "trade 1020"])
  }

  @Test(arguments: [
    (
      [quotes, trades.replacing("*-trades*", with: "*-prints*")],
      "1.toml: none of the files is for this map"
    ),
    ([quotes, trades.replacing("files", with: "# files")], "1.toml: for the same files as"),
    ([quotes + "venue = \"X\"\n", trades + "venue = \"Y\"\n"], "“venue” is another"),
    (
      [quotes + "price_scale = 2\n", trades + "tick_size = 0.125\n"],
      "“tick_size” 0.125000000 has more"
    ),
    ([quotes + "class = \"future\"\n", trades + "class = \"equity\"\n"], "“class” is another"),
  ])
  func `maps that cannot be meant are told`(maps: [String], words: String) throws {
    let scratch = try twoKinds()
    let request = try request(scratch, maps: maps)
    let error = #expect(throws: ImportError.self) { try collect(request) }
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
  }

  @Test func `a file that no map is for is told if it is named, else left out`() throws {
    let scratch = try twoKinds()
    var request = try request(scratch, maps: [Self.trades])
    #expect(try collect(request).counts.skipped.items.map(\.reason) == ["file of another kind"])
    request.paths = [request.paths[0] + "/a-quotes.csv"]
    let error = #expect(throws: ImportError.self) { try collect(request) }
    #expect(error?.description.contains("no map is for it") == true, "\(error?.description ?? "")")
  }

  @Test func `other formats take one map`() throws {
    let scratch = try twoKinds()
    var request = try request(scratch, maps: ["venue = \"X\"\n", "venue = \"X\"\n"])
    request.format = .dbn
    let error = #expect(throws: ImportError.self) { try collect(request) }
    #expect(error?.description.contains("only CSV files take several") == true)
  }
}
