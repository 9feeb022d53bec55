import Events

/// What tells a trade apart among the files of an import that may have it, too.
public struct TradeName: Hashable, Sendable {
  public var instrument: InstrumentID
  public var publisher: UInt16
  /// The venue's number of the message; 0 where there is none.
  public var sequence: UInt32
  /// Nanoseconds since 1970, as the file has them.
  public var event: UInt64
  public var receive: UInt64
  /// × 10^9.
  public var price: Int64
  /// As the file has it.
  public var size: UInt32
  public var side: UInt8

  public init(
    instrument: InstrumentID, publisher: UInt16, sequence: UInt32, event: UInt64, receive: UInt64,
    price: Int64, size: UInt32, side: UInt8
  ) {
    self.instrument = instrument
    self.publisher = publisher
    self.sequence = sequence
    self.event = event
    self.receive = receive
    self.price = price
    self.size = size
    self.side = side
  }
}
