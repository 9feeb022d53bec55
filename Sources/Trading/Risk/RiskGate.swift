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
/// is broken names itself with the value and the limit.
///
/// The reference price of market orders is the opposite best price, of limit orders the limit; the
/// collar compares a limit with the opposite best price, or the mark if that side is empty, and binds
/// on the side on which an order would pay too much.
struct RiskGate: Sendable {
  private let limits: Limits
  /// What the venues do themselves.
  let native: NativeOrders
  /// Limits in each instrument's own integers, by instrument id.
  private var scaled: [ScaledLimits] = []
  /// Times of the last orders, oldest first from `oldest`; as many as may pass in a second.
  private var passed: [Instant] = []
  private var oldest = 0
  /// What is halted, in the order of halting.
  private(set) var halts: [Scope] = []

  struct ScaledLimits {
    var orderQuantity = Int64.max
    var notional: Money?
    var position = Int64.max
    var collar: Int64?
  }

  init(_ limits: Limits, _ native: NativeOrders = .all) {
    self.limits = limits
    self.native = native
  }

  /// Takes an instrument's definition.
  mutating func define(_ instrument: Instrument) {
    let own = limits.special.first { $0.symbol == instrument.symbol }?.limits ?? InstrumentLimits()
    let merged = own.over(limits.general)
    while scaled.count <= instrument.id.index { scaled.append(ScaledLimits()) }
    func integer(_ limit: Decimal?) -> Int64 {
      guard let limit else { return .max }
      let scale = Int(instrument.quantityScale)
      let shifted =
        Int128(limit.mantissa) * power(max(0, scale - Int(limit.scale)))
        / power(max(0, Int(limit.scale) - scale))
      return Int64(clamping: shifted)
    }
    scaled[instrument.id.index] = ScaledLimits(
      orderQuantity: integer(merged.maxOrderQuantity),
      notional: own.maxNotional(in: instrument.currency)
        ?? limits.general.maxNotional(in: instrument.currency),
      position: integer(merged.maxPosition), collar: merged.collar)
  }

  mutating func halt(_ scope: Scope) { if !halts.contains(scope) { halts.append(scope) } }

  mutating func resume(_ scope: Scope) {
    if scope == .all { halts = [] } else { halts.removeAll { $0 == scope } }
  }

  /// Whether an order of this strategy, instrument and venue may not be sent.
  func isHalted(_ strategy: StrategyID, _ instrument: Instrument?) -> Bool {
    halts.contains { halt in
      switch halt.kind {
      case .all: true
      case .strategy: halt.id == UInt64(strategy.raw)
      case .instrument: halt.id == instrument.map { UInt64($0.id.raw) }
      case .venue: halt.id == instrument.map { UInt64($0.venue.raw) }
      case .order: false
      }
    }
  }

  enum Verdict<Passed> {
    case passed(Passed)
    case refused(Refusal)
  }

  /// Judges a new order.
  /// - Parameter old: the held order that it takes the place of.
  mutating func judge(
    _ request: OrderRequest, by strategy: StrategyID, replacing old: Order? = nil,
    in market: borrowing Market
  ) -> Verdict<Approved> {
    if let refusal = check(request, strategy, replacing: old, market) { return .refused(refusal) }
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
    let request = OrderRequest(ticket)
    if let refusal = check(request, ticket.strategy, replacing: old, market) {
      return .refused(refusal)
    }
    return .passed(ApprovedRelease(ticket))
  }

  /// Judges the replacement of an open order.
  mutating func judge(
    _ order: Order, quantity: Quantity, price: Price, in market: borrowing Market
  ) -> Verdict<ApprovedReplacement> {
    var request = OrderRequest(order.ticket)
    request.quantity = quantity
    if request.type.hasLimit || !request.type.isConditional {
      request.price = price
    } else {
      request.terms.stop = price
    }
    if let refusal = check(request, order.ticket.strategy, replacing: order, market) {
      return .refused(refusal)
    }
    return .passed(ApprovedReplacement(order.id, quantity, price))
  }

  /// Counts an order or replacement that is sent against the rate.
  mutating func count(at time: Instant) {
    guard let rate = limits.maxRate else { return }
    if passed.count < rate {
      passed.append(time)
    } else {
      passed[oldest] = time
      oldest = (oldest + 1) % rate
    }
  }

  private func check(
    _ request: OrderRequest, _ strategy: StrategyID, replacing old: Order?,
    _ market: borrowing Market
  ) -> Refusal? {
    var refusal = Refusal(
      strategy: strategy, instrument: request.instrument, rule: .engineHalted, side: request.side,
      quantity: request.quantity, price: request.price)
    func refuse(_ rule: Rule) -> Refusal {
      refusal.rule = rule
      return refusal
    }
    let definition = market.instrument(request.instrument)
    if isHalted(strategy, definition) { return refuse(.engineHalted) }
    guard let instrument = definition, request.instrument.index < scaled.count else {
      return refuse(.instrumentUnknown)
    }
    let status = market.books[request.instrument.index].status
    guard request.isTakenDuring(status ?? .trading) else { return refuse(.instrumentNotTrading) }
    guard isValid(request, instrument), request.quantity > old?.filled ?? .zero else {
      return refuse(.orderInvalid)
    }
    let limits = scaled[request.instrument.index]
    refusal.scale = instrument.quantityScale
    if request.quantity.raw > limits.orderQuantity {
      refusal.value = Int128(request.quantity.raw)
      refusal.limit = Int128(limits.orderQuantity)
      return refuse(.orderMaxQuantity)
    }
    if let broken = checkNotional(request, instrument, limits, refusal, market) { return broken }
    if let broken = checkPosition(request, old, limits, refusal, market) { return broken }
    if let broken = checkCollar(request, instrument, limits, refusal, market) { return broken }
    if let broken = checkTerms(request, strategy, replacing: old, market) { return broken }
    return checkRate(refusal, at: market.time)
  }

  private func checkNotional(
    _ request: OrderRequest, _ instrument: Instrument, _ limits: ScaledLimits,
    _ template: Refusal, _ market: borrowing Market
  ) -> Refusal? {
    guard let limit = limits.notional else { return nil }
    var refusal = template
    let price = reference(request, market)
    guard !price.isNone else {
      refusal.rule = .orderNoReferencePrice
      return refusal
    }
    guard let notional = Money.notional(price, request.quantity, of: instrument)?.magnitude else {
      refusal.rule = .arithmeticOverflow
      return refusal
    }
    guard notional > limit else { return nil }
    refusal.rule = .orderMaxNotional
    refusal.value = notional.raw
    refusal.limit = limit.raw
    refusal.scale = UInt8(Money.scale)
    refusal.unit = instrument.currency
    return refusal
  }

  private func checkPosition(
    _ request: OrderRequest, _ old: Order?, _ limits: ScaledLimits, _ template: Refusal,
    _ market: borrowing Market
  ) -> Refusal? {
    guard limits.position != .max else { return nil }
    let index = request.instrument.index
    let held = market.portfolio.net(request.instrument)
    let working = request.side == .buy ? market.working[index].buy : market.working[index].sell
    // Of linked orders only the first counts, and one that waits for its parent not yet.
    let terms = request.terms
    let isCounted =
      terms.activation == .immediate
      && (terms.linkage == .none || terms.list == old?.id ?? market.orders.nextID)
    // A replacement's quantity is a total: what is filled of it is in the position already.
    let own = isCounted ? Int128(request.quantity.raw) - Int128(old?.filled.raw ?? 0) : 0
    let others = working - Int128(old?.exposure.raw ?? 0)
    let reached = held * Int128(request.side.sign) + others + own
    guard reached > Int128(limits.position) else { return nil }
    var refusal = template
    refusal.rule = .positionMaxQuantity
    refusal.value = reached
    refusal.limit = Int128(limits.position)
    return refusal
  }

  private func checkCollar(
    _ request: OrderRequest, _ instrument: Instrument, _ limits: ScaledLimits,
    _ template: Refusal, _ market: borrowing Market
  ) -> Refusal? {
    guard let collar = limits.collar, request.type.hasLimit else { return nil }
    var refusal = template
    let reference = opposite(request.side, request.instrument, market)
    guard !reference.isNone else {
      refusal.rule = .orderNoReferencePrice
      return refusal
    }
    let reach = Int128(reference.raw).magnitude * UInt128(collar) / 1_000_000
    let bound = Int128(reference.raw) + Int128(reach) * Int128(request.side.sign)
    let isBeyond =
      request.side == .buy ? Int128(request.price.raw) > bound : Int128(request.price.raw) < bound
    guard isBeyond else { return nil }
    refusal.rule = .orderPriceCollar
    refusal.value = Int128(request.price.raw)
    refusal.limit = bound
    refusal.scale = instrument.priceScale
    refusal.unit = instrument.currency
    return refusal
  }

  private func checkRate(_ template: Refusal, at time: Instant) -> Refusal? {
    guard let rate = limits.maxRate, passed.count == rate,
      time.since(passed[oldest]) < 1_000_000_000
    else { return nil }
    var refusal = template
    refusal.rule = .orderMaxRate
    refusal.value = Int128(rate) + 1
    refusal.limit = Int128(rate)
    refusal.scale = 0
    refusal.unit = "orders/s"
    return refusal
  }

  /// The price an order is valued at: its limit, else its stop, else what it would trade against.
  private func reference(_ request: OrderRequest, _ market: borrowing Market) -> Price {
    if request.type.hasLimit { return request.price }
    if !request.terms.stop.isNone { return request.terms.stop }
    return opposite(request.side, request.instrument, market)
  }

  /// The best price an order of a side would trade against, or the mark if there is none.
  func opposite(
    _ side: Side, _ id: InstrumentID, _ market: borrowing Market
  ) -> Price {
    let best = market.books[id.index].best
    let price = side == .buy ? best.ask : best.bid
    return price.isNone ? market.books[id.index].mark : price
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
  }

  /// Reads what `encode` wrote into a gate that knows its limits and instruments.
  mutating func restore(_ input: inout ByteReader) throws(Damage) {
    let count = Int(try input.read(UInt32.self))
    guard count <= limits.maxRate ?? 0 else { throw Damage(at: input.offset, "too many orders") }
    for _ in 0..<count { passed.append(Instant(nanoseconds: try input.read(Int64.self))) }
    for _ in 0..<(try input.read(UInt32.self)) {
      guard let kind = Scope.Kind(rawValue: try input.read(UInt8.self)) else {
        throw Damage(at: input.offset, "an unknown scope")
      }
      halts.append(Scope(kind, try input.read(UInt64.self)))
    }
  }
}

extension OrderRequest {
  /// The request that led to a ticket.
  init(_ ticket: OrderTicket) {
    self.init(
      instrument: ticket.instrument, side: ticket.side, type: ticket.type,
      timeInForce: ticket.timeInForce, quantity: ticket.quantity, price: ticket.price,
      terms: ticket.terms)
  }
}
