import Books
import Events

// Trading statuses, auctions and the bounds that a venue sets to prices (docs/simulation.md, Sessions).
extension TradedMarket {
  /// Whether an order may be sent to the venue while the instrument has its status.
  func isTaken(_ ticket: OrderTicket) -> Bool {
    if isTrading { return true }
    if status == .closed { return false }
    if ticket.type.isConditional { return true }
    let isAuction =
      switch status {
      case .preOpen, .openingAuction, .closingAuction, .paused: true
      case .trading, .closed, .halted, .quoteOnly: false
      }
    switch ticket.timeInForce {
    case .atOpen: return status == .preOpen || status == .openingAuction
    case .atClose: return isAuction && status != .paused
    case .immediateOrCancel, .fillOrKill, .none: return false
    case .day, .goodTillCancelled, .goodTillDate:
      return isAuction && (ticket.type == .limit || ticket.type == .pegged)
    }
  }

  /// The trading status changes. At the opening at-open orders get its price, at the close at-close orders
  /// theirs; then orders for the day expire, in the order of their ids.
  mutating func apply(_ change: StatusChange, _ outbox: inout Outbox) {
    let before = status
    status = change.status
    switch status {
    case .trading: openSession(after: before, &outbox)
    case .closed: closeSession(&outbox)
    case .openingAuction, .closingAuction: hasAuctionPrint = false
    case .preOpen, .halted, .paused, .quoteOnly: break
    }
  }

  private mutating func openSession(after before: TradingStatus, _ outbox: inout Outbox) {
    if before == .trading || before == .halted || before == .paused { return }
    opened = outbox.now
    defer { (hasAuctionPrint, indicative) = (false, .none) }
    if !auction.contains(where: { $0.ticket.timeInForce == .atOpen }) { return }
    if hasAuctionPrint {
      cancelAuction(.atOpen, &outbox)
    } else if hasPrints {
      // The first trade, or the open of the first bar, is the opening price.
      awaitsOpen = true
    } else if !indicative.isNone {
      uncross(.atOpen, at: indicative, .auctionReference, within: nil, &outbox)
      cancelAuction(.atOpen, &outbox)
    } else {
      awaitsOpen = true
    }
  }

  private mutating func closeSession(_ outbox: inout Outbox) {
    if auction.contains(where: { $0.ticket.timeInForce == .atClose }) {
      let isLast = indicative.isNone
      let price = isLast ? lastTrade : indicative
      if !hasAuctionPrint, !price.isNone {
        uncross(
          .atClose, at: price, isLast ? .lastTrade : .auctionReference, within: nil, &outbox)
      }
      cancelAuction(.atClose, &outbox)
    }
    (hasAuctionPrint, awaitsOpen, indicative) = (false, false, .none)
    expire(&outbox) { $0.ticket.timeInForce == .day || $0.ticket.timeInForce == .atOpen }
  }

  /// A print while the market is in an auction: orders for the auction and resting limits that are better
  /// than its price trade at it, on each side as much as was printed.
  mutating func printAuction(_ trade: Trade, _ outbox: inout Outbox) {
    let phase: TimeInForce
    switch status {
    case .openingAuction: phase = .atOpen
    case .closingAuction: phase = .atClose
    case .paused: phase = .none
    case .preOpen, .trading, .closed, .halted, .quoteOnly: return
    }
    hasAuctionPrint = true
    uncross(phase, at: trade.price, .auction, within: trade.size, &outbox)
  }

  /// The first price of the session, for at-open orders that no auction has filled.
  mutating func openAt(_ price: Price, within size: Quantity?, _ outbox: inout Outbox) {
    awaitsOpen = false
    uncross(.atOpen, at: price, .sessionOpen, within: size, &outbox, withResting: false)
    cancelAuction(.atOpen, &outbox)
  }

  /// Without any print at-open orders join the continuous market.
  mutating func openWithoutPrint(_ outbox: inout Outbox) {
    awaitsOpen = false
    let due = auction.filter { $0.ticket.timeInForce == .atOpen }
    auction.removeAll { $0.ticket.timeInForce == .atOpen }
    for var order in due { enterBook(&order, &outbox) }
  }

  /// Trades the orders of an auction at its price: market orders first, then by limit, then by age. An order
  /// whose limit is the price itself does not trade, as nobody says how that level was shared; without a
  /// bound of size it does, as then there was no auction to share.
  private mutating func uncross(
    _ phase: TimeInForce, at price: Price, _ rule: FillBasis.Rule, within size: Quantity?,
    _ outbox: inout Outbox, withResting: Bool = true
  ) {
    for side in [Side.buy, .sell] {
      var budget = size ?? Quantity(.max)
      for index in auctionOrder(phase, side) {
        var order = auction[index]
        let isBetter = order.ticket.type == .market || order.isBetter(than: price)
        guard isBetter || size == nil && order.reaches(price) else { continue }
        let filled = min(budget, order.remaining)
        if filled <= .zero { break }
        budget -= filled
        fill(&order, at: price, filled, .unknown, FillBasis(rule), &outbox)
        auction[index] = order
      }
      guard withResting, size != nil, method == .book else { continue }
      var cursor = resting.start(side)
      while let place = resting.next(&cursor), resting[place].isBetter(than: price) {
        let filled = min(budget, resting[place].remaining)
        if filled <= .zero { break }
        budget -= filled
        fill(resting: place, at: price, filled, FillBasis(rule), &outbox, as: .unknown)
        resting.release(place)
      }
    }
    auction.removeAll { $0.isDone }
  }

  /// Places of a side's auction orders in the order in which they trade.
  private func auctionOrder(_ phase: TimeInForce, _ side: Side) -> [Int] {
    let places = auction.indices.filter {
      auction[$0].ticket.timeInForce == phase && auction[$0].ticket.side == side
    }
    return places.sorted { a, b in
      let (first, second) = (auction[a].ticket, auction[b].ticket)
      if first.type != second.type { return first.type == .market }
      if first.price != second.price, first.type != .market {
        return side == .buy ? first.price > second.price : first.price < second.price
      }
      return a < b
    }
  }

  /// Cancels what an auction left over.
  private mutating func cancelAuction(_ phase: TimeInForce, _ outbox: inout Outbox) {
    let rest = auction.filter { $0.ticket.timeInForce == phase }
    auction.removeAll { $0.ticket.timeInForce == phase }
    for order in rest.map(\.ticket.order).sorted() {
      outbox.send(order, .cancelled(.immediate, text: "not filled in the auction"))
    }
  }

  /// At-open and at-close orders in a bar that is a whole session.
  mutating func fillSession(_ bar: Bar, start: Instant, _ outbox: inout Outbox) {
    if bar.interval < Self.day {
      guard awaitsOpen, bar.side == .none, start >= opened else { return }
      openAt(bar.open, within: nil, &outbox)
      return
    }
    for index in auction.indices
    where start >= auction[index].sent && restingBarSide(of: auction[index]) == bar.side
      && !filledLists.forbid(auction[index])
    {
      var order = auction[index]
      let isOpen = order.ticket.timeInForce == .atOpen
      let price = isOpen ? bar.open : bar.close
      if order.allows(price) {
        fillAtBar(
          &order, price, bar.side, isOpen ? .sessionOpen : .sessionClose, &outbox, as: .unknown)
      }
      if !order.isDone {
        outbox.send(
          order.ticket.order, .cancelled(.immediate, text: "not filled in the auction"))
        order.withheld += order.remaining
      }
      auction[index] = order
    }
    auction.removeAll { $0.isDone }
  }

  static let day: Int64 = 86_400_000_000_000
}

// MARK: - Bounds of prices

extension TradedMarket {
  /// Whether a price of an order of a side is outside the price band: a buy above, a sell below.
  func isBeyondBand(_ side: Side, _ price: Price) -> Bool {
    if side == .buy { return !upperBand.isNone && price > upperBand }
    return !lowerBand.isNone && price < lowerBand
  }

  /// Whether an order is a short sale that may not be made: short sales are restricted, it sells more than
  /// we hold, and its limit is not above the best bid.
  ///
  /// Source: Regulation SHO, Rule 201. What we hold is what the exchange has filled.
  func isShortSaleForbidden(_ ticket: OrderTicket) -> Bool {
    guard isShortSaleRestricted, ticket.side == .sell,
      ticket.quantity.raw > max(clearing.position, 0)
    else { return false }
    if ticket.type == .market || ticket.type == .marketToLimit { return true }
    guard ticket.type == .limit, let bid = level(0, of: .buy)?.price else { return false }
    return ticket.price <= bid
  }

  mutating func apply(_ value: ReferenceValue, _ outbox: inout Outbox) {
    switch value.field {
    case .mark:
      mark = Price(value.value)
      showPrice(.mark, &outbox)
    case .shortSaleRestricted: isShortSaleRestricted = value.value != 0
    case .index, .fundingRate, .openInterest, .settlement, .previousClose: break
    }
  }

  /// New bounds: what rests beyond them is cancelled, in the order of ids.
  mutating func apply(_ band: PriceBand, _ outbox: inout Outbox) {
    (lowerBand, upperBand) = (band.lower, band.upper)
    let beyond = resting.all {
      $0.ticket.type != .pegged && isBeyondBand($0.ticket.side, $0.ticket.price)
    }
    for order in beyond.map(\.ticket.order).sorted() {
      remove(order)
      outbox.send(order, .cancelled(.venue, text: "beyond the price band"))
    }
  }

  mutating func apply(_ imbalance: AuctionImbalance) {
    if imbalance.auction != .intraday, !imbalance.reference.isNone {
      indicative = imbalance.reference
    }
  }
}
