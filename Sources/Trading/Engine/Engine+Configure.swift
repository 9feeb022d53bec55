import Calendars
import Events

extension Engine {
  /// Checks that a configuration can be run with a catalog, without running it.
  /// - Throws: `ConfigurationError` for what `configure` would not take.
  public static func check(_ items: ConfigurationItems, catalog: [StrategyKind])
    throws(ConfigurationError)
  {
    _ = try slots(Configuration(items), catalog)
  }

  private static func slots(_ configuration: Configuration, _ catalog: [StrategyKind])
    throws(ConfigurationError) -> [StrategySlot]
  {
    var slots: [StrategySlot] = []
    for strategy in configuration.strategies {
      guard let kind = catalog.first(where: { $0.name == strategy.kind }) else {
        let names = catalog.map(\.name)
        let near = ConfigurationError.nearest(to: strategy.kind, among: names)
        throw strategy.parameters.error(
          "kind", "`\(strategy.kind)` is not a kind of strategy",
          advice: near.map { "did you mean `\($0)`?" }
            ?? "known are \(names.joined(separator: ", "))")
      }
      var parameters = strategy.parameters
      let logic = try kind.type.init(&parameters)
      try parameters.finish()
      slots.append(
        StrategySlot(
          name: strategy.name, kind: strategy.kind, clock: strategy.clock,
          instruments: strategy.instruments, execution: strategy.execution,
          bracket: strategy.bracket, openings: strategy.openings, logic: logic))
    }
    return slots
  }

  /// Takes the configuration. The same one may come again, as it does after a restart; another one
  /// may come until the first order, since orders and positions belong to numbered strategies. One that
  /// cannot be taken halts everything with an alert; whoever starts a run checks it first.
  mutating func configure(_ items: ConfigurationItems, _ header: EntryHeader) {
    if items == configuration, !strategies.isEmpty { return }
    do throws(ConfigurationError) {
      guard market.orders.lastID == .none else {
        throw ConfigurationError("configuration", "cannot change after the first order")
      }
      try take(Configuration(items), at: header.receiveTime)
      configuration = items
    } catch {
      let alert = Alert(severity: .critical, code: .strategyFailed, text: error.description)
      work.add(.alert(alert), cause: header.sequence)
      work.add(.halt(.all, reason: "the configuration cannot be run"), cause: header.sequence)
    }
  }

  private mutating func take(_ configuration: Configuration, at time: Instant)
    throws(ConfigurationError)
  {
    let slots = try Self.slots(configuration, catalog)
    var portfolio = Portfolio(
      strategyCount: slots.count, accounts: configuration.accounts.map(\.account),
      owners: configuration.strategies.map(\.account))
    for (id, account) in configuration.accounts.enumerated() {
      for (currency, amount) in account.cash {
        guard portfolio.deposit(amount, currency, to: AccountID(UInt16(id))) else {
          throw ConfigurationError(account.key("cash"), "is out of range")
        }
      }
    }
    strategies = Slots(slots)
    (limitSources, awaitedLimits) = ([], [])
    rules = configuration.orders
    calendars = configuration.calendars.compactMap { venue, name in
      TradingCalendar(named: name).map { (venue, $0) }
    }
    market.portfolio = portfolio
    market.take(configuration.margins)
    market.charges = configuration.charges
    settlementDates = []
    schedule.accrued = market.hasCharges ? Self.nextDay(after: time) : .distantFuture
    schedule.next = min(schedule.next, schedule.accrued)
    market.rates = Rates(
      instruments: configuration.rates.map(\.source).filter { $0 != "observed" })
    for case let instrument? in market.instruments { market.rates.define(instrument) }
    let halts = gate.halts
    gate = RiskGate(configuration.limits, configuration.orders.native, roster)
    for scope in halts { gate.halt(scope) }
    routes = configuration.routes.map { Route($0) }
    continuous = configuration.continuous
    market.series = []
    (moving, nextDayEnd) = ([], .distantFuture)
    market.peers = []
    bars = BarStreams()
    interest = []
    for case let instrument? in market.instruments { admit(instrument, isConfiguring: true) }
    beginControls()
  }

  /// Takes an instrument's definition; one with a problem is left out.
  mutating func define(_ instrument: Instrument) {
    guard instrument.problem == nil, instrument.id != .none else { return }
    market.define(instrument)
    if instrument.id.index < settlementDates.count { settlementDates[instrument.id.index] = nil }
    admit(market.instruments[instrument.id.index] ?? instrument)
  }

  /// Tells the gate and the strategies that want it of an instrument.
  /// - Parameter isConfiguring: others follow, and then the gate is told of all of them.
  private mutating func admit(_ instrument: Instrument, isConfiguring: Bool = false) {
    let index = instrument.id.index
    gate.define(instrument)
    market.portfolio.admit(instrument.id)
    while interest.count <= index {
      interest.append(Interest())
      watchers.append([])
    }
    var wanted = Interest()
    (wanted.isWatched, wanted.isPegged) = (interest[index].isWatched, interest[index].isPegged)
    wanted.isWorked = interest[index].isWorked
    if !continuous.isEmpty { wanted.isContract = defineSeries(instrument) }
    bars.dismiss(instrument.id)
    for strategy in strategies.indices
    where strategies[strategy].instruments.contains(where: instrument.names.contains) {
      let bit = UInt64(1) << UInt64(strategy)
      wanted.signals |= bit
      switch strategies[strategy].clock {
      case .quote: wanted.quotes |= bit
      case .trade: wanted.trades |= bit
      case .bar(let length, let source):
        bars.add(instrument, length, source, strategies: bit)
      }
    }
    bars.removeDismissed()
    wanted.hasBars = bars.isUsed(index)
    interest[index] = wanted
    findRoutes()
    guard gate.hasControls, !isConfiguring else { return }
    gate.controls?.define(instrument, among: market.instruments)
    interest[index].isGuarded = gate.controls?.watches(instrument.id) ?? false
  }
}
