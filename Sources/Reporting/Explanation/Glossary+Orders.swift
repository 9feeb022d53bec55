import Events

// Orders, their terms and their ways in words.
extension Glossary {
  /// `BUY 100 DAYB @ 12.34 gtc`, `SELL 5 ESH4 stop 4,790.00 at market gtc, reduce only`
  func describe(_ ticket: OrderTicket) -> String {
    let instrument = names.instrument(ticket.instrument)
    func price(_ price: Price) -> String { instrument?.text(price) ?? "\(price.raw)" }
    let size = instrument?.text(ticket.quantity) ?? "\(ticket.quantity.raw)"
    var limit = ticket.price.isNone ? "at market" : "@ \(price(ticket.price))"
    if ticket.type == .trailingStopLimit, ticket.price.isNone {
      limit = "@ stop \(ticket.side == .buy ? "+" : "-") \(price(Price(ticket.terms.limitOffset)))"
    }
    let kind = Self.word(ticket.type)
    let stop = ticket.terms.stop.isNone ? "" : " \(price(ticket.terms.stop))"
    let condition = ticket.type.isConditional || !kind.isEmpty ? " \(kind)\(stop)" : ""
    let isFollowing = ticket.type == .pegged && ticket.price.isNone
    return "\(ticket.side.name.uppercased()) \(size) \(names.symbol(ticket.instrument) ?? "–")"
      + condition + (isFollowing ? "" : " \(limit)") + " \(ticket.timeInForce.name)"
      + details(ticket.terms, instrument).map { ", \($0)" }.joined()
  }

  private static func word(_ type: OrderType) -> String {
    switch type {
    case .none, .market, .limit: ""
    case .stop, .stopLimit: "stop"
    case .trailingStop, .trailingStopLimit: "trailing stop"
    case .marketIfTouched, .limitIfTouched: "if touched"
    case .marketToLimit: "market to limit"
    case .pegged: "pegged"
    }
  }

  /// The terms beside stop and limit.
  private func details(_ terms: OrderTerms, _ instrument: Instrument?) -> [String] {
    func difference(_ raw: Int64) -> String { instrument?.text(Price(raw)) ?? "\(raw)" }
    var details: [String] = []
    switch terms.trail.unit {
    case .none: break
    case .price: details.append("trailing by \(difference(terms.trail.amount))")
    case .ppm:
      details.append("trailing by \(decimalText(Int128(terms.trail.amount), scale: 4)) %")
    }
    if terms.trigger != .standard { details.append("watching \(terms.trigger.name)") }
    if terms.peg != .none {
      let offset = terms.pegOffset == 0 ? "" : " + \(difference(terms.pegOffset))"
      details.append("pegged to \(terms.peg.name)\(offset)")
    }
    if terms.display > .zero {
      details.append("showing \(instrument?.text(terms.display) ?? "\(terms.display.raw)")")
    }
    if terms.isPostOnly { details.append("post only") }
    if terms.isReduceOnly { details.append("reduce only") }
    if terms.expiry != .epoch { details.append("until \(terms.expiry.text)") }
    if terms.parent != .none {
      let wait =
        switch terms.activation {
        case .immediate: ""
        case .parentFilled: " (once filled)"
        case .parentFilling: " (as it fills)"
        }
      details.append("child of \(terms.parent)\(wait)")
    }
    if terms.linkage != .none { details.append("\(terms.linkage.name) of list \(terms.list)") }
    return details
  }

  /// A member of an order's family: what was asked for and why, and what became of it.
  func child(_ member: Family.Member) -> Explanation.Child {
    let reason = member.intent?.reason.text ?? ""
    let instrument = member.ticket.flatMap { names.instrument($0.instrument) }
    var text = member.ticket.map { brief($0) } ?? ""
    var outcome = member.outcome
    if let refusal = member.refusal {
      (text, outcome) = (describe(refusal), "refused by \(self.text(refusal))")
    }
    if member.filled > .zero, let instrument {
      let average = decimalText(
        member.value * 100 / Int128(member.filled.raw), scale: Int(instrument.priceScale) + 2)
      let part = member.filled < member.ticket?.quantity ?? .zero
      outcome =
        "\(instrument.text(member.filled)) filled @ \(shortDecimal(average))"
        + (part ? ", \(member.outcome)" : "")
    }
    return Explanation.Child(
      order: member.ticket?.order, sequence: member.sequence, time: member.time, why: reason,
      text: text, outcome: outcome)
  }

  /// What children filled, in the finest of the units that their instruments and the order's count in.
  func sum(_ parts: [(InstrumentID, Quantity)], of order: OrderID) -> String {
    sum(parts, least: names.instrument(of: order)?.quantityScale ?? 0)
  }

  func sum(_ parts: [(InstrumentID, Quantity)], least: UInt8) -> String {
    let scales = parts.map { names.instrument($0.0)?.quantityScale ?? 0 }
    let scale = max(scales.max() ?? 0, least)
    let total = zip(parts, scales).reduce(Int128(0)) { sum, part in
      sum + Int128(part.0.1.raw) * power(Int(scale - part.1))
    }
    return decimalText(total, scale: Int(scale))
  }

  /// Without what the family has in common.
  private func brief(_ ticket: OrderTicket) -> String {
    var own = ticket
    own.terms.parent = .none
    let venue = names.instrument(ticket.instrument).map { "  on \($0.venueName)" } ?? ""
    return describe(own) + venue
  }

  func text(_ plan: ExecutionPlan) -> String {
    func number(_ value: Reason.Value) -> String {
      let text = shortDecimal("\(value.value)")
      return text.hasSuffix(".00") ? String(text.dropLast(3)) : text
    }
    let curve = plan.values.filter { $0.name.hasPrefix("curve.") }.map(number)
    var values = plan.values.filter { !$0.name.hasPrefix("curve.") }
      .map { "\($0.name) \(number($0))" }
    if !curve.isEmpty { values.append("curve \(curve.joined(separator: ":"))") }
    return "\(plan.algorithm.name) from \(plan.start.text)"
      + (plan.end == .distantFuture ? "" : " for \(Self.seconds(plan.end.since(plan.start)))")
      + (values.isEmpty ? "" : " (\(values.joined(separator: ", ")))")
  }

  /// A length of time: `90 s`, `0.25 s`.
  private static func seconds(_ nanoseconds: Int64) -> String {
    var text = decimalText(Int128(nanoseconds), scale: 9)
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return "\(text) s"
  }

  func text(_ release: Release) -> String {
    let instrument = names.instrument(release.ticket.instrument)
    let why =
      switch release.cause {
      case .triggered:
        "the market came to \(instrument?.text(release.seen) ?? "\(release.seen.raw)")"
      case .activated: "its parent filled"
      case .opened: "the session opened"
      }
    return "\(release.ticket.order)  \(describe(release.ticket))  because \(why)"
  }

  static func text(_ reason: CancelReason) -> String {
    switch reason {
    case .strategy: text(EndCause.strategy)
    case .operator: text(EndCause.operator)
    case .halt: text(EndCause.halt)
    case .linked: text(EndCause.linked)
    case .parentEnded: "its parent ended"
    case .expired: text(EndCause.expired)
    case .algorithm: "its algorithm wants it back"
    case .adjusted: text(EndCause.adjusted)
    case .liquidation: text(EndCause.liquidation)
    case .roll: text(EndCause.roll)
    }
  }

  static func text(_ cause: EndCause) -> String {
    switch cause {
    case .strategy: "the strategy took it back"
    case .operator: "an operator took it back"
    case .halt: "trading was halted"
    case .linked: "a linked order filled or ended"
    case .parentEnded: "its parent ended without filling"
    case .expired: "its time was over"
    case .refused: "the gate refused it when it was due"
    case .completed: "nothing was left to do"
    case .adjusted: "a corporate action changed what it was for"
    case .liquidation: "its account was liquidated"
    case .roll: "its contract is not in front any more"
    }
  }

  func text(_ route: RouteRecord) -> String {
    let instrument = names.instrument(of: route.order)
    let parts = route.candidates.map { candidate in
      let at = names.instrument(candidate.instrument)
      let name = at.map { "\($0.venueName):\($0.symbol)" } ?? "#\(candidate.instrument.raw)"
      let sent =
        candidate.quantity == .zero
        ? "passed over" : "sent \(at?.text(candidate.quantity) ?? "\(candidate.quantity.raw)")"
      return "\(name) \(at?.text(candidate.price) ?? "–") x \(at?.text(candidate.size) ?? "–")"
        + " all told \(shortDecimal(decimalText(Int128(candidate.score), scale: Money.scale))) \(sent)"
    }
    return "\(route.order)  round \(route.round + 1), "
      + "\(instrument?.text(route.quantity) ?? "\(route.quantity.raw)") to send: "
      + (parts.isEmpty ? "no venue has a price" : parts.joined(separator: "; "))
  }

  func text(_ value: ReferenceValue) -> String {
    let instrument = names.instrument(value.instrument)
    let shown =
      switch value.field {
      case .mark, .index, .settlement, .previousClose:
        instrument?.text(Price(value.value)) ?? "\(value.value)"
      case .openInterest: instrument?.text(Quantity(value.value)) ?? "\(value.value)"
      case .fundingRate: decimalText(Int128(value.value), scale: 9)
      case .shortSaleRestricted: value.value == 0 ? "no" : "yes"
      }
    let from = value.effective == .epoch ? "" : " from \(value.effective.text)"
    let name = value.field.name.replacing("_", with: " ")
    return "\(names.symbol(value.instrument) ?? "–")  \(name) \(shown)\(from)"
  }

  func text(_ imbalance: AuctionImbalance) -> String {
    let instrument = names.instrument(imbalance.instrument)
    func size(_ size: Quantity) -> String { instrument?.text(size) ?? "\(size.raw)" }
    let surplus =
      imbalance.side == .none
      ? "balanced" : "\(size(imbalance.surplus)) left to \(imbalance.side.name)"
    let price =
      imbalance.reference.isNone ? "" : " at \(instrument?.text(imbalance.reference) ?? "")"
    return "\(names.symbol(imbalance.instrument) ?? "–")  \(imbalance.auction.name) auction"
      + "  \(size(imbalance.paired)) paired\(price), \(surplus)"
  }

  func text(_ band: PriceBand) -> String {
    let instrument = names.instrument(band.instrument)
    func price(_ price: Price) -> String {
      price.isNone ? "–" : instrument?.text(price) ?? "\(price.raw)"
    }
    return
      "\(names.symbol(band.instrument) ?? "–")  from \(price(band.lower)) to \(price(band.upper))"
  }
}
