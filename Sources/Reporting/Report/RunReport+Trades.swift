import Events

extension RunReport {
  /// Trades from flat to flat of each strategy in each instrument.
  public struct Trades: Codable, Sendable {
    public var closed: Int
    /// Under way at the end; in no figure.
    public var open: Int
    /// Share of the run's time in which something was held.
    @OrNull public var timeInMarket: Double?
    public var byCurrency: [TradeFigures]
    /// The first ones that were closed, in order.
    public var list: [Trade]
    /// How many more there are.
    public var omitted: Int
    public var undefined: [String: String]
  }

  /// Figures of closed trades, after fees; amounts in units of the currency.
  public struct TradeFigures: Codable, Sendable {
    public var currency: String
    public var trades: Int
    public var wins: Int
    public var losses: Int
    public var net: String
    public var fees: String
    @OrNull public var winRate: Double?
    @OrNull public var profitFactor: Double?
    @OrNull public var averageWin: Double?
    @OrNull public var averageLoss: Double?
    @OrNull public var payoff: Double?
    @OrNull public var expectancy: Double?
    @OrNull public var holdingSeconds: Double?
    public var withOtherFees: Int
    public var undefined: [String: String]
  }

  public struct Trade: Codable, Sendable {
    public var strategy: String
    public var instrument: String
    /// `buy` for long, `sell` for short.
    public var side: String
    public var quantity: String
    public var start: String
    public var end: String
    /// Sequences of the first and the last fill.
    public var firstFill: UInt64
    public var lastFill: UInt64
    public var fills: Int
    @OrNull public var entryPrice: Double?
    @OrNull public var exitPrice: Double?
    public var gross: String
    public var fees: String
    public var net: String
    public var currency: String
  }

  /// How orders in one currency's instruments were executed.
  public struct Orders: Codable, Sendable {
    public var currency: String
    public var orders: Int
    public var filledOrders: Int
    public var fills: Int
    public var traded: String
    public var fees: String
    @OrNull public var feesBasisPoints: Double?
    /// What fills cost against the mid when their order was sent; positive is lost.
    public var slippage: String
    @OrNull public var slippageBasisPoints: Double?
    public var fillsWithoutMid: Int
    @OrNull public var fillRatio: Double?
    /// Value traded over the mean equity.
    @OrNull public var turnover: Double?
    public var undefined: [String: String]
  }
}

extension RunReport.Trades {
  private static let listed = 10_000

  init(_ record: TradingRecord, strategies: [String]) {
    let trips = record.trips.closed
    self.init(
      closed: trips.count, open: record.trips.open.count, timeInMarket: record.timeInMarket,
      byCurrency: TradeStatistics.byCurrency(trips).map(RunReport.TradeFigures.init),
      list: trips.prefix(Self.listed).map { RunReport.Trade($0, strategies) },
      omitted: max(0, trips.count - Self.listed), undefined: [:])
    if timeInMarket == nil { undefined["time_in_market"] = "no time passed" }
  }
}

extension RunReport.TradeFigures {
  init(_ figures: TradeStatistics) {
    self.init(
      currency: figures.currency, trades: figures.count, wins: figures.wins,
      losses: figures.losses, net: figures.net.shortText,
      fees: figures.fees.shortText, winRate: figures.winRate,
      profitFactor: figures.profitFactor, averageWin: figures.averageWin,
      averageLoss: figures.averageLoss, payoff: figures.payoff, expectancy: figures.expectancy,
      holdingSeconds: figures.holdingSeconds, withOtherFees: figures.withOtherFees,
      undefined: [:])
    if winRate == nil { undefined["win_rate"] = "no trade won or lost" }
    if profitFactor == nil { undefined["profit_factor"] = "no trade lost" }
    if averageWin == nil { undefined["average_win"] = "no trade won" }
    if averageLoss == nil { undefined["average_loss"] = "no trade lost" }
    if payoff == nil { undefined["payoff"] = wins == 0 ? "no trade won" : "no trade lost" }
  }
}

extension RunReport.Trade {
  init(_ trip: RoundTrip, _ strategies: [String]) {
    let name =
      trip.strategy.index < strategies.count
      ? strategies[trip.strategy.index] : "strategy \(trip.strategy.raw)"
    self.init(
      strategy: name, instrument: trip.instrument.symbol, side: trip.side.name,
      quantity: trip.instrument.text(trip.quantity), start: trip.start.text, end: trip.end.text,
      firstFill: trip.first, lastFill: trip.last, fills: trip.fills, entryPrice: trip.entryPrice,
      exitPrice: trip.exitPrice, gross: trip.gross.shortText,
      fees: trip.fees.shortText, net: trip.net.shortText,
      currency: trip.instrument.currency)
  }
}

extension RunReport.Orders {
  /// - Parameter equity: at the start and at each day's end.
  init(_ figures: OrderStatistics, equity: [Money]) {
    self.init(
      currency: figures.currency, orders: figures.orders, filledOrders: figures.filledOrders,
      fills: figures.fills, traded: figures.traded.shortText,
      fees: figures.fees.shortText, feesBasisPoints: figures.feesBasisPoints,
      slippage: figures.slippage.shortText,
      slippageBasisPoints: figures.slippageBasisPoints,
      fillsWithoutMid: figures.fillsWithoutMid, fillRatio: figures.fillRatio, turnover: nil,
      undefined: [:])
    let mean = equity.reduce(0) { $0 + Double($1.raw) } / Double(max(equity.count, 1))
    if mean > 0 { turnover = Double(figures.traded.raw) / mean }
    if turnover == nil { undefined["turnover"] = "there is no equity in the currency" }
    if feesBasisPoints == nil { undefined["fees_basis_points"] = "nothing was traded" }
    if slippageBasisPoints == nil {
      undefined["slippage_basis_points"] = "nothing was filled that had a mid when it was sent"
    }
    if fillRatio == nil { undefined["fill_ratio"] = "no order had a mid when it was sent" }
  }
}
