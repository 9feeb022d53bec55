/// An entry names an order.
public struct OrderMention: Hashable, Sendable, BitwiseCopyable {
  public var order: UInt64
  public var sequence: UInt64

  public init(order: UInt64, sequence: UInt64) {
    self.order = order
    self.sequence = sequence
  }
}

extension Event {
  /// The order that the entry names, as the index of orders has it; `none` if it names none.
  public var order: OrderID {
    switch self {
    case .observation(let observation): observation.order
    case .decision(let decision): decision.order
    }
  }
}

/// Writes entries, one after the other, as the content of a block.
///
/// Call `begin`, then `append` for each entry, then `finish`; the content is then ready to be hashed
/// and stored, but for the hash of the block before, which the journal fills in. The memory is kept
/// for the next block.
public struct BlockEncoder: ~Copyable {
  @usableFromInline var buffer: ByteBuffer
  @usableFromInline var references = TickReferences()
  @usableFromInline var timeBase: Int64 = 0
  /// Times that are less than this after the base can be told from it; 0 until the block's first entry has set
  /// the base.
  @usableFromInline var reach: UInt64 = 0
  @usableFromInline var lastTime: Int64 = 0
  @usableFromInline var next: UInt64 = 1
  /// Sequence of the block's first entry.
  public private(set) var firstSequence: UInt64 = 1
  /// The orders that entries of the block name, with the entries' sequences, for the journal's index.
  public private(set) var mentions: [OrderMention] = []

  /// - Parameter capacity: bytes to reserve for a block; it grows if it must.
  public init(capacity: Int = 1 << 20) { buffer = ByteBuffer(capacity: capacity) }

  /// Has the system give the memory reserved now, and not when a block reaches it, and that for the mentions
  /// of some thousand orders.
  public mutating func touch() {
    buffer.touch()
    mentions = Array(repeating: OrderMention(order: 0, sequence: 0), count: 8_192)
    mentions.removeAll(keepingCapacity: true)
  }

  /// Starts a block whose first entry has this sequence.
  public mutating func begin(at sequence: UInt64) {
    precondition(sequence > 0)
    buffer.removeAll()
    buffer.append(zeros: BlockHeader.size)
    references.forget()
    reach = 0
    mentions.removeAll(keepingCapacity: true)
    firstSequence = sequence
    next = sequence
  }

  /// Sequence that the next entry will have.
  @inlinable public var nextSequence: UInt64 { next }
  /// Number of entries so far.
  @inlinable public var entryCount: Int { Int(next &- firstSequence) }
  /// Length of the content so far in bytes.
  @inlinable public var byteCount: Int { buffer.count }
  /// Receive time of the last entry.
  @inlinable public var lastReceiveTime: Instant { Instant(nanoseconds: lastTime) }

  /// Completes the content: a header, without the hash of the block before, and the records.
  /// - Precondition: there is at least one entry.
  public mutating func finish() {
    precondition(entryCount > 0 && entryCount <= Int(UInt32.max))
    buffer.overwrite(BlockHeader.magic, at: 0)
    buffer.overwrite(BlockHeader.version, at: 4)
    buffer.overwrite(firstSequence, at: 8)
    buffer.overwrite(UInt32(entryCount), at: 16)
    buffer.overwrite(UInt32(buffer.count - BlockHeader.size), at: 20)
    buffer.overwrite(lastTime, at: 32)
  }

  /// Writes the hash of the block before into the content.
  public mutating func setPrevious(_ digest: Digest) {
    unsafe buffer.overwrite(digest.bytes.span.bytes, at: BlockHeader.previousOffset)
  }

  /// Lends the content.
  public func withContent<R, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
    try buffer.withBytes(body)
  }

  /// Appends an observation. A market event is written without its cause, since it has none.
  /// - Precondition: `receive` is not before the last entry's, at most 292 years from `event`, and the
  ///   cause is an earlier entry or 0; a definition has no problem, a bar has an interval.
  /// - Returns: its sequence.
  @discardableResult
  public mutating func append(
    _ observation: Observation, event: Instant, receive: Instant, cause: UInt64 = 0
  ) -> UInt64 {
    if case .market(let tick) = observation { return append(tick, event: event, receive: receive) }
    let start = beginRecord(event, receive, cause)
    return endRecord(observation.encode(into: &buffer), start, order: observation.order)
  }

  /// Appends a venue's report; see above.
  @discardableResult
  public mutating func append(
    _ report: VenueReport, event: Instant, receive: Instant, cause: UInt64
  ) -> UInt64 {
    let start = beginRecord(event, receive, cause)
    return endRecord(report.encode(into: &buffer), start, order: report.order)
  }

  /// Appends a decision, whose event and receive times are one.
  /// - Precondition: `time` is not before the last entry's, the cause is an earlier entry or 0.
  /// - Returns: its sequence.
  @discardableResult
  public mutating func append(_ decision: Decision, at time: Instant, cause: UInt64) -> UInt64 {
    let start = beginRecord(time, time, cause)
    return endRecord(decision.encode(into: &buffer), start, order: decision.order)
  }

  /// Appends the decision that records an intent of no more than a reason; see above.
  @discardableResult
  public mutating func append(
    _ intent: PlainIntent, because reason: Reason, at time: Instant, cause: UInt64
  ) -> UInt64 {
    let start = beginRecord(time, time, cause)
    intent.encode(because: reason, into: &buffer)
    return endRecord(.intent, start, order: intent.order)
  }

  /// Appends the decision that submits an order; see above.
  @discardableResult
  public mutating func append(_ ticket: OrderTicket, at time: Instant, cause: UInt64) -> UInt64 {
    let start = beginRecord(time, time, cause)
    return endRecord(ticket.encode(into: &buffer), start, order: ticket.order)
  }

  /// Appends a record's head, whose kind and length `endRecord` fills in when the payload is there.
  /// - Returns: where it is.
  @inline(__always)
  private mutating func beginRecord(_ event: Instant, _ receive: Instant, _ cause: UInt64) -> Int {
    precondition(cause < next, "a cause that is not earlier")
    let delta = offset(to: receive.nanoseconds)
    let start = buffer.count
    buffer.reserve(TickLayout.recordHead)
    buffer.stage(UInt64(delta) << 32, at: 0)
    buffer.stage(cause, at: 8)
    buffer.stage(lag(event, receive), at: 16)
    buffer.stage(UInt64(0), at: 24)
    buffer.commit(TickLayout.recordHead)
    return start
  }

  @inline(__always)
  private mutating func endRecord(_ kind: EntryKind, _ start: Int, order: OrderID) -> UInt64 {
    let length = buffer.count &- start &- TickLayout.recordHead
    buffer.restage(kind.rawValue, at: start)
    buffer.restage(UInt32(length), at: start &+ 24)
    // Padded to whole words.
    buffer.reserve(4)
    buffer.stage(UInt32(0), at: 0)
    buffer.commit((0 &- length) & 3)
    if order != .none { mentions.append(OrderMention(order: order.raw, sequence: next)) }
    next &+= 1
    return next &- 1
  }

  /// Nanoseconds from the time base to `receive`; moves the base if they would not fit.
  @inlinable @inline(__always)
  mutating func offset(to receive: Int64) -> UInt32 {
    // As unsigned the difference is exact, however far the times are apart.
    let delta = UInt64(bitPattern: receive &- timeBase)
    if delta >= reach {
      setTimeBase(to: receive)
      return 0
    }
    precondition(receive >= lastTime, "receive times decrease")
    lastTime = receive
    return UInt32(truncatingIfNeeded: delta)
  }

  @usableFromInline @inline(never)
  mutating func setTimeBase(to receive: Int64) {
    if reach > 0 { return moveTimeBase(to: receive) }
    buffer.overwrite(receive, at: 24)
    timeBase = receive
    lastTime = receive
    reach = 1 << 32
  }

  /// The offset of a bar: of a minute or more, nearly each needs a base of its own.
  @inlinable @inline(__always)
  mutating func barOffset(to receive: Int64) -> UInt32 {
    if reach == 0 || UInt64(bitPattern: receive &- timeBase) < reach { return offset(to: receive) }
    moveTimeBase(to: receive)
    return 0
  }

  /// Writes another base.
  @inlinable @inline(__always)
  mutating func moveTimeBase(to receive: Int64) {
    precondition(receive >= lastTime, "receive times decrease")
    buffer.reserve(TickLayout.timeBase)
    buffer.stage(UInt64(0), at: 0)
    buffer.stage(receive, at: 8)
    buffer.commit(TickLayout.timeBase)
    timeBase = receive
    lastTime = receive
  }

  /// Receive time minus event time.
  @inlinable @inline(__always)
  func lag(_ event: Instant, _ receive: Instant) -> Int64 {
    let (lag, isFar) = receive.nanoseconds.subtractingReportingOverflow(event.nanoseconds)
    precondition(!isFar, "event and receive time are more than 292 years apart")
    return lag
  }
}
