/// Why an order that the core held goes out now.
public enum ReleaseCause: UInt8, Sendable, CaseIterable {
  /// The market reached its stop or trigger.
  case triggered = 1
  /// Its parent was filled.
  case activated = 2
  /// The session it is for began.
  case opened = 3
}

/// An order that the core held goes out, as what the venue understands.
public struct Release: Equatable, Sendable {
  /// As it is sent.
  public var ticket: OrderTicket
  public var cause: ReleaseCause
  /// The price that was seen; `none` unless triggered.
  public var seen: Price

  public init(_ ticket: OrderTicket, _ cause: ReleaseCause, seen: Price = .none) {
    self.ticket = ticket
    self.cause = cause
    self.seen = seen
  }
}

/// Why the core ends an order that it holds, which no venue knows.
public enum EndCause: UInt8, Sendable, CaseIterable {
  case strategy = 1
  case `operator` = 2
  case halt = 3
  /// A linked order was filled or ended.
  case linked = 4
  /// Its parent ended without waking it.
  case parentEnded = 5
  case expired = 6
  /// The gate refused it when it was to go out.
  case refused = 7
  /// An algorithm has nothing left to do: all is filled, or its time is over.
  case completed = 8
  /// A corporate action changed what it is for.
  case adjusted = 9
  /// Its account's positions are closed for want of margin.
  case liquidation = 10
  /// Its contract is not in front any more.
  case roll = 11
}
