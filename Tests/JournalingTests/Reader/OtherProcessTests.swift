import Events
import Journaling
import Testing

struct OtherProcessTests {
  let folder = TemporaryFolder()

  @Test func `a reader in another process follows while the map grows`() throws {
    var journal = try Journal.create(
      at: folder.journal, meta: testMeta, options: JournalOptions(mapSize: 1 << 17))
    try fill(&journal, blocks: 1)
    let followers = (0..<3).map { _ in OtherProcess("follow", folder.journal, "6000") }
    while journal.sequence < 6000 {
      try journal.append(block(first: journal.sequence + 1, bytes: 9000))
    }
    for follower in followers {
      #expect(follower.line() == "6000")
      #expect(follower.wait() == 0)
    }
  }

  @Test func `a view held in another process stays as it was`() throws {
    var journal = try Journal.create(
      at: folder.journal, meta: testMeta, options: JournalOptions(mapSize: 1 << 17))
    try fill(&journal, blocks: 1)
    let watcher = OtherProcess("watch", folder.journal)
    #expect(watcher.line() == "1")
    try fill(&journal, blocks: 500, bytes: 3000)
    watcher.endInput()
    #expect(watcher.line() == "same")
    #expect(watcher.wait() == 0)
  }

  @Test func `a reader that was killed does not keep pages for ever`() throws {
    var journal = try Journal.create(at: folder.journal, meta: testMeta, durability: .none)
    try fill(&journal, blocks: 1)
    let watcher = OtherProcess("watch", folder.journal)
    #expect(watcher.line() == "1")
    watcher.kill()
    // The slot of the dead reader is freed when the map grows or the journal is opened.
    journal = try reopened(journal)
    try fill(&journal, blocks: 3000)
    // Each commit replaces about six pages; kept for a reader they would be 70 MB.
    #expect(readFile(folder.journal + "/data.mdb").count < 5_000_000)
  }

  private func reopened(_ journal: consuming Journal) throws -> Journal {
    let path = journal.path
    _ = consume journal
    return try Journal.open(at: path, durability: .none)
  }
}
