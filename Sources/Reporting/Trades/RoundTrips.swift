import Events

/// Pairs fills to trades from flat to flat, apart for each account, strategy and instrument.
public struct RoundTrips: Sendable {
  /// What is flat or not on its own.
  struct Holder: Hashable, Comparable {
    var account: AccountID
    var strategy: StrategyID
    var instrument: InstrumentID

    static func < (a: Self, b: Self) -> Bool {
      (a.account, a.strategy, a.instrument) < (b.account, b.strategy, b.instrument)
    }
  }

  /// Trades that were closed, in the order in which they were.
  public private(set) var closed: [RoundTrip] = []
  private var underWay: [Holder: RoundTrip] = [:]
  /// Nanoseconds in which something was held.
  private(set) var timeHeld: Int64 = 0
  private var heldSince: Instant?

  /// Trades that are not closed, by account, strategy and instrument.
  public var open: [RoundTrip] {
    underWay.sorted { $0.key < $1.key }.map(\.value)
  }

  /// Takes a fill of an order.
  mutating func take(
    _ fill: Fill, of ticket: OrderTicket, _ instrument: Instrument, _ header: EntryHeader
  ) {
    guard fill.quantity.raw > 0, ticket.side != .none else { return }
    let holder = Holder(
      account: ticket.account, strategy: ticket.strategy, instrument: ticket.instrument)
    let isOwnFee = fill.feeCurrency == instrument.currency
    var (rest, fee) = (fill.quantity.raw, fill.fee)
    if var trip = underWay[holder] {
      // Only as much as closes it belongs to it, with its part of the fee.
      let isClosing = (trip.held.raw > 0) != (ticket.side == .buy)
      let taken =
        isClosing ? Int64(clamping: min(rest.magnitude, trip.held.raw.magnitude)) : rest
      let share = fee.scaled(by: taken, over: rest)
      let signed = Quantity(taken * ticket.side.sign)
      guard trip.take(signed, at: fill.price, fee: share, isOwnFee: isOwnFee, header) else {
        return
      }
      rest -= taken
      fee -= share
      underWay[holder] = trip.isClosed ? nil : trip
      if trip.isClosed { closed.append(trip) }
    }
    if rest > 0 {
      var trip = RoundTrip(ticket, side: ticket.side, instrument, at: header)
      let signed = Quantity(rest * ticket.side.sign)
      if trip.take(signed, at: fill.price, fee: fee, isOwnFee: isOwnFee, header) {
        underWay[holder] = trip
      }
    }
    clock(header.receiveTime)
  }

  /// Begins or ends a stretch in which something is held.
  private mutating func clock(_ time: Instant) {
    if let since = heldSince, underWay.isEmpty {
      timeHeld += time.since(since)
      heldSince = nil
    } else if heldSince == nil, !underWay.isEmpty {
      heldSince = time
    }
  }

  /// The journal ends: what is still held was held until then.
  mutating func finish(at time: Instant) {
    if let since = heldSince { timeHeld += time.since(since) }
    heldSince = nil
  }
}
