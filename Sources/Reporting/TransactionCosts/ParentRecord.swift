import Books
import Events

/// What the journal says of one leg of a parent, collected entry by entry.
struct ParentRecord: Sendable {
  /// A fill with the mid when its child was sent.
  struct Execution: Sendable {
    var order: OrderID
    var fill: Fill
    var instrument: Instrument
    var mid: MidPrice?
  }

  let ticket: OrderTicket
  let plan: ExecutionPlan
  let leg: Int
  let instrument: Instrument
  let side: Side
  let start: Instant
  var decisionMid: MidPrice?
  var arrivalMid: MidPrice?
  var endMid: MidPrice?
  var end: Instant?
  var outcome: EndCause?
  var children = 0
  var executions: [Execution] = []
  private(set) var marketVolume: Int64 = 0
  private(set) var marketValue = Money.zero
  /// Of trades; bars count only while there are none.
  private var hasTrades = false

  init(
    _ ticket: OrderTicket, _ plan: ExecutionPlan, leg: Int, _ instrument: Instrument, side: Side,
    start: Instant
  ) {
    self.ticket = ticket
    self.plan = plan
    self.leg = leg
    self.instrument = instrument
    self.side = side
    self.start = start
  }

  /// Counts what the market traded while the parent lives.
  mutating func count(_ tick: MarketEvent) {
    guard end == nil else { return }
    switch tick {
    case .trade(let trade):
      if !hasTrades { (marketVolume, marketValue) = (0, .zero) }
      hasTrades = true
      count(trade.price, trade.size)
    case .bar(let bar) where bar.side == .none && !hasTrades: count(bar.close, bar.volume)
    case .quote, .depth, .order, .bar, .status: break
    }
  }

  private mutating func count(_ price: Price, _ size: Quantity) {
    let (sum, overflow) = marketVolume.addingReportingOverflow(size.raw)
    guard !overflow, size.raw > 0, let value = Money.notional(price, size, of: instrument),
      (marketValue + value).magnitude.raw <= Money.limit
    else { return }
    marketVolume = sum
    marketValue += value
  }

  /// Takes an execution back.
  mutating func bust(_ order: OrderID, _ fill: UInt64) {
    executions.removeAll { $0.order == order && $0.fill.id == fill }
  }

  /// Changes an execution.
  mutating func correct(_ order: OrderID, _ fill: Fill) {
    for index in executions.indices
    where executions[index].order == order && executions[index].fill.id == fill.id {
      executions[index].fill = fill
    }
  }
}

extension ParentCosts {
  /// Adds up what was collected.
  init(_ record: ParentRecord) {
    // Venues of one market may count in other units: all is added up in the finest of them.
    var measure = record.instrument
    for execution in record.executions {
      measure.quantityScale = max(measure.quantityScale, execution.instrument.quantityScale)
    }
    let filled = record.executions.reduce(0 as Int128) {
      $0 + Int128(Self.rescaled($1.fill.quantity, of: $1.instrument, to: measure).raw)
    }
    let quantity = Quantity(Int64(clamping: filled))
    order = record.ticket.order
    strategy = record.ticket.strategy
    algorithm = record.plan.algorithm
    leg = record.leg
    instrument = measure
    side = record.side
    self.quantity =
      record.leg == 1
      ? Self.rescaled(record.ticket.quantity, of: record.instrument, to: measure) : quantity
    self.filled = quantity
    children = record.children
    fills = record.executions.count
    start = record.start
    end = record.end
    outcome = record.outcome
    arrivalMid = record.arrivalMid
    decisionMid = record.decisionMid ?? record.arrivalMid
    endMid = record.endMid
    value = .zero
    marketVolume = Self.rescaled(
      Quantity(record.marketVolume), of: record.instrument, to: measure)
    marketValue = record.marketValue
    otherFees = []
    basis = decisionMid?.value(self.quantity, of: instrument)?.magnitude
    do throws(Missing) {
      parts = try add(record)
    } catch { problem = error.what }
  }

  private struct Missing: Error { let what: String }

  private mutating func add(_ record: ParentRecord) throws(Missing) -> Parts {
    var (paid, sent, fees) = (Money.zero, Money.zero, Money.zero)
    for execution in record.executions {
      let fill = execution.fill
      guard let value = Money.cost(fill.price, fill.quantity, of: execution.instrument),
        (paid + value).magnitude.raw <= Money.limit
      else { throw Missing(what: "a fill's value is out of range") }
      paid += value
      if let mid = execution.mid {
        sent += try Self.value(mid, fill.quantity, execution.instrument)
      } else if let arrivalMid {
        let quantity = Self.rescaled(fill.quantity, of: execution.instrument, to: instrument)
        sent += try Self.value(arrivalMid, quantity, instrument)
      }
      if fill.feeCurrency == instrument.currency {
        fees += fill.fee
      } else if fill.fee != .zero {
        addOther(fill)
      }
    }
    value = instrument.kind == .inverse ? -paid : paid
    guard let decisionMid, let arrivalMid else {
      throw Missing(what: "there was no price when it was decided or held")
    }
    let decided = try Self.value(decisionMid, filled, instrument)
    let arrived = try Self.value(arrivalMid, filled, instrument)
    let sign: (Money) -> Money = { [side] in side == .buy ? $0 : -$0 }
    var parts = Parts(
      delay: sign(arrived - decided), drift: sign(sent - arrived), impact: sign(paid - sent),
      fees: fees, opportunity: .zero)
    let rest = Quantity(quantity.raw - filled.raw)
    if rest != .zero {
      guard let endMid else { throw Missing(what: "there was no price when it ended") }
      parts.opportunity = sign(
        try Self.value(endMid, rest, instrument) - (try Self.value(decisionMid, rest, instrument)))
    }
    return parts
  }

  /// A quantity at the scale of another instrument, which is not coarser; clamped to the range.
  private static func rescaled(
    _ quantity: Quantity, of own: Instrument, to other: Instrument
  ) -> Quantity {
    let step = power(Int(other.quantityScale) - Int(own.quantityScale))
    return Quantity(Int64(clamping: Int128(quantity.raw) * step))
  }

  private static func value(
    _ mid: MidPrice, _ quantity: Quantity, _ instrument: Instrument
  ) throws(Missing) -> Money {
    guard let value = mid.value(quantity, of: instrument) else {
      throw Missing(what: "a value is out of range")
    }
    return value
  }

  private mutating func addOther(_ fill: Fill) {
    if let index = otherFees.firstIndex(where: { $0.currency == fill.feeCurrency }) {
      otherFees[index].amount += fill.fee
    } else {
      otherFees.append(OtherFee(currency: fill.feeCurrency, amount: fill.fee))
    }
  }
}
