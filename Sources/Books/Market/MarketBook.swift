import Events

/// Everything the market said about one instrument, of whatever kind its feeds are: quotes (L1), price
/// levels (L2), orders (L3), trades, bars, trading status.
///
/// **Best prices.** `best` comes from the most direct source there has been: a quote feed, else the
/// order book, else the depth book, else bars. Of bars, a trade bar's close stands for both sides with
/// size 0; a bid or ask bar gives its side with the size it carries. `best` follows whole venue events:
/// entries not marked `last` change the depth of the book at once and `best` when the event ends, so
/// that nobody acts on half an event.
///
/// An instrument with quotes only pays nothing for the books: they are empty arrays.
public struct MarketBook: Sendable {
  /// What kinds of data have come.
  public struct Sources: OptionSet, Sendable, BitwiseCopyable {
    public var rawValue: UInt8
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static let quotes = Sources(rawValue: 1)
    public static let orders = Sources(rawValue: 2)
    public static let depth = Sources(rawValue: 4)
    public static let bars = Sources(rawValue: 8)
    public static let sidedBars = Sources(rawValue: 16)
    public static let trades = Sources(rawValue: 32)
  }

  /// Best bid and ask; both absent until there is a source.
  public internal(set) var best: Quote
  public internal(set) var sources: Sources = []
  /// A change of the books since the last end of a venue event may have changed the best prices.
  var isPending = false
  /// Price of what came last of trades and trade bars.
  public internal(set) var lastPrice: Price = .none
  public internal(set) var status: TradingStatus?
  public internal(set) var lastTrade: Trade?
  public internal(set) var lastBar: Bar?
  /// The price levels, if the venue sends them.
  public internal(set) var depth = DepthBook()
  /// The orders, if the venue sends them.
  public internal(set) var orders = OrderBook()

  public init(_ instrument: InstrumentID) {
    best = Quote(instrument: instrument, bid: .none, ask: .none, bidSize: .zero, askSize: .zero)
  }

  @inlinable public var instrument: InstrumentID { best.instrument }

  /// The price positions are valued at: the middle of the best prices if quotes or a book give both
  /// sides and they are not crossed (rounded down to a unit of the price scale), else the last trade
  /// or trade bar's close, else the middle or the one side there is.
  /// - Returns: `Price.none` if there is no price at all.
  @inlinable public var mark: Price {
    let isQuoted = !sources.isDisjoint(with: [.quotes, .orders, .depth])
    if best.isTwoSided, isQuoted ? best.bid <= best.ask : lastPrice.isNone { return best.middle }
    if !lastPrice.isNone { return lastPrice }
    return best.bid.isNone ? best.ask : best.bid
  }

  /// Whether the best bid of quotes or a book is above the best ask, as before an open.
  @inlinable public var isCrossed: Bool {
    !sources.isDisjoint(with: [.quotes, .orders, .depth]) && best.isTwoSided && best.bid > best.ask
  }

  /// Applies an event of the instrument.
  /// - Returns: what happened; `topChanged` only if `best` differs from before.
  public mutating func apply(_ event: MarketEvent) -> BookOutcome {
    switch event {
    case .quote(let quote): apply(quote)
    case .trade(let trade): apply(trade)
    case .depth(let change): apply(change)
    case .order(let change): apply(change)
    case .bar(let bar): apply(bar)
    case .status(let change): apply(change)
    }
  }

  /// Takes over a quote. One with an impossible price or a negative size is not applied.
  public mutating func apply(_ quote: Quote) -> BookOutcome {
    guard quote.isPossible else { return .impossible }
    sources.insert(.quotes)
    return show(quote)
  }

  /// The same for whoever need not know whether anything changed.
  /// - Returns: whether the quote is possible.
  @inline(__always)
  public mutating func take(_ quote: Quote) -> Bool {
    guard quote.isPossible else { return false }
    sources.insert(.quotes)
    (best.bid, best.ask) = (quote.bid, quote.ask)
    (best.bidSize, best.askSize) = (quote.bidSize, quote.askSize)
    return true
  }

  /// Notes a trade print. It changes no book: venues send the change of the book apart.
  public mutating func apply(_ trade: Trade) -> BookOutcome {
    guard trade.price.isPossible, trade.size.raw >= 0 else { return .impossible }
    sources.insert(.trades)
    lastTrade = trade
    lastPrice = trade.price
    return []
  }

  /// Changes the depth book.
  public mutating func apply(_ change: DepthChange) -> BookOutcome {
    sources.insert(.depth)
    let outcome = depth.apply(change)
    if outcome.contains(.topChanged) { isPending = true }
    return settle(outcome, marks: change.marks)
  }

  /// Changes the order book.
  public mutating func apply(_ change: OrderChange) -> BookOutcome {
    sources.insert(.orders)
    let outcome = orders.apply(change)
    if outcome.contains(.topChanged) { isPending = true }
    return settle(outcome, marks: change.marks)
  }

  /// At the end of a venue's event, shows the best prices it led to.
  mutating func settle(_ outcome: BookOutcome, marks: EventMarks) -> BookOutcome {
    let outcome = outcome.subtracting([.topChanged, .crossed])
    guard isPending, marks.contains(.last) else { return outcome }
    isPending = false
    if sources.contains(.quotes) { return outcome }
    return outcome.union(
      show(sources.contains(.orders) ? orders.best(of: instrument) : depth.best(of: instrument)))
  }

  mutating func show(_ quote: Quote) -> BookOutcome {
    let isSame =
      best.bid == quote.bid && best.ask == quote.ask && best.bidSize == quote.bidSize
      && best.askSize == quote.askSize
    best.bid = quote.bid
    best.ask = quote.ask
    best.bidSize = quote.bidSize
    best.askSize = quote.askSize
    if isSame { return [] }
    return quote.isTwoSided && quote.bid > quote.ask ? [.topChanged, .crossed] : .topChanged
  }

  /// Notes a bar, which gives the best prices where nothing better does.
  @inline(__always)
  public mutating func apply(_ bar: Bar) -> BookOutcome {
    guard bar.isPossible else { return .impossible }
    lastBar = bar
    guard bar.side == .none else { return show(sided: bar) }
    sources.insert(.bars)
    lastPrice = bar.close
    guard sources.isDisjoint(with: [.quotes, .orders, .depth, .sidedBars]) else { return [] }
    // The close stands for both sides: no more can have changed, and they cannot be crossed.
    let isSame = best.bid == bar.close && best.ask == bar.close
    (best.bid, best.ask) = (bar.close, bar.close)
    return isSame ? [] : .topChanged
  }

  @inline(never)
  private mutating func show(sided bar: Bar) -> BookOutcome {
    sources.formUnion([.bars, .sidedBars])
    guard sources.isDisjoint(with: [.quotes, .orders, .depth]) else { return [] }
    var quote = best
    if bar.side == .buy {
      (quote.bid, quote.bidSize) = (bar.close, bar.volume)
    } else {
      (quote.ask, quote.askSize) = (bar.close, bar.volume)
    }
    return show(quote)
  }

  /// Notes the trading status.
  public mutating func apply(_ change: StatusChange) -> BookOutcome {
    status = change.status
    return []
  }

  /// Prices after a split: the best and the last are told in the new units, rounded half to even; levels and
  /// orders, which were for the old ones, are gone.
  /// - Precondition: both are above 0.
  public mutating func split(new: UInt32, old: UInt32) {
    precondition(new > 0 && old > 0, "a split has units")
    func scaled(_ price: Price) -> Price {
      if price.isNone { return .none }
      let raw = divideHalfEven(Int128(price.raw) * Int128(old), by: Int128(new))
      return raw.magnitude <= Price.limit.magnitude ? Price(Int64(raw)) : .none
    }
    (best.bid, best.ask, lastPrice) = (scaled(best.bid), scaled(best.ask), scaled(lastPrice))
    (depth, orders, isPending) = (DepthBook(), OrderBook(), false)
  }

  /// Number of levels of a side of the most detailed book there is; a quote alone counts as one.
  public func levelCount(of side: Side) -> Int {
    if sources.contains(.orders) { return orders.levelCount(of: side) }
    if sources.contains(.depth) { return depth.levelCount(of: side) }
    guard side != .none else { return levelCount(of: .buy) + levelCount(of: .sell) }
    return (side == .buy ? best.bid : best.ask).isNone ? 0 : 1
  }

  /// The level at `depth`, counted from 0 at the best price, of the most detailed book there is.
  /// - Returns: nil if the side has fewer levels.
  public func level(_ depth: Int, of side: Side) -> BookLevel? {
    if sources.contains(.orders) { return orders.level(depth, of: side) }
    if sources.contains(.depth) { return self.depth.level(depth, of: side) }
    guard depth == 0, levelCount(of: side) == 1, side != .none else { return nil }
    return side == .buy
      ? BookLevel(price: best.bid, size: best.bidSize)
      : BookLevel(price: best.ask, size: best.askSize)
  }
}

extension Quote {
  /// Prices that can be or are absent, sizes not negative.
  @inlinable @inline(__always)
  var isPossible: Bool {
    if (bidSize.raw | askSize.raw) < 0 { return false }
    // Both are there nearly always: then nothing asks whether one is absent.
    if bid.isPossible, ask.isPossible { return true }
    return (bid.isPossible || bid.isNone) && (ask.isPossible || ask.isNone)
  }

  /// The price half-way between bid and ask, rounded down to a unit of the price scale; meaningless
  /// unless the quote is two-sided.
  @inlinable public var middle: Price {
    // The average of two integers without the overflow of their sum.
    Price((bid.raw & ask.raw) &+ ((bid.raw ^ ask.raw) &>> 1))
  }
}

extension Bar {
  /// A positive interval, prices that can be with low ≤ open, close ≤ high, volume not negative.
  var isPossible: Bool {
    interval > 0 && low.isPossible && high.isPossible && volume.raw >= 0
      && low <= min(open, close) && max(open, close) <= high
  }
}
