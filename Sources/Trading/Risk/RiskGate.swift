import Books
import Events

/// An order that passed the gate; only the gate can make one.
public struct Approved {
  let request: OrderRequest
  fileprivate init(_ request: OrderRequest) { self.request = request }
}

/// A held order that passed the gate on its way out; only the gate can make one.
public struct ApprovedRelease {
  let ticket: OrderTicket
  fileprivate init(_ ticket: OrderTicket) { self.ticket = ticket }
}

/// A replacement that passed the gate; only the gate can make one.
public struct ApprovedReplacement {
  let order: OrderID
  let quantity: Quantity
  let price: Price
  fileprivate init(_ order: OrderID, _ quantity: Quantity, _ price: Price) {
    self.order = order
    self.quantity = quantity
    self.price = price
  }
}

/// The pre-trade gate: every order passes it, open and in-flight orders count, and the first rule that
/// is broken names itself with the value and the limit. What a replacement's order has filled counts as position, no
/// more as order.
///
/// The reference price of market orders is the opposite best price, of limit orders the limit; the
/// collar compares a limit with the opposite best price, or the mark if that side is empty, and binds
/// on the side on which an order would pay too much.
struct RiskGate: Sendable {
  /// As rules scale them now.
  var limits: Limits { _read { yield limitsPlace[0] } }
  /// The rules beyond single orders; nil if none is configured.
  var controls: RiskControls? {
    _read { yield controlsPlace[0] }
    _modify { yield &controlsPlace[0] }
  }
  // Both are large, and looks at the gate copy it: they stand apart, each alone in an array.
  var limitsPlace: [Limits]
  private var controlsPlace: [RiskControls?]
  /// Whether there are such rules.
  let hasControls: Bool
  private let maxRate: Int?
  /// Whether the number of orders a second is limited.
  var hasRate: Bool { maxRate != nil }
  /// What the venues do themselves.
  let native: NativeOrders
  /// Limits in each instrument's own integers, by instrument id.
  private(set) var scaled: [ScaledLimits] = []
  /// Times of the last orders, oldest first from `oldest`; as many as may pass in a second.
  private var passed: [Instant] = []
  private var oldest = 0
  /// Limits that were changed in the run.
  var sources: [LimitSource] = []
  /// What is halted, in the order of halting.
  private(set) var halts: [Scope] = []

  struct ScaledLimits {
    var orderQuantity = Int64.max
    var notional: Money?
    /// The limit on the value is in another currency, so that no order can be shown to keep it.
    var isInOtherCurrency = false
    var position = Int64.max
    var collar: Int64?

    /// Whether there is none but that on the quantity of an order.
    var isOpen: Bool {
      notional == nil && !isInOtherCurrency && position == .max && collar == nil
    }
  }

  init(_ limits: Limits, _ native: NativeOrders = .all, _ roster: Roster = Roster()) {
    limitsPlace = [limits]
    maxRate = limits.maxRate
    self.native = native
    hasControls = limits.needsControls
    controlsPlace = [limits.needsControls ? RiskControls(limits, roster) : nil]
  }

  /// Takes an instrument's definition.
  mutating func define(_ instrument: Instrument) {
    let own =
      limits.special.first { instrument.names.contains($0.symbol) }?.limits ?? InstrumentLimits()
    let merged = own.over(limits.general)
    while scaled.count <= instrument.id.index { scaled.append(ScaledLimits()) }
    func integer(_ limit: Decimal?) -> Int64 {
      limit.map { InstrumentLimits.integer($0, instrument.quantityScale) } ?? .max
    }
    let notional =
      own.maxNotional(in: instrument.currency)
      ?? limits.general.maxNotional(in: instrument.currency)
    let isLimited = own.maxOrderNotional != nil || limits.general.maxOrderNotional != nil
    scaled[instrument.id.index] = ScaledLimits(
      orderQuantity: integer(merged.maxOrderQuantity), notional: notional,
      isInOtherCurrency: isLimited && notional == nil, position: integer(merged.maxPosition),
      collar: merged.collar)
  }

  mutating func halt(_ scope: Scope) { if !halts.contains(scope) { halts.append(scope) } }

  /// Goes on with other limits; halts and what was counted stay. Instruments have to be defined again.
  mutating func change(_ limits: Limits, _ roster: Roster) {
    let old = self
    self = RiskGate(limits, native, roster)
    halts = old.halts
    for index in old.passed.indices {
      count(at: old.passed[(old.oldest + index) % old.passed.count])
    }
    if let before = old.controls { controls?.carry(before) }
    rescale()
  }

  mutating func resume(_ scope: Scope) {
    if scope == .all { halts = [] } else { halts.removeAll { $0 == scope } }
  }

  /// Whether an order of this strategy, instrument and venue may not be sent.
  /// - Parameter terms: the instrument's, if it is defined.
  private func isHalted(
    _ strategy: StrategyID, _ instrument: InstrumentID, _ terms: Instrument.Terms?,
    _ market: borrowing Market
  ) -> Bool {
    if halts.isEmpty { return false }
    let account = market.portfolio.account(of: strategy)
    return halts.contains { halt in
      switch halt.kind {
      case .all: true
      case .strategy: halt.id == UInt64(strategy.raw)
      case .instrument: terms != nil && halt.id == UInt64(instrument.raw)
      case .venue: halt.id == terms.map { UInt64($0.venue.raw) }
      case .account: halt.id == UInt64(account.raw)
      case .order: false
      }
    }
  }

  enum Verdict<Passed> {
    case passed(Passed)
    // Indirect: it is seldom, and large.
    indirect case refused(Refusal)
  }

  /// Judges a new order.
  /// - Parameter old: the held order that it takes the place of.
  mutating func judge(
    _ request: OrderRequest, by strategy: StrategyID, replacing old: Order? = nil,
    in market: borrowing Market
  ) -> Verdict<Approved> {
    if let refusal = check(request, strategy, replacing: old, market) {
      return .refused(sourced(refusal, market))
    }
    return .passed(Approved(request))
  }

  /// Judges a held order as it goes out. A reduce-only order is cut down to the position.
  mutating func judge(_ ticket: OrderTicket, of old: Order, in market: borrowing Market)
    -> Verdict<ApprovedRelease>
  {
    var ticket = ticket
    if ticket.terms.isReduceOnly {
      let room = reducible(OrderRequest(ticket), ticket.strategy, besides: old.id, market)
      ticket.quantity = min(ticket.quantity, max(room, .zero))
    }
    let request = Self.asAsked(ticket)
    if let refusal = check(request, ticket.strategy, replacing: old, market) {
      return .refused(sourced(refusal, market))
    }
    return .passed(ApprovedRelease(ticket))
  }

  /// Judges the replacement of an open order.
  mutating func judge(
    _ order: Order, quantity: Quantity, price: Price, in market: borrowing Market
  ) -> Verdict<ApprovedReplacement> {
    var request = Self.asAsked(order.ticket)
    request.quantity = quantity
    if request.type.hasLimit || !request.type.isConditional {
      request.price = price
    } else {
      request.terms.stop = price
    }
    if let refusal = check(request, order.ticket.strategy, replacing: order, market) {
      return .refused(sourced(refusal, market))
    }
    return .passed(ApprovedReplacement(order.id, quantity, price))
  }

  /// What was asked for: an expiry of which the venue knows nothing is the core's to keep.
  private static func asAsked(_ ticket: OrderTicket) -> OrderRequest {
    var request = OrderRequest(ticket)
    if request.timeInForce == .goodTillCancelled { request.terms.expiry = .epoch }
    return request
  }

  /// Counts an order or replacement that is sent against the rate.
  mutating func count(at time: Instant) {
    guard let rate = maxRate else { return }
    if passed.count < rate {
      passed.append(time)
    } else {
      passed[oldest] = time
      oldest = (oldest + 1) % rate
    }
  }

  @inline(never)
  private mutating func check(
    _ request: OrderRequest, _ strategy: StrategyID, replacing old: Order?,
    _ market: borrowing Market
  ) -> Refusal? {
    let asked = Asked(request: request, strategy: strategy)
    if let broken = checkOrder(asked, old, market) { return broken }
    if hasControls, let terms = market.terms(request.instrument),
      let broken = checkControls(asked, old, terms, market)
    {
      return broken
    }
    return checkRate(asked, at: market.time)
  }

  func checkOrder(_ asked: Asked, _ old: Order?, _ market: borrowing Market) -> Refusal? {
    // A refusal is made where it is needed: most orders pass, and it is large.
    let (request, strategy) = (asked.request, asked.strategy)
    let definition = market.terms(request.instrument)
    if isHalted(strategy, request.instrument, definition, market) {
      return asked.refused(.engineHalted)
    }
    if hasControls, let broken = checkBreakers(asked) { return broken }
    guard let terms = definition, request.instrument.index < scaled.count else {
      return asked.refused(.instrumentUnknown)
    }
    if terms.expiry != .epoch, market.time >= terms.expiry {
      return asked.refused(.instrumentExpired, context: "expired \(terms.expiry.text)")
    }
    let status = market.books[request.instrument.index].status
    guard request.isTakenDuring(status ?? .trading) else {
      return asked.refused(.instrumentNotTrading)
    }
    guard isValid(request, terms), request.quantity > old?.filled ?? .zero else {
      return asked.refused(.orderInvalid)
    }
    let limits = scaled[request.instrument.index]
    let open = asked.open(old)
    if open.raw > limits.orderQuantity {
      return asked.refused(
        .orderMaxQuantity, value: Int128(open.raw), limit: Int128(limits.orderQuantity),
        scale: terms.quantityScale)
    }
    if let broken = checkNotional(asked, open, terms, limits, market) { return broken }
    if let broken = checkPosition(asked, old, terms, limits, market) { return broken }
    if let broken = checkCollar(asked, terms, limits, market) { return broken }
    return checkTerms(asked, old, terms, market)
  }

  /// What the gate is asked for.
  struct Asked {
    var request: OrderRequest
    var strategy: StrategyID

    init(request: OrderRequest, strategy: StrategyID) {
      (self.request, self.strategy) = (request, strategy)
    }

    init(_ order: PlainIntent) {
      self.init(request: OrderRequest(order), strategy: order.strategy)
    }

    /// What of the order may still trade; a replacement's quantity is a total.
    func open(_ old: Order?) -> Quantity { request.quantity - (old?.filled ?? .zero) }

    func refused(
      _ rule: Rule, value: Int128 = 0, limit: Int128 = 0, scale: UInt8 = 0, unit: String = "",
      context: String = ""
    ) -> Refusal {
      Refusal(
        strategy: strategy, instrument: request.instrument, rule: rule, side: request.side,
        quantity: request.quantity, price: request.price, value: value, limit: limit,
        scale: scale, unit: unit, context: context)
    }
  }

  /// - Parameter open: what of the order may still trade.
  private func checkNotional(
    _ asked: Asked, _ open: Quantity, _ terms: Instrument.Terms, _ limits: ScaledLimits,
    _ market: borrowing Market
  ) -> Refusal? {
    guard let limit = limits.notional else {
      return limits.isInOtherCurrency ? asked.refused(.orderLimitCurrency) : nil
    }
    let request = asked.request
    let price = Self.reference(request, market)
    guard !price.isNone else {
      return asked.refused(.orderNoReferencePrice, scale: terms.quantityScale)
    }
    guard let notional = Money.notional(price, open, of: terms)?.magnitude else {
      return asked.refused(.arithmeticOverflow, scale: terms.quantityScale)
    }
    guard notional > limit else { return nil }
    return asked.refused(
      .orderMaxNotional, value: notional.raw, limit: limit.raw, scale: UInt8(Money.scale),
      unit: market.currency(request.instrument) ?? "")
  }

  private func checkPosition(
    _ asked: Asked, _ old: Order?, _ terms: Instrument.Terms, _ limits: ScaledLimits,
    _ market: borrowing Market
  ) -> Refusal? {
    guard limits.position != .max else { return nil }
    let request = asked.request
    let index = request.instrument.index
    let held = market.portfolio.net(request.instrument)
    let working = request.side == .buy ? market.working[index].buy : market.working[index].sell
    let reached = (request.side == .buy ? held : -held) + working + Self.added(asked, old, market)
    guard reached > Int128(limits.position) else { return nil }
    return asked.refused(
      .positionMaxQuantity, value: reached, limit: Int128(limits.position),
      scale: terms.quantityScale)
  }

  /// What an order adds to the open quantity of its side.
  static func added(_ asked: Asked, _ old: Order?, _ market: borrowing Market) -> Int128 {
    // Of linked orders only the first counts, and one that waits for its parent not yet.
    let own = asked.request.terms
    let isCounted =
      own.activation == .immediate
      && (own.linkage == .none || own.list == old?.id ?? market.orders.nextID)
    let asking = isCounted ? Int128(asked.open(old).raw) : 0
    return asking - Int128(old?.exposure.raw ?? 0)
  }

  private func checkCollar(
    _ asked: Asked, _ terms: Instrument.Terms, _ limits: ScaledLimits, _ market: borrowing Market
  ) -> Refusal? {
    let request = asked.request
    guard let collar = limits.collar, request.type.hasLimit else { return nil }
    let reference = Self.opposite(request.side, request.instrument, market)
    guard !reference.isNone else {
      return asked.refused(.orderNoReferencePrice, scale: terms.quantityScale)
    }
    let (bound, isBeyond) = Self.bound(reference, request, collar)
    guard isBeyond else { return nil }
    return asked.refused(
      .orderPriceCollar, value: Int128(request.price.raw), limit: bound,
      scale: terms.priceScale, unit: market.currency(request.instrument) ?? "")
  }

  private func checkRate(_ asked: Asked, at time: Instant) -> Refusal? {
    guard let rate = maxRate, passed.count == rate,
      time.since(passed[oldest]) < 1_000_000_000
    else { return nil }
    return asked.refused(
      .orderMaxRate, value: Int128(rate) + 1, limit: Int128(rate), unit: "orders/s")
  }

  func limits(of id: InstrumentID) -> ScaledLimits {
    id.index < scaled.count ? scaled[id.index] : ScaledLimits()
  }

  /// Orders and replacements of the last second, and how many there may be. O(rate).
  func rate(at time: Instant) -> (used: Int, most: Int)? {
    maxRate.map { (passed.count { time.since($0) < Nanoseconds.second }, $0) }
  }

  func encode(to out: inout ByteBuffer) {
    out.append(UInt32(passed.count))
    for index in passed.indices {
      out.append(passed[(oldest + index) % passed.count].nanoseconds)
    }
    out.append(UInt32(halts.count))
    for halt in halts {
      out.append(halt.kind.rawValue)
      out.append(halt.id)
    }
    controls?.encode(to: &out)
  }

  /// Reads what `encode` wrote into a gate that knows its limits and instruments.
  mutating func restore(_ input: inout ByteReader) throws(Damage) {
    let count = Int(try input.read(UInt32.self))
    guard count <= maxRate ?? 0 else { throw Damage(at: input.offset, "too many orders") }
    for _ in 0..<count { passed.append(Instant(nanoseconds: try input.read(Int64.self))) }
    for _ in 0..<(try input.read(UInt32.self)) {
      guard let kind = Scope.Kind(rawValue: try input.read(UInt8.self)) else {
        throw Damage(at: input.offset, "an unknown scope")
      }
      halts.append(Scope(kind, try input.read(UInt64.self)))
    }
    try controls?.restore(&input)
    rescale()
  }
}
