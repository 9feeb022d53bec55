import Foundation
import Testing

/// What an import says of instruments that Databento's files define, or do not.
struct DefinitionTests {
  private func little(_ value: UInt64, _ width: Int) -> [UInt8] {
    (0..<width).map { $0 < 8 ? UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) : 0 }
  }

  private func padded(_ text: String, _ width: Int) -> [UInt8] {
    Array(text.utf8) + [UInt8](repeating: 0, count: width - text.utf8.count)
  }

  /// A file of one record about `XYZH4`.
  private func file(_ record: [UInt8], schema: UInt64) -> [UInt8] {
    var head = padded("GLBX.MDP3", 16) + little(schema, 2) + little(0, 24) + [1, 0, 0]
    head += little(71, 2) + little(0, 53 + 4 + 12) + little(1, 4) + padded("XYZH4", 71)
    head += little(1, 4) + little(20_240_101, 4) + little(20_240_201, 4) + padded("5", 71)
    return Array("DBN".utf8) + [2] + little(UInt64(head.count), 4) + head + record
  }

  private let time: UInt64 = 1_704_205_800_000_000_000

  private var trade: [UInt8] {
    [12, 0] + little(1, 2) + little(5, 4) + little(time, 8) + little(10_250_000_000, 8)
      + little(5, 4) + Array("TB".utf8) + [128, 0] + little(time, 8) + little(0, 8)
  }

  /// A tick of 0.25 is worth 5 dollars.
  private var definition: [UInt8] {
    var record = [100, 0x13] + little(1, 2) + little(5, 4) + little(time, 8) + little(time, 8)
    record += little(250_000_000, 8) + little(0, 64) + little(5_000_000_000, 8)
    record += little(0, 82) + padded("USD", 14) + padded("XYZH4", 92) + padded("XCME", 82)
    return record + Array("F".utf8) + little(0, 25)
  }

  @Test func `a multiplier that nobody said is told, and a definition that repeats is fine`() throws
  {
    let scratch = try Workshop.scratch()
    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
      let path = "\(scratch.path)/\(name)"
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      return path
    }
    let trades = try write("trades.dbn", file(trade, schema: 4))
    let definitions = try write("definitions.dbn", file(definition, schema: 9))
    func run(_ journal: String, _ files: [String]) throws -> Program.Result {
      try Program.run(
        ["import", "--journal", "\(scratch.path)/\(journal)", "--format", "dbn", "--json", "-q"]
          + files)
    }
    let bare = try run("bare", [trades])
    #expect(bare.code == 0, "\(bare.complaint)")
    #expect(bare.json["assumed_multipliers"] as? [String] == ["XCME:XYZH4"])
    #expect(
      bare.complaint.contains("nothing says what a point of XCME:XYZH4 (future, in USD) is worth"))
    let contradicted = try run("bare", [definitions])
    #expect(contradicted.code == 65)
    #expect(contradicted.complaint.contains("multiplier 1, the definition says 20"))
    let defined = try run("defined", [trades, definitions])
    #expect(defined.json["assumed_multipliers"] as? [String] == [])
    #expect(defined.complaint.isEmpty, "\(defined.complaint)")
    let repeated = try run("defined", [definitions])
    #expect(repeated.code == 0, "\(repeated.complaint)")
    #expect(repeated.json["entries"] as? Int == 0)
    #expect(try Program.run(["verify", "\(scratch.path)/defined"]).code == 0)
  }
}
