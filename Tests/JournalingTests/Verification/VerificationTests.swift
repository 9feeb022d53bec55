import Events
import Glibc
import Journaling
import Testing

struct VerificationTests {
  let folder = TemporaryFolder()
  private var data: String { folder.journal + "/data.mdb" }

  /// Blocks of more than a page, so that each is in one place of the file.
  private func create(blocks: Int = 30, sealed: Bool = false, signed: Bool = false) throws {
    var journal = try Journal.create(at: folder.journal, meta: testMeta, durability: .none)
    try fill(&journal, blocks: blocks, bytes: 9000)
    if sealed { try journal.seal() }
    if signed { try journal.writeCheckpoint(state: .zero, at: .epoch, key: .create()) }
  }

  private func report() throws -> VerificationReport {
    try JournalReader.open(at: folder.journal).verify()
  }

  @Test func `an intact journal is told as such`() throws {
    try create(signed: true)
    let report = try report()
    #expect(report.isIntact)
    #expect(report.blocks == 30)
    #expect(report.entries == 300)
    #expect(report.head.sequence == 300)
    #expect(report.checkpoints == 1)
    var told: [UInt64] = []
    _ = try JournalReader.open(at: folder.journal).verify(progress: { told.append($0) })
    #expect(told.last == 300)
  }

  @Test func `all damaged ranges are told, not only the first`() throws {
    try create()
    changeBytes(in: data, of: 51) { $0[0] = 0 }
    changeBytes(in: data, of: 111) { $0[5000] ^= 0x80 }
    changeBytes(in: data, of: 121) { $0[16] = 3 }
    changeBytes(in: data, of: 291) { $0[4] = 9 }
    let report = try report()
    #expect(
      report.problems.map { "\($0.kind) \($0.first) \($0.last)" } == [
        "damagedBlock 51 60", "brokenChain 111 120", "missingEntries 124 130",
        "damagedBlock 291 291",
      ])
    #expect(report.blocks == 28)
    #expect(report.problems[1].what.contains("#121"))
  }

  @Test func `the change of the last block is found by a checkpoint`() throws {
    try create(signed: true)
    changeBytes(in: data, of: 291) { $0[5000] ^= 1 }
    let report = try report()
    #expect(report.problems.map(\.kind) == [.badCheckpoint])
    #expect(report.problems.map { $0.first...$0.last } == [1...300])
  }

  @Test func `records that do not parse are told`() throws {
    try create()
    let reader = try JournalReader.open(at: folder.journal)
    let report = try reader.verify(records: { (header, content) throws(Damage) in
      #expect(content.byteCount == 9072)
      if header.firstSequence == 71 { throw Damage(at: 88, "kind 200") }
      return []
    })
    #expect(report.problems.map { $0.first...$0.last } == [71...80])
    #expect(report.problems[0].what.contains("byte 88: kind 200"))
  }

  @Test func `a time that goes back is told`() throws {
    try create()
    changeBytes(in: data, of: 101) { bytes in
      for place in 24..<40 { bytes[place] = 0 }
    }
    #expect(try report().problems.contains { $0.kind == .timeReversed && $0.first == 101 })
  }

  /// Every flip of a bit in a block's bytes is told by a problem that names the block. (LMDB's own
  /// pages are the matter of `PageCheckTests`.)
  @Test func `no flipped bit in a block goes unnoticed`() throws {
    try create(blocks: 12, signed: true)
    var generator = SplitMix(seed: 5)
    let original = readFile(data)
    for round in 0..<150 {
      writeFile(data, original)
      let first = 1 + 10 * (generator.next() % 12)
      // Half of the flips hit the header, where most can go wrong.
      let (inHeader, bit) = (generator.next() % 2 == 0, Int(generator.next() % 8))
      let offset = Int(generator.next() % (inHeader ? 72 : 9072))
      let places = changeBytes(in: data, of: first) { $0[offset] ^= 1 << bit }
      #expect(places == 1)
      let problems = try report().problems
      // A flip in the header's hash of the block before shows as a doubt about that block.
      let reach = first > 10 ? first - 10 : first
      #expect(
        problems.contains { $0.last >= reach && $0.first <= first + 9 },
        "round \(round): block \(first), byte \(offset), bit \(bit): \(problems)")
      #expect(throws: Never.self) { try readAll() }
    }
  }

  /// Reads everything as a replay does; damage may end that, nothing else may happen.
  private func readAll() throws {
    let reader = try JournalReader.open(at: folder.journal)
    do throws(JournalError) {
      try reader.forEachBlock(verify: true) { (_, _) in true }
    } catch {
      switch error {
      case .damagedBlock, .brokenChain, .unsigned, .shortened: return
      default: throw error
      }
    }
  }

  @Test func `damage of a sealed block is told`() throws {
    try create(blocks: 12, sealed: true)
    let original = readFile(data)
    var generator = SplitMix(seed: 6)
    let magic: [UInt8] = [0x44, 0x59, 0x42, 0x5A]
    let places = stride(from: 8192, to: original.count, by: 4096).filter {
      Array(original[($0 + 16)..<($0 + 20)]) == magic
    }
    #expect(places.count == 12)
    for _ in 0..<200 {
      var bytes = original
      let place = places[Int(generator.next() % 12)] + 16 + Int(generator.next() % 5000)
      bytes[place] ^= 1 << (generator.next() % 8)
      writeFile(data, bytes)
      let report = try report()
      #expect(report.problems.count >= 1, "byte \(place)")
      try readAll()
    }
  }
}
