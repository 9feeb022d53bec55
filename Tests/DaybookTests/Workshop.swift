import Foundation
import Testing

/// A folder with a small market, a run in it, and configurations; made once for all tests.
final class Workshop: Sendable {
  static let shared = Workshop()

  let folder: URL

  private init() {
    do {
      folder = try Self.scratch()
    } catch {
      fatalError("no folder for the tests: \(error)")
    }
  }

  /// What the tests of this process make; gone when it ends.
  private static let all: URL = {
    atexit { try? FileManager.default.removeItem(at: Workshop.all) }
    return FileManager.default.temporaryDirectory
      .appendingPathComponent("daybook-door-\(UUID().uuidString)")
  }()

  /// A new folder.
  static func scratch() throws -> URL {
    let folder = all.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }

  /// Trades the coin, whose quotes begin at midnight.
  static let configuration = """
    # A first strategy
    [account]
    cash = "100000 USD"

    [risk]
    position.max_quantity = 0.15

    [strategy.ema]
    kind = "ema-cross"
    instruments = ["COINUSD"]
    fast = 10
    slow = 50
    size = 0.1
    mode = "target"

    [venue]
    taker_fee = "0.01 %"
    latency = "1ms"

    [run]
    seed = 42
    """

  /// The folder with `market`, `run`, `run.toml`.
  static let market: URL = {
    let folder = shared.folder
    do {
      try configuration.write(
        to: folder.appendingPathComponent("run.toml"), atomically: true, encoding: .utf8)
      for command in [
        ["simulate", "--out", "market", "--seed", "7", "--events", "20000"],
        ["backtest", "--journal", "market", "--config", "run.toml", "--out", "run"],
      ] {
        let result = try Program.run(command, in: folder)
        guard result.code == 0 else { fatalError(result.complaint) }
      }
    } catch {
      fatalError("the market cannot be made: \(error)")
    }
    return folder
  }()

  /// Imports rows of the instrument X, whose first column is seconds since 1970.
  /// - Parameter map: what else the map says.
  static func importCSV(_ rows: String, _ map: String, into journal: String) throws
    -> Program.Result
  {
    let folder = try scratch()
    let common = "symbol = \"X\"\ntime = 1\ntime_format = \"unix_s\"\n"
    for (name, text) in [("rows.csv", rows), ("map.toml", common + map)] {
      try text.write(
        to: folder.appendingPathComponent(name), atomically: true, encoding: .utf8)
    }
    return try Program.run(
      [
        "import", "--journal", journal, "--format", "csv", "--map", "map.toml", "rows.csv",
        "--json", "-q",
      ], in: folder)
  }

  /// A copy of a journal in which bytes of the first large block are other ones.
  static func damaged(_ name: String) throws -> URL {
    let copy = try copy(name)
    let file = copy.appendingPathComponent("data.mdb")
    var bytes = try Data(contentsOf: file)
    // The middle of a block's records.
    let magic = try #require(bytes.range(of: Data("DYBK".utf8)))
    let place = magic.lowerBound + 100_000
    for index in place..<place + 16 { bytes[index] ^= 0xFF }
    try bytes.write(to: file)
    return copy
  }

  /// A copy of a journal that a test may spoil.
  static func copy(_ name: String) throws -> URL {
    let copy = try scratch().appendingPathComponent(name)
    try FileManager.default.copyItem(at: market.appendingPathComponent(name), to: copy)
    return copy
  }
}
