extension EntryText {
  /// The terms that are not those of a plain order, if there are any, and the plan.
  func write(
    _ terms: OrderTerms, _ plan: ExecutionPlan?, of instrument: Instrument?,
    to line: inout JSONLine
  ) {
    let terms = self.terms(terms, instrument)
    if !terms.isEmpty { line.field("terms", terms) }
    guard let plan else { return }
    line.field("algorithm", plan.algorithm.name)
    line.field("start", plan.start)
    line.field("end", plan.end)
    line.field("plan", plan.values.lazy.map { ($0.name, $0.value.description) })
  }

  private func terms(_ terms: OrderTerms, _ instrument: Instrument?) -> [(String, String)] {
    // Any integer is a difference, also the one that as a price means "absent".
    func difference(_ raw: Int64) -> String {
      decimalText(Int128(raw), scale: Int(instrument?.priceScale ?? 0))
    }
    var items: [(String, String)] = []
    if let stop = text(terms.stop, instrument) { items.append(("stop", stop)) }
    if terms.trigger != .standard { items.append(("trigger", terms.trigger.name)) }
    switch terms.trail.unit {
    case .none: break
    case .price: items.append(("trail", difference(terms.trail.amount)))
    case .ppm: items.append(("trail_ppm", String(terms.trail.amount)))
    }
    if terms.limitOffset != 0 { items.append(("limit_offset", difference(terms.limitOffset))) }
    if terms.peg != .none { items.append(("peg", terms.peg.name)) }
    if terms.pegOffset != 0 { items.append(("peg_offset", difference(terms.pegOffset))) }
    if terms.display != .zero { items.append(("display", text(terms.display, instrument))) }
    if terms.isPostOnly { items.append(("post_only", "true")) }
    if terms.isReduceOnly { items.append(("reduce_only", "true")) }
    if terms.expiry != .epoch { items.append(("expiry", terms.expiry.text)) }
    if terms.parent != .none { items.append(("parent", String(terms.parent.raw))) }
    if terms.activation != .immediate { items.append(("activation", terms.activation.name)) }
    if terms.list != .none { items.append(("list", String(terms.list.raw))) }
    if terms.linkage != .none { items.append(("linkage", terms.linkage.name)) }
    if terms.isLiquidation { items.append(("liquidation", "true")) }
    if terms.isRoll { items.append(("roll", "true")) }
    if !terms.lots.isEmpty {
      items.append(("lots", terms.lots.map { String($0) }.joined(separator: " ")))
    }
    return items
  }

  func write(_ release: Release, to line: inout JSONLine) {
    write(release.ticket, to: &line)
    line.field("why", release.cause.name)
    line.field("seen", text(release.seen, instrument(release.ticket.instrument)))
  }

  func write(_ route: RouteRecord, to line: inout JSONLine) {
    line.field("order", route.order.raw)
    line.field("round", UInt64(route.round))
    line.field("quantity", text(route.quantity, instrument(of: route.order)))
    // By rank, since instruments of two venues may have one symbol.
    line.field("candidates", route.candidates.enumerated().map { (String($0 + 1), text($1)) })
  }

  /// `XNAS:AAPL 12.34 x 100 fee 0.003 latency 1000000 fill_rate 0.9 score 12.343 sent 100`
  private func text(_ candidate: RouteRecord.Candidate) -> String {
    let instrument = instrument(candidate.instrument)
    let name = instrument.map { "\($0.venueName):\($0.symbol)" } ?? "#\(candidate.instrument.raw)"
    return "\(name) \(text(candidate.price, instrument) ?? "null")"
      + " x \(text(candidate.size, instrument))"
      + " fee \(decimalText(Int128(candidate.fee), scale: Money.scale))"
      + " latency \(candidate.latency)"
      + " fill_rate \(decimalText(Int128(candidate.fillRate), scale: 9))"
      + " score \(decimalText(Int128(candidate.score), scale: Money.scale))"
      + " sent \(text(candidate.quantity, instrument))"
  }

  func write(_ basis: FillBasis, _ instrument: Instrument?, to line: inout JSONLine) {
    line.field("basis", basis.rule.name)
    switch basis.detail {
    case .none: break
    case .slippage(let difference):
      line.field(
        "slippage", decimalText(Int128(difference), scale: Int(instrument?.priceScale ?? 0)))
    case .queue(let queue, let placed, let left):
      line.field("queue", queue.name)
      line.field("placed", placed == FillBasis.unknown ? nil : text(placed, instrument))
      line.field("left", left == FillBasis.unknown ? nil : text(left, instrument))
    case .share(let trade, let all):
      line.field("shared", text(trade, instrument))
      line.field("among", text(all, instrument))
    }
  }

  func write(_ value: ReferenceValue, to line: inout JSONLine) {
    let instrument = instrument(value.instrument)
    line.field("instrument", symbol(value.instrument))
    line.field("field", value.field.name)
    let shown: String? =
      switch value.field {
      case .mark, .index, .settlement, .previousClose: text(Price(value.value), instrument)
      case .openInterest: text(Quantity(value.value), instrument)
      case .fundingRate: decimalText(Int128(value.value), scale: 9)
      case .shortSaleRestricted: String(value.value)
      }
    line.field("value", shown)
    line.field("effective", value.effective == .epoch ? nil : value.effective.text)
  }

  func write(_ imbalance: AuctionImbalance, to line: inout JSONLine) {
    let instrument = instrument(imbalance.instrument)
    line.field("instrument", symbol(imbalance.instrument))
    line.field("auction", imbalance.auction.name)
    line.field("side", imbalance.side.name)
    line.field("paired", text(imbalance.paired, instrument))
    line.field("surplus", text(imbalance.surplus, instrument))
    line.field("reference", text(imbalance.reference, instrument))
    line.field("near", text(imbalance.near, instrument))
    line.field("far", text(imbalance.far, instrument))
  }

  func write(_ band: PriceBand, to line: inout JSONLine) {
    let instrument = instrument(band.instrument)
    line.field("instrument", symbol(band.instrument))
    line.field("lower", text(band.lower, instrument))
    line.field("upper", text(band.upper, instrument))
  }
}
