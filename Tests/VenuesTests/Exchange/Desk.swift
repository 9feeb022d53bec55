import Events
import Venues

/// A trader's desk for tests: one instrument, whole ticks and lots, time in steps of a nanosecond, reports
/// as lines of text.
struct Desk: ~Copyable {
  static let stock = Instrument(
    id: InstrumentID(0), venueName: "TEST", symbol: "STOCK", kind: .equity, currency: "USD",
    priceScale: 2, quantityScale: 0)

  var exchange: SimulatedExchange
  var time: Int64 = 1_000
  var last: [DueReport] = []

  init(_ configuration: ExchangeConfiguration = .init(), instrument: Instrument = Desk.stock) {
    exchange = SimulatedExchange(configuration)
    exchange.define(instrument)
  }

  mutating func apply(_ event: MarketEvent) {
    time += 1
    exchange.apply(event, at: Instant(nanoseconds: time))
  }

  mutating func quote(_ bid: Int64?, _ bidSize: Int64, _ ask: Int64?, _ askSize: Int64) {
    apply(
      .quote(
        Quote(
          instrument: InstrumentID(0), bid: bid.map { Price($0) } ?? .none,
          ask: ask.map { Price($0) } ?? .none, bidSize: Quantity(bidSize),
          askSize: Quantity(askSize))))
  }

  mutating func trade(_ price: Int64, _ size: Int64, _ aggressor: Side) {
    apply(
      .trade(
        Trade(
          instrument: InstrumentID(0), price: Price(price), size: Quantity(size), side: aggressor)))
  }

  mutating func level(_ side: Side, _ price: Int64, _ size: Int64) {
    apply(
      .depth(
        DepthChange(
          instrument: InstrumentID(0), action: .set, side: side, price: Price(price),
          size: Quantity(size))))
  }

  mutating func order(
    _ action: OrderChange.Action, _ side: Side, _ id: UInt64, _ price: Int64 = 0,
    _ size: Int64 = 0, marks: EventMarks = .last
  ) {
    apply(
      .order(
        OrderChange(
          instrument: InstrumentID(0), action: action, side: side, order: id,
          price: price == 0 ? .none : Price(price), size: Quantity(size), marks: marks)))
  }

  mutating func status(_ status: TradingStatus) {
    apply(.status(StatusChange(instrument: InstrumentID(0), status: status)))
  }

  /// A bar of 100 ns that ends at `end`.
  mutating func bar(
    end: Int64, _ prices: (Int64, Int64, Int64, Int64), side: Side = .none, interval: Int64 = 100,
    volume: Int64 = 1_000
  ) {
    time = end
    exchange.apply(
      .bar(
        Bar(
          instrument: InstrumentID(0), side: side, interval: interval, open: Price(prices.0),
          high: Price(prices.1), low: Price(prices.2), close: Price(prices.3),
          volume: Quantity(volume))), at: Instant(nanoseconds: end))
  }

  mutating func reference(_ field: ReferenceValue.Field, _ value: Int64) {
    time += 1
    exchange.apply(
      ReferenceValue(instrument: InstrumentID(0), field: field, value: value),
      at: Instant(nanoseconds: time))
  }

  mutating func band(_ lower: Int64, _ upper: Int64) {
    time += 1
    exchange.apply(
      PriceBand(instrument: InstrumentID(0), lower: Price(lower), upper: Price(upper)),
      at: Instant(nanoseconds: time))
  }

  mutating func split(_ new: UInt32, for old: UInt32) {
    time += 1
    exchange.apply(
      CorporateAction(.split, of: InstrumentID(0), new: new, old: old),
      at: Instant(nanoseconds: time))
  }

  mutating func indicative(_ price: Int64, _ auction: AuctionImbalance.Auction) {
    time += 1
    exchange.apply(
      AuctionImbalance(
        instrument: InstrumentID(0), auction: auction, side: .none, paired: Quantity(100),
        surplus: .zero, reference: Price(price)), at: Instant(nanoseconds: time))
  }

  /// Sends an order; without a limit it is a market order.
  mutating func send(
    _ id: UInt64, _ side: Side, _ quantity: Int64, at limit: Int64? = nil,
    _ timeInForce: TimeInForce = .goodTillCancelled, instrument: UInt16 = 0
  ) {
    command(
      .submit(
        OrderTicket(
          order: OrderID(id), strategy: StrategyID(0), instrument: InstrumentID(instrument),
          side: side, type: limit == nil ? .market : .limit, timeInForce: timeInForce,
          quantity: Quantity(quantity), price: limit.map { Price($0) } ?? .none)))
  }

  /// Sends an order of any type with the terms that `set` gives it.
  mutating func send(
    _ id: UInt64, _ side: Side, _ quantity: Int64, _ type: OrderType, at limit: Int64? = nil,
    _ timeInForce: TimeInForce = .goodTillCancelled, _ set: (inout OrderTerms) -> Void = { _ in }
  ) {
    var terms = OrderTerms.plain
    set(&terms)
    command(
      .submit(
        OrderTicket(
          order: OrderID(id), strategy: StrategyID(0), instrument: InstrumentID(0), side: side,
          type: type, timeInForce: timeInForce, quantity: Quantity(quantity),
          price: limit.map { Price($0) } ?? .none, terms: terms)))
  }

  mutating func cancel(_ id: UInt64) { command(.cancel(OrderID(id))) }

  mutating func replace(_ id: UInt64, _ quantity: Int64, at limit: Int64) {
    command(.replace(OrderID(id), quantity: Quantity(quantity), price: Price(limit)))
  }

  /// Sends a command now and, without latency, lets it take effect.
  mutating func command(_ command: Command) {
    exchange.receive(command, at: Instant(nanoseconds: time))
    exchange.advance(to: Instant(nanoseconds: time))
  }

  /// The reports since the last call, one line each.
  mutating func reports(through time: Instant = .distantFuture) -> [String] {
    exchange.advance(to: time)
    last = []
    while let report = exchange.nextReport(through: time) { last.append(report) }
    return last.map { Desk.text($0.report) }
  }

  static func text(_ report: VenueReport) -> String {
    let order = report.order.raw
    switch report.outcome {
    case .accepted: return "\(order) accepted"
    case .rejected(let code, _): return "\(order) rejected \(code)"
    case .filled(let fill):
      let role =
        switch fill.liquidity {
        case .maker: "maker"
        case .taker: "taker"
        case .unknown: "auction"
        }
      return "\(order) filled \(fill.quantity.raw) @ \(fill.price.raw) \(role)"
    case .cancelled(let why, _): return "\(order) cancelled \(why)"
    case .replaced(let quantity, let price):
      return "\(order) replaced \(quantity.raw) @ \(price.raw)"
    case .expired: return "\(order) expired"
    case .requestRejected(let request, let code, _): return "\(order) \(request) refused \(code)"
    case .status(let state, let filled): return "\(order) \(state) \(filled.raw)"
    case .triggered(let price): return "\(order) triggered \(price.raw)"
    case .busted(let fill, _): return "\(order) busted \(fill)"
    case .corrected(let fill, _):
      return "\(order) corrected \(fill.id) \(fill.quantity.raw) @ \(fill.price.raw)"
    }
  }
}
