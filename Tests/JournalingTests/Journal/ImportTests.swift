import Events
import Journaling
import Testing

struct ImportTests {
  let folder = TemporaryFolder()

  @Test func `an import shows only when it is finished`() throws {
    var journal = try Journal.create(at: folder.journal, meta: testMeta)
    try fill(&journal, blocks: 3)
    let reader = try journal.reader()
    let before = try reader.head()
    let first = try journal.beginImport()
    #expect(first == 31)
    try fill(&journal, blocks: 100, bytes: 3000)
    try journal.append(
      block(first: 1031), mentions: [OrderMention(order: 5, sequence: 1031)])
    let state: [UInt8] = [1]
    try journal.writeSnapshot(at: 1040, version: 1, state: state.span.bytes)
    try journal.writeCheckpoint(state: .zero, at: .epoch, key: .create())
    let during = try reader.head()
    #expect(during == before)
    #expect(try blocksShown(reader) == 3)
    #expect(try reader.sequence(at: .distantFuture) == 21)
    #expect(try reader.sequences(ofOrder: 5) == [])
    #expect(try reader.snapshots() == [])
    #expect(try reader.snapshot(version: 1) == nil)
    #expect(try reader.checkpoints() == [])
    #expect(try reader.verify().entries == 30)
    try journal.finishImport()
    #expect(try reader.head() == journal.head)
    #expect(try blocksShown(reader) == 104)
    #expect(try reader.sequences(ofOrder: 5) == [1031])
    #expect(try reader.snapshots().count == 1)
    #expect(try reader.checkpoints().count == 1)
  }

  @Test func `an unfinished import is removed by the next writer`() throws {
    var head: JournalHead?
    do {
      var journal = try Journal.create(at: folder.journal, meta: testMeta, durability: .none)
      try fill(&journal, blocks: 3)
      try journal.append(block(first: 31), mentions: [OrderMention(order: 5, sequence: 32)])
      head = journal.head
      try journal.beginImport()
      for order: UInt64 in 0..<1500 {
        let next = journal.sequence + 1
        try journal.append(
          block(first: next),
          mentions: [
            OrderMention(order: order, sequence: next),
            OrderMention(order: order % 7, sequence: next + 3),
          ])
      }
      let state: [UInt8] = [1]
      try journal.writeSnapshot(at: journal.sequence, version: 1, state: state.span.bytes)
      try journal.writeCheckpoint(state: .zero, at: .epoch, key: .create())
    }
    var journal = try Journal.open(at: folder.journal)
    #expect(journal.rolledBack == 41...15_040)
    #expect(journal.head == head)
    let reader = try journal.reader()
    for order: UInt64 in 0..<1500 {
      let sequences = try reader.sequences(ofOrder: order)
      #expect(sequences == (order == 5 ? [32] : []))
    }
    #expect(try reader.sequence(at: .distantFuture) == 31)
    #expect(try reader.snapshots() == [])
    #expect(try reader.checkpoints() == [])
    try fill(&journal, blocks: 2)
    #expect(try reader.verify().isIntact)
    #expect(try reader.lastSequence() == 60)
  }

  @Test func `an import begun and abandoned leaves nothing`() throws {
    var journal = try Journal.create(at: folder.journal, meta: testMeta)
    try fill(&journal, blocks: 1)
    let head = journal.head
    try journal.beginImport()
    try fill(&journal, blocks: 300)
    try journal.abandonImport()
    #expect(journal.head == head)
    try fill(&journal, blocks: 1)
    #expect(try journal.reader().verify().entries == 20)
  }

  @Test func `an import that recorded nothing is removed too`() throws {
    do {
      var journal = try Journal.create(at: folder.journal, meta: testMeta)
      try journal.beginImport()
    }
    let journal = try Journal.open(at: folder.journal)
    #expect(journal.rolledBack == nil)
    #expect(journal.pendingImport == nil)
    #expect(journal.sequence == 0)
  }

  @Test func `imports do not nest and end once`() throws {
    var journal = try Journal.create(at: folder.journal, meta: testMeta)
    #expect(throws: JournalError.importState(path: folder.journal, pending: nil)) {
      try journal.finishImport()
    }
    try journal.beginImport()
    #expect(throws: JournalError.importState(path: folder.journal, pending: 1)) {
      try journal.beginImport()
    }
    try journal.finishImport()
    #expect(throws: JournalError.importState(path: folder.journal, pending: nil)) {
      try journal.abandonImport()
    }
  }

  private func blocksShown(_ reader: JournalReader) throws -> Int {
    var blocks = 0
    try reader.forEachBlock(verify: true) { (_, _) in
      blocks += 1
      return true
    }
    return blocks
  }
}
