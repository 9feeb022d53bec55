import Books
import Calendars
import Events

/// The deterministic core: a function from the journal's entries to decisions.
///
/// Whoever drives it applies an observation, then takes decisions with `decide` until there are none,
/// recording and applying each before the next. It never asks for the time, a random number or a file;
/// applying the same entries always leads to the same state and the same decisions.
public struct Engine: ~Copyable {
  /// Version of the core; changes whenever it may decide otherwise on the same input.
  public static let version = "0.4.0"

  public internal(set) var market = Market(strategyCount: 0)
  public internal(set) var tally = Tally()
  var gate = RiskGate(Limits())
  var strategies = Slots<StrategySlot>()
  var bars = BarStreams()
  var work = Work()
  /// By instrument id: who follows it.
  var interest: [Interest] = []
  /// By instrument id: the held orders that watch it, ascending.
  var watchers: [[OrderID]] = []
  /// Changes of quantity that wait for the venue's answer, oldest first.
  var deferred: [Deferred] = []
  /// When the next held order expires.
  var nextExpiry = Instant.distantFuture
  /// The calendars that venues keep, as configured.
  var calendars: [(venue: String, calendar: TradingCalendar)] = []
  /// The parents that algorithms work.
  public internal(set) var executions = Executions()
  /// What became of children that were routed.
  var fillHistory = FillHistory()
  /// When the engine has something to do by time alone: the first of the next expiry and of the parents'.
  @usableFromInline var nextMoment = Instant.distantFuture
  /// The same, or when the gate looks at what everything is worth, which no timer is made for.
  var nextLook = Instant.distantFuture
  var routes: [Route] = []
  /// What the books have to see to by time alone.
  var schedule = BooksSchedule()
  /// By instrument id: when cash of a trade of now settles. Found again when it is not known, so it is no
  /// state.
  var settlementDates: [SettlementDate?] = []
  /// Limits that were changed since the configuration, in the order of the changes.
  var limitSources: [LimitSource] = []
  /// Changes that hold from a later moment on, the soonest first.
  var awaitedLimits: [AwaitedLimit] = []
  /// Scopes that are being killed.
  var kills: [Kill] = []
  /// Targets that wait for the exits of the position before to be gone, oldest first.
  var awaited: [AwaitedTarget] = []
  /// Whose intent was recorded last and what it asks for beyond the proposal: between its record and the
  /// gate's verdict.
  var origin = Origin.strategy
  var proposedPlan: ExecutionPlan?
  /// Sequence of the entry that what is being decided, or was last, goes back to.
  public internal(set) var deciding: UInt64 = 0
  /// Whether the halt just decided on leaves orders where they are.
  var keepsOrders = false
  /// The child whose parts were just decided on.
  var routing: ChildOrder?
  /// Roots whose contracts are traded as one, as configured.
  var continuous: [ContinuousConfiguration] = []
  /// Positions that are to leave a contract, oldest first.
  var moving: [MovingPosition] = []
  /// When the day under way ends, for continuous futures.
  var nextDayEnd = Instant.distantFuture
  /// What venues do themselves.
  var rules = OrderRules()
  /// Orders that people gave.
  public internal(set) var instructions = Instructions()
  /// What statements said otherwise than the journal.
  public internal(set) var reconciliation = Reconciliation()
  /// The configuration taken last.
  public internal(set) var configuration = ConfigurationItems()
  let catalog: [StrategyKind]

  /// A strategy and how it is called.
  struct StrategySlot: Sendable {
    var name: String
    var kind: String
    var clock: Clock
    var instruments: [String]
    /// How its orders are worked, and the exits that its entries get.
    var execution: PlanTemplate?
    var bracket: BracketTerms?
    /// What it holds from the start.
    var openings: [OpeningPosition]
    var logic: any Strategy
  }

  /// - Parameter catalog: the kinds of strategies that configurations may name.
  public init(catalog: [StrategyKind]) { self.catalog = catalog }

  /// Names of the strategies, by id.
  public var strategyNames: [String] { strategies.map(\.name) }

  /// What is halted.
  public var halts: [Scope] { gate.halts }

  /// Takes an observation. O(1) for a tick, apart from what strategies do.
  public mutating func apply(_ observation: Observation, _ header: EntryHeader) {
    switch observation {
    case .market(let tick): return apply(tick, header)
    case .report(let report): return apply(report, header)
    default: advance(to: header)
    }
    switch observation {
    case .market, .report: break
    case .instrument(let instrument):
      define(instrument)
      checkRoute(of: instrument.id, header)
      checkContract(instrument.id, header)
      openPositions(in: instrument.id, header.sequence)
    case .signal(let signal): apply(signal, header)
    case .timer(let timer):
      // A timer of no strategy only moves the time on.
      guard timer.strategy.index < strategies.count else { return }
      market.caller = timer.strategy
      let intent = strategies[timer.strategy.index].logic.onTimer(timer.timer, in: market)
      work.add(intent, of: timer.strategy, cause: header.sequence)
    case .operatorAct(let act): apply(act, header)
    case .configuration(let items):
      configure(items, header)
      for case let instrument? in market.instruments {
        openPositions(in: instrument.id, header.sequence)
      }
    case .connection(let change): apply(change, header)
    case .reference(let value): apply(value, header)
    case .imbalance(let imbalance): apply(imbalance, header)
    case .priceBand(let band):
      if band.instrument.index < market.references.count {
        market.references[band.instrument.index].take(band)
      }
    case .corporateAction(let action): apply(action, header.sequence)
    case .optionNotice(let notice): apply(notice, header.sequence)
    case .exchangeRate(let rate): market.rates.take(rate)
    case .limitChange(let change): apply(change, header)
    case .statement(let statement): apply(statement, header)
    case .breakResolution(let resolution): apply(resolution, header)
    case .instruction(let instruction): apply(instruction, header)
    case .runStarted, .runStopped, .dataQuality, .clockReading: break
    }
  }

  /// Takes a tick. About 10 ns for a quote, apart from what strategies do.
  @inline(__always)
  public mutating func apply(_ tick: MarketEvent, _ header: EntryHeader) {
    switch tick {
    case .quote(let quote): apply(quote, header)
    case .bar(let bar): apply(bar, header)
    case .trade, .depth, .order, .status: applyOther(tick, header)
    }
  }

  private mutating func applyOther(_ tick: MarketEvent, _ header: EntryHeader) {
    advance(to: header)
    let index = tick.instrument.index
    // A tick of an instrument that was never defined has no scale and can mean nothing.
    guard index < market.books.count else { return }
    let outcome = market.books[index].apply(tick)
    if interest[index].hasBars, !outcome.contains(.impossible) { collectBars(tick, header) }
    let movedTop = outcome.contains(.topChanged)
    if interest[index].isWatched, !outcome.contains(.impossible) {
      showConditions(tick, movedTop: movedTop, header.sequence)
    }
    if movedTop, interest[index].isPegged { movePegs(tick.instrument, header.sequence) }
    if interest[index].isWorked, !outcome.contains(.impossible) {
      countVolume(tick, header.sequence)
    }
    if interest[index].isGuarded, !outcome.contains(.impossible) {
      guardTick(tick.instrument, header)
    }
    switch tick {
    case .quote, .depth, .order, .bar:
      if movedTop { callQuotes(ofBook: index, header.sequence) }
    case .trade(let trade):
      if interest[index].trades != 0, !outcome.contains(.impossible) {
        callTrades(trade, interest[index].trades, header.sequence)
      }
    case .status(let change):
      if change.status == .closed { closeSession(change.instrument, header.sequence) }
    }
    if interest[index].isContract, !outcome.contains(.impossible) {
      follow(tick, movedTop: movedTop, header)
    }
  }

  /// Takes a bar.
  @inline(__always)
  public mutating func apply(_ bar: Bar, _ header: EntryHeader) {
    advance(to: header)
    let index = bar.instrument.index
    guard index < market.books.count else { return }
    let outcome = market.books[index].apply(bar)
    guard !outcome.contains(.impossible) else { return }
    let interest = interest[index]
    if interest.hasBars {
      if let strategies = bars.passOn(bar, header.sequence) {
        call(strategies, with: bar, header.sequence)
      } else {
        collectBars(of: bar, header)
      }
    }
    let movedTop = outcome.contains(.topChanged)
    if !interest.isPlainInBars { return applyWatched(bar, movedTop: movedTop, header) }
    if movedTop, interest.quotes != 0 { callQuotes(ofBook: index, header.sequence) }
  }

  /// A bar of an instrument that others than strategies follow.
  @inline(never)
  private mutating func applyWatched(_ bar: Bar, movedTop: Bool, _ header: EntryHeader) {
    let index = bar.instrument.index
    if interest[index].isWatched { showConditions(.bar(bar), movedTop: movedTop, header.sequence) }
    if movedTop, interest[index].isPegged { movePegs(bar.instrument, header.sequence) }
    if interest[index].isWorked { countVolume(.bar(bar), header.sequence) }
    if interest[index].isGuarded { guardTick(bar.instrument, header) }
    if movedTop { callQuotes(ofBook: index, header.sequence) }
    if interest[index].isContract { follow(.bar(bar), movedTop: movedTop, header) }
  }

  /// Takes a quote. It is told to the strategies whether it changes anything or not, and is itself the
  /// best there is. About 10 ns, apart from what strategies do.
  @inline(__always)
  public mutating func apply(_ quote: Quote, _ header: EntryHeader) {
    advance(to: header)
    let index = quote.instrument.index
    guard index < market.books.count, market.books[index].take(quote) else { return }
    if !interest[index].isPlain { return applyWatched(quote, header) }
    callQuotes(quote, interest[index].quotes, header.sequence)
  }

  /// A quote of an instrument that others than strategies follow.
  @inline(never)
  private mutating func applyWatched(_ quote: Quote, _ header: EntryHeader) {
    let index = quote.instrument.index
    if interest[index].hasBars { collectBars(.quote(quote), header) }
    if interest[index].isWatched {
      showConditions(.quote(quote), movedTop: true, header.sequence)
    }
    if interest[index].isPegged { movePegs(quote.instrument, header.sequence) }
    if interest[index].isGuarded { guardTick(quote.instrument, header) }
    callQuotes(quote, interest[index].quotes, header.sequence)
    if interest[index].isContract { follow(.quote(quote), movedTop: true, header) }
  }

  /// Moves the time on; bars that end by then are complete.
  @inline(__always)
  mutating func advance(to header: EntryHeader) {
    market.time = header.receiveTime
    if header.receiveTime >= bars.nextEnd { closeBars(header) }
    if header.receiveTime >= nextLook { come(to: header.receiveTime, header.sequence) }
  }

  /// Tells the strategies of an instrument's best prices, which its book has just shown.
  @inline(never)
  private mutating func callQuotes(ofBook index: Int, _ sequence: UInt64) {
    callQuotes(market.books[index].best, interest[index].quotes, sequence)
  }

  @inline(__always)
  private mutating func callQuotes(_ quote: Quote, _ strategies: UInt64, _ sequence: UInt64) {
    var mask = strategies
    while mask != 0 {
      let strategy = mask.trailingZeroBitCount
      mask &= mask &- 1
      let caller = StrategyID(UInt16(truncatingIfNeeded: strategy))
      market.caller = caller
      let intent = self.strategies[strategy].logic.onQuote(quote, in: market)
      if case .hold = intent { continue }
      work.add(intent, of: caller, cause: sequence)
    }
  }

  private mutating func callTrades(_ trade: Trade, _ strategies: UInt64, _ sequence: UInt64) {
    each(strategies, sequence) { logic, market in logic.onTrade(trade, in: market) }
  }

  /// Calls a hook of each strategy of a mask, in order of their ids, and queues what they want.
  @inline(__always)
  mutating func each(
    _ mask: UInt64, _ sequence: UInt64,
    _ hook: (inout any Strategy, borrowing Market) -> Intent
  ) {
    var mask = mask
    while mask != 0 {
      let strategy = mask.trailingZeroBitCount
      mask &= mask &- 1
      let caller = StrategyID(UInt16(truncatingIfNeeded: strategy))
      market.caller = caller
      let intent = hook(&strategies[strategy].logic, market)
      work.add(intent, of: caller, cause: sequence)
    }
  }

  @inline(never)
  private mutating func collectBars(of bar: Bar, _ header: EntryHeader) {
    collectBars(.bar(bar), header)
  }

  @inline(never)
  private mutating func collectBars(_ tick: MarketEvent, _ header: EntryHeader) {
    let best = market.books[tick.instrument.index].best
    let completed = bars.collect(
      tick, best: best, at: header.receiveTime, sequence: header.sequence)
    for done in completed { call(done.strategies, with: done.bar, done.cause) }
    guard bars.hasSessions else { return }
    for (instrument, sessions) in bars.takeBeyondTable() {
      let calendar = sessions.calendar
      let text =
        "the calendar \(calendar.name) knows \(calendar.dates.lowerBound.text) to "
        + "\(calendar.dates.upperBound.text): there are no bars outside"
      let alert = Alert(
        severity: .warning, code: .strategyFailed, instrument: instrument, text: text)
      work.add(.alert(alert), cause: header.sequence)
    }
  }

  @inline(never)
  private mutating func closeBars(_ header: EntryHeader) {
    for done in bars.advance(to: header.receiveTime) {
      call(done.strategies, with: done.bar, done.cause)
    }
  }

  @inline(__always)
  private mutating func call(_ strategies: UInt64, with bar: Bar, _ cause: UInt64) {
    tally.bars += 1
    each(strategies, cause) { logic, market in logic.onBar(bar, in: market) }
  }

  private mutating func apply(_ change: ConnectionChange, _ header: EntryHeader) {
    guard change.state == .disconnected else {
      return cancelKilled(at: change.venue, header.sequence)
    }
    for order in Array(market.orders.open)
    where market.instrument(order.ticket.instrument)?.venue == change.venue {
      let isUnknown = market.orders.change(order.id) { $0.loseConnection() } ?? false
      guard isUnknown else { continue }
      work.add(
        .alert(
          Alert(
            severity: .warning, code: .orderUnknownState, instrument: order.ticket.instrument,
            order: order.id, text: "the connection was lost before the venue answered")),
        cause: header.sequence)
    }
  }

  /// Orders that a venue still has to answer for: it is asked about them when the connection is there again.
  public func ordersToAskAbout(at venue: VenueID) -> [OrderID] {
    openOrders(at: venue).filter(\.awaitsAnswer).map(\.id)
  }

  private mutating func apply(_ act: OperatorAct, _ header: EntryHeader) {
    switch act.act {
    case .halt, .block:
      let duty = Work.Duty.halt(
        act.scope, reason: act.reason, keepsOrders: act.act == .block)
      work.add(duty, cause: header.sequence)
    case .resume: work.add(.resume(act.scope, reason: act.reason), cause: header.sequence)
    case .note: break
    case .enable: enable(act, header)
    case .kill: kill(act, header)
    case .close: close(act, header)
    case .cancel:
      for order in Array(market.orders.open) where isIn(act.scope, order) && order.isCancellable {
        work.add(.cancel(order.id, .operator), cause: header.sequence)
      }
    }
  }

  /// Whether an order is in a scope.
  func isIn(_ scope: Scope, _ order: Order) -> Bool {
    switch scope.kind {
    case .all: true
    case .strategy: scope.id == UInt64(order.ticket.strategy.raw)
    case .instrument: scope.id == UInt64(order.ticket.instrument.raw)
    case .venue: scope.id == market.instrument(order.ticket.instrument).map { UInt64($0.venue.raw) }
    case .order: scope.id == order.id.raw
    case .account: scope.id == UInt64(order.ticket.account.raw)
    }
  }
}
