import Events

/// How the simulated exchange behaves. Everything is stated here; nothing is left to chance but what the
/// seed draws.
public struct ExchangeConfiguration: Equatable, Sendable {
  /// How long messages travel.
  public var latency: Latency
  /// Charged on every fill.
  public var fees: FeeModel
  public var fills: FillModel
  public var overflow: Overflow
  /// Where makers stand in the queue.
  public var queue = QueueModel.exact
  /// How trades are shared at a price.
  public var allocation = Allocation.priceTime
  public var selfTrades = SelfTradePrevention.none
  public var barPath = BarPath.byDistance
  /// The largest share of a bar's volume that our orders fill, in millionths; 0 for no bound.
  public var participation: Int64 = 0
  /// What orders that take liquidity pay beyond what the data show.
  public var slippage: Slippage
  public var faults: Faults
  /// What differs for venues. Those that are not named share one connection.
  public var venues: [VenueRules]
  /// What differs for single instruments.
  public var exceptions: [InstrumentRules]
  public var seed: UInt64

  public init(
    latency: Latency = .zero, fees: FeeModel = .none, fills: FillModel = .automatic,
    overflow: Overflow = .fillAtTop, slippage: Slippage = .none, faults: Faults = Faults(),
    venues: [VenueRules] = [], exceptions: [InstrumentRules] = [], seed: UInt64 = 0
  ) {
    self.latency = latency
    self.fees = fees
    self.fills = fills
    self.overflow = overflow
    self.slippage = slippage
    self.faults = faults
    self.venues = venues
    self.exceptions = exceptions
    self.seed = seed
  }

  /// What is wrong with it, or nil.
  public var problem: String? {
    if let problem = Self.problem(latency, fees, slippage, faults) { return problem }
    if let problem = queue.problem { return "queue: \(problem)" }
    if let problem = allocation.problem { return "allocation: \(problem)" }
    if !(0...1_000_000).contains(participation) { return "participation is not a share" }
    for (index, venue) in venues.enumerated() {
      if venues[..<index].contains(where: { $0.name == venue.name }) {
        return "venue \(venue.name) is there twice"
      }
      if let problem = Self.problem(venue.latency, venue.fees, venue.slippage, venue.faults) {
        return "venue \(venue.name): \(problem)"
      }
    }
    for rules in exceptions {
      if let problem = Self.problem(nil, rules.fees, rules.slippage, nil) {
        return "instrument \(rules.instrument): \(problem)"
      }
    }
    return nil
  }

  private static func problem(
    _ latency: Latency?, _ fees: FeeModel?, _ slippage: Slippage?, _ faults: Faults?
  ) -> String? {
    if let problem = latency?.problem { return "latency: \(problem)" }
    if let problem = fees?.problem { return "fees: \(problem)" }
    if let problem = slippage?.problem { return "slippage: \(problem)" }
    return faults?.problem.map { "faults: \($0)" }
  }

  /// Number of an instrument's connection: 0 for what is not a named venue's, else the venue's place + 1.
  func line(of instrument: Instrument) -> Int {
    (venues.firstIndex { $0.name == instrument.venueName } ?? -1) + 1
  }

  /// What holds for a connection.
  func rules(ofLine line: Int) -> (latency: Latency, faults: Faults) {
    let venue = line == 0 ? nil : venues[line - 1]
    return (venue?.latency ?? latency, venue?.faults ?? faults)
  }

  /// What fills of an instrument are charged.
  public func fees(of instrument: Instrument) -> FeeModel { rules(of: instrument).fees }

  /// What holds for an instrument: what it has itself, else what its venue has, else what is general.
  func rules(of instrument: Instrument) -> TradingRules {
    let line = line(of: instrument)
    let venue = line == 0 ? nil : venues[line - 1]
    let own = exceptions.filter { $0.isFor(instrument) }
    func rule<R>(_ of: (InstrumentRules) -> R?) -> R? { own.compactMap(of).last }
    return TradingRules(
      fees: rule(\.fees) ?? venue?.fees ?? fees, fills: rule(\.fills) ?? venue?.fills ?? fills,
      overflow: venue?.overflow ?? overflow,
      slippage: rule(\.slippage) ?? venue?.slippage ?? slippage)
  }
}

/// What holds for an instrument.
struct TradingRules {
  var fees: FeeModel
  var fills: FillModel
  var overflow: Overflow
  var slippage: Slippage
}

/// What one venue has instead of the general rules; nil where it has the general one. It has a connection
/// of its own.
public struct VenueRules: Equatable, Sendable {
  /// The `venueName` of its instruments.
  public var name: String
  public var latency: Latency?
  public var fees: FeeModel?
  public var fills: FillModel?
  public var overflow: Overflow?
  public var slippage: Slippage?
  public var faults: Faults?
  /// The recorded venue whose instruments and market data this one, which was not recorded, shows too.
  public var marketData: String?

  public init(
    _ name: String, latency: Latency? = nil, fees: FeeModel? = nil, fills: FillModel? = nil,
    overflow: Overflow? = nil, slippage: Slippage? = nil, faults: Faults? = nil,
    marketData: String? = nil
  ) {
    self.name = name
    self.marketData = marketData
    self.latency = latency
    self.fees = fees
    self.fills = fills
    self.overflow = overflow
    self.slippage = slippage
    self.faults = faults
  }
}

/// What one instrument has instead of its venue's rules; nil where it has those.
public struct InstrumentRules: Equatable, Sendable {
  /// `SYMBOL`, or `VENUE:SYMBOL`.
  public var instrument: String
  public var fees: FeeModel?
  public var fills: FillModel?
  public var slippage: Slippage?

  public init(
    _ instrument: String, fees: FeeModel? = nil, fills: FillModel? = nil,
    slippage: Slippage? = nil
  ) {
    self.instrument = instrument
    self.fees = fees
    self.fills = fills
    self.slippage = slippage
  }

  func isFor(_ other: Instrument) -> Bool {
    instrument == other.symbol || instrument == "\(other.venueName):\(other.symbol)"
  }
}

/// How orders meet recorded market data. Recorded data never react to our orders: whoever traded in them
/// trades again, and what we took is not missed by anyone but us. All models fill a resting order at its
/// limit or better, never worse.
public enum FillModel: Equatable, Sendable {
  /// `book` where there are orders, levels, quotes or trades, `bar` with `nextOpen` where there are only
  /// bars.
  case automatic
  /// Takers sweep the displayed sizes (of quotes: the best level; where there are only trades: the last
  /// trade). What we took of a level counts as gone as long as the level stays, and shrinks with it.
  ///
  /// Makers queue behind the size displayed at their price on arrival. The queue shrinks by trades at the
  /// price, with L3 by whatever happens to the orders ahead, otherwise to the displayed size if that is
  /// smaller (cancels are supposed to be behind us). What trades beyond the queue, or at a worse price,
  /// fills us up to the traded size; an opposite price at or beyond our limit up to its displayed size.
  /// Trades are supposed to come before the change of the book that they cause.
  ///
  /// Sources: the queue after "risk-averse" models of queue position in the literature on market making
  /// (Moallemi and Yuan 2016 value it); simplification: our orders do not move the market.
  case book
  /// Like `book` for takers; a maker fills in full as soon as the opposite best price touches his limit
  /// or a trade prints there. Optimistic: no queue, no sizes.
  case touch
  /// Orders meet bars; see `MarketOrderPrice`. A limit buy fills in full when a bar's low is below its
  /// limit, at the lower of open and limit; a sell when the high is above, at the higher of open and
  /// limit. Only bars that begin at or after the order's sending count, so that no order trades in the
  /// past. Trade bars are used if there are any for limits, else ask bars for buys and bid bars for
  /// sells; market orders prefer ask and bid bars. Source: the bar models of LEAN, whose limits on quote
  /// bars use high (buy) and low (sell) instead of the open.
  case bar(MarketOrderPrice)
  /// Orders meet bars by the rules of LEAN's fill models: other prices for equities than for the rest, the
  /// quote bar of the side, stops at the worse of stop and open or close (docs/simulation.md).
  case lean

  /// What market orders pay in the bar model.
  public enum MarketOrderPrice: Equatable, Sendable {
    /// The open of the next bar.
    case nextOpen
    /// The close of the last bar; if that ended more than its own length ago, the next bar's open.
    case lastClose
  }
}

/// What becomes of the part of a market order that exceeds the best level when only quotes are known.
public enum Overflow: Equatable, Sendable {
  /// It fills at the best price too, as if the level were infinitely deep: right for orders that are
  /// small against the market, optimistic for others.
  case fillAtTop
  /// It is cancelled.
  case cancel
}
