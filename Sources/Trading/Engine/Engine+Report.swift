import Events

extension Engine {
  /// The sequence of the decision a venue's report answers; 0 if the order is not known.
  public func cause(of report: VenueReport) -> UInt64 {
    market.orders.cause(of: report)
  }

  /// Takes a venue's report to the order, the portfolio and the strategy.
  public mutating func apply(_ report: VenueReport, _ header: EntryHeader) {
    advance(to: header)
    guard let reported = market.orders.report(report) else {
      return alert(
        .critical, .reportUnknownOrder, report, "\(report.order) is not an order of ours", header)
    }
    // One copy, lent to all that follows.
    let order = market.orders[reported.place]
    market.recount(order.ticket, by: Int128(reported.change))
    if case .applied = reported.effect {
      follow(order, hasEnded: reported.hasEnded, report, header)
    } else {
      followUnusual(order, reported, report, header)
    }
  }

  /// Takes what a report did that is not as it should be.
  private mutating func followUnusual(
    _ order: Order, _ reported: Orders.Reported, _ report: VenueReport, _ header: EntryHeader
  ) {
    switch reported.effect {
    case .applied: break
    case .filledWrongly(let text):
      alert(.critical, .reportOverfill, report, text, header)
      if gate.hasControls { guardAnomaly(order, header) }
    case .duplicateFill:
      return alert(
        .warning, .reportDuplicateFill, report, "the fill was reported before", header)
    case .illegal(let text): return alert(.warning, .reportIllegal, report, text, header)
    case .forgotten(let text): alert(.critical, .reportIllegal, report, text, header)
    case .busted(let fill):
      if order.isSlice { followSlice(order, filled: -fill.quantity, header) }
      return unbook(fill, of: order, report, header)
    case .corrected(let old, let new):
      followCorrection(
        of: order, by: new.quantity - old.quantity, hasEnded: reported.hasEnded, header)
      unbook(old, of: order, report, header)
      return book(new, of: order, report, header)
    }
    follow(order, hasEnded: reported.hasEnded, report, header)
  }

  /// Whether a report says that a venue does not know an order which, for all we know, works there: the venue is
  /// to be asked about it.
  public func isToBeAskedAbout(_ report: VenueReport) -> Bool {
    guard case .requestRejected(_, let code, _) = report.outcome else { return false }
    return code == VenueReport.RejectCode.unknownOrder
      && market.orders[report.order]?.state == .unknown
  }

  /// The open orders that a venue was told of, oldest first. O(open orders).
  public func openOrders(at venue: VenueID) -> [Order] {
    market.orders.open.filter { order in
      order.state != .held && market.instrument(order.ticket.instrument)?.venue == venue
    }
  }

  /// The venues that have open orders of ours, ascending. O(open orders).
  public var venuesWithOrders: [VenueID] {
    var venues: [VenueID] = []
    for order in market.orders.open where order.state != .held {
      guard let venue = market.instrument(order.ticket.instrument)?.venue, !venues.contains(venue)
      else { continue }
      venues.append(venue)
    }
    return venues.sorted { $0.raw < $1.raw }
  }

  /// What follows from a report that changed its order.
  private mutating func follow(
    _ order: Order, hasEnded: Bool, _ report: VenueReport, _ header: EntryHeader
  ) {
    if isToBeAskedAbout(report) {
      let text = "the venue does not know the order, and is asked about it"
      alert(.warning, .orderUnknownState, report, text, header)
    }
    var filled = Quantity.zero
    if case .filled(let fill) = report.outcome { filled = fill.quantity }
    if gate.hasControls, case .rejected = report.outcome { guardReject(order, header) }
    follow(order, filled: filled, hasEnded: hasEnded, header)
    if !kills.isEmpty, hasEnded { checkKills(header.sequence) }
    retryDeferred(order.id, header)
    if order.isSlice {
      var isRefusal = false
      if case .requestRejected(.cancel, _, _) = report.outcome { isRefusal = true }
      followSlice(
        order, filled: filled, hasEnded: hasEnded, isCancelRefused: isRefusal, header)
    }
    if !order.ticket.terms.isPlain, order.ticket.terms.peg != .none { notePeg(order) }
    if case .filled(let fill) = report.outcome {
      book(fill, of: order, report, header)
    } else if hasEnded && !order.isSlice {
      tell(order, header) { logic, order, market in logic.onEnd(of: order, in: market) }
    }
  }

  /// What an execution's correction adds acts like a fill on lists, children and parents. What it takes away
  /// does not undo what the execution had set off (docs/orders.md, Lists).
  private mutating func followCorrection(
    of order: Order, by more: Quantity, hasEnded: Bool, _ header: EntryHeader
  ) {
    follow(order, filled: max(more, .zero), hasEnded: hasEnded, header)
    retryDeferred(order.id, header)
    if order.isSlice { followSlice(order, filled: more, hasEnded: hasEnded, header) }
    if order.ticket.terms.peg != .none { notePeg(order) }
  }

  private mutating func book(
    _ fill: Fill, of order: Order, _ report: VenueReport, _ header: EntryHeader
  ) {
    tally.fills += 1
    let context = context(of: order.ticket.strategy, order.ticket.instrument, header)
    guard let terms = market.terms(order.ticket.instrument),
      let currency = market.currency(order.ticket.instrument),
      let outcome = market.portfolio.fill(fill, of: order.ticket, terms, currency, context)
    else {
      // Positions are no longer known, so nothing more may be sent.
      alert(.critical, .booksOverflow, report, "the fill's amounts are out of range", header)
      work.add(.halt(.all, reason: "the books cannot hold a fill"), cause: header.sequence)
      return
    }
    follow(fill, outcome, of: order, context, header)
    if gate.hasControls {
      // A linked order may fill that never counted as open.
      market.touch(order.ticket.strategy, order.ticket.instrument)
      guardFill(fill, of: order, header)
    }
    if market.series.isEmpty {
      return tell(order, header) { logic, order, market in
        logic.onFill(fill, of: order, in: market)
      }
    }
    let shown = market.seen(fill, of: order)
    tell(order, header) { logic, order, market in logic.onFill(shown, of: order, in: market) }
  }

  /// Posts an execution in reverse.
  private mutating func unbook(
    _ fill: Fill, of order: Order, _ report: VenueReport, _ header: EntryHeader
  ) {
    var (ticket, reverse) = (order.ticket, fill)
    ticket.side = ticket.side.opposite
    reverse.fee = Money(raw: 0 &- fill.fee.raw)
    let context = context(of: ticket.strategy, ticket.instrument, header)
    guard let terms = market.terms(ticket.instrument),
      let currency = market.currency(ticket.instrument),
      market.portfolio.fill(reverse, of: ticket, terms, currency, context) != nil
    else {
      alert(.critical, .booksOverflow, report, "the execution's amounts are out of range", header)
      work.add(
        .halt(.all, reason: "the books cannot take a fill back"), cause: header.sequence)
      return
    }
    alert(.warning, .reportBusted, report, "execution \(fill.id) is taken back", header)
  }

  /// An order that the core keeps pegged works now, or has ended.
  private mutating func notePeg(_ order: Order) {
    let index = order.ticket.instrument.index
    guard index < interest.count else { return }
    interest[index].isPegged = market.orders.open.contains {
      $0.ticket.instrument == order.ticket.instrument && $0.ticket.terms.peg != .none
        && $0.ticket.type == .limit
    }
  }

  mutating func tell(
    _ order: Order, _ header: EntryHeader,
    _ hook: (inout any Strategy, Order, borrowing Market) -> Intent
  ) {
    let strategy = order.ticket.strategy
    guard strategy.index < strategies.count else { return }
    market.caller = strategy
    let intent: Intent
    if market.series.isEmpty {
      intent = hook(&strategies[strategy.index].logic, order, market)
    } else if order.ticket.terms.isRoll {
      // What a strategy follows goes on: its contracts are no news to it.
      return
    } else {
      intent = hook(&strategies[strategy.index].logic, market.seen(order), market)
    }
    work.add(intent, of: strategy, cause: header.sequence)
  }

  private mutating func alert(
    _ severity: Alert.Severity, _ code: Alert.Code, _ report: VenueReport, _ text: String,
    _ header: EntryHeader
  ) {
    let instrument = market.orders[report.order]?.ticket.instrument ?? .none
    work.add(
      .alert(
        Alert(
          severity: severity, code: code, instrument: instrument, order: report.order, text: text)),
      cause: header.sequence)
  }
}
