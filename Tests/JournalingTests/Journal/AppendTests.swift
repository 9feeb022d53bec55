import Events
import Journaling
import Testing

struct AppendTests {
  let folder = TemporaryFolder()

  @Test(arguments: Durability.allCases)
  func `what was appended is read back`(durability: Durability) throws {
    do {
      var journal = try Journal.create(at: folder.journal, meta: testMeta, durability: durability)
      #expect(journal.sequence == 0)
      #expect(journal.head.chain == testMeta.id.chainStart)
      let first = try journal.append(block(first: 1, count: 3))
      let second = try journal.append(block(first: 4, count: 7))
      #expect([first, second] == [3, 10])
    }
    let reader = try JournalReader.open(at: folder.journal)
    #expect(reader.meta == testMeta)
    var seen: [ClosedRange<UInt64>] = []
    try reader.forEachBlock(verify: true) { (header, content) in
      seen.append(header.firstSequence...header.lastSequence)
      #expect(content.byteCount == 72 + 160)
      return true
    }
    #expect(seen == [1...3, 4...10])
  }

  @Test func `several blocks in one append are one chain`() throws {
    var buffer = ByteBuffer()
    addBlock(to: &buffer, first: 1)
    addBlock(to: &buffer, first: 11, count: 1, bytes: 0)
    addBlock(to: &buffer, first: 12, bytes: 100_000)
    var journal = try Journal.create(at: folder.journal, meta: testMeta)
    let last = try journal.append(buffer)
    #expect(last == 21)
    let reader = try journal.reader()
    var blocks = 0
    try reader.forEachBlock(verify: true) { (_, _) in
      blocks += 1
      return true
    }
    #expect(blocks == 3)
    let head = try reader.head()
    #expect(head == journal.head)
  }

  // Large blocks are hashed on another thread where commits wait for the disk.
  @Test(arguments: Durability.allCases, [1_000, 130_999, 131_000, 131_072, 200_000])
  func `large blocks are chained as small ones are`(durability: Durability, bytes: Int) throws {
    var journal = try Journal.create(at: folder.journal, meta: testMeta, durability: durability)
    try journal.append(block(first: 1, bytes: bytes))
    var two = block(first: 11, bytes: bytes)
    addBlock(to: &two, first: 21, bytes: bytes)
    try journal.append(two)
    #expect(throws: JournalError.self) { try journal.append(block(first: 99, bytes: bytes)) }
    try journal.append(block(first: 31))
    var last = testMeta.id.chainStart
    let hasher = Sha256()
    try journal.reader().forEachBlock(verify: true) { (header, content) in
      #expect(header.previous == last)
      last = hasher.hash(content)
      return true
    }
    #expect(journal.head.chain == last)
    #expect(journal.sequence == 40)
  }

  @Test func `what is known to be on the disk follows the durability`() throws {
    func journal(_ durability: Durability) throws -> Journal {
      try Journal.create(
        at: "\(folder.journal)-\(durability)", meta: testMeta, durability: durability)
    }
    var each = try journal(.each)
    #expect(each.durableSequence == 0)
    try fill(&each, blocks: 2)
    #expect(each.durableSequence == 20)
    var none = try journal(.none)
    try fill(&none, blocks: 2)
    #expect(none.durableSequence == 0)
    try none.sync()
    #expect(none.durableSequence == 20)
    try fill(&none, blocks: 1)
    #expect(none.durableSequence == 0)
    var group = try journal(.group)
    try fill(&group, blocks: 1)
    #expect(group.durableSequence == 0)
    try fill(&group, blocks: 1)
    #expect(group.durableSequence == 10)
    try group.sync()
    #expect(group.durableSequence == 20)
    try fill(&group, blocks: 1)
    // Whatever else is written is on the disk when it returns, and all before it.
    try group.beginImport()
    #expect(group.durableSequence == 30)
    try fill(&group, blocks: 3)
    #expect(group.durableSequence == 50)
    try group.abandonImport()
    #expect(group.durableSequence == 30 && group.head.sequence == 30)
    try fill(&group, blocks: 1)
    #expect(group.durableSequence == 30)
  }

  @Test func `each block carries the hash of the one before`() throws {
    var journal = try Journal.create(at: folder.journal, meta: testMeta)
    try fill(&journal, blocks: 5)
    var expected = testMeta.id.chainStart
    let hasher = Sha256()
    try journal.reader().forEachBlock { (header, content) in
      #expect(header.previous == expected)
      expected = hasher.hash(content)
      return true
    }
    #expect(journal.head.chain == expected)
  }

  @Test func `a reopened journal goes on where it ended`() throws {
    var heads: [JournalHead] = []
    for _ in 0..<3 {
      var journal =
        heads.isEmpty
        ? try Journal.create(at: folder.journal, meta: testMeta)
        : try Journal.open(at: folder.journal)
      if let last = heads.last { #expect(journal.head == last) }
      try fill(&journal, blocks: 4)
      heads.append(journal.head)
    }
    #expect(heads.map(\.sequence) == [40, 80, 120])
  }

  @Test func `a journal larger than its map grows without losing a write`() throws {
    let options = JournalOptions(mapSize: 1 << 17)
    var journal = try Journal.create(
      at: folder.journal, meta: testMeta, durability: .none, options: options)
    let reader = try journal.reader()
    for _ in 0..<60 {
      try journal.append(block(first: journal.sequence + 1, bytes: 100_000))
      let last = try reader.lastSequence()
      #expect(last == journal.sequence)
    }
    var blocks = 0
    try reader.forEachBlock(verify: true) { (_, _) in
      blocks += 1
      return true
    }
    #expect(blocks == 60)
  }
}
