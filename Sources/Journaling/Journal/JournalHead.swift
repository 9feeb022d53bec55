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
