import Books
import Events

// What an order is rejected for.
extension TradedMarket {
  private typealias Code = VenueReport.RejectCode

  /// Why an order cannot be taken, or nil.
  func objection(to ticket: OrderTicket, at now: Instant) -> (UInt16, String)? {
    if ticket.side == .none || ticket.type == .none || ticket.timeInForce == .none {
      return (Code.other, "side, type or time in force is missing")
    }
    if let problem = problem(quantity: ticket.quantity) {
      return (Code.invalidQuantity, problem)
    }
    if ticket.type.hasLimit, let problem = problem(price: ticket.price) {
      return (Code.invalidPrice, problem)
    }
    if ticket.type != .market && ticket.type != .limit || !ticket.terms.isPlain
      || ticket.timeInForce.rawValue > TimeInForce.fillOrKill.rawValue,
      let objection = termsObjection(to: ticket, at: now)
    {
      return objection
    }
    if isOver { return (Code.notTrading, "the instrument has expired") }
    if !isTaken(ticket) { return (Code.notTrading, "the instrument is not trading") }
    if ticket.timeInForce == .atOpen || ticket.timeInForce == .atClose { return nil }
    if ticket.type == .market || ticket.type == .marketToLimit, !hasLiquidity(for: ticket.side) {
      return (Code.noLiquidity, "nothing on the other side")
    }
    return isFree && ticket.terms.isPlain ? nil : marketObjection(to: ticket)
  }

  /// What is wrong with the terms of an order beyond the plain ones.
  private func termsObjection(to ticket: OrderTicket, at now: Instant) -> (UInt16, String)? {
    let terms = ticket.terms
    if terms.display < .zero || terms.display > ticket.quantity
      || terms.display.raw % instrument.lotSize.raw != 0
    {
      return (Code.invalidQuantity, "the displayed quantity is not a part in whole lots")
    }
    if terms.isPostOnly {
      switch ticket.type {
      case .market, .stop, .trailingStop, .marketIfTouched, .marketToLimit:
        return (Code.unsupported, "an order that takes cannot be a maker only")
      case .none, .limit, .stopLimit, .trailingStopLimit, .limitIfTouched, .pegged: break
      }
    }
    switch ticket.timeInForce {
    case .goodTillDate where terms.expiry <= now: return (Code.other, "its time is over")
    case .atOpen, .atClose:
      if ticket.type != .market && ticket.type != .limit {
        return (Code.unsupported, "only market and limit orders are for auctions")
      }
    case .immediateOrCancel, .fillOrKill:
      if ticket.type == .marketToLimit || ticket.type == .pegged || terms.isPostOnly {
        return (Code.unsupported, "an order that is meant to rest cannot be immediate")
      }
    case .none, .day, .goodTillCancelled, .goodTillDate: break
    }
    return conditionObjection(to: ticket)
  }

  private func conditionObjection(to ticket: OrderTicket) -> (UInt16, String)? {
    let terms = ticket.terms
    switch ticket.type {
    case .stop, .stopLimit, .marketIfTouched, .limitIfTouched:
      if let problem = problem(price: terms.stop) { return (Code.invalidPrice, problem) }
    case .trailingStop, .trailingStopLimit:
      if terms.trail.unit == .none || !(1...Price.limit).contains(terms.trail.amount) {
        return (Code.invalidPrice, "no trail")
      }
      let isStop = terms.stop.isNone || (-Price.limit...Price.limit).contains(terms.stop.raw)
      if !isStop || terms.limitOffset.magnitude > Price.limit.magnitude {
        return (Code.invalidPrice, "a stop or an offset that cannot be")
      }
    case .pegged:
      if terms.peg == .none || terms.pegOffset.magnitude > Price.limit.magnitude {
        return (Code.invalidPrice, "nothing to peg to")
      }
      if !ticket.price.isNone, let problem = problem(price: ticket.price) {
        return (Code.invalidPrice, problem)
      }
      if usesBars { return (Code.unsupported, "bars have no best prices to peg to") }
    case .none, .market, .limit, .marketToLimit: break
    }
    return nil
  }

  /// Why a limit cannot be taken in the market of now, or nil: it would take and must not, is beyond the
  /// price band, or sells short below the bid.
  func marketObjection(to ticket: OrderTicket) -> (UInt16, String)? {
    if ticket.type == .limit {
      if ticket.terms.isPostOnly, wouldTake(ticket) {
        return (Code.wouldTake, "it would take")
      }
      if isBeyondBand(ticket.side, ticket.price) {
        return (Code.priceBand, "beyond the price band")
      }
    }
    if isShortSaleForbidden(ticket) {
      return (Code.shortSaleRestricted, "short sales are restricted")
    }
    return nil
  }

  /// Whether a limit would take from the other side; of bars, whether it is at or beyond the last close.
  func wouldTake(_ ticket: OrderTicket) -> Bool {
    if !isTrading { return false }
    let other = usesBars ? lastClose(of: ticket.side) : level(0, of: ticket.side.opposite)?.price
    guard let other else { return false }
    return ticket.side == .buy ? ticket.price >= other : ticket.price <= other
  }

  private func lastClose(of side: Side) -> Price? {
    guard let last = lastBars[.none] ?? lastBars[side.opposite], last.end > LastBars.past else {
      return nil
    }
    return last.bar.close
  }

  /// Whether the venue bounds neither prices nor short sales.
  private var isFree: Bool { upperBand.isNone && lowerBand.isNone && !isShortSaleRestricted }

  /// Whether an order can have the quantity.
  @inline(__always)
  private func isPossible(_ quantity: Quantity) -> Bool {
    let lot = clearing.lotSize
    return quantity > .zero && quantity.raw <= Quantity.limit
      && (lot == 1 || quantity.raw % lot == 0)
  }

  /// Whether an order can have the limit.
  @inline(__always)
  private func isPossible(_ price: Price) -> Bool {
    let tick = clearing.tickSize
    return -Price.limit <= price.raw && price.raw <= Price.limit
      && (tick == 1 || price.raw % tick == 0)
  }

  /// Why no order can have the quantity, or nil.
  func problem(quantity: Quantity) -> String? {
    if isPossible(quantity) { return nil }
    if quantity <= .zero || quantity.raw > Quantity.limit { return "the quantity is not positive" }
    return "not a multiple of the lot \(instrument.text(instrument.lotSize))"
  }

  /// Why no order can have the limit, or nil.
  func problem(price: Price) -> String? {
    if isPossible(price) { return nil }
    if price.isNone || !(-Price.limit...Price.limit).contains(price.raw) { return "no price" }
    return "not a multiple of the tick \(instrument.text(instrument.tickSize))"
  }
}
