import Events
import Glibc
import Testing

@testable import Journaling

/// Hashing beside the writer: the chain is the same, and the memory is the writer's again when it is told so.
struct HashThreadTests {
  let folder = TemporaryFolder()

  @Test(arguments: Durability.allCases)
  func `an append returns with the caller's memory free, and the chain is right`(
    durability: Durability
  ) throws {
    var random = SplitMix(seed: 11)
    var journal = try Journal.create(at: folder.journal, meta: testMeta, durability: durability)
    let hasher = Sha256()
    var chain = journal.head.chain
    var buffer = ByteBuffer()
    for _ in 0..<120 {
      buffer.removeAll()
      var first = journal.sequence + 1
      // Small ones are hashed by the writer, the last large one of a commit by the thread.
      for _ in 0...(random.next() % 3) {
        let bytes = [200, 47_000, 70_000, 250_000][Int(random.next() % 4)]
        let content = block(first: first, bytes: bytes)
        addBlock(to: &buffer, first: first, bytes: bytes)
        chain = content.withBytes { bytes in
          bytes.withUnsafeBytes { hasher.hash($0, previous: chain) }
        }
        first += 10
      }
      try journal.append(buffer)
      // What the next commit has there must not be hashed for this one.
      for offset in stride(from: 0, to: buffer.count - 8, by: 8) {
        buffer.overwrite(UInt64.max, at: offset)
      }
      if random.next() % 8 == 0 { #expect(journal.head.chain == chain) }
    }
    #expect(journal.head.chain == chain)
    #expect(journal.head == (try journal.reader().head()))
    #expect(try journal.reader().verify().isIntact)
  }

  @Test func `a commit that fails leaves the chain where it was`() throws {
    let options = JournalOptions(mapSize: 1 << 20, largestMap: 1 << 20)
    var journal = try Journal.create(at: folder.journal, meta: testMeta, options: options)
    let hasher = Sha256()
    var chain = journal.head.chain
    while true {
      let content = block(first: journal.sequence + 1, bytes: 100_000)
      do throws(JournalError) {
        try journal.append(content)
        chain = content.withBytes { bytes in
          bytes.withUnsafeBytes { hasher.hash($0, previous: chain) }
        }
      } catch {
        #expect(error == .mapFull(path: folder.journal, size: 1 << 20))
        break
      }
      // Refused before anything of it is hashed, while the last block may still be.
      #expect(throws: JournalError.outOfOrder(expected: journal.sequence + 1, found: 1)) {
        try journal.append(block(first: 1, bytes: 100_000))
      }
    }
    #expect(journal.sequence > 0)
    #expect(journal.head.chain == chain)
    #expect(try journal.reader().head() == journal.head)
  }

  @Test func `a larger map is hashed for once`() throws {
    let options = JournalOptions(mapSize: 1 << 18)
    var journal = try Journal.create(at: folder.journal, meta: testMeta, options: options)
    for _ in 0..<8 {
      var buffer = ByteBuffer()
      addBlock(to: &buffer, first: journal.sequence + 1, bytes: 60_000)
      addBlock(to: &buffer, first: journal.sequence + 11, bytes: 240_000)
      try journal.append(buffer)
    }
    #expect(journal.head == (try journal.reader().head()))
    #expect(try journal.reader().verify().isIntact)
  }

  @Test func `blocks are released, forgotten and asked for in any order`() throws {
    let thread = try #require(HashThread.start())
    defer { thread.stop() }
    let hasher = Sha256()
    var random = SplitMix(seed: 3)
    #expect(thread.finish(with: hasher) == nil)
    var expected: Digest?
    for round in 0..<400 {
      let content = block(first: UInt64(round) + 1, bytes: Int(random.next() % 250_000))
      let previous = Digest(words: (random.next(), random.next(), 0, 1))
      content.withBytes { bytes in
        bytes.withUnsafeBytes { content in
          thread.begin(content, previous: previous)
          expected = hasher.hash(content, previous: previous)
          switch random.next() % 4 {
          case 0: thread.release()
          case 1: #expect(thread.finish(with: hasher) == expected)
          case 2:
            usleep(UInt32(random.next() % 200))
            thread.release()
          default:
            thread.forget()
            expected = nil
          }
          // As an append does that has nothing to say any more.
          if expected != nil { thread.release() }
        }
      }
      #expect(thread.finish(with: hasher) == expected)
      #expect(thread.finish(with: hasher) == expected)
      #expect(!thread.isBusy)
    }
  }
}
