import Events

extension Engine {
  /// The sequence of the decision a venue's report answers; 0 if the order is not known.
  public func cause(of report: VenueReport) -> UInt64 {
    market.orders[report.order]?.requestSequence ?? 0
  }

  /// Takes a venue's report to the order, the portfolio and the strategy.
  public mutating func apply(_ report: VenueReport, _ header: EntryHeader) {
    advance(to: header)
    guard let reported = market.orders.report(report) else {
      return alert(
        .critical, .reportUnknownOrder, report, "\(report.order) is not an order of ours", header)
    }
    let order = reported.order
    market.recount(order, from: reported.exposure)
    switch reported.effect {
    case .applied: break
    case .filledWrongly(let text): alert(.critical, .reportOverfill, report, text, header)
    case .duplicateFill:
      return alert(
        .warning, .reportDuplicateFill, report, "the fill was reported before", header)
    case .illegal(let text): return alert(.warning, .reportIllegal, report, text, header)
    }
    if case .filled(let fill) = report.outcome {
      book(fill, of: order, report, header)
    } else if reported.hasEnded {
      tell(order, header) { logic, market in logic.onEnd(of: order, in: market) }
    }
  }

  private mutating func book(
    _ fill: Fill, of order: Order, _ report: VenueReport, _ header: EntryHeader
  ) {
    tally.fills += 1
    guard let terms = market.terms(order.ticket.instrument),
      let currency = market.currency(order.ticket.instrument),
      market.portfolio.fill(fill, of: order.ticket, terms, currency)
    else {
      // Positions are no longer known, so nothing more may be sent.
      alert(.critical, .booksOverflow, report, "the fill's amounts are out of range", header)
      work.add(.halt(.all, reason: "the books cannot hold a fill"), cause: header.sequence)
      return
    }
    tell(order, header) { logic, market in logic.onFill(fill, of: order, in: market) }
  }

  private mutating func tell(
    _ order: Order, _ header: EntryHeader,
    _ hook: (inout any Strategy, borrowing Market) -> Intent
  ) {
    let strategy = order.ticket.strategy
    guard strategy.index < strategies.count else { return }
    market.caller = strategy
    let intent = hook(&strategies[strategy.index].logic, market)
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
