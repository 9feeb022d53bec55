import Events

/// What the market generator makes. The same configuration gives the same events, on every machine.
public struct GeneratorConfiguration: Equatable, Sendable {
  public var seed: UInt64
  /// Midnight UTC of the first calendar day.
  public var start: Instant
  /// Calendar days, at least 1.
  public var days: Int
  public var markets: [GeneratedMarket]
  /// Nanoseconds between two signals of an instrument; 0 for no signals.
  public var signalInterval: Int64
  public var imperfections: Imperfections

  public init(
    seed: UInt64, start: Instant, days: Int = 1, markets: [GeneratedMarket],
    signalInterval: Int64 = 10_000_000_000, imperfections: Imperfections = .none
  ) {
    self.seed = seed
    self.start = start
    self.days = days
    self.markets = markets
    self.signalInterval = signalInterval
    self.imperfections = imperfections
  }

  /// What is wrong with the configuration, or nil.
  public var problem: String? {
    if days < 1 || days > 3_660 { return "days must be 1 to 3660" }
    if markets.isEmpty { return "there is no market" }
    if markets.count >= Int(InstrumentID.none.raw) { return "more than 65534 markets" }
    if signalInterval < 0 { return "the signal interval is negative" }
    if imperfections.problem { return "an imperfection's rate is not in 0 to 1000000" }
    if !(Instant.epoch..<Instant(nanoseconds: 1 << 62)).contains(start) {
      return "the start is not between 1970 and 2116"
    }
    for (index, market) in markets.enumerated() {
      if market.instrument.id.index != index {
        return "\(market.instrument.symbol): instruments must be numbered 0, 1, 2 … in order"
      }
      if let problem = market.problem { return "\(market.instrument.symbol): \(problem)" }
    }
    return nil
  }
}

/// Faults to put into the stream, each counted as a `DataQuality` observation.
public struct Imperfections: Equatable, Sendable {
  /// Lost stretches of the feed per million actions; a snapshot follows where there is a book.
  public var gaps: Int
  /// Repeated messages per million actions, left out of the stream.
  public var duplicates: Int
  /// Trading halts per million actions, each of one to five minutes.
  public var halts: Int

  public init(gaps: Int = 0, duplicates: Int = 0, halts: Int = 0) {
    self.gaps = gaps
    self.duplicates = duplicates
    self.halts = halts
  }

  public static let none = Imperfections()

  fileprivate var problem: Bool {
    [gaps, duplicates, halts].contains { !(0...1_000_000).contains($0) }
  }
}

/// One instrument of the generator: what it is and how its market behaves.
public struct GeneratedMarket: Equatable, Sendable {
  /// The form in which the market is told. All are derived from one book of orders.
  public enum Output: String, Equatable, Sendable, CaseIterable {
    /// Every order's life, and trades (L3).
    case orders
    /// Sizes of price levels, and trades (L2).
    case depth
    /// Best bid and ask, and trades (L1).
    case quotes
  }

  /// When the market is open.
  public struct Session: Equatable, Sendable {
    /// Nanoseconds after midnight UTC.
    public var open: Int64
    /// Nanoseconds; open + length at most one day.
    public var length: Int64
    /// Whether it is closed on Saturdays and Sundays (UTC).
    public var isClosedAtWeekends: Bool

    public init(open: Int64, length: Int64, isClosedAtWeekends: Bool) {
      self.open = open
      self.length = length
      self.isClosedAtWeekends = isClosedAtWeekends
    }

    /// 14:30 to 21:00 UTC on weekdays: New York's day in winter time.
    public static let newYork = Session(
      open: 52_200_000_000_000, length: 23_400_000_000_000, isClosedAtWeekends: true)
    /// Around the clock.
    public static let always = Session(
      open: 0, length: 86_400_000_000_000, isClosedAtWeekends: false)
  }

  public var instrument: Instrument
  public var output: Output
  public var session: Session
  /// Price of the first opening.
  public var price: Price
  /// Standard deviation of the fair value over a session, in basis points of `price`, 1 to 2000.
  public var volatility: Int
  /// Correlation with the common factor, in percent, −100 to 100.
  public var correlation: Int
  /// Mean actions (orders, cancels) a second, 1 to 100,000; a third of them are answers to others.
  public var activity: Int
  /// Size of a typical order, in lots, at least 1.
  public var size: Int
  /// Usual distance between the best maker's bid and ask, in 1/10 tick, 5 to 1000.
  public var spread: Int

  public init(
    instrument: Instrument, output: Output, session: Session, price: Price, volatility: Int,
    correlation: Int, activity: Int, size: Int, spread: Int = 14
  ) {
    self.instrument = instrument
    self.output = output
    self.session = session
    self.price = price
    self.volatility = volatility
    self.correlation = correlation
    self.activity = activity
    self.size = size
    self.spread = spread
  }

  /// What is wrong with it, or nil.
  var problem: String? {
    if let problem = instrument.problem { return problem }
    let day: Int64 = 86_400_000_000_000
    if session.open < 0 || session.length < 60_000_000_000 || session.open > day - 60_000_000_000
      || session.length > day - session.open
    {
      return "the session must last a minute at least and end by midnight"
    }
    if !(1...2000).contains(volatility) { return "the volatility is not 1 to 2000" }
    if !(-100...100).contains(correlation) { return "the correlation is not -100 to 100" }
    if !(1...100_000).contains(activity) { return "the activity is not 1 to 100000" }
    if !(1...1_000_000).contains(size) { return "the size is not 1 to 1000000 lots" }
    if !(5...1000).contains(spread) { return "the spread is not 5 to 1000" }
    if price.raw % instrument.tickSize.raw != 0 { return "the price is not on a tick" }
    if !(FairValue.lowest...FairValue.highest).contains(price.raw / instrument.tickSize.raw) {
      return "the price is not \(FairValue.lowest) to \(FairValue.highest) ticks"
    }
    if instrument.lotSize.raw > 1_000_000_000 { return "the lot is above 10^9" }
    return nil
  }
}

extension GeneratedMarket {
  /// A liquid share of about 180 dollars, cent ticks, told order by order.
  public static func equity(
    _ id: UInt16, _ symbol: String, price: Int64 = 18_000, output: Output = .orders
  ) -> GeneratedMarket {
    GeneratedMarket(
      instrument: Instrument(
        id: InstrumentID(id), venue: VenueID(0), venueName: "SIMX", symbol: symbol, kind: .equity,
        currency: "USD", priceScale: 2, quantityScale: 0),
      output: output, session: .newYork, price: Price(price), volatility: 140, correlation: 65,
      activity: 60, size: 100)
  }

  /// An index future like the E-mini: quarter-point ticks, 50 dollars a point, told by price level.
  public static func future(
    _ id: UInt16, _ symbol: String, price: Int64 = 480_000, output: Output = .depth
  ) -> GeneratedMarket {
    GeneratedMarket(
      instrument: Instrument(
        id: InstrumentID(id), venue: VenueID(1), venueName: "SIMF", symbol: symbol, kind: .future,
        currency: "USD", priceScale: 2, quantityScale: 0, tickSize: Price(25),
        multiplier: 50_000_000_000),
      output: output, session: .newYork, price: Price(price), volatility: 90, correlation: 90,
      activity: 90, size: 3, spread: 10)
  }

  /// A coin against dollars: cent ticks, lots of 0.00001, around the clock, told by best prices.
  public static func crypto(
    _ id: UInt16, _ symbol: String, price: Int64 = 4_200_000, output: Output = .quotes
  ) -> GeneratedMarket {
    GeneratedMarket(
      instrument: Instrument(
        id: InstrumentID(id), venue: VenueID(2), venueName: "SIMC", symbol: symbol, kind: .crypto,
        base: symbol.hasSuffix("USD") ? String(symbol.dropLast(3)) : symbol, currency: "USD",
        priceScale: 2, quantityScale: 5, tickSize: Price(100)),
      output: output, session: .always, price: Price(price), volatility: 250, correlation: 45,
      activity: 40, size: 2_000, spread: 16)
  }
}

extension GeneratorConfiguration {
  /// Two shares, an index future and a coin: what `daybook simulate` makes if not told otherwise.
  /// - Parameter start: midnight UTC of the first day.
  public static func standard(seed: UInt64, start: Instant, days: Int = 1) -> Self {
    GeneratorConfiguration(
      seed: seed, start: start, days: days,
      markets: [
        .equity(0, "ALFA"), .equity(1, "BRVO", price: 6_250), .future(2, "IDX"),
        .crypto(3, "COINUSD"),
      ])
  }
}
