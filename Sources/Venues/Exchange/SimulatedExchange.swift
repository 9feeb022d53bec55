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
/// - At an instrument's expiry its orders end, and no more are taken.
/// - Our orders never trade with each other and do not take each other's liquidity away, except that what
///   one took of a displayed level is not there for the next; see `SelfTradePrevention`.
/// - Named venues have connections of their own; a lost one changes nothing at the venue.
/// - The same calls give the same reports, whatever the machine.
public struct SimulatedExchange: ~Copyable {
  let configuration: ExchangeConfiguration
  @usableFromInline var tops = Slots<Top>()
  /// By instrument, the bars that came; the market learns of them when something of ours is in it.
  @usableFromInline var bars = Slots<LastBars>()
  /// By instrument; numbers without a definition have an undefined market.
  var markets = Markets()
  /// What ends without a command.
  var endings = Endings()
  /// The general one, then those of the named venues.
  var gateways: [Gateway]
  private var connections = Line<ConnectionTurn>()
  var ledger = OrderLedger()
  /// Where orders that were sent go, while there is more than one gateway.
  private var routes = OrderLedger()
  /// There is one gateway, whose connection stays.
  private let isPlain: Bool
  var nextVenueOrder: UInt64 = 1
  /// When something is due next; `distantFuture` for nothing.
  private var next = Instant.distantFuture
  /// Never set. What may hold a value of any kind is looked at where it is; without it, looks begin with a copy.
  private let anchor: (any Sendable)? = nil

  /// - Precondition: the configuration has no `problem`.
  public init(_ configuration: ExchangeConfiguration) {
    precondition(configuration.problem == nil)
    self.configuration = configuration
    isPlain = configuration.venues.isEmpty && !configuration.faults.hasOutages
    gateways = (0...configuration.venues.count).map { line in
      Gateway(configuration.rules(ofLine: line), line: line, seed: configuration.seed)
    }
  }

  /// When something is due next: a command's arrival, a change of a connection, a report's delivery, the end of an
  /// instrument or of a good-till-date order, also of one that has ended before; nil for nothing. O(1).
  @inline(__always)
  public var nextTime: Instant? { next == .distantFuture ? nil : next }

  /// Whether something is due before a moment. O(1).
  @inline(__always)
  public func isDue(before time: Instant) -> Bool { next < time }

  /// When the last of the outages that are under way ends; nil while all connections are there.
  public var endOfOutage: Instant? {
    var end: Instant?
    for line in gateways.indices where !gateways[line].isConnected {
      guard let outage = gateways[line].outbox.outage else { continue }
      end = max(end ?? outage.end, outage.end)
    }
    return end
  }

  /// Says when the run begins: from here on connections can be lost.
  public mutating func begin(at time: Instant) {
    for line in gateways.indices { gateways[line].begin(at: time) }
    findNextTime()
  }

  /// Makes an instrument known. A second definition of an instrument is ignored while it has orders, as
  /// it would change what they mean, but for its expiry.
  public mutating func define(_ definition: Instrument) {
    let index = definition.id.index
    guard definition.problem == nil, definition.id != .none else { return }
    // When it ends is kept apart: another time of that makes no other market.
    var instrument = definition
    instrument.expiry = .epoch
    defer { note(end: definition.expiry, of: index) }
    while tops.count <= index {
      tops.append(Top(InstrumentID(UInt16(tops.count))))
      bars.append(LastBars())
      markets.append()
    }
    let configuration = self.configuration
    let isNew = markets.change(index) { market in
      if market.instrument == instrument || !market.isIdle { return false }
      let position = market.clearing.position
      market = TradedMarket(instrument, configuration)
      market.clearing.position = position
      return true
    }
    if !isNew { return }
    tops[index].line = configuration.line(of: instrument)
    gateways[tops[index].line].serve(instrument.venue)
    tops[index].watch = Watch()
    tops[index].hasNewQuote = false
    tops[index].hasNewBars = false
    bars[index] = LastBars()
    tops[index].isDefined = true
  }

  /// Recorded market data: moves the book and may fill our resting orders. Events of instruments that
  /// were not defined are ignored.
  public mutating func apply(_ event: MarketEvent, at time: Instant) {
    if case .quote(let quote) = event { return apply(quote, at: time) }
    if case .bar(let bar) = event { return apply(bar, at: time) }
    applySlowly(event, at: time)
  }

  /// A quote; see above. With nothing of ours in the market it is only kept.
  @inlinable @inline(__always)
  public mutating func apply(_ quote: Quote, at time: Instant) {
    let index = quote.instrument.index
    guard index < tops.count else { return }
    tops[index].show(quote)
    if !tops[index].watch.isIdle { settle(index, at: time) }
  }

  /// A bar; see above. With nothing of ours in the market it is only kept.
  @inlinable @inline(__always)
  public mutating func apply(_ bar: Bar, at time: Instant) {
    let index = bar.instrument.index
    guard isDefined(index) else { return }
    if bars[index].note(bar, end: time) { tops[index].hasNewBars = true }
    if !tops[index].watch.isIdle { meet(bar, at: time) }
  }

  /// A mark price or a restriction of short sales; what else a venue publishes changes nothing here.
  public mutating func apply(_ value: ReferenceValue, at time: Instant) {
    let index = value.instrument.index
    guard isDefined(index) else { return }
    gateways[tops[index].line].outbox.advance(to: time)
    change(index) { market, outbox in market.apply(value, &outbox) }
    findNextTime()
  }

  /// What an auction would do: its price, should the recording not show a trade at it.
  public mutating func apply(_ imbalance: AuctionImbalance, at time: Instant) {
    let index = imbalance.instrument.index
    guard isDefined(index) else { return }
    gateways[tops[index].line].outbox.advance(to: time)
    change(index) { market, _ in market.apply(imbalance) }
    findNextTime()
  }

  /// New bounds of an instrument's prices.
  public mutating func apply(_ band: PriceBand, at time: Instant) {
    let index = band.instrument.index
    guard isDefined(index) else { return }
    gateways[tops[index].line].outbox.advance(to: time)
    change(index) { market, outbox in market.apply(band, &outbox) }
    findNextTime()
  }

  /// What a quote that was kept does to what is ours.
  @usableFromInline @inline(never)
  mutating func settle(_ index: Int, at time: Instant) {
    let quote = tops[index].quote
    if tops[index].watch.concerns(quote) { applySlowly(.quote(quote), at: time) }
  }

  /// What a bar does to what is ours.
  @usableFromInline @inline(never)
  mutating func meet(_ bar: Bar, at time: Instant) { applySlowly(.bar(bar), at: time) }

  private mutating func applySlowly(_ event: MarketEvent, at time: Instant) {
    let index = event.instrument.index
    guard isDefined(index) else { return }
    gateways[tops[index].line].outbox.advance(to: time)
    change(index) { market, outbox in market.take(event, at: time, &outbox) }
    findNextTime()
  }

  /// Changes a market that has seen the latest quote and bars, and asks it which quotes concern us from now on.
  @inline(__always)
  mutating func change<R>(
    _ index: Int, _ body: (inout TradedMarket, inout Outbox) -> R
  ) -> R {
    let line = tops[index].line
    if tops[index].hasNewBars {
      let latest = bars[index]
      markets.change(index) { $0.show(latest) }
      tops[index].hasNewBars = false
    }
    if tops[index].hasNewQuote {
      let latest = tops[index].quote
      markets.change(index) { $0.show(latest) }
      tops[index].hasNewQuote = false
    }
    let (result, watch) = markets.change(index) { market in
      (body(&market, &gateways[line].outbox), market.watch())
    }
    tops[index].watch = watch
    return result
  }

  @inlinable @inline(__always)
  func isDefined(_ index: Int) -> Bool {
    index < tops.count && tops[index].isDefined
  }

  /// Takes a command that was sent at `time`; it takes effect after the entry latency.
  /// - Returns: whether that is at once.
  @discardableResult
  public mutating func receive(_ command: Command, at time: Instant) -> Bool {
    let line = gateways.count == 1 ? 0 : route(command)
    let isDue = gateways[line].receive(command, at: time)
    next = min(next, gateways[line].nextArrival)
    return isDue
  }

  /// Asks a venue what has become of an order; a `status` report answers.
  /// - Precondition: the connection of the order's venue can be lost; other venues keep no record of orders
  ///   that ended.
  public mutating func query(_ order: OrderID, at time: Instant) {
    let line = gateways.count == 1 ? 0 : route(.cancel(order))
    precondition(gateways[line].faults.hasOutages)
    gateways[line].receive(queryOf: order, at: time)
    next = min(next, gateways[line].nextArrival)
  }

  /// The gateway that a command goes through.
  private mutating func route(_ command: Command) -> Int {
    let instrument: InstrumentID?
    switch command {
    case .submit(let ticket):
      _ = routes.add(ticket.order, ticket.instrument)
      instrument = ticket.instrument
    case .cancel(let order), .replace(let order, _, _):
      instrument = routes.instrument(of: order)
    }
    guard let index = instrument?.index, index < markets.count else { return 0 }
    return tops[index].line
  }

  /// Executes the commands that have arrived by `time`, oldest first, and ends the good-till-date orders
  /// and instruments whose time has come; of one moment these first, then the commands of the first gateway.
  public mutating func advance(to time: Instant) {
    if next > time { return }
    if isPlain {
      while !endings.isDue(by: time), gateways[0].isDue(by: time) {
        execute(gateways[0].takeMessage(), 0)
      }
    }
    if !isPlain || endings.isDue(by: time) { advanceApart(to: time) }
    findNextTime()
  }

  /// The same where there is more than one gateway, a connection that can be lost, or something that ends by then.
  @inline(never)
  private mutating func advanceApart(to time: Instant) {
    while true {
      let line = nextArrivalLine(through: time)
      let arrival = line < 0 ? .distantFuture : gateways[line].nextArrival
      if endings.isDue(by: min(time, arrival)) {
        endNext()
        continue
      }
      if line < 0 { return }
      if let change = gateways[line].takeChange(through: arrival) {
        switch change {
        case .disconnection(let moment): disconnect(line, at: moment)
        case .connection(let moment): connect(line, at: moment)
        }
      } else if gateways[line].hasMessage(by: arrival) {
        execute(gateways[line].takeMessage(), line)
      }
    }
  }

  /// Takes the oldest change of a connection that has come by `time`, or nil.
  public mutating func nextConnection(through time: Instant) -> DueConnection? {
    guard let turn = connections.take(through: time) else { return nil }
    findNextTime()
    return turn.change
  }

  /// Takes the oldest report that has arrived by `time`, or nil.
  public mutating func nextReport(through time: Instant) -> DueReport? {
    hasReport(by: time) ? takeReport() : nil
  }

  /// Whether a report has arrived by `time`.
  @inline(__always)
  public func hasReport(by time: Instant) -> Bool {
    isPlain ? gateways[0].outbox.reports.isDue(by: time) : nextReportLine(through: time) >= 0
  }

  /// Takes the report that has arrived first.
  /// - Precondition: there is one.
  public mutating func takeReport() -> DueReport {
    let line = isPlain ? 0 : nextReportLine(through: .distantFuture)
    precondition(line >= 0, "a report to take")
    let report = gateways[line].outbox.takeReport()
    findNextTime()
    return report
  }

  /// The gateway at which something happens first, if that is by `time`, or −1.
  @inline(__always)
  private func nextArrivalLine(through time: Instant) -> Int {
    if gateways.count == 1 { return gateways[0].isDue(by: time) ? 0 : -1 }
    var (found, first) = (-1, Instant.distantFuture)
    for line in gateways.indices where gateways[line].isDue(by: time) {
      let moment = gateways[line].nextArrival
      if found < 0 || moment < first { (found, first) = (line, moment) }
    }
    return found
  }

  /// The gateway whose report comes first, if that is by `time`, or −1.
  @inline(__always)
  private func nextReportLine(through time: Instant) -> Int {
    if gateways.count == 1 { return gateways[0].outbox.reports.isDue(by: time) ? 0 : -1 }
    var (found, first) = (-1, Instant.distantFuture)
    for line in gateways.indices where gateways[line].outbox.reports.isDue(by: time) {
      let moment = gateways[line].outbox.reports.next
      if found < 0 || moment < first { (found, first) = (line, moment) }
    }
    return found
  }

  @inline(__always)
  mutating func findNextTime() {
    if isPlain {
      next = min(gateways[0].nextTimeConnected, endings.next)
      return
    }
    next = min(connections.next, endings.next)
    for line in gateways.indices { next = min(next, gateways[line].nextTime) }
  }

  @inline(__always)
  private mutating func execute(_ arrival: Arrival, _ line: Int) {
    let sent = arrival.sent
    gateways[line].outbox.advance(to: arrival.time)
    switch arrival.kind {
    case .submit:
      let ticket = gateways[line].takeTicket(arrival)
      if refuses(.submit(ticket), arrival, line) { return }
      submit(ticket, sent: sent, market: known(ticket.instrument))
    case .cancel:
      if refuses(.cancel(arrival.order), arrival, line) { return }
      cancel(arrival.order, market: known(ledger.instrument(of: arrival.order)))
    case .replace:
      let (order, quantity, price) = (arrival.order, arrival.quantity, arrival.price)
      if refuses(.replace(order, quantity: quantity, price: price), arrival, line) { return }
      let market = known(ledger.instrument(of: order))
      replace(order, quantity: quantity, price: price, sent: sent, market: market)
    case .query: answer(arrival.order, line)
    }
  }

  /// Whether a fault befell a command, which is refused then.
  @inline(__always)
  private mutating func refuses(
    _ command: @autoclosure () -> Command, _ arrival: Arrival, _ line: Int
  ) -> Bool {
    gateways[line].hasFaults && refuses(command(), isExcess: arrival.isExcess, line)
  }

  /// Index of an instrument's market, if it is defined.
  func known(_ instrument: InstrumentID?) -> Int? {
    guard let index = instrument?.index, isDefined(index) else { return nil }
    return index
  }

  mutating func announce(_ state: ConnectionChange.State, _ line: Int, at time: Instant) {
    for venue in gateways[line].venues {
      connections.append(
        ConnectionTurn(venue: venue, isConnected: state == .connected, time: time))
    }
  }
}
