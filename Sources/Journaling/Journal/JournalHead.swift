import Events

/// Where a journal ends.
public struct JournalHead: Equatable, Sendable {
  /// Sequence of the last entry; 0 if there is none.
  public var sequence: UInt64
  /// Receive time of the last entry; nil if there is none.
  public var time: Instant?
  /// Hash of the last block, or the chain's starting value.
  public var chain: Digest

  public init(sequence: UInt64, time: Instant?, chain: Digest) {
    self.sequence = sequence
    self.time = time
    self.chain = chain
  }
}

/// "The entry at `sequence` names `order`": one line of the index from order to entries.
public struct OrderMention: Hashable, Sendable, BitwiseCopyable {
  public var order: UInt64
  public var sequence: UInt64

  public init(order: UInt64, sequence: UInt64) {
    self.order = order
    self.sequence = sequence
  }
}
