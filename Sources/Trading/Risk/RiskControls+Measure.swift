import Books
import Events

/// What a rule compares for an order: a value with a limit.
struct Measure: BitwiseCopyable {
  enum Unit: BitwiseCopyable {
    case none
    /// The base currency.
    case money
    /// The currency of the order's instrument.
    case ownMoney
    case percent
    case orders
    case perSecond
    case messages
    case times
  }

  var rule: Rule
  /// Index of the scope, or −1.
  var scope = -1
  var value: Int128 = 0
  var limit: Int128 = 0
  var scale: UInt8 = 0
  var unit = Unit.none
  /// Whether the order may not pass.
  var isBroken: Bool
  /// An order that the verdict names.
  var other = OrderID.none
  /// Of value at risk and stress: the value before, and the scenario that is worst.
  var before: Int128 = 0
  var scenario = -1

  /// A rule that is kept or not.
  init(_ rule: Rule, isBroken: Bool, scope: Int = -1, other: OrderID = .none) {
    (self.rule, self.isBroken, self.scope, self.other) = (rule, isBroken, scope, other)
  }

  /// A value that may reach a limit but not pass it; if it does, the order is refused unless it only helps.
  init(
    _ rule: Rule, _ value: Int128, of limit: Int128, scale: UInt8 = 0, _ unit: Unit,
    scope: Int = -1, binds: Bool = true
  ) {
    (self.rule, self.value, self.limit, self.scale) = (rule, value, limit, scale)
    (self.unit, self.scope) = (unit, scope)
    isBroken = value > limit && binds
  }
}

extension RiskControls {
  /// What is asked of the rules.
  struct Question: ~Copyable {
    let asked: RiskGate.Asked
    /// The order that it takes the place of.
    let old: Order?
    let terms: Instrument.Terms
    /// The price it is valued at; absent if there is none.
    let price: Price
    /// What it adds to the open quantity of its side.
    let adds: Int128

    var request: OrderRequest { asked.request }
    var id: InstrumentID { asked.request.instrument }
    var isBuy: Bool { asked.request.side == .buy }
    /// What of the order may still trade.
    var open: Quantity { asked.open(old) }
  }

  /// Shows each rule's measure in the order of the rules.
  /// - Parameter visit: returns true to stop.
  /// - Returns: the measure it stopped at.
  func measure(
    _ question: borrowing Question, _ market: borrowing Market, _ visit: (Measure) -> Bool
  ) -> Measure? {
    if let found = lists(question, market, visit) { return found }
    if let found = prices(question, market, visit) { return found }
    for index in scopes.indices
    where scopes[index].holds(question.asked.strategy, question.id) {
      if scopes[index].limitsOrders, let found = sizes(index, question, market, visit) {
        return found
      }
      if let found = counts(index, question, market, visit) { return found }
      if let found = exposures(index, question, market, visit) { return found }
      if let found = losses(index, question, market, visit) { return found }
      if scopes[index].kind == .account, let found = funds(index, question, market, visit) {
        return found
      }
    }
    return valueAtRisk.isUsed ? risks(question, market, visit) : nil
  }

  /// Restricted and permission lists, owner, locate and the price test of short sales.
  private func lists(
    _ question: borrowing Question, _ market: borrowing Market, _ visit: (Measure) -> Bool
  ) -> Measure? {
    let rules = instruments[question.id.index]
    let strategy = question.asked.strategy
    if !breakers.tripped.isEmpty, state(strategy, question.id).0 != .active {
      let isReducing = isReducing(question.asked, question.adds, market)
      let measure = Measure(.scopeReducing, isBroken: !isReducing)
      if visit(measure) { return measure }
    }
    var measure = Measure(.instrumentRestricted, isBroken: rules.isRestricted)
    if visit(measure) { return measure }
    let isBarred =
      settings.needsOwner && isOwnerless(strategy)
      || strategy.raw < 64 && rules.barred & (1 << UInt64(strategy.raw)) != 0
    measure = Measure(.strategyNotPermitted, isBroken: isBarred)
    if visit(measure) { return measure }
    guard settings.needsLocate || settings.hasPriceTest, !question.isBuy,
      question.terms.kind == .equity
    else { return nil }
    let open = market.committed(.max, question.id)
    let short = open.sells + question.adds - open.held
    guard short > 0 else { return nil }
    if settings.needsLocate {
      measure = Measure(
        .shortNoLocate, short, of: Int128(rules.located), scale: question.terms.quantityScale,
        .none)
      if visit(measure) { return measure }
    }
    guard settings.hasPriceTest, market.references[question.id.index].isShortSaleRestricted else {
      return nil
    }
    // Regulation SHO, Rule 201: above the national best bid.
    let bid = market.books[question.id.index].best.bid
    let request = question.request
    let isAbove = request.type.hasLimit && !bid.isNone && request.price > bid
    measure = Measure(.shortPriceTest, isBroken: !isAbove)
    return visit(measure) ? measure : nil
  }

  /// The collar over a period, duplicates and orders that would meet our own.
  private func prices(
    _ question: borrowing Question, _ market: borrowing Market, _ visit: (Measure) -> Bool
  ) -> Measure? {
    if let collar = settings.periodCollar {
      let then = mark(question.id, before: market.time)
      if !then.isNone, !question.price.isNone {
        let away = Int128(question.price.raw - then.raw) * (question.isBuy ? 1 : -1)
        let bound = Int128(then.raw).magnitude * UInt128(collar) / 1_000_000
        let measure = Measure(
          .orderPeriodCollar, away, of: Int128(bound), scale: question.terms.priceScale, .ownMoney)
        if visit(measure) { return measure }
      }
    }
    if settings.duplicateWindow != nil {
      let twin = duplicate(question, at: market.time)
      let measure = Measure(.orderDuplicate, isBroken: twin != nil, other: twin ?? .none)
      if visit(measure) { return measure }
    }
    guard settings.refusesSelfMatch else { return nil }
    let other = ownMatch(question, market)
    let measure = Measure(.orderSelfMatch, isBroken: other != nil, other: other ?? .none)
    return visit(measure) ? measure : nil
  }

  private func duplicate(_ question: borrowing Question, at time: Instant) -> OrderID? {
    guard question.old == nil, let window = settings.duplicateWindow else { return nil }
    let request = question.request
    let strategy = question.asked.strategy
    return recent.last { sent in
      time.since(sent.time) < window && sent.strategy == strategy
        && sent.instrument == request.instrument && sent.side == request.side
        && sent.quantity == request.quantity && sent.price == request.price
    }?.order
  }

  /// The oldest of our orders at the venue that it could trade with. O(open orders).
  private func ownMatch(_ question: borrowing Question, _ market: borrowing Market) -> OrderID? {
    let request = question.request
    guard !request.type.isConditional, request.terms.activation == .immediate else { return nil }
    let replaced = question.old?.id
    return market.orders.open.first { order in
      let ticket = order.ticket
      guard ticket.instrument == request.instrument, ticket.side == request.side.opposite,
        order.state != .held, order.id != replaced, ticket.type.hasLimit,
        !ticket.type.isConditional
      else { return false }
      guard request.type.hasLimit else { return true }
      return request.side == .buy
        ? request.price >= ticket.price : request.price <= ticket.price
    }?.id
  }

  /// Open orders, rate and messages of a scope.
  private func counts(
    _ index: Int, _ question: borrowing Question, _ market: borrowing Market,
    _ visit: (Measure) -> Bool
  ) -> Measure? {
    let scope = scopes[index]
    if let most = scope.limits.maxOpen, question.old == nil {
      var open = market.orders.openCount
      if scope.kind == .strategy || scope.kind == .instrument {
        open = market.orders.open.count {
          scope.holds($0.ticket.strategy, $0.ticket.instrument)
        }
      }
      let measure = Measure(
        .ordersMaxOpen, Int128(open + 1), of: Int128(most), .orders, scope: index)
      if visit(measure) { return measure }
    }
    if let most = scope.limits.maxRate {
      let isFull = scope.sent.isFull(at: market.time)
      // How many there were is counted for those who want to read it.
      let used = isFull ? most : settings.recordsUse ? scope.sent.used(at: market.time) : 0
      let measure = Measure(
        .orderMaxRate, Int128(used + 1), of: Int128(most), .perSecond, scope: index)
      if visit(measure) { return measure }
    }
    if let ratio = scope.limits.maxMessageRatio {
      let allowed = scope.limits.freeMessages + ratio * min(scope.fills, 1 << 30) / 100
      let measure = Measure(
        .ordersMaxMessageRatio, Int128(scope.messages + 1), of: Int128(allowed), .messages,
        scope: index)
      if visit(measure) { return measure }
    }
    return nil
  }
}
