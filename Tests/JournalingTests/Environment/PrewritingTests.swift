import Events
import Glibc
import Journaling
import Testing

/// Zeros ahead of the data change nothing but the file's length while the journal is open.
struct PrewritingTests {
  let folder = TemporaryFolder()

  private var fileSize: Int {
    var status = stat()
    stat(folder.journal + "/data.mdb", &status)
    return Int(status.st_size)
  }

  @Test(arguments: [Durability.none, .group])
  func `what is appended over zeros is what was appended`(durability: Durability) throws {
    let options = JournalOptions(mapSize: 1 << 20, preallocate: 16 << 20)
    var journal = try Journal.create(
      at: folder.journal, meta: testMeta, durability: durability, options: options)
    var generator = SplitMix(seed: 3)
    for round in 0..<400 {
      let bytes = 4 * Int(generator.next() % 50_000)
      let first = journal.sequence + 1
      try journal.append(
        block(first: first, bytes: bytes),
        mentions: [OrderMention(order: generator.next(), sequence: first)])
      if round % 50 == 0 {
        let state = [UInt8](repeating: 9, count: 100_000)
        try journal.writeSnapshot(at: first, version: 1, state: state.span.bytes)
      }
    }
    let report = try journal.reader().verify()
    #expect(report.isIntact)
    #expect(report.entries == 4000)
    #expect(report.snapshots == 8)
    try journal.seal()
    try fill(&journal, blocks: 20, bytes: 60_000)
    #expect(try journal.reader().verify().isIntact)
    let head = journal.head
    _ = consume journal
    let again = try JournalReader.open(at: folder.journal)
    #expect(try again.head() == head)
    #expect(try again.verify().isIntact)
  }

  @Test func `zeros that a file may not hold end neither the process nor the journal`() throws {
    do { _ = try Journal.create(at: folder.journal, meta: testMeta) }
    // Zeros as an earlier writer leaves them: the next ones would begin where the file may not grow.
    let limit = fileSize + (4 << 20)
    #expect(truncate(folder.journal + "/data.mdb", limit) == 0)
    let writer = OtherProcess("prewrite", folder.journal, "\(limit)")
    #expect(writer.line() == "100")
    #expect(writer.wait() == 0)
    #expect(try JournalReader.open(at: folder.journal).verify().isIntact)
    #expect(fileSize < 1 << 20)
  }

  @Test func `zeros are written before they are needed and cut off at the end`() throws {
    let options = JournalOptions(preallocate: 16 << 20)
    let journal = try Journal.create(at: folder.journal, meta: testMeta, options: options)
    while fileSize < 16 << 20 { usleep(1000) }
    #expect(journal.sequence == 0)
    _ = consume journal
    #expect(fileSize < 1 << 20)
  }
}
