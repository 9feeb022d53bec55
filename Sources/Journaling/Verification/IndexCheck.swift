import CLMDB
import Events

/// The check of the indexes against the entries: each entry's row is looked up when its block is checked;
/// rows that no entry accounts for are looked for only if there are more rows than were found. So memory
/// does not grow with the journal. Source of what an index holds: docs/journal-format.md, section 1.
struct IndexCheck {
  /// Rows that the entries of readable blocks have in the indexes.
  private var times: UInt64 = 0
  private var orders: UInt64 = 0
  /// Whether the pages of the indexes, and of what they lead to, can be read.
  private let hasTimes: Bool
  private let hasOrders: Bool
  /// Surplus rows told one by one, of each index.
  private static let told = 100

  init(_ pages: PageReport) {
    hasTimes = pages.isSound(.times)
    hasOrders = pages.isSound(.orders)
  }

  /// Looks up the rows of a block.
  /// - Parameter mentions: nil if they are not known.
  mutating func note(
    _ header: BlockHeader, _ mentions: [OrderMention]?, in view: borrowing Transaction,
    _ report: inout VerificationReport
  ) throws(JournalError) {
    let (first, last) = (header.firstSequence, header.lastSequence)
    if !hasTimes {
      // Told already, of the whole index.
    } else if try Cursor.open(view, view.databases.times).has(header.timeKey, first) {
      times += 1
    } else {
      report.add(.badIndex, first, last, "the index of times does not know the block")
    }
    guard hasOrders, let mentions, !mentions.isEmpty else { return }
    let cursor = try Cursor.open(view, view.databases.orders)
    var missing: (first: OrderMention, last: UInt64, count: Int)?
    for mention in mentions {
      if try cursor.has(mention.order, mention.sequence) {
        orders += 1
      } else {
        missing = (missing?.first ?? mention, mention.sequence, (missing?.count ?? 0) + 1)
      }
    }
    guard let missing else { return }
    report.add(
      .badIndex, missing.first.sequence, missing.last,
      "the index of orders lacks \(missing.count) of these entries, the first of order "
        + "\(missing.first.order)")
  }

  /// Looks for rows that no entry accounts for, after all blocks were checked.
  func finish(
    in view: borrowing Transaction, _ records: BlockCheck?, _ report: inout VerificationReport
  ) throws(JournalError) {
    let end = try (pending: view.pending() ?? .max, recorded: Self.lastKnown(in: view))
    if hasTimes {
      try checkRows("times", times, in: view.databases.times, view, end, &report) {
        header, _ throws(Damage) in
        [OrderMention(order: header.timeKey, sequence: header.firstSequence)]
      }
    }
    guard hasOrders, let records else { return }
    try checkRows("orders", orders, in: view.databases.orders, view, end, &report, records)
  }

  /// Sequence of the last entry there is; the highest possible if the last block does not tell.
  private static func lastKnown(in view: borrowing Transaction) throws(JournalError) -> UInt64 {
    let cursor = try Cursor.open(view, view.databases.blocks)
    guard let item = unsafe try cursor.move(MDB_LAST) else { return 0 }
    var unsealer = Unsealer()
    do throws(Damage) {
      let content = unsafe try unsealer.content(of: item.value)
      return unsafe try BlockHeader(content: RawSpan(_unsafeBytes: content), at: item.key)
        .lastSequence
    } catch {
      return .max
    }
  }

  /// - Parameter rows: what a block's entries have in the index.
  private func checkRows(
    _ name: String, _ expected: UInt64, in database: MDB_dbi, _ view: borrowing Transaction,
    _ end: (pending: UInt64, recorded: UInt64), _ report: inout VerificationReport,
    _ rows: BlockCheck
  ) throws(JournalError) {
    let checked = report.head.sequence
    var (count, beyond) = (UInt64(0), false)
    try Self.forEachRow(of: database, view) { _, sequence throws(JournalError) in
      if sequence <= checked { count += 1 }
      if sequence > end.recorded, sequence < end.pending { beyond = true }
    }
    if count == expected, !beyond { return }
    var known = KnownRows()
    var strays: [(key: UInt64, sequence: UInt64)] = []
    var more: (count: Int, first: UInt64, last: UInt64) = (0, .max, 0)
    try Self.forEachRow(of: database, view) { key, sequence throws(JournalError) in
      if sequence >= end.pending || sequence > checked && sequence <= end.recorded { return }
      if sequence <= end.recorded, try known.accounts(for: key, sequence, in: view, rows) {
        return
      }
      if strays.count < Self.told { return strays.append((key, sequence)) }
      more = (more.count + 1, min(more.first, sequence), max(more.last, sequence))
    }
    for stray in strays {
      report.add(
        .badIndex, stray.sequence, stray.sequence,
        "the index of \(name) has a row of \(stray.key) for which there is no such entry")
    }
    if more.count > 0 {
      report.add(
        .badIndex, more.first, more.last,
        "the index of \(name) has \(more.count) more rows for which there are no such entries")
    }
  }

  private static func forEachRow(
    of database: MDB_dbi, _ view: borrowing Transaction,
    _ body: (_ key: UInt64, _ sequence: UInt64) throws(JournalError) -> Void
  ) throws(JournalError) {
    let cursor = try Cursor.open(view, database)
    var item = unsafe try cursor.move(MDB_FIRST)
    while let row = unsafe item {
      // A row of another length is none.
      try body(unsafe row.key, unsafe row.member ?? 0)
      unsafe item = try cursor.move(MDB_NEXT)
    }
  }
}

/// The rows of the block asked about last.
private struct KnownRows: ~Copyable {
  private var first: UInt64 = 1
  private var last: UInt64 = 0
  /// nil: the block cannot be read, which was told.
  private var rows: Set<OrderMention>?
  private var unsealer = Unsealer()

  /// Whether an entry has a row, or may have it as far as can be known.
  mutating func accounts(
    for key: UInt64, _ sequence: UInt64, in view: borrowing Transaction, _ check: BlockCheck
  ) throws(JournalError) -> Bool {
    if !(first...max(first, last)).contains(sequence) || last == 0 {
      try read(sequence, in: view, check)
    }
    guard let rows else { return sequence != 0 }
    return rows.contains(OrderMention(order: key, sequence: sequence))
  }

  private mutating func read(
    _ sequence: UInt64, in view: borrowing Transaction, _ check: BlockCheck
  ) throws(JournalError) {
    (first, last, rows) = (sequence, sequence, nil)
    if sequence == 0 { return }
    let cursor = try Cursor.open(view, view.databases.blocks)
    guard let item = unsafe try cursor.floor(sequence) else { return }
    do throws(Damage) {
      let content = unsafe try unsealer.content(of: item.value)
      let span = unsafe RawSpan(_unsafeBytes: content)
      let header = unsafe try BlockHeader(content: span, at: item.key)
      if sequence > header.lastSequence { return }
      rows = Set(try check(header, span))
      (first, last) = (header.firstSequence, header.lastSequence)
    } catch {
      return
    }
  }
}

extension BlockHeader {
  /// The key of the block's row in the index of times.
  fileprivate var timeKey: UInt64 { UInt64(bitPattern: baseTime.nanoseconds) }
}
