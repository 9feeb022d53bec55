import Books
import Events

/// A venue without I/O that trades our orders against recorded market data. The caller brings time: it
/// gives market events and commands with their times and takes reports out when they are due.
///
/// ```
/// for each recorded event at t:
///   while exchange.nextTime < t:  advance(to:), take reports with nextReport(through:), act on them
///   apply(event, at: t)
/// ```
///
/// - Commands take effect in the order in which they were sent, at sending time + entry latency.
/// - An order's first report is `accepted` or `rejected`; `filled` (all of it), `cancelled` and `expired`
///   are last. A fill-or-kill order that cannot fill, and the rest of an immediate one, is cancelled as
///   *immediate*.
/// - Which orders are taken follows the instrument's status, which is *trading* until market data say
///   otherwise (docs/simulation.md, Sessions). They rest through halts. Day orders expire when the status
///   becomes *closed*, so data without statuses treat them as good till cancelled.
/// - Our orders never trade with each other and do not take each other's liquidity away, except that what
///   one took of a displayed level is not there for the next; see `SelfTradePrevention`.
/// - The same calls give the same reports, whatever the machine.
public struct SimulatedExchange: ~Copyable {
  /// What quotes touch, one cache line an instrument: with nothing of ours in the market a quote is
  /// stored and that is all.
  private struct Top {
    var quote: Quote
    /// Which quotes concern us, after the last change of anything.
    var watch = TradedMarket.Watch()
    var hasQuote = false
    /// There are bars that the market has not seen.
    var hasNewBars = false
    var isDefined = false

    /// Takes over a quote; true if something of ours may be touched by it.
    mutating func show(_ latest: Quote) -> Bool {
      quote = latest
      hasQuote = true
      return watch.concerns(latest)
    }
  }

  struct Arrival {
    var command: Command
    var sent: Instant
    var time: Instant
  }

  /// When a good-till-date order ends.
  struct Expiry {
    var time: Instant
    var order: OrderID
  }

  let configuration: ExchangeConfiguration
  private var tops: [Top] = []
  /// By instrument, the bars that came; the market learns of them when something of ours is in it.
  private var bars: [LastBars] = []
  /// By instrument; numbers without a definition have an undefined market.
  var markets: [MarketPlace] = []
  private var arrivals = Line<Arrival>()
  /// Latest first.
  var expiries: [Expiry] = []
  var outbox: Outbox
  var ledger = OrderLedger()
  var nextVenueOrder: UInt64 = 1
  private var random: SeededRandom
  private var lastArrival = Instant(nanoseconds: .min)

  /// - Precondition: the configuration has no `problem`.
  public init(_ configuration: ExchangeConfiguration) {
    precondition(configuration.problem == nil)
    self.configuration = configuration
    outbox = Outbox(latency: configuration.latency, seed: configuration.seed)
    random = SeededRandom(seed: configuration.seed, stream: 0)
  }

  /// Makes an instrument known. A second definition of an instrument is ignored while it has orders, as
  /// it would change what they mean.
  public mutating func define(_ instrument: Instrument) {
    let index = instrument.id.index
    guard instrument.problem == nil, instrument.id != .none else { return }
    while tops.count <= index {
      let id = InstrumentID(UInt16(tops.count))
      tops.append(
        Top(quote: Quote(instrument: id, bid: .none, ask: .none, bidSize: .zero, askSize: .zero)))
      bars.append(LastBars())
      markets.append(MarketPlace(TradedMarket(undefined: id)))
    }
    let place = markets[index]
    if place.market.instrument == instrument || place.market.attention > 0 { return }
    let position = place.market.position
    place.market = TradedMarket(instrument, configuration)
    place.market.position = position
    tops[index].watch = TradedMarket.Watch()
    tops[index].hasQuote = false
    tops[index].hasNewBars = false
    bars[index] = LastBars()
    tops[index].isDefined = true
  }

  /// Recorded market data: moves the book and may fill our resting orders. Events of instruments that
  /// were not defined are ignored.
  public mutating func apply(_ event: MarketEvent, at time: Instant) {
    if case .quote(let quote) = event {
      let index = quote.instrument.index
      guard index < tops.count, tops[index].show(quote) else { return }
    }
    if case .bar(let bar) = event {
      let index = bar.instrument.index
      guard isDefined(index) else { return }
      if bars[index].note(bar, end: time) { tops[index].hasNewBars = true }
      if tops[index].watch.isIdle { return }
    }
    applySlowly(event, at: time)
  }

  /// A mark price or a restriction of short sales; what else a venue publishes changes nothing here.
  public mutating func apply(_ value: ReferenceValue, at time: Instant) {
    guard isDefined(value.instrument.index) else { return }
    outbox.advance(to: time)
    change(value.instrument.index) { market, outbox in market.apply(value, &outbox) }
  }

  /// What an auction would do: its price, should the recording not show a trade at it.
  public mutating func apply(_ imbalance: AuctionImbalance, at time: Instant) {
    guard isDefined(imbalance.instrument.index) else { return }
    outbox.advance(to: time)
    change(imbalance.instrument.index) { market, _ in market.apply(imbalance) }
  }

  /// New bounds of an instrument's prices.
  public mutating func apply(_ band: PriceBand, at time: Instant) {
    guard isDefined(band.instrument.index) else { return }
    outbox.advance(to: time)
    change(band.instrument.index) { market, outbox in market.apply(band, &outbox) }
  }

  @inline(never)
  private mutating func applySlowly(_ event: MarketEvent, at time: Instant) {
    let index = event.instrument.index
    guard isDefined(index) else { return }
    outbox.advance(to: time)
    change(index) { market, outbox in market.take(event, at: time, &outbox) }
  }

  /// Changes a market that has seen the latest quote, and asks it which quotes concern us from now on.
  /// All of it in one access to the market, as each one is checked.
  @inline(__always)
  mutating func change<R>(
    _ index: Int, _ body: (inout TradedMarket, inout Outbox) -> R
  ) -> R {
    if tops[index].hasNewBars {
      markets[index].market.show(bars[index])
      tops[index].hasNewBars = false
    }
    let (result, watch) = markets[index].market.change(
      tops[index].hasQuote ? tops[index].quote : nil, &outbox, body)
    tops[index].watch = watch
    return result
  }

  private func isDefined(_ index: Int) -> Bool {
    index < tops.count && tops[index].isDefined
  }

  /// Takes a command that was sent at `time`; it takes effect after the entry latency.
  public mutating func receive(_ command: Command, at time: Instant) {
    let latency = configuration.latency
    let jitter = latency.jitter > 0 ? Int64(random.below(Int(latency.jitter))) : 0
    lastArrival = max(lastArrival, time.advanced(by: latency.entry + jitter))
    arrivals.append(Arrival(command: command, sent: time, time: lastArrival), due: lastArrival)
  }

  /// When something is due next: a command's arrival, a report's delivery or the end of a good-till-date
  /// order, also of one that has ended before; nil for nothing. O(1).
  public var nextTime: Instant? {
    let next: Instant? =
      switch (arrivals.nextTime, outbox.reports.nextTime) {
      case (nil, nil): nil
      case (let arrival?, let delivery?): min(arrival, delivery)
      case (let arrival, let delivery): arrival ?? delivery
      }
    guard let expiry = expiries.last?.time else { return next }
    return min(next ?? expiry, expiry)
  }

  /// Executes the commands that have arrived by `time`, oldest first, and ends the good-till-date orders
  /// whose time has come; at the same moment those first.
  public mutating func advance(to time: Instant) {
    while let expiry = expiries.last, expiry.time <= time {
      // What arrives before may be an order that ends sooner.
      if let arrival = arrivals.take(through: expiry.time.advanced(by: -1)) {
        outbox.advance(to: arrival.time)
        execute(arrival)
      } else {
        expireFirst()
      }
    }
    while let arrival = arrivals.take(through: time) {
      outbox.advance(to: arrival.time)
      execute(arrival)
    }
  }

  /// Takes the oldest report that has arrived by `time`, or nil.
  public mutating func nextReport(through time: Instant) -> DueReport? {
    outbox.next(through: time)
  }

  private mutating func execute(_ arrival: Arrival) {
    let index: Int?
    switch arrival.command {
    case .submit(let ticket): index = ticket.instrument.index
    case .cancel(let order), .replace(let order, _, _):
      index = ledger.instrument(of: order)?.index
    }
    let known = index.flatMap { isDefined($0) ? $0 : nil }
    switch arrival.command {
    case .submit(let ticket): submit(ticket, sent: arrival.sent, market: known)
    case .cancel(let order): cancel(order, market: known)
    case .replace(let order, let quantity, let price):
      replace(order, quantity: quantity, price: price, sent: arrival.sent, market: known)
    }
  }
}
