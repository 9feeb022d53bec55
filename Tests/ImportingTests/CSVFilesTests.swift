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
      format: .csv, paths: [folder], symbol: symbol, mapPath: try scratch.write("m.toml", map))
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
  private func storedZip(_ entries: [(name: String, text: String)]) -> [UInt8] {
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
}
