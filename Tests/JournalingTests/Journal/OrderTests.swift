import Events
import Journaling
import Testing

/// Blocks that cannot follow the journal's end are refused and change nothing.
struct OrderTests {
  let folder = TemporaryFolder()

  private func expect(_ expected: JournalError, for contents: borrowing ByteBuffer) throws {
    var journal = try Journal.create(at: folder.journal, meta: testMeta)
    try fill(&journal, blocks: 2)
    let head = journal.head
    var error: JournalError?
    do throws(JournalError) {
      try journal.append(contents)
    } catch let refusal {
      error = refusal
    }
    #expect(error == expected)
    #expect(journal.head == head)
    let next = try journal.append(block(first: 21))
    #expect(next == 30)
    let report = try journal.reader().verify()
    #expect(report.isIntact && report.entries == 30)
  }

  @Test(arguments: [1, 11, 20, 22, 1000])
  func `a block elsewhere than at the end is out of order`(first: UInt64) throws {
    try expect(.outOfOrder(expected: 21, found: first), for: block(first: first))
  }

  @Test func `when the second of two blocks does not follow, neither is recorded`() throws {
    var contents = block(first: 21)
    addBlock(to: &contents, first: 32)
    try expect(.outOfOrder(expected: 31, found: 32), for: contents)
  }

  @Test func `a block that begins before the last entry's time is refused`() throws {
    try expect(
      .timeReversed(
        sequence: 21, before: Instant(nanoseconds: 20_000), after: Instant(nanoseconds: 19_999)),
      for: block(first: 21, time: 19_999))
  }

  @Test func `bytes that are no block are malformed`() throws {
    var contents = block(first: 21)
    contents.overwrite(UInt8(0), at: 0)
    try expect(.malformedBlock(sequence: 21, what: "byte 0: not a block"), for: contents)
  }

  @Test func `a block that is cut off is malformed`() throws {
    var contents = block(first: 21)
    contents.overwrite(UInt32(161), at: 20)
    try expect(.malformedBlock(sequence: 21, what: "byte 20: records are cut off"), for: contents)
  }

  @Test func `less than a header is malformed`() throws {
    var contents = block(first: 21)
    contents.append(UInt32(0))
    try expect(
      .malformedBlock(sequence: 31, what: "byte 0: shorter than a header"), for: contents)
  }

  @Test func `nothing is appended by nothing`() throws {
    var journal = try Journal.create(at: folder.journal, meta: testMeta)
    let last = try journal.append(ByteBuffer())
    #expect(last == 0)
  }
}
