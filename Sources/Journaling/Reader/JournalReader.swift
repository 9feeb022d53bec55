import CLMDB
import Events

/// A journal opened for reading, in the writer's process or another, while the writer runs or not.
///
/// Every call sees the journal of one moment; only `forEachBlock` renews its view on the way. Entries
/// of an unfinished import are not shown. May be shared between threads.
public final class JournalReader: Sendable {
  /// The folder.
  public let path: String
  /// What was said about the journal at its creation.
  public let meta: JournalMeta
  let lease: EnvironmentLease

  var environment: Environment { lease.environment }

  private init(path: String, meta: JournalMeta, lease: consuming EnvironmentLease) {
    self.path = path
    self.meta = meta
    self.lease = lease
  }

  /// Opens a journal for reading.
  /// - Throws: `missing`, `notAJournal`, `newerFormat`, `tornTail`, `damagedStore`, `permission`.
  public static func open(at path: String) throws(JournalError) -> JournalReader {
    try open(at: path, looking: .quick)
  }

  /// Opens a journal for nothing but `checkPages` and `verify`: its pages may be damaged, of which other
  /// calls could die.
  public static func open(toVerify path: String) throws(JournalError) -> JournalReader {
    try open(at: path, looking: .core)
  }

  private static func open(
    at path: String, looking reach: PageCheck.Reach
  ) throws(JournalError) -> JournalReader {
    let lease = try EnvironmentRegistry.take(path: path, access: .reading, looking: reach)
    let meta = try lease.environment.read { (view) throws(JournalError) in
      try JournalMeta(from: view)
    }
    return JournalReader(path: path, meta: meta, lease: lease)
  }

  /// Sequence of the last entry shown; 0 if there is none. O(log n).
  public func lastSequence() throws(JournalError) -> UInt64 {
    try environment.read { (view) throws(JournalError) in
      var unsealer = Unsealer()
      return unsafe try view.lastVisible(&unsealer)?.header.lastSequence ?? 0
    }
  }

  /// Where the journal ends, with the chain head. O(length of the last block).
  public func head() throws(JournalError) -> JournalHead {
    try environment.read { (view) throws(JournalError) in
      try view.head(id: meta.id, hasher: Sha256())
    }
  }

  /// Where the block that contains an entry ends, with the chain's hash there; nil if there is no such entry.
  /// O(log n + length of the block).
  public func end(ofBlockWith sequence: UInt64) throws(JournalError) -> JournalHead? {
    try withBlock(containing: sequence) { (header, content) throws(Damage) in
      JournalHead(
        sequence: header.lastSequence, time: header.lastTime, chain: Sha256().hash(content))
    }
  }

  /// First sequence of the last block that begins at or before `time`, the place to look for what
  /// was known then; nil if the journal begins later. O(log n).
  public func sequence(at time: Instant) throws(JournalError) -> UInt64? {
    try environment.read { (view) throws(JournalError) in
      let shown = try view.pending() ?? .max
      try view.look(at: .times, from: UInt64(bitPattern: time.nanoseconds))
      let cursor = try Cursor.open(view, view.databases.times)
      // Times before 1970 are negative and, as unsigned keys, stand after all others.
      let wanted = UInt64(bitPattern: time.nanoseconds)
      var item = unsafe try cursor.floor(wanted)
      if let found = unsafe item, time.nanoseconds < 0, unsafe Int64(bitPattern: found.key) >= 0 {
        return nil
      }
      if unsafe item == nil, time.nanoseconds >= 0 {
        unsafe item = try cursor.move(MDB_LAST)
        if let last = unsafe item, unsafe Int64(bitPattern: last.key) >= 0 { return nil }
      }
      while let found = unsafe item {
        // Many blocks may begin at the same moment; the last of them is meant.
        let key = unsafe found.key
        guard let member = unsafe try cursor.move(MDB_LAST_DUP, to: key)?.member else { return nil }
        if member < shown { return member }
        unsafe item = try cursor.move(MDB_PREV, to: key)
      }
      return nil
    }
  }

  /// Sequences of the entries that name an order, ascending; empty if none does.
  public func sequences(ofOrder order: UInt64) throws(JournalError) -> [UInt64] {
    try environment.read { (view) throws(JournalError) in
      let shown = try view.pending() ?? .max
      try view.look(at: .orders, from: order)
      let cursor = try Cursor.open(view, view.databases.orders)
      var result: [UInt64] = []
      var item = unsafe try cursor.move(MDB_SET_KEY, to: order)
      while let member = unsafe item?.member, member < shown {
        result.append(member)
        unsafe item = try cursor.move(MDB_NEXT_DUP)
      }
      return result
    }
  }
}

extension Transaction {
  /// The last block that is not part of an unfinished import; nil if there is none.
  func lastVisible(
    _ unsealer: inout Unsealer
  ) throws(JournalError) -> (header: BlockHeader, content: UnsafeRawBufferPointer)? {
    try look(at: .blocks, from: .max)
    let cursor = try Cursor.open(self, databases.blocks)
    let item: Cursor.Item?
    if let pending = try pending() {
      unsafe item = try cursor.floor(pending - 1)
    } else {
      unsafe item = try cursor.move(MDB_LAST)
    }
    guard let item = unsafe item else { return nil }
    do {
      let content = unsafe try unsealer.content(of: item.value)
      let span = unsafe RawSpan(_unsafeBytes: content)
      return unsafe (try BlockHeader(content: span, at: item.key), content)
    } catch {
      throw .damagedBlock(first: unsafe item.key, last: nil, what: error.description)
    }
  }

  /// Where the journal ends.
  func head(id: JournalID, hasher: borrowing Sha256) throws(JournalError) -> JournalHead {
    var unsealer = Unsealer()
    guard let last = unsafe try lastVisible(&unsealer) else {
      return JournalHead(sequence: 0, time: nil, chain: id.chainStart)
    }
    return unsafe JournalHead(
      sequence: last.header.lastSequence, time: last.header.lastTime,
      chain: hasher.hash(last.content))
  }

  /// Whether the mark of an unfinished import stands inside a block or beyond the end, where no import puts it.
  func hidesPart(_ pending: UInt64) throws(JournalError) -> Bool {
    var unsealer = Unsealer()
    return unsafe try (lastVisible(&unsealer)?.header.lastSequence ?? 0) + 1 != pending
  }

  /// Sequence of the last entry recorded, shown or not, as far as the last block tells it.
  func lastRecorded() throws(JournalError) -> UInt64 {
    try look(at: .blocks, from: .max)
    let cursor = try Cursor.open(self, databases.blocks)
    guard let item = unsafe try cursor.move(MDB_LAST) else { return 0 }
    var unsealer = Unsealer()
    do {
      let content = unsafe try unsealer.content(of: item.value)
      return unsafe try BlockHeader(content: RawSpan(_unsafeBytes: content)).lastSequence
    } catch {
      // What is to be removed need not be readable.
      return unsafe item.key
    }
  }
}
