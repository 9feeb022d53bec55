import Events
import Journaling
import Testing

struct ReadingTests {
  let folder = TemporaryFolder()

  private func ranges(
    _ reader: JournalReader, from first: UInt64 = 1, through last: UInt64 = .max
  ) throws -> [UInt64] {
    var result: [UInt64] = []
    try reader.forEachBlock(from: first, through: last, verify: true) { (header, _) in
      result.append(header.firstSequence)
      return true
    }
    return result
  }

  /// 200 blocks of ten entries: #1–#10, #11–#20 …
  private func reader() throws -> JournalReader {
    var journal = try Journal.create(at: folder.journal, meta: testMeta, durability: .none)
    try fill(&journal, blocks: 200)
    return try journal.reader()
  }

  @Test func `an empty journal has no blocks`() throws {
    let journal = try Journal.create(at: folder.journal, meta: testMeta)
    let reader = try journal.reader()
    #expect(try ranges(reader) == [])
    #expect(try reader.lastSequence() == 0)
    #expect(try reader.head() == journal.head)
    #expect(try reader.sequence(at: .distantFuture) == nil)
    #expect(try reader.verify().isIntact)
  }

  @Test func `reading begins at the block that contains the first entry`() throws {
    let reader = try reader()
    let table: [(UInt64, UInt64, [UInt64])] = [
      (0, 1, [1]), (1, 10, [1]), (10, 11, [1, 11]), (11, 11, [11]), (15, 30, [11, 21]),
      (1995, .max, [1991]), (2000, 2000, [1991]), (2001, .max, []), (5000, 6000, []),
      (30, 20, []),
    ]
    for (first, last, expected) in table {
      #expect(try ranges(reader, from: first, through: last) == expected, "\(first)–\(last)")
    }
  }

  @Test func `the view is renewed across many blocks`() throws {
    #expect(try ranges(reader()).count == 200)
  }

  @Test func `the body ends the reading with false`() throws {
    var seen = 0
    try reader().forEachBlock { (_, _) in
      seen += 1
      return seen < 70
    }
    #expect(seen == 70)
  }

  @Test func `damage that the body finds names the block`() throws {
    let reader = try reader()
    let error = #expect(throws: JournalError.self) {
      try reader.forEachBlock(from: 55) { (_, _) throws(Damage) in throw Damage(at: 99, "odd") }
    }
    #expect(error == .damagedBlock(first: 51, last: 60, what: "byte 99: odd"))
  }

  @Test func `a block is found by any of its entries`() throws {
    let reader = try reader()
    for (sequence, expected) in [(1, 1), (10, 1), (11, 11), (2000, 1991)] as [(UInt64, UInt64)] {
      let first = try reader.withBlock(containing: sequence) { (header, _) in
        header.firstSequence
      }
      #expect(first == expected)
    }
    #expect(try reader.withBlock(containing: 2001) { (_, _) in 1 } == nil)
  }

  @Test func `a moment leads to the last block that begins at or before it`() throws {
    var journal = try Journal.create(at: folder.journal, meta: testMeta)
    for time: Int64 in [-500, -500, -20, 0, 0, 0, 700, .max] {
      try journal.append(block(first: journal.sequence + 1, time: time))
    }
    let reader = try journal.reader()
    let table: [(Int64, UInt64?)] = [
      (.min, nil), (-501, nil), (-500, 11), (-21, 11), (-20, 21), (-1, 21), (0, 51), (699, 51),
      (700, 61), (.max - 1, 61), (.max, 71),
    ]
    for (time, expected) in table {
      #expect(try reader.sequence(at: Instant(nanoseconds: time)) == expected, "\(time)")
    }
  }

  @Test func `a moment before all of a journal without early times is none`() throws {
    var journal = try Journal.create(at: folder.journal, meta: testMeta)
    try journal.append(block(first: 1, time: 100))
    let reader = try journal.reader()
    for time: Int64 in [.min, -1, 0, 99] {
      #expect(try reader.sequence(at: Instant(nanoseconds: time)) == nil)
    }
  }

  @Test func `an order's entries are found in order and once`() throws {
    var journal = try Journal.create(at: folder.journal, meta: testMeta)
    try journal.append(
      block(first: 1),
      mentions: [
        OrderMention(order: 7, sequence: 4), OrderMention(order: 7, sequence: 2),
        OrderMention(order: 7, sequence: 4), OrderMention(order: .max, sequence: 3),
        OrderMention(order: 0, sequence: 1),
      ])
    try journal.append(block(first: 11), mentions: [OrderMention(order: 7, sequence: 20)])
    let reader = try journal.reader()
    #expect(try reader.sequences(ofOrder: 7) == [2, 4, 20])
    #expect(try reader.sequences(ofOrder: .max) == [3])
    #expect(try reader.sequences(ofOrder: 0) == [1])
    #expect(try reader.sequences(ofOrder: 8) == [])
  }

  @Test func `a reader opened first does not hinder a writer in the same process`() throws {
    do { _ = try Journal.create(at: folder.journal, meta: testMeta) }
    let reader = try JournalReader.open(at: folder.journal)
    var journal = try Journal.open(
      at: folder.journal, options: JournalOptions(mapSize: 1 << 17))
    try fill(&journal, blocks: 100, bytes: 4000)
    #expect(try ranges(reader).count == 100)
  }

  @Test func `a broken chain is found where it breaks`() throws {
    do {
      var journal = try Journal.create(at: folder.journal, meta: testMeta)
      try fill(&journal, blocks: 5, bytes: 5000)
    }
    changeBytes(in: folder.journal + "/data.mdb", of: 21) { $0[3000] ^= 4 }
    let reader = try JournalReader.open(at: folder.journal)
    for first: UInt64 in [1, 21, 31, 35] {
      #expect(throws: JournalError.brokenChain(at: 31)) { try ranges(reader, from: first) }
    }
    #expect(try ranges(reader, from: 41) == [41])
    // Where the way ends before the block that tells, it is looked at.
    #expect(try ranges(reader, through: 20) == [1, 11])
    #expect(
      throws: JournalError.damagedBlock(
        first: 21, last: 30, what: "its hash is not the one that the block after it has")
    ) { try ranges(reader, through: 30) }
  }
}
