import Events
import Testing

@testable import Journaling

/// Thirty entries in three blocks; those of even number name order 7, the others none.
struct IndexVerificationTests {
  let folder = TemporaryFolder()

  private static func mentions(_ first: UInt64) -> [OrderMention] {
    stride(from: first + first % 2, to: first + 10, by: 2).map {
      OrderMention(order: 7, sequence: $0)
    }
  }

  /// - Parameters:
  ///   - indexed: changes what is indexed of the block that begins at a sequence.
  ///   - damage: changes the databases.
  private func problems(
    sealed: Bool = false, records: Bool = true,
    indexed: (inout [OrderMention], UInt64) -> Void = { _, _ in },
    damage: (borrowing Transaction) throws(JournalError) -> Void = { _ in }
  ) throws -> [String] {
    do {
      var journal = try Journal.create(at: folder.journal, meta: testMeta, durability: .none)
      for first: UInt64 in [1, 11, 21] {
        var mentions = Self.mentions(first)
        indexed(&mentions, first)
        try journal.append(block(first: first), mentions: mentions)
      }
      if sealed { try journal.seal() }
      try journal.environment.write(damage)
    }
    let reader = try JournalReader.open(at: folder.journal)
    let report = try reader.verify(
      records: records ? { header, _ in Self.mentions(header.firstSequence) } : nil)
    return report.problems.map { "\($0.kind) \($0)" }
  }

  @Test(arguments: [false, true]) func `indexes that agree are intact`(sealed: Bool) throws {
    #expect(try problems(sealed: sealed) == [])
  }

  @Test func `entries that the index of orders lacks are told by block`() throws {
    #expect(
      try problems(indexed: { mentions, first in
        if first == 11 { mentions.removeAll { (14...16).contains($0.sequence) } }
        if first == 21 { mentions.removeLast() }
      }) == [
        "badIndex #14–#16: the index of orders lacks 2 of these entries, the first of order 7",
        "badIndex #30–#30: the index of orders lacks 1 of these entries, the first of order 7",
      ])
  }

  @Test(arguments: [false, true]) func `a surplus row is told`(sealed: Bool) throws {
    #expect(
      try problems(
        sealed: sealed,
        indexed: { mentions, first in
          if first == 11 { mentions.append(OrderMention(order: 7, sequence: 13)) }
          if first == 21 { mentions.append(OrderMention(order: 8, sequence: 22)) }
        }) == [
          "badIndex #13–#13: the index of orders has a row of 7 for which there is no such entry",
          "badIndex #22–#22: the index of orders has a row of 8 for which there is no such entry",
        ])
  }

  @Test func `an entry indexed under another order is missing and surplus`() throws {
    #expect(
      try problems(indexed: { mentions, first in
        if first == 1 { mentions[0].order = 9 }
      }) == [
        "badIndex #2–#2: the index of orders lacks 1 of these entries, the first of order 7",
        "badIndex #2–#2: the index of orders has a row of 9 for which there is no such entry",
      ])
  }

  @Test func `rows beyond the journal's end, and of no entry, are told`() throws {
    #expect(
      try problems(damage: { view throws(JournalError) in
        try view.insert(view.databases.orders, 7, 31)
        try view.insert(view.databases.orders, 7, 0)
        try view.insert(view.databases.times, 99, 500)
      }) == [
        "badIndex #0–#0: the index of orders has a row of 7 for which there is no such entry",
        "badIndex #31–#31: the index of orders has a row of 7 for which there is no such entry",
        "badIndex #500–#500: the index of times has a row of 99 for which there is no such entry",
      ])
  }

  @Test func `a block that the index of times lacks or has elsewhere is told`() throws {
    #expect(
      try problems(damage: { view throws(JournalError) in
        try view.remove(view.databases.times, 11_000)
        try view.remove(view.databases.times, 21_000)
        try view.insert(view.databases.times, 20_999, 21)
      }) == [
        "badIndex #11–#20: the index of times does not know the block",
        "badIndex #21–#21: the index of times has a row of 20999 for which there is no such entry",
        "badIndex #21–#30: the index of times does not know the block",
      ])
  }

  @Test func `very many surplus rows are told in sum`() throws {
    let found = try problems(damage: { view throws(JournalError) in
      for order in 100..<300 as Range<UInt64> {
        try view.insert(view.databases.orders, order, 1 + order % 30)
      }
    })
    #expect(found.count == 101)
    #expect(
      found.contains(
        "badIndex #1–#30: the index of orders has 100 more rows for which there are no such entries"
      ))
  }

  @Test func `without a look into the records the index of orders is not judged`() throws {
    #expect(
      try problems(
        records: false,
        damage: { view throws(JournalError) in try view.insert(view.databases.orders, 7, 3) })
        == [])
  }

  @Test func `what an import under way has indexed does not count`() throws {
    var journal = try Journal.create(at: folder.journal, meta: testMeta, durability: .none)
    try journal.append(block(first: 1), mentions: Self.mentions(1))
    try journal.environment.write { view throws(JournalError) in
      try view.putMeta("pending", (0..<8).map { $0 == 0 ? 11 : 0 })
      try view.insert(view.databases.orders, 7, 12)
    }
    let report = try journal.reader().verify(records: { header, _ in
      Self.mentions(header.firstSequence)
    })
    #expect(report.problems == [])
  }

  @Test func `rows of a damaged block are not held against the index`() throws {
    do {
      var journal = try Journal.create(at: folder.journal, meta: testMeta, durability: .none)
      for first: UInt64 in [1, 11, 21] {
        try journal.append(block(first: first, bytes: 9000), mentions: Self.mentions(first))
      }
    }
    for first: UInt64 in [11, 21] {
      changeBytes(in: folder.journal + "/data.mdb", of: first) { $0[0] = 0 }
    }
    let report = try JournalReader.open(at: folder.journal).verify(records: { header, _ in
      Self.mentions(header.firstSequence)
    })
    #expect(report.problems.map(\.kind) == [.damagedBlock, .damagedBlock])
  }
}
