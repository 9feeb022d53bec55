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
    guard let last = headers.last else { return head.sequence }
    let appended = headers[0].firstSequence...last.lastSequence
    precondition(
      mentions.allSatisfy { appended.contains($0.sequence) },
      "an order mention names an entry that is not in the blocks appended with it")
    let chain = unsafe try contents.withUnsafeBytes { (bytes) throws(JournalError) in
      unsafe try record(bytes, headers: headers, mentions: mentions)
    }
    // This commit waited for all that was before it.
    if durability.waitsForDisk { settled = head.sequence }
    head = JournalHead(sequence: last.lastSequence, time: last.lastTime, chain: chain)
    return head.sequence
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
    var (next, time) = (head.sequence + 1, head.time)
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

  /// One transaction: the blocks and the indexes. Returns the chain head it leads to.
  private borrowing func record(
    _ bytes: UnsafeRawBufferPointer, headers: [BlockHeader], mentions: [OrderMention]
  ) throws(JournalError) -> Digest {
    let growth = mostGrowth(bytes: bytes.count, puts: 2 * headers.count + mentions.count)
    // Also when it throws: the thread reads the caller's memory, and not LMDB's pages, which LMDB gives
    // up when it has written them.
    defer { hashThread?.forget() }
    let hashThread = bytes.count >= HashThread.worthwhile ? hashThread : nil
    if headers.count == 1 { unsafe hashThread?.begin(bytes, previous: head.chain) }
    let chain = try environment.write(growth: growth, isCarried: durability == .group) {
      (transaction) throws(JournalError) in
      var chain = head.chain
      var offset = 0
      for header in headers {
        let count = BlockHeader.size + Int(header.recordBytes)
        let space = unsafe try transaction.reserve(
          transaction.databases.blocks, header.firstSequence, count: count, appending: true)
        unsafe space.copyMemory(
          from: UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count]))
        unsafe space.storePrevious(chain)
        if let hashThread, offset + count == bytes.count, count >= HashThread.worthwhile {
          if offset > 0 {
            unsafe hashThread.begin(
              UnsafeRawBufferPointer(rebasing: bytes[offset...]), previous: chain)
          }
        } else {
          chain = unsafe hasher.hash(UnsafeRawBufferPointer(space))
        }
        try transaction.insert(
          transaction.databases.times, UInt64(bitPattern: header.baseTime.nanoseconds),
          header.firstSequence)
        offset += count
      }
      try index(mentions, in: transaction)
      return chain
    }
    return hashThread?.finish(with: hasher) ?? chain
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
