import Events

/// How the simulated exchange behaves. Everything is stated here; nothing is left to chance but the
/// jitter, whose draws follow from the seed.
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
  /// What differs for single instruments.
  public var exceptions: [InstrumentRules]
  public var seed: UInt64

  public init(
    latency: Latency = .zero, fees: FeeModel = .none, fills: FillModel = .automatic,
    overflow: Overflow = .fillAtTop, exceptions: [InstrumentRules] = [], seed: UInt64 = 0
  ) {
    self.latency = latency
    self.fees = fees
    self.fills = fills
    self.overflow = overflow
    self.exceptions = exceptions
    self.seed = seed
  }

  /// What is wrong with it, or nil.
  public var problem: String? {
    if let problem = latency.problem { return "latency: \(problem)" }
    if let problem = fees.problem { return "fees: \(problem)" }
    if let problem = queue.problem { return "queue: \(problem)" }
    if let problem = allocation.problem { return "allocation: \(problem)" }
    if !(0...1_000_000).contains(participation) { return "participation is not a share" }
    for rules in exceptions {
      if let problem = rules.fees?.problem {
        return "fees of instrument \(rules.instrument.raw): \(problem)"
      }
    }
    return nil
  }

  func fees(of instrument: InstrumentID) -> FeeModel {
    exceptions.last { $0.instrument == instrument && $0.fees != nil }?.fees ?? fees
  }

  func fills(of instrument: InstrumentID) -> FillModel {
    exceptions.last { $0.instrument == instrument && $0.fills != nil }?.fills ?? fills
  }
}

/// What one instrument has instead of the exchange's general rules; nil where it has the general one.
public struct InstrumentRules: Equatable, Sendable {
  public var instrument: InstrumentID
  public var fees: FeeModel?
  public var fills: FillModel?

  public init(_ instrument: InstrumentID, fees: FeeModel? = nil, fills: FillModel? = nil) {
    self.instrument = instrument
    self.fees = fees
    self.fills = fills
  }
}

/// Time that messages take, in nanoseconds. Messages of a direction never overtake each other.
public struct Latency: Equatable, Sendable {
  /// From the sending of a command to its taking effect.
  public var entry: Int64
  /// From an event at the exchange to the arrival of its report.
  public var response: Int64
  /// Added to each message: a uniform random number from 0 up to, not including, `jitter`.
  public var jitter: Int64

  public init(entry: Int64, response: Int64, jitter: Int64 = 0) {
    self.entry = entry
    self.response = response
    self.jitter = jitter
  }

  public static let zero = Latency(entry: 0, response: 0)

  /// Longest latency accepted: a day.
  static let longest: Int64 = 86_400_000_000_000

  var problem: String? {
    for value in [entry, response, jitter] where !(0...Self.longest).contains(value) {
      return "\(value) ns is not between 0 and a day"
    }
    return nil
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
