import Books
import Events

/// One instrument at the simulated exchange: what the recorded market shows and our orders in it.
///
/// Not copyable, so that whatever looks at it looks at it where it is: a copy, with all it refers to,
/// costs more than most of what is asked.
struct TradedMarket: ~Copyable {
  /// The most detailed kind of data there has been.
  enum Source: UInt8, Comparable {
    case none, bars, trades, quotes, depth, orders
    static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
  }

  /// How orders are filled, with `automatic` resolved.
  enum Method: Equatable {
    case book, touch, lean
    case bar(FillModel.MarketOrderPrice)
  }

  /// Fills and what they come to.
  var clearing: Clearing
  let fills: FillModel
  let overflow: Overflow
  let queueModel: QueueModel
  let allocation: Allocation
  let selfTrades: SelfTradePrevention
  let barPath: BarPath
  let participation: Int64
  let slippage: Slippage
  /// Whether that is any.
  let slips: Bool

  var source = Source.none
  /// Best prices while nothing more detailed than quotes is known.
  var quote: Quote
  var depth = DepthBook()
  var book = OrderBook()
  /// Executions come as L3 changes, so that trade prints only repeat them.
  var hasExecutions = false
  var status = TradingStatus.trading
  /// The instrument has expired.
  var isOver = false
  /// Last bars, of trades, bids and asks, each with the time of its end.
  var lastBars = LastBars()
  /// What our orders may still fill of the last bars.
  var allowances: InlineArray<3, Quantity> = [.zero, .zero, .zero]
  /// Of linked orders the lists that have filled in the bars of one moment.
  var filledLists = FilledLists()
  /// Trades or bars of trades have come.
  var hasPrints = false
  /// The last trade, or the last trade bar's close.
  var lastTrade = Price.none
  /// An execution of the venue's present event has yet to be shown to those who wait for it.
  var hasNews = false
  /// The venue's mark price.
  var mark = Price.none
  /// Bounds of prices; `none` where there is none.
  var lowerBand = Price.none
  var upperBand = Price.none
  var isShortSaleRestricted = false
  /// What the auction under way would trade at.
  var indicative = Price.none
  /// The auction under way has printed a trade.
  var hasAuctionPrint = false
  /// The session is open, and its first price has yet to come for at-open orders.
  var awaitsOpen = false
  var opened = Instant(nanoseconds: .min)

  /// Limits that rest.
  var resting = RestingOrders()
  /// Orders that wait for the open of a bar, oldest first.
  var waiting: [WorkingOrder] = []
  /// Orders whose condition is not met, oldest first.
  var conditionals: [WorkingOrder] = []
  /// At-open and at-close orders, oldest first.
  var auction: [WorkingOrder] = []
  /// Pegged orders without a reference, oldest first.
  var parked: [WorkingOrder] = []
  /// There may be pegged orders.
  var hasPegs = false
  /// What our orders took of displayed levels.
  var taken = TakenLevels()

  /// Never set. A type that may hold a value of any kind is handed on by its address; without it, calls that only
  /// look begin with a copy of all of this (1,000 bytes).
  private let anchor: (any Sendable)? = nil

  init(_ instrument: Instrument, _ configuration: ExchangeConfiguration) {
    let rules = configuration.rules(of: instrument)
    clearing = Clearing(instrument, fees: rules.fees)
    fills = rules.fills
    overflow = rules.overflow
    slippage = rules.slippage
    slips = slippage != .none
    queueModel = configuration.queue
    allocation = configuration.allocation
    selfTrades = configuration.selfTrades
    barPath = configuration.barPath
    participation = configuration.participation
    quote = Quote(of: instrument.id)
  }

  /// Stands for an instrument that was not defined.
  init(undefined id: InstrumentID) {
    let nothing = Instrument(
      id: id, venueName: "", symbol: "", kind: .index, currency: "", priceScale: 0,
      quantityScale: 0)
    self.init(nothing, ExchangeConfiguration())
  }

  @inline(__always) var instrument: Instrument {
    _read { yield clearing.instrument }
  }

  /// Nothing is there that market data may change: quotes need only be stored.
  var isIdle: Bool {
    resting.isEmpty && taken.isEmpty && waiting.isEmpty && conditionals.isEmpty && auction.isEmpty
      && parked.isEmpty
  }

  /// Takes recorded market data.
  mutating func take(_ event: MarketEvent, at time: Instant, _ outbox: inout Outbox) {
    switch event {
    case .quote: settle(&outbox)
    case .trade(let trade): apply(trade, &outbox)
    case .depth(let change): apply(change, &outbox)
    case .order(let change): apply(change, &outbox)
    case .bar(let bar): apply(bar, end: time, &outbox)
    case .status(let change): apply(change, &outbox)
    }
  }

  /// Which quotes concern us now.
  func watch() -> SimulatedExchange.Watch {
    if isIdle { return SimulatedExchange.Watch() }
    if source != .quotes { return SimulatedExchange.Watch(isIdle: false, needsAll: true) }
    return SimulatedExchange.Watch(
      isIdle: false,
      needsAll: !taken.isEmpty || hasPegs || awaitsOpen
        || !conditionals.isEmpty || allocation != .priceTime || resting.unqueued > 0,
      buy: resting.bestPrice(.buy)?.raw ?? .min, sell: resting.bestPrice(.sell)?.raw ?? .max)
  }

  var isTrading: Bool { status == .trading }

  var method: Method {
    switch fills {
    case .automatic: source == .bars ? .bar(.nextOpen) : .book
    case .book: .book
    case .touch: .touch
    case .bar(let price): .bar(price)
    case .lean: .lean
    }
  }

  /// Whether orders meet bars.
  var usesBars: Bool {
    switch method {
    case .bar, .lean: true
    case .book, .touch: false
    }
  }

  /// Whether recorded orders ahead of ours are followed one by one.
  var isExact: Bool { source == .orders && queueModel == .exact && allocation == .priceTime }

  /// Fills part of an order that rests; `RestingOrders.release` lets it go.
  mutating func fill(
    resting place: Int, at found: Price, _ quantity: Quantity, _ basis: FillBasis,
    _ outbox: inout Outbox, as liquidity: Fill.Liquidity = .maker
  ) {
    var (price, basis) = (found, basis)
    slip(&price, &basis, resting[place].ticket, as: liquidity)
    clearing.fill(&resting[place], at: price, quantity, liquidity, basis, &outbox)
  }

  /// Fills part of an order and reports it.
  /// - Parameters:
  ///   - found: the market's price; who takes pays what slippage makes of it.
  ///   - basis: why at this price.
  mutating func fill(
    _ order: inout WorkingOrder, at found: Price, _ quantity: Quantity,
    _ liquidity: Fill.Liquidity, _ basis: FillBasis, _ outbox: inout Outbox
  ) {
    var (price, basis) = (found, basis)
    slip(&price, &basis, order.ticket, as: liquidity)
    clearing.fill(&order, at: price, quantity, liquidity, basis, &outbox)
  }
}

// MARK: - What is displayed

extension TradedMarket {
  /// The recorded level at `depth`, counted from 0 at the best price.
  func level(_ depth: Int, of side: Side) -> BookLevel? {
    switch source {
    case .orders: return book.level(depth, of: side)
    case .depth: return self.depth.level(depth, of: side)
    case .quotes, .trades:
      let price = side == .buy ? quote.bid : quote.ask
      guard depth == 0, !price.isNone else { return nil }
      return BookLevel(price: price, size: side == .buy ? quote.bidSize : quote.askSize)
    case .none, .bars: return nil
    }
  }

  /// The best recorded price of a side, or `none`.
  @inline(__always)
  func best(of side: Side) -> Price {
    source == .depth
      ? depth.level(0, of: side)?.price ?? .none : level(0, of: side)?.price ?? .none
  }

  /// The recorded size at a price; nil where that is unknown: quotes say nothing of
  /// worse prices, trades nothing at all.
  func displayed(_ side: Side, at price: Price) -> Quantity? {
    switch source {
    case .orders: return book.size(at: price, side: side)
    case .depth: return depth.size(at: price, side: side)
    case .quotes:
      guard let best = level(0, of: side) else { return nil }
      if best.price == price { return best.size }
      let isBetter = side == .buy ? price > best.price : price < best.price
      return isBetter ? .zero : nil
    case .none, .bars, .trades: return nil
    }
  }

  /// What of a displayed level we have not taken yet.
  func available(_ level: BookLevel, of side: Side) -> Quantity {
    if taken.isEmpty { return level.size }
    return max(level.size - taken.size(side, at: level.price), .zero)
  }

  mutating func take(_ size: Quantity, of level: BookLevel, _ side: Side) {
    taken.take(size, side, at: level.price, displayed: level.size)
  }

  /// Compares what we took with the book.
  mutating func refreshTaken() {
    // Quotes and trades say nothing of single levels.
    if source < .depth { taken.noteAll() }
    if !taken.hasChanges { return }
    for side in [Side.buy, .sell] {
      var place = Int.max
      while let price = taken.takeChanged(side, below: &place) {
        taken.compare(
          side, place, with: displayed(side, at: price) ?? .zero, isExact: source == .orders)
      }
    }
    taken.endChanges()
  }

  /// The recorded size at a price of a side may change, or has.
  mutating func note(_ side: Side, at price: Price) {
    if !resting.isEmpty { resting.note(side, at: price) }
    if !taken.isEmpty { taken.note(side, at: price) }
  }

  /// The recorded sizes may be others at all prices.
  mutating func noteAll() {
    resting.noteAll()
    taken.noteAll()
  }
}
