import Books
import Events

// The gate's rules beyond single orders, as verdicts.
extension RiskGate {
  /// The first of the rules that look beyond one order that an order breaks.
  @inline(never)
  mutating func checkControls(
    _ asked: Asked, _ old: Order?, _ terms: Instrument.Terms, _ market: borrowing Market
  ) -> Refusal? {
    let question = Self.question(asked, old, terms, market)
    guard let broken = controls?.firstBroken(question, market) else { return nil }
    return refusal(broken, asked, market)
  }

  static func question(
    _ asked: Asked, _ old: Order?, _ terms: Instrument.Terms, _ market: borrowing Market
  ) -> RiskControls.Question {
    RiskControls.Question(
      asked: asked, old: old, terms: terms, price: reference(asked.request, market),
      adds: Self.added(asked, old, market))
  }

  /// A verdict with the words that it is read in.
  func refusal(_ broken: Measure, _ asked: Asked, _ market: borrowing Market) -> Refusal {
    var context = scopeName(broken)
    if broken.other != .none { context = "\(broken.other)" }
    if broken.rule == .scopeReducing, let controls {
      context = "breaker \(controls.state(asked.strategy, asked.request.instrument).breaker)"
    }
    if broken.rule == .strategyNotPermitted, let controls, controls.settings.needsOwner,
      controls.isOwnerless(asked.strategy)
    {
      context = "nobody answers for the strategy"
    }
    var refusal = asked.refused(
      broken.rule, value: broken.value, limit: broken.limit, scale: broken.scale,
      unit: unit(broken.unit, asked.request.instrument, market), context: context)
    if broken.scenario >= 0, let controls {
      refusal.context = "firm, worst \(controls.scenarioName(broken))"
      // Millionths are what the value was rounded to.
      let before = Int64(clamping: broken.before / 1_000_000)
      refusal.values = [Reason.Value("before", Decimal(mantissa: before, scale: 6))]
    }
    return refusal
  }

  func scopeName(_ measure: Measure) -> String {
    if measure.scenario >= 0 { return "firm" }
    guard let controls, measure.scope >= 0 else { return "" }
    return controls.scopes[measure.scope].name
  }

  func unit(_ unit: Measure.Unit, _ id: InstrumentID, _ market: borrowing Market) -> String {
    switch unit {
    case .none: ""
    case .money: controls?.worths.currency ?? ""
    case .ownMoney: market.currency(id) ?? ""
    case .percent: "%"
    case .orders: "orders"
    case .perSecond: "orders/s"
    case .messages: "messages"
    case .times: "x"
    }
  }

  /// The refusal of a strategy's cancel, if it would be one too many.
  func checkCancel(_ order: Order, _ strategy: StrategyID, _ market: borrowing Market) -> Refusal? {
    guard let controls else { return nil }
    for scope in controls.scopes
    where scope.cancels.isFull(at: market.time) && scope.holds(strategy, order.ticket.instrument) {
      let most = Int128(scope.limits.maxCancelRate ?? 0)
      return Refusal(
        strategy: strategy, instrument: order.ticket.instrument, rule: .ordersMaxCancelRate,
        side: order.ticket.side, quantity: order.ticket.quantity, price: order.ticket.price,
        value: most + 1, limit: most, unit: "cancels/s", context: scope.name)
    }
    return nil
  }

  var recordsUse: Bool { controls?.settings.recordsUse ?? false }

  /// How much an order that passed uses of each limit that it was held against, the most used first.
  func uses(_ ticket: OrderTicket, _ market: borrowing Market) -> [LimitsUsed.Use] {
    guard let controls, let terms = market.terms(ticket.instrument) else { return [] }
    let asked = Asked(request: OrderRequest(ticket), strategy: ticket.strategy)
    let question = Self.question(asked, nil, terms, market)
    var measures = single(question, market)
    _ = controls.measure(question, market) { measure in
      if measure.unit != .none || measure.limit != 0 { measures.append(measure) }
      return false
    }
    // Without a limit above 0 there is no share; such a limit is as near as can be.
    let shares = measures.map { measure in
      measure.limit > 0 ? Double(measure.value) / Double(measure.limit) : 1
    }
    let order = measures.indices.sorted { a, b in
      shares[a] == shares[b] ? a < b : shares[a] > shares[b]
    }
    return order.map { index in
      let measure = measures[index]
      let scope = scopeName(measure)
      return LimitsUsed.Use(
        rule: measure.rule, scope: scope.isEmpty ? "order" : scope, value: measure.value,
        limit: measure.limit, scale: measure.scale,
        unit: unit(measure.unit, ticket.instrument, market))
    }
  }

  /// What the rules compare that look at one order.
  private func single(_ question: borrowing RiskControls.Question, _ market: borrowing Market)
    -> [Measure]
  {
    let limits = limits(of: question.id)
    let terms = question.terms
    var measures: [Measure] = []
    if limits.orderQuantity != .max {
      measures.append(
        Measure(
          .orderMaxQuantity, Int128(question.open.raw), of: Int128(limits.orderQuantity),
          scale: terms.quantityScale, .none))
    }
    if let limit = limits.notional,
      let notional = Money.notional(question.price, question.open, of: terms)?.magnitude
    {
      measures.append(
        Measure(
          .orderMaxNotional, notional.raw, of: limit.raw, scale: UInt8(Money.scale), .ownMoney))
    }
    if limits.position != .max {
      let open = market.committed(.max, question.id)
      let reached =
        question.isBuy
        ? open.held + open.buys + question.adds : open.sells + question.adds - open.held
      measures.append(
        Measure(
          .positionMaxQuantity, max(0, reached), of: Int128(limits.position),
          scale: terms.quantityScale, .none))
    }
    if let (used, most) = rate(at: market.time) {
      measures.append(Measure(.orderMaxRate, Int128(used + 1), of: Int128(most), .perSecond))
    }
    return measures
  }
}
