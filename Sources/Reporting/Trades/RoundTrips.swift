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
  /// Places in `closed` of the trades that the last fill of their holders closed.
  private var justClosed: [Holder: Int] = [:]
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
    justClosed[holder] = nil
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
      if trip.isClosed {
        justClosed[holder] = closed.count
        closed.append(trip)
      }
    }
    if rest > 0 {
      var trip = RoundTrip(holder, side: ticket.side, instrument, at: header)
      let signed = Quantity(rest * ticket.side.sign)
      if trip.take(signed, at: fill.price, fee: fee, isOwnFee: isOwnFee, header) {
        underWay[holder] = trip
      }
    }
    clock(header.receiveTime)
  }

  /// Takes what moves a position without a fill.
  mutating func take(_ booking: Booking, _ instrument: Instrument, _ header: EntryHeader) {
    let holder = Holder(
      account: booking.account, strategy: booking.strategy, instrument: booking.instrument)
    switch booking.kind {
    case .split:
      change(holder) { $0.split(to: $0.held + booking.quantity, cash: booking.cash, header) }
    case .liquidationFee:
      // It follows the fill that it is for, which may have closed the trade.
      if let place = justClosed[holder] {
        closed[place].charge(-booking.cash)
      } else {
        change(holder) { $0.charge(-booking.cash) }
      }
    case .opening, .delisted, .expired, .exercised, .assigned, .delivered:
      move(booking, holder, instrument, header)
    case .settled, .dividend, .variation, .funding, .interest, .borrowFee, .closed: return
    }
    clock(header.receiveTime)
  }

  /// What was delivered may close one trade and open the next, at one price.
  private mutating func move(
    _ booking: Booking, _ holder: Holder, _ instrument: Instrument, _ header: EntryHeader
  ) {
    guard booking.quantity != .zero else { return }
    var (rest, value) = (booking.quantity, Self.value(of: booking, instrument))
    if let trip = underWay[holder], (trip.held > .zero) != (rest > .zero) {
      let taken = min(rest.magnitude, trip.held.magnitude)
      let part = value.scaled(by: taken.raw, over: rest.magnitude.raw)
      let signed = rest > .zero ? taken : -taken
      change(holder) { $0.take(signed, for: part, header) }
      rest -= signed
      value -= part
    }
    guard rest != .zero else { return }
    var trip =
      underWay[holder]
      ?? RoundTrip(holder, side: rest > .zero ? .buy : .sell, instrument, at: header)
    trip.take(rest, for: value, header)
    underWay[holder] = trip
  }

  /// What the change of the position cost: of a security cash, or what it brought in had cost; of a contract
  /// what is realised by it.
  private static func value(of booking: Booking, _ instrument: Instrument) -> Money {
    if booking.kind == .opening { return booking.cost }
    if instrument.kind.isSettledInFull { return -booking.cash }
    return booking.cost - (booking.cash - booking.variation)
  }

  private mutating func change(_ holder: Holder, _ body: (inout RoundTrip) -> Void) {
    guard var trip = underWay[holder] else { return }
    body(&trip)
    underWay[holder] = trip.isClosed ? nil : trip
    if trip.isClosed { closed.append(trip) }
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
