import Events
import Glibc
import Journaling
import Testing

/// Mounts a small file system, if this process may.
private final class SmallDisk {
  let path: String

  init?(megabytes: Int) {
    var template = Array("/tmp/journaling-disk-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { return nil }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    guard mount("tmpfs", path, "tmpfs", 0, "size=\(megabytes)m") == 0 else {
      rmdir(path)
      return nil
    }
  }

  deinit {
    umount2(path, Int32(MNT_DETACH))
    rmdir(path)
  }
}

struct FullTests {
  static let canMount = SmallDisk(megabytes: 1) != nil
  let folder = TemporaryFolder()

  @Test(
    .enabled(if: canMount, "no permission to mount a small disk"),
    arguments: Durability.allCases)
  func `a full disk loses nothing and, with room again, the journal goes on`(
    durability: Durability
  ) throws {
    let disk = try #require(SmallDisk(megabytes: 4))
    let path = disk.path + "/journal"
    let ballast = disk.path + "/ballast"
    writeFile(ballast, [UInt8](repeating: 1, count: 1_000_000))
    var journal = try Journal.create(at: path, meta: testMeta, durability: durability)
    var error: JournalError?
    while error == nil {
      do throws(JournalError) {
        try journal.append(block(first: journal.sequence + 1, bytes: 70_001))
      } catch let full {
        error = full
      }
    }
    #expect(error == .diskFull(path: path))
    let head = journal.head
    #expect(head.sequence > 100)
    #expect(try journal.reader().head() == head)
    #expect(throws: JournalError.diskFull(path: path)) {
      try fill(&journal, blocks: 1, bytes: 200_000)
    }
    unlink(ballast)
    try fill(&journal, blocks: 3, bytes: 70_000)
    let report = try journal.reader().verify()
    #expect(report.isIntact)
    #expect(report.entries == head.sequence + 30)
  }

  @Test(.enabled(if: canMount, "no permission to mount a small disk"))
  func `compacting on a full disk leaves the journal as it was`() throws {
    let disk = try #require(SmallDisk(megabytes: 4))
    let path = disk.path + "/journal"
    var journal = try Journal.create(at: path, meta: testMeta)
    try fill(&journal, blocks: 30, bytes: 70_000)
    writeFile(disk.path + "/ballast", [UInt8](repeating: 1, count: 1_200_000))
    #expect(throws: JournalError.diskFull(path: path)) { try journal.seal() }
    let report = try journal.reader().verify()
    #expect(report.isIntact)
    #expect(report.entries == 300)
    #expect(access(path + "/data.mdb.compact", F_OK) != 0)
    try fill(&journal, blocks: 1)
  }

  @Test func `a file size limit is a full disk`() throws {
    do { _ = try Journal.create(at: folder.journal, meta: testMeta) }
    let writer = OtherProcess("limited", folder.journal, "2000000")
    let words = try #require(writer.line()).split(separator: " ", maxSplits: 1)
    #expect(writer.wait() == 0)
    #expect(words[1].contains("full"))
    let journal = try Journal.open(at: folder.journal)
    #expect(journal.sequence == UInt64(words[0]))
    #expect(journal.sequence > 100)
    #expect(try journal.reader().verify().isIntact)
  }

  @Test func `a map that may not grow is full and loses nothing`() throws {
    let options = JournalOptions(mapSize: 1 << 17, largestMap: 1 << 20)
    var journal = try Journal.create(at: folder.journal, meta: testMeta, options: options)
    var error: JournalError?
    while error == nil {
      do throws(JournalError) {
        try fill(&journal, blocks: 1, bytes: 20_000)
      } catch let full {
        error = full
      }
    }
    #expect(error == .mapFull(path: folder.journal, size: 1 << 20))
    let head = journal.head
    #expect(head.sequence > 300)
    #expect(try journal.reader().head() == head)
    _ = consume journal
    var larger = try Journal.open(at: folder.journal)
    #expect(larger.head == head)
    try fill(&larger, blocks: 20, bytes: 20_000)
    #expect(try larger.reader().verify().isIntact)
  }
}
