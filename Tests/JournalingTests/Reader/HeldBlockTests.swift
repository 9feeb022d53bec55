import Events
import Glibc
import Testing

@testable import Journaling

/// A single block is not shown if it is not what was recorded, nor are the meta pages trusted that do not belong
/// together.
struct HeldBlockTests {
  let folder = TemporaryFolder()

  /// A journal of five blocks of ten entries, closed.
  private func made() throws {
    var journal = try Journal.create(at: folder.journal, meta: testMeta)
    try fill(&journal, blocks: 5, bytes: 4_000)
  }

  private var file: String { folder.journal + "/data.mdb" }

  @Test func `a block that was changed is not lent, the others are`() throws {
    try made()
    changeBytes(in: file, of: 21) { $0[3000] ^= 4 }
    let reader = try JournalReader.open(at: folder.journal)
    for sequence: UInt64 in [11, 20, 31, 50] {
      #expect(try reader.withBlock(containing: sequence) { _, _ in true } == true)
    }
    for sequence: UInt64 in [21, 25, 30] {
      #expect(
        throws: JournalError.damagedBlock(
          first: 21, last: 30, what: "its hash is not the one that the block after it has")
      ) {
        try reader.withBlock(containing: sequence) { _, _ in Issue.record("it was lent") }
      }
    }
    var lent: [UInt64] = []
    #expect(throws: JournalError.self) {
      try reader.forEachBlock(through: 25, verify: true) { header, _ in
        lent.append(header.firstSequence)
        return true
      }
    }
    #expect(lent == [1, 11])
  }

  /// The transaction of a meta page stands at byte 144 of it.
  @Test(arguments: 0..<8)
  func `an older meta page that is taken for the newer is damage`(byte: Int) throws {
    try made()
    var bytes = readFile(file)
    let older = [0, 4096].min { bytes[$0 + 144] < bytes[$1 + 144] }!
    bytes[older + 144 + byte] ^= 0x40
    writeFile(file, bytes)
    #expect(throws: JournalError.self) { try JournalReader.open(at: folder.journal).head() }
    #expect(throws: JournalError.self) { _ = try Journal.open(at: folder.journal) }
    // Also where both say that the file has as many pages.
    let newer = 4096 - older
    bytes.replaceSubrange(older + 136..<older + 144, with: bytes[newer + 136..<newer + 144])
    writeFile(file, bytes)
    #expect(throws: JournalError.self) { try JournalReader.open(at: folder.journal).head() }
  }

  @Test func `a reader beside a writer never takes its meta pages for damage`() async throws {
    try made()
    var journal = try Journal.open(at: folder.journal, durability: .none)
    let descriptor = open(file, O_RDONLY)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    let looks = Task.detached {
      var faults = 0
      while !Task.isCancelled { faults += MetaPage.fault(descriptor) == nil ? 0 : 1 }
      return faults
    }
    for _ in 0..<200 {
      try fill(&journal, blocks: 1)
      #expect(MetaPage.fault(descriptor) == nil)
    }
    looks.cancel()
    #expect(await looks.value == 0)
  }
}
