import CLMDB
import Events

extension JournalReader {
  /// Lends the blocks in order, from the one that contains `first`, until `last` is passed, `body`
  /// returns false or the journal ends.
  ///
  /// Sealed blocks are decompressed. Magic, lengths and the continuity of sequences are always
  /// checked; with `verify` the hash chain too, from the block before the first to the one after the last, and that
  /// it is the one that the checkpoints on the way say, whoever signed them. The view is
  /// renewed every 64 blocks, so the writer's file does not grow for a reader that is on the move;
  /// `body` should not wait for something else, and must not append to the same journal.
  ///
  /// - Parameter body: gets a block's header and whole content (header included), valid during the
  ///   call. Damage it throws, as a decoder does, becomes `damagedBlock` of that block.
  /// - Throws: `damagedBlock`, `brokenChain`, `unsigned`, `shortened`; `body` has had all blocks before.
  public func forEachBlock(
    from first: UInt64 = 1, through last: UInt64 = .max, verify: Bool = false,
    _ body: (BlockHeader, RawSpan) throws(Damage) -> Bool
  ) throws(JournalError) {
    guard first <= last else { return }
    var walk = BlockWalk(from: max(first, 1), through: last, verify: verify, id: meta.id)
    var signed: SignedChains?
    if verify {
      signed = try environment.read { (view) throws(JournalError) in
        try SignedChains(in: view, from: max(first, 1), through: last)
      }
    }
    walk.signed = signed
    var more = true
    while more {
      more = try environment.read { (view) throws(JournalError) in
        try walk.advance(64, in: view, body)
      }
    }
    try walk.signed?.finish()
  }

  /// Lends the block that contains an entry. If another follows it, its hash is held against the one that has.
  /// - Returns: nil if there is no such entry.
  public func withBlock<R>(
    containing sequence: UInt64, _ body: (BlockHeader, RawSpan) throws(Damage) -> R
  ) throws(JournalError) -> R? {
    var result: R?
    var walk = BlockWalk(from: sequence, through: sequence, verify: false, id: meta.id)
    walk.holdsLast = true
    _ = try environment.read { (view) throws(JournalError) in
      try walk.advance(1, in: view) { (header, content) throws(Damage) in
        result = try body(header, content)
        return false
      }
    }
    return result
  }
}

/// A way through the blocks that outlives the transactions it uses.
private struct BlockWalk: ~Copyable {
  let first: UInt64
  private let last: UInt64
  private let verify: Bool
  /// Whether the block that has the last sequence is held against the block after it before it is lent.
  var holdsLast: Bool
  private let id: JournalID
  /// Sequence at which the next block must begin; nil at the start.
  private var next: UInt64?
  /// Hash of the block before the next; nil at the start and without `verify`.
  private var chain: Digest?
  /// What the checkpoints on the way say; nil without `verify`.
  var signed: SignedChains?
  private var unsealer = Unsealer()
  /// For the block after the one that is lent.
  private var other = Unsealer()
  private let hasher = Sha256()

  init(from first: UInt64, through last: UInt64, verify: Bool, id: JournalID) {
    self.first = first
    self.last = last
    self.verify = verify
    holdsLast = verify
    self.id = id
  }

  /// Goes through up to `count` blocks.
  /// - Returns: whether there may be more.
  mutating func advance(
    _ count: Int, in view: borrowing Transaction,
    _ body: (BlockHeader, RawSpan) throws(Damage) -> Bool
  ) throws(JournalError) -> Bool {
    try view.look(at: .blocks, from: next ?? first, leaves: count + 2)
    let cursor = try Cursor.open(view, view.databases.blocks)
    let pending = try view.pending()
    let shown = min(last, pending.map { $0 - 1 } ?? .max)
    if next == nil { next = try start(cursor, in: view) }
    guard var key = next else { return false }
    var item = unsafe try cursor.move(MDB_SET_RANGE, to: key)
    for _ in 0..<count {
      guard key <= shown, let current = unsafe item else { return false }
      guard unsafe current.key == key else {
        throw .damagedBlock(
          first: key, last: unsafe current.key - 1, what: "the entries are missing")
      }
      let content = unsafe try unsealer.content(of: current)
      let header = unsafe try header(content, at: key)
      if let pending, header.lastSequence >= pending {
        throw .damagedBlock(
          first: key, last: header.lastSequence,
          what: "an import is said to begin at #\(pending), inside the block")
      }
      if verify {
        guard header.previous == chain else { throw .brokenChain(at: key) }
        let hash = unsafe hasher.hash(content)
        try signed?.pass(header, hash)
        chain = hash
      }
      if holdsLast, header.lastSequence >= last { unsafe try hold(content, header, cursor) }
      do {
        guard unsafe try body(header, RawSpan(_unsafeBytes: content)) else { return false }
      } catch {
        throw .damaged(header, error)
      }
      key = header.lastSequence + 1
      unsafe item = try cursor.move(MDB_NEXT)
    }
    next = key
    return true
  }

  /// Compares a block's hash with the one that the block after it has, if there is one. Moves the cursor.
  private mutating func hold(
    _ content: UnsafeRawBufferPointer, _ header: BlockHeader, _ cursor: borrowing Cursor
  ) throws(JournalError) {
    guard let following = unsafe try cursor.move(MDB_NEXT) else { return }
    let hash = unsafe verify ? chain : hasher.hash(content)
    let next = unsafe try self.header(other.content(of: following), at: following.key)
    if next.previous != hash {
      throw .damagedBlock(
        first: header.firstSequence, last: header.lastSequence,
        what: "its hash is not the one that the block after it has")
    }
  }

  /// Finds the block that contains `first`, and with `verify` the hash of the block before it.
  /// - Returns: its first sequence; nil if there is no such block.
  private mutating func start(
    _ cursor: borrowing Cursor, in view: borrowing Transaction
  ) throws(JournalError) -> UInt64? {
    guard let found = unsafe try cursor.floor(first) else {
      // Nothing at or before: an empty journal, or one whose beginning is gone.
      chain = id.chainStart
      return 1
    }
    let key = unsafe found.key
    let header = unsafe try header(unsealer.content(of: found), at: key)
    if header.lastSequence < first {
      // After the end, or in a hole, which the walk then reports.
      guard unsafe try cursor.move(MDB_NEXT) != nil else { return nil }
      return header.lastSequence + 1
    }
    guard verify else { return key }
    if key > 1 { try view.look(at: .blocks, from: key - 1) }
    guard key > 1, let before = unsafe try cursor.move(MDB_PREV) else {
      chain = id.chainStart
      return key
    }
    chain = unsafe try hasher.hash(unsealer.content(of: before))
    return key
  }

  private func header(
    _ content: UnsafeRawBufferPointer, at key: UInt64
  ) throws(JournalError) -> BlockHeader {
    do {
      return unsafe try BlockHeader(content: RawSpan(_unsafeBytes: content), at: key)
    } catch {
      throw .damagedBlock(first: key, last: nil, what: error.description)
    }
  }
}
