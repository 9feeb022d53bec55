import CLMDB
import Events
import Glibc
import Testing

@testable import Journaling

private final class Signer: Sendable {
  let key = SigningKey.create()
}

/// Journals that somebody changed who knew how: what gives them away.
struct ForgedTests {
  let folder = TemporaryFolder()
  private let signer = Signer()
  private var data: String { folder.journal + "/data.mdb" }

  private func create(blocks: Int = 12) throws {
    var journal = try Journal.create(at: folder.journal, meta: testMeta, durability: .none)
    try fill(&journal, blocks: blocks, bytes: 9000)
    try journal.writeCheckpoint(state: .zero, at: .epoch, key: signer.key)
  }

  private func change(
    _ body: (borrowing Transaction) throws(JournalError) -> Void
  ) throws {
    let journal = try Journal.open(at: folder.journal, durability: .none)
    try journal.environment.write(body)
  }

  private func problems() throws -> [String] {
    try JournalReader.open(toVerify: folder.journal).verify(publicKey: signer.key.publicKey)
      .problems
      .map { "\($0.kind) \($0)" }
  }

  /// The error of a walk with the chain checked.
  private func walk(through last: UInt64 = .max) throws -> JournalError? {
    let reader = try JournalReader.open(at: folder.journal)
    do throws(JournalError) {
      try reader.forEachBlock(through: last, verify: true) { (_, _) in true }
      return nil
    } catch { return error }
  }

  @Test func `a public key asks for a checkpoint`() throws {
    try create()
    #expect(try problems() == [])
    try change { view throws(JournalError) in try view.remove(view.databases.checkpoints, 120) }
    #expect(
      try problems() == [
        "badCheckpoint #1–#120: no checkpoint is signed with the key given: nobody vouches for these entries"
      ])
    #expect(try JournalReader.open(at: folder.journal).verify().isIntact)
  }

  @Test(arguments: [1, 12]) func `a changed last block is seen by who walks by`(blocks: Int) throws
  {
    try create(blocks: blocks)
    #expect(try walk() == nil)
    let last = UInt64(blocks * 10)
    changeBytes(in: data, of: last - 9) { $0[5000] ^= 1 }
    #expect(try walk() == .unsigned(first: 1, through: last))
    #expect(try walk(through: last - 3) == .unsigned(first: 1, through: last))
    #expect(throws: JournalError.self) {
      var check = SourceCheck.start(try JournalReader.open(at: folder.journal))
      try check.finish()
    }
  }

  @Test func `a whole source is checked beside its reader`() throws {
    try create()
    var check = SourceCheck.start(try JournalReader.open(at: folder.journal))
    try check.finish()
    // One that nobody waits for ends with its value.
    _ = SourceCheck.start(try JournalReader.open(at: folder.journal))
  }

  @Test(arguments: ["snapshots", "checkpoints", "orders", "times"])
  func `a table that was taken away is told and the rest is checked`(name: String) throws {
    try create()
    try change { view throws(JournalError) in
      var table: MDB_dbi = 0
      unsafe try view.check(mdb_dbi_open(view.raw, name, 0, &table), "opening")
      unsafe try view.check(mdb_drop(view.raw, table, 1), "dropping")
    }
    #expect(
      throws: JournalError.damagedStore(
        path: folder.journal, what: "it has no database \"\(name)\"")
    ) {
      _ = try JournalReader.open(at: folder.journal)
    }
    // The block's own damage is found as well.
    changeBytes(in: data, of: 61) { $0[5000] ^= 1 }
    let report = try JournalReader.open(toVerify: folder.journal).verify()
    #expect(report.entries == 120)
    #expect(
      report.problems.contains { $0.what.hasSuffix("there is no database \"\(name)\"") })
    #expect(report.problems.contains { $0.kind == .brokenChain && $0.first == 61 })
  }

  @Test func `a last block that was taken away is missed`() throws {
    try create()
    try change { view throws(JournalError) in try view.remove(view.databases.blocks, 111) }
    #expect(try walk() == .shortened(after: 111, checkpoint: 120))
    #expect(try walk(through: 50) == nil)
  }

  @Test func `what stands where nothing can stand is told`() throws {
    try create()
    try change { view throws(JournalError) in
      unsafe try view.reserve(view.databases.blocks, 0, count: 72).initializeMemory(
        as: UInt8.self, repeating: 0)
    }
    #expect(try problems() == ["damagedBlock #0–#0: a block has sequence 0, but the first is 1"])
    try change { view throws(JournalError) in
      try view.remove(view.databases.blocks, 0)
      try view.putMeta("pending", littleEndian(UInt64(33)))
    }
    #expect(try problems().contains { $0.hasPrefix("missingEntries #33–#120: an import is said") })
    guard case .damagedBlock(31, 40, _) = try walk() else {
      Issue.record("another error")
      return
    }
    // The writer must not remove what no import recorded.
    #expect(throws: JournalError.self) { _ = try Journal.open(at: folder.journal) }
    #expect(try JournalReader.open(at: folder.journal).end(ofBlockWith: 15) != nil)
  }

  @Test func `a snapshot beyond the end is told`() throws {
    do {
      var journal = try Journal.create(at: folder.journal, meta: testMeta, durability: .none)
      try fill(&journal, blocks: 3)
      let state: [UInt8] = [1, 2, 3]
      try journal.writeSnapshot(at: 30, version: 1, state: state.span.bytes)
      try journal.writeCheckpoint(state: .zero, at: .epoch, key: signer.key)
      try journal.environment.write { view throws(JournalError) in
        let stored = unsafe [UInt8](try view.value(view.databases.snapshots, 30)!)
        unsafe try view.reserve(view.databases.snapshots, 31, count: stored.count).copyBytes(
          from: stored)
      }
    }
    #expect(
      try problems() == ["badSnapshot #31–#31: the snapshot is of an entry that there is not"])
  }

  @Test(arguments: ["seed", "engine", "strategies", "created"])
  func `a lost row of meta is damage, and nothing to be removed`(name: String) throws {
    try create()
    try change { view throws(JournalError) in try view.removeMeta(name) }
    let error = #expect(throws: JournalError.self) {
      _ = try JournalReader.open(toVerify: folder.journal)
    }
    #expect(
      error
        == .damagedStore(path: folder.journal, what: "it has no \"\(name)\" in its meta database"))
    #expect(error?.description.contains("remove") == false)
  }

  @Test func `without its identity it is not a journal`() throws {
    try create()
    try change { view throws(JournalError) in try view.removeMeta("journal-id") }
    guard
      case .notAJournal = try #require(
        #expect(throws: JournalError.self) { _ = try JournalReader.open(at: folder.journal) })
    else {
      Issue.record("another error")
      return
    }
  }

  @Test func `a name that is not UTF-8 is damage`() throws {
    try create()
    try change { view throws(JournalError) in try view.putMeta("engine", [0x30, 0xFF]) }
    guard
      case .damagedStore = try #require(
        #expect(throws: JournalError.self) { _ = try JournalReader.open(at: folder.journal) })
    else {
      Issue.record("another error")
      return
    }
  }

  @Test func `a creation that fails leaves nothing`() throws {
    mkdir(folder.journal, 0o700)
    // A folder in the place of the table of readers stops LMDB, as a full disk does.
    mkdir(folder.journal + "/lock.mdb", 0o700)
    #expect(throws: JournalError.self) {
      _ = try Journal.create(at: folder.journal, meta: testMeta)
    }
    #expect(access(folder.journal + "/data.mdb", F_OK) != 0)
    #expect(access(folder.journal + "/writer.lock", F_OK) != 0)
  }
}
