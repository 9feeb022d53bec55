import Events
import Glibc
import Journaling
import Testing

struct SealTests {
  let folder = TemporaryFolder()

  private var fileSize: Int { readFile(folder.journal + "/data.mdb").count }

  private func digests(_ reader: JournalReader) throws -> [Digest] {
    var result: [Digest] = []
    try reader.forEachBlock(verify: true) { (_, content) in
      result.append(Sha256().hash(content))
      return true
    }
    return result
  }

  @Test func `sealed blocks read as before and the file gets smaller`() throws {
    var journal = try Journal.create(at: folder.journal, meta: testMeta)
    try fill(&journal, blocks: 300, bytes: 20_000)
    let reader = try journal.reader()
    let (before, size) = (try digests(reader), fileSize)
    let report = try journal.seal()
    #expect(report.blocks == 300)
    #expect(report.compacted)
    #expect(report.bytesAfter < report.bytesBefore * 3 / 4)
    // The values are in whole pages: four instead of five.
    #expect(fileSize < size * 9 / 10)
    #expect(try digests(reader) == before)
    #expect(try reader.verify().sealedBlocks == 300)
    #expect(try journal.seal().blocks == 0)
    try fill(&journal, blocks: 10)
    #expect(try reader.lastSequence() == 3100)
    let head = journal.head
    _ = consume journal
    let again = try Journal.open(at: folder.journal)
    #expect(again.head == head)
    #expect(again.rolledBack == nil)
  }

  @Test func `only blocks up to the given entry are sealed`() throws {
    var journal = try Journal.create(at: folder.journal, meta: testMeta)
    try fill(&journal, blocks: 10, bytes: 3000)
    #expect(try journal.seal(through: 59, compact: false).blocks == 5)
    #expect(try journal.seal(through: 60, compact: false).blocks == 1)
    #expect(try journal.reader().verify().sealedBlocks == 6)
  }

  @Test func `a damaged journal is not sealed`() throws {
    do {
      var journal = try Journal.create(at: folder.journal, meta: testMeta)
      try fill(&journal, blocks: 20, bytes: 9000)
    }
    // A byte in the middle of the file: inside some block's records.
    let path = folder.journal + "/data.mdb"
    let file = open(path, O_RDWR)
    var byte: UInt8 = 0
    let place = off_t(fileSize / 2 / 4096 * 4096 + 2000)
    #expect(pread(file, &byte, 1, place) == 1)
    byte ^= 1
    #expect(pwrite(file, &byte, 1, place) == 1)
    close(file)
    let before = readFile(path)
    var journal = try Journal.open(at: folder.journal)
    #expect(throws: JournalError.self) { try journal.seal() }
    _ = consume journal
    #expect(readFile(path) == before)
  }

  @Test func `a block that would not shrink stays as it is`() throws {
    var journal = try Journal.create(at: folder.journal, meta: testMeta)
    try journal.append(block(first: 1, count: 1, bytes: 0))
    #expect(try journal.seal().blocks == 0)
    #expect(try journal.reader().verify().isIntact)
  }

  @Test func `while another process reads, blocks are sealed and the file stays`() throws {
    var journal = try Journal.create(at: folder.journal, meta: testMeta)
    try fill(&journal, blocks: 50, bytes: 20_000)
    let size = fileSize
    let watcher = OtherProcess("watch", folder.journal)
    #expect(watcher.line() == "1")
    let report = try journal.seal()
    #expect(report.blocks == 50)
    #expect(!report.compacted)
    #expect(fileSize >= size)
    watcher.endInput()
    #expect(watcher.line() == "same")
    #expect(watcher.wait() == 0)
    try fill(&journal, blocks: 1)
    #expect(try journal.reader().verify().isIntact)
  }

  @Test func `after compaction other processes read and a second writer is still refused`() throws {
    var journal = try Journal.create(at: folder.journal, meta: testMeta)
    try fill(&journal, blocks: 99, bytes: 20_000)
    #expect(try journal.seal().compacted)
    let follower = OtherProcess("follow", folder.journal, "1000")
    try fill(&journal, blocks: 1)
    #expect(follower.line() == "1000")
    let second = OtherProcess("hold", folder.journal)
    #expect(second.line()?.contains("one writer") == true)
    try fill(&journal, blocks: 1)
    #expect(try journal.seal().blocks == 2)
  }

  @Test func `readers of this process go on over a compaction`() async throws {
    var journal = try Journal.create(at: folder.journal, meta: testMeta, durability: .none)
    try fill(&journal, blocks: 400, bytes: 5000)
    let path = folder.journal
    let task = Task.detached {
      let reader = try JournalReader.open(at: path)
      var passes = 0
      while try reader.verify().sealedBlocks < 400 { passes += 1 }
      return try reader.verify().isIntact
    }
    while try journal.reader().head().sequence < 4000 {}
    #expect(try journal.seal().compacted)
    #expect(try await task.value)
  }

  @Test func `the rest of a compaction that was cut off is removed`() throws {
    do { _ = try Journal.create(at: folder.journal, meta: testMeta) }
    let rest = folder.journal + "/data.mdb.compact"
    writeFile(rest, [1, 2, 3])
    _ = try Journal.open(at: folder.journal)
    #expect(access(rest, F_OK) != 0)
  }
}
