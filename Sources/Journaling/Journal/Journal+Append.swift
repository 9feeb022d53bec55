import CLMDB
import Events

extension Journal {
  /// Records finished blocks: all of them or, if it throws, none.
  ///
  /// The blocks stand one after the other in `contents`, each with its header. The field `previous`
  /// of the headers is ignored: what is recorded, and hashed, has the chain's own. One commit: who
  /// reads sees it when this returns, and the death of this process does not take it; whether it is on
  /// the disk depends on the durability, see `durableSequence`. The bytes are copied once, straight into
  /// the page. Must not be called from inside a reader of the same journal on the same
  /// thread, as the map could not grow there.
  ///
  /// - Parameter mentions: which entries of these blocks name which orders.
  /// - Returns: sequence of the journal's last entry, now recorded.
  /// - Throws: `malformedBlock`, `outOfOrder`, `timeReversed` for blocks that cannot follow;
  ///   `diskFull`, `mapFull`, `permission`. The journal is as before after each.
  @discardableResult
  public mutating func append(
    _ contents: RawSpan, mentions: [OrderMention] = []
  ) throws(JournalError) -> UInt64 {
    let headers = try checked(contents)
    guard let last = headers.last else { return sequence }
    let appended = headers[0].firstSequence...last.lastSequence
    precondition(
      mentions.allSatisfy { appended.contains($0.sequence) },
      "an order mention names an entry that is not in the blocks appended with it")
    var link = Link()
    defer { adopt(link) }
    unsafe try contents.withUnsafeBytes { (bytes) throws(JournalError) in
      unsafe try record(bytes, headers: headers, mentions: mentions, &link)
    }
    link.isRecorded = true
    // This commit waited for all that was before it.
    if durability.waitsForDisk { settled = sequence }
    (sequence, time) = (last.lastSequence, last.lastTime)
    return sequence
  }

  /// Records finished blocks; see `append(_:mentions:)`.
  @discardableResult
  public mutating func append(
    _ contents: borrowing ByteBuffer, mentions: [OrderMention] = []
  ) throws(JournalError) -> UInt64 {
    try contents.withBytes { (bytes) throws(JournalError) in
      try append(bytes, mentions: mentions)
    }
  }

  /// Reads the headers of blocks that stand one after the other and checks that they can follow.
  private borrowing func checked(_ contents: RawSpan) throws(JournalError) -> [BlockHeader] {
    var headers: [BlockHeader] = []
    var offset = 0
    // Not `head`, which waits for the hash of the last block.
    var (next, time) = (sequence + 1, time)
    while offset < contents.byteCount {
      let rest = contents.extracting(offset...)
      let header: BlockHeader
      do {
        header = try BlockHeader(content: rest.extracting(first: try blockLength(rest)))
      } catch {
        throw .malformedBlock(sequence: next, what: error.description)
      }
      guard header.firstSequence == next else {
        throw .outOfOrder(expected: next, found: header.firstSequence)
      }
      if let time, header.baseTime < time {
        throw .timeReversed(sequence: next, before: time, after: header.baseTime)
      }
      if header.lastTime < header.baseTime {
        throw .timeReversed(sequence: next, before: header.baseTime, after: header.lastTime)
      }
      headers.append(header)
      offset += BlockHeader.size + Int(header.recordBytes)
      (next, time) = (header.lastSequence + 1, header.lastTime)
    }
    return headers
  }

  /// One transaction: the blocks and the indexes.
  private borrowing func record(
    _ bytes: UnsafeRawBufferPointer, headers: [BlockHeader], mentions: [OrderMention],
    _ link: inout Link
  ) throws(JournalError) {
    let growth = mostGrowth(bytes: bytes.count, puts: 2 * headers.count + mentions.count)
    // The thread reads the caller's memory, and not LMDB's pages, which LMDB gives up when it has written them.
    let hashThread = bytes.count >= HashThread.worthwhile ? hashThread : nil
    if headers.count == 1, let hashThread, !hashThread.isBusy {
      unsafe hashThread.begin(bytes, previous: link.begin(chain))
      link.isHashing = true
    }
    try environment.write(growth: growth, isCarried: durability == .group) {
      (transaction) throws(JournalError) in
      // From where the chain was, also if the map was too small and all of this is done again.
      var previous = link.before
      var offset = 0
      for header in headers {
        let count = BlockHeader.size + Int(header.recordBytes)
        let content = unsafe UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
        let space = unsafe try transaction.reserve(
          transaction.databases.blocks, header.firstSequence, count: count, appending: true)
        unsafe space.copyMemory(from: content)
        // Not before here is the hash of the last commit's block needed.
        let chain = previous ?? link.begin(chain)
        unsafe space.storePrevious(chain)
        offset += count
        if offset < bytes.count || count < HashThread.worthwhile || hashThread == nil {
          previous = unsafe hasher.hash(UnsafeRawBufferPointer(space))
        } else if !link.isHashing {
          unsafe hashThread?.begin(content, previous: chain)
          link.isHashing = true
        }
        try transaction.insert(
          transaction.databases.times, UInt64(bitPattern: header.baseTime.nanoseconds),
          header.firstSequence)
      }
      link.after = previous
      try index(mentions, in: transaction)
    }
  }

  /// Has the chain end with what was recorded or, if that failed, where it did before.
  private mutating func adopt(_ link: Link) {
    // Nothing was done to it.
    guard let before = link.before else { return }
    if link.isRecorded && link.isHashing {
      hashThread?.release()
    } else {
      hashThread?.forget()
      lastChain = link.isRecorded ? link.after ?? before : before
    }
  }
}

/// How the chain goes on with blocks that are being recorded.
private struct Link {
  /// Hash of the block before them; nil until it was asked for.
  var before: Digest?
  /// Hash of the last of them, unless the thread has it.
  var after: Digest?
  /// Whether the thread was given the last of them.
  var isHashing = false
  var isRecorded = false

  mutating func begin(_ chain: Digest) -> Digest {
    before = chain
    return chain
  }
}

/// Adds mentions to the index of orders: in order of the orders and with one cursor, which stays on the
/// page it is at, instead of a way down the tree for each.
private func index(
  _ mentions: [OrderMention], in transaction: borrowing Transaction
) throws(JournalError) {
  guard !mentions.isEmpty else { return }
  let cursor = try Cursor.open(transaction, transaction.databases.orders)
  let sorted = mentions.sorted { ($0.order, $0.sequence) < ($1.order, $1.sequence) }
  let sequences = sorted.map(\.sequence)
  var start = 0
  while start < sorted.count {
    let order = sorted[start].order
    var end = start + 1
    while end < sorted.count, sorted[end].order == order { end += 1 }
    try cursor.insert(order, sequences.span.extracting(start..<end))
    start = end
  }
}

/// The most bytes by which a transaction makes the data grow. A put can copy and split every page of
/// a path in a tree and in the set of one of its keys, a tree being at most nine pages deep (fewer
/// than 100 children a page would be needed for more); the rest is the list of free pages.
private func mostGrowth(bytes: Int, puts: Int) -> Int {
  bytes + (40 * puts + 256) * 4096
}

/// Length of the block content that `bytes` begin with, by its header; the header itself is checked
/// by `BlockHeader`.
private func blockLength(_ bytes: RawSpan) throws(Damage) -> Int {
  guard bytes.byteCount >= BlockHeader.size else { throw Damage(at: 0, "shorter than a header") }
  var reader = ByteReader(bytes, at: 20)
  let length = BlockHeader.size + Int(try reader.read(UInt32.self))
  guard length <= bytes.byteCount else { throw Damage(at: 20, "records are cut off") }
  return length
}

extension UnsafeMutableRawBufferPointer {
  /// Sets the header field "hash of the block before" of a block content.
  fileprivate func storePrevious(_ digest: Digest) {
    let words = (
      digest.words.0.bigEndian, digest.words.1.bigEndian, digest.words.2.bigEndian,
      digest.words.3.bigEndian
    )
    unsafe storeBytes(of: words.0, toByteOffset: 40, as: UInt64.self)
    unsafe storeBytes(of: words.1, toByteOffset: 48, as: UInt64.self)
    unsafe storeBytes(of: words.2, toByteOffset: 56, as: UInt64.self)
    unsafe storeBytes(of: words.3, toByteOffset: 64, as: UInt64.self)
  }
}
