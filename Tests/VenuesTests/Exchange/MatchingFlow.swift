import Events
import Venues

/// A dense, seeded flow of commands against one instrument: orders of all kinds at few prices, so that queues,
/// icebergs, self-trades and cancels meet each other, while the recorded market trades, halts and holds auctions.
struct MatchingFlow: ~Copyable {
  /// How the recorded market is told.
  enum Feed: UInt64, CaseIterable { case quotes, trades, depth, orders }

  private static let instrument = Instrument(
    id: InstrumentID(0), venueName: "FAR", symbol: "FLOW", kind: .equity, currency: "USD",
    priceScale: 2, quantityScale: 0)
  private static let start: Int64 = 1_709_562_600_000_000_000

  private let feed: Feed
  private var random: SeededRandom
  private var exchange: SimulatedExchange
  private var time = MatchingFlow.start
  private var middle: Int64 = 10_000
  private var lastOrder: UInt64 = 0
  private var recorded: [(id: UInt64, side: Side, price: Int64)] = []
  private var lastRecorded: UInt64 = 0
  private(set) var reports = 0
  private(set) var fills = 0
  /// FNV-1a of each report as text, with all that it carries, and of the moments that the exchange waits for.
  private(set) var hash: UInt64 = 0xCBF2_9CE4_8422_2325

  init(seed: UInt64) {
    feed = Feed(rawValue: seed % 4)!
    random = SeededRandom(seed: seed, stream: 7)
    exchange = SimulatedExchange(Self.configuration(seed))
    exchange.define(Self.instrument)
    exchange.begin(at: Instant(nanoseconds: time))
  }

  /// Every model meets every feed in some seed, as 4 has no factor with 3, 5 and 7.
  static func configuration(_ seed: UInt64) -> ExchangeConfiguration {
    let variant = seed / 4
    var configuration = ExchangeConfiguration(
      latency: variant % 3 == 0
        ? .zero : Latency(entry: 900_000, response: 400_000, jitter: 300_000),
      fees: variant % 2 == 0 ? .none : .usEquity, fills: variant % 7 == 6 ? .touch : .automatic,
      overflow: variant % 2 == 0 ? .cancel : .fillAtTop, seed: seed)
    let queues: [QueueModel] = [.exact, .riskAverse, .power(exponent: 3), .logarithmic]
    configuration.queue = queues[Int(variant / 2 % 4)]
    configuration.selfTrades = SelfTradePrevention.allCases[Int(variant % 5)]
    let allocations: [Allocation] = [
      .priceTime, .priceTime, .cme, .proRata(top: false, minimum: 1),
    ]
    configuration.allocation = allocations[Int(variant % 4)]
    if variant % 5 == 4 {
      configuration.faults = Faults(
        rejects: 20_000, throttle: Faults.Throttle(perSecond: 400, excess: .delay),
        drawnOutages: Faults.DrawnOutages(interval: 800_000_000, length: 30_000_000),
        cancelsOnDisconnect: variant % 2 == 0, repeats: 3)
    }
    if variant % 6 == 5 { configuration.venues = [VenueRules("FAR"), VenueRules("FARTHER")] }
    return configuration
  }

  mutating func run(steps: Int) {
    for level in 1...6 as ClosedRange<Int64> { show(level) }
    for _ in 0..<steps {
      time += Int64(random.below(400_000))
      if random.oneIn(3) { moveMarket() } else { send(command()) }
      take(through: time)
    }
    take(through: time + 60_000_000_000)
  }

  private mutating func take(through end: Int64) {
    let end = Instant(nanoseconds: end)
    while let due = exchange.nextTime, due <= end {
      note(UInt64(bitPattern: due.nanoseconds))
      exchange.advance(to: due)
      while let change = exchange.nextConnection(through: due) {
        let turn = change.change
        note("\(turn.venue.raw) \(turn.state.rawValue) \(change.time.nanoseconds)")
      }
      while exchange.hasReport(by: due) {
        let report = exchange.takeReport()
        note(Self.text(report))
        reports += 1
        if case .filled = report.report.outcome { fills += 1 }
      }
    }
  }

  private mutating func note(_ text: String) { for byte in text.utf8 { note(UInt64(byte)) } }

  private mutating func note(_ value: UInt64) { hash = (hash ^ value) &* 0x100_0000_01B3 }

  /// All that a report carries.
  private static func text(_ due: DueReport) -> String {
    let what =
      switch due.report.outcome {
      case .accepted(let name): "accepted \(name)"
      case .rejected(let code, let text): "rejected \(code) \(text)"
      case .filled(let fill):
        "filled \(fill.id) \(fill.quantity.raw) \(fill.price.raw) \(fill.fee.raw) "
          + "\(fill.feeCurrency) \(fill.liquidity.rawValue) \(text(fill.basis))"
      case .cancelled(let cause, let text): "cancelled \(cause.rawValue) \(text)"
      case .replaced(let quantity, let price): "replaced \(quantity.raw) \(price.raw)"
      case .expired: "expired"
      case .requestRejected(let request, let code, let text):
        "refused \(request.rawValue) \(code) \(text)"
      case .status(let state, let filled): "status \(state.rawValue) \(filled.raw)"
      case .triggered(let price): "triggered \(price.raw)"
      case .busted, .corrected: "never"
      }
    let (event, delivery) = (due.eventTime.nanoseconds, due.deliverTime.nanoseconds)
    return "\(due.report.order.raw) \(event) \(delivery) \(what)"
  }

  private static func text(_ basis: FillBasis?) -> String {
    guard let basis else { return "" }
    return switch basis.detail {
    case .none: "\(basis.rule.rawValue)"
    case .slippage(let difference): "\(basis.rule.rawValue) \(difference)"
    case .queue(let queue, let placed, let left):
      "\(basis.rule.rawValue) \(queue.rawValue) \(placed.raw) \(left.raw)"
    case .share(let part, let all): "\(basis.rule.rawValue) \(part.raw) \(all.raw)"
    }
  }

  // MARK: Commands

  private mutating func send(_ command: Command) {
    exchange.receive(command, at: Instant(nanoseconds: time))
  }

  private mutating func command() -> Command {
    let recent = OrderID(lastOrder - min(UInt64(random.below(40)), max(lastOrder, 1) - 1))
    switch random.below(20) {
    case 0..<6: return .cancel(recent)
    case 6..<9:
      return .replace(recent, quantity: Quantity(Int64(random.below(40))), price: price())
    default: return .submit(ticket())
    }
  }

  private mutating func price() -> Price {
    Price(middle + Int64(random.below(7)) - 3)
  }

  private mutating func ticket() -> OrderTicket {
    lastOrder += random.oneIn(30) ? 2 : 1
    var type = OrderType.limit
    if random.oneIn(6) { type = .market }
    if random.oneIn(8) { type = OrderType.allCases[3 + random.below(8)] }
    var terms = OrderTerms.plain
    let limit = price()
    if type.isConditional {
      terms.stop = price()
      terms.trigger = TriggerSource.allCases[random.below(5)]
      terms.trail = Trail(.price, Int64(1 + random.below(3)))
    } else if type == .pegged {
      terms.peg = PegReference.allCases[1 + random.below(3)]
      terms.pegOffset = Int64(random.below(3)) - 1
    }
    let quantity = Int64(1 + random.below(30))
    if random.oneIn(4) { terms.display = Quantity(min(Int64(1 + random.below(6)), quantity)) }
    if random.oneIn(10) { terms.isPostOnly = true }
    var timeInForce = TimeInForce.goodTillCancelled
    if random.oneIn(5) { timeInForce = TimeInForce(rawValue: UInt8(1 + random.below(7)))! }
    if timeInForce == .goodTillDate {
      terms.expiry = Instant(nanoseconds: time + Int64(random.below(20_000_000)))
    }
    return OrderTicket(
      order: OrderID(lastOrder), strategy: StrategyID(0),
      account: AccountID(UInt16(random.below(2))),
      instrument: InstrumentID(random.oneIn(200) ? 1 : 0), side: random.oneIn(2) ? .buy : .sell,
      type: type, timeInForce: timeInForce, quantity: Quantity(quantity),
      price: type.hasLimit ? limit : .none, terms: terms)
  }

  // MARK: The recorded market

  private mutating func apply(_ event: MarketEvent) {
    exchange.apply(event, at: Instant(nanoseconds: time))
  }

  private mutating func moveMarket() {
    if random.oneIn(60) { return publish() }
    if random.oneIn(5) { middle += Int64(random.below(3)) - 1 }
    if feed == .trades || random.oneIn(3) {
      let side: Side = random.oneIn(2) ? .buy : .sell
      let price = middle + (side == .buy ? 1 : -1) * Int64(random.below(3))
      apply(
        .trade(
          Trade(
            instrument: InstrumentID(0), price: Price(price),
            size: Quantity(Int64(1 + random.below(60))), side: side)))
    } else {
      show(Int64(1 + random.below(5)))
    }
  }

  /// Changes a level that far from the middle, as the feed tells it.
  private mutating func show(_ distance: Int64) {
    let side: Side = random.oneIn(2) ? .buy : .sell
    let price = side == .buy ? middle - distance : middle + distance
    let size = Quantity(random.oneIn(6) ? 0 : Int64(1 + random.below(50)))
    let marks: EventMarks = random.oneIn(4) ? [] : .last
    switch feed {
    case .trades: break
    case .quotes:
      apply(
        .quote(
          Quote(
            instrument: InstrumentID(0), bid: Price(middle - 1), ask: Price(middle + 1),
            bidSize: size, askSize: Quantity(Int64(1 + random.below(50))))))
    case .depth:
      apply(
        .depth(
          DepthChange(
            instrument: InstrumentID(0), action: random.oneIn(300) ? .clear : .set, side: side,
            price: Price(price), size: size, marks: marks)))
    case .orders: changeOrder(side, price, size, marks)
    }
  }

  private mutating func changeOrder(
    _ side: Side, _ price: Int64, _ size: Quantity, _ marks: EventMarks
  ) {
    var change = OrderChange(
      instrument: InstrumentID(0), action: .add, side: side, order: lastRecorded + 1,
      price: Price(price), size: Quantity(max(size.raw, 1)), marks: marks)
    if recorded.count > 30 || !recorded.isEmpty && random.oneIn(2) {
      let chosen = random.below(recorded.count)
      let actions: [OrderChange.Action] = [.execute, .execute, .cancel, .delete, .modify]
      change.action = actions[random.below(5)]
      (change.order, change.side) = (recorded[chosen].id, recorded[chosen].side)
      if change.action != .modify { change.price = Price(recorded[chosen].price) }
      if change.action == .delete || random.oneIn(3) { recorded.remove(at: chosen) }
    } else {
      lastRecorded += UInt64(1 + random.below(2))
      change.order = lastRecorded
      recorded.append((lastRecorded, side, price))
    }
    apply(.order(change))
  }

  /// What a venue says now and then.
  private mutating func publish() {
    let now = Instant(nanoseconds: time)
    let id = InstrumentID(0)
    switch random.below(6) {
    case 0:
      let bound = Int64(2 + random.below(6))
      exchange.apply(
        PriceBand(instrument: id, lower: Price(middle - bound), upper: Price(middle + bound)),
        at: now)
    case 1: exchange.apply(PriceBand(instrument: id, lower: .none, upper: .none), at: now)
    case 2:
      exchange.apply(
        ReferenceValue(
          instrument: id, field: random.oneIn(2) ? .mark : .shortSaleRestricted,
          value: random.oneIn(2) ? 0 : middle), at: now)
    case 3:
      exchange.apply(
        AuctionImbalance(
          instrument: id, auction: .opening, side: .none, paired: .zero, surplus: .zero,
          reference: Price(middle)), at: now)
    default:
      let halts: [TradingStatus] = [
        .halted, .preOpen, .openingAuction, .closingAuction, .paused, .closed, .quoteOnly,
      ]
      apply(.status(StatusChange(instrument: id, status: halts[random.below(7)])))
      time += Int64(random.below(3_000_000))
      for _ in 0..<random.below(6) { send(command()) }
      take(through: time)
      moveMarket()
      time += 2_000_000
      apply(.status(StatusChange(instrument: id, status: .trading)))
    }
  }
}
