import Books
import Events

/// The rules of the gate that look beyond one order: exposures, counts, losses, lists (docs/risk.md).
///
/// What they need to know is kept here and in `Market`, and only if a limit asks for it.
struct RiskControls: Sendable {
  let settings: GateSettings
  /// Firm, accounts, strategies, instruments; only those with limits.
  private(set) var scopes: [RiskScope] = []
  /// What is held and open at the marks of the last walk.
  private(set) var worths: MarkToMarket
  /// By instrument id.
  private(set) var instruments: [InstrumentRules] = []
  /// As configured; what rules scale is in the scopes.
  let limits: Limits
  private let roster: Roster
  /// Strategies for which nobody answers, one bit each.
  private let ownerless: UInt64
  /// When the day that losses and messages are counted for ends.
  private(set) var dayEnd = Instant(nanoseconds: .min)
  /// When the gate looks next at what everything is worth; entries drive it, no timer does.
  private(set) var nextLook = Instant(nanoseconds: .min)
  /// Orders sent within the duplicate window, oldest first.
  private(set) var recent: [Recent] = []
  /// Marks of all instruments at the last looks, oldest first, for the collar over a period.
  private(set) var marks: [(time: Instant, prices: [Price])] = []
  var breakers: Breakers
  var dynamic: DynamicLimits
  private(set) var valueAtRisk: ValueAtRisk
  private let needsWealth: Bool

  struct InstrumentRules: Sendable {
    var isRestricted = false
    /// Strategies that may not trade it, one bit each.
    var barred: UInt64 = 0
    /// What may be sold short, in the instrument's integers.
    var located: Int64 = 0
  }

  /// An order that was sent a short while ago.
  struct Recent: Equatable, Sendable {
    var time: Instant
    var order: OrderID
    var strategy: StrategyID
    var instrument: InstrumentID
    var side: Side
    var quantity: Quantity
    var price: Price
  }

  init(_ limits: Limits, _ roster: Roster) {
    self.limits = limits
    settings = limits.settings
    self.roster = roster
    breakers = Breakers(limits.breakers)
    dynamic = DynamicLimits(limits.dynamic)
    valueAtRisk = ValueAtRisk(limits.valueAtRisk, limits.stress, limits.stressLimit)
    var ownerless: UInt64 = 0
    for (index, name) in roster.strategies.enumerated() where index < 64 {
      let owner = limits.permissions.first { $0.strategy == name }?.permission.owner ?? ""
      if owner.isEmpty { ownerless |= 1 << UInt64(index) }
    }
    self.ownerless = ownerless
    scopes = Self.scopes(limits, roster)
    needsWealth = scopes.contains { $0.limits.needsWealth }
    worths = MarkToMarket(limits.currency, scopes, roster)
  }

  private static func scopes(_ limits: Limits, _ roster: Roster) -> [RiskScope] {
    var scopes: [RiskScope] = []
    var firm = limits.firm
    (firm.maxMarginUse, firm.cashCover) = (nil, nil)
    if firm.isUsed { scopes.append(RiskScope(.firm, "firm", firm, members: .max)) }
    for index in roster.accounts.indices {
      if let scope = scope(AccountID(UInt16(index)), limits, roster) { scopes.append(scope) }
    }
    for (name, own) in limits.strategies where own.isUsed {
      guard let index = roster.strategies.firstIndex(of: name), index < 64 else { continue }
      scopes.append(
        RiskScope(.strategy, "strategy \(name)", own, members: 1 << UInt64(index)))
    }
    for (symbol, own) in limits.instruments {
      var scope = RiskScope(.instrument, "instrument \(symbol)", own, members: .max)
      scope.symbol = symbol
      scopes.append(scope)
    }
    return scopes
  }

  /// An account with its own limits, and those that each account has.
  private static func scope(_ account: AccountID, _ limits: Limits, _ roster: Roster) -> RiskScope?
  {
    let name = roster.accounts[Int(account.raw)]
    var own = limits.accounts.first { $0.name == name }?.limits ?? ScopeLimits()
    if roster.models[Int(account.raw)] != .exempt {
      own.maxMarginUse = own.maxMarginUse ?? limits.firm.maxMarginUse
    }
    own.cashCover = own.cashCover ?? limits.firm.cashCover
    guard own.isUsed else { return nil }
    var scope = RiskScope(
      .account, "account \(name)", own, members: roster.members(of: account))
    scope.account = account
    return scope
  }

  /// Whether anything is to be looked at as time passes.
  var looks: Bool {
    needsWealth || settings.periodCollar != nil || countsDays || watchesLimits
      || valueAtRisk.isUsed
  }
  var watchesLimits: Bool { breakers.rules.contains { $0.watch.isOfLimits } }
  private var countsDays: Bool { scopes.contains { $0.limits.maxMessageRatio != nil } }

  /// Takes the instruments that there are. O(instruments).
  mutating func define(_ all: [Instrument?]) {
    breakers.define(all, strategies: roster.strategies)
    dynamic.define(all)
    for case let instrument? in all {
      worths.define(instrument)
      valueAtRisk.define(instrument)
    }
    valueAtRisk.rebuild()
    instruments = all.map { $0.map { rules(of: $0) } ?? InstrumentRules() }
    for index in scopes.indices where scopes[index].kind == .instrument {
      let symbol = scopes[index].symbol
      let found = all.first { $0?.names.contains(symbol) ?? false }
      scopes[index].instrument = found??.id ?? .none
    }
  }

  /// Takes one more instrument, or another definition of one. O(limits), and O(instruments) for what a breaker
  /// watches.
  mutating func define(_ instrument: Instrument, among all: [Instrument?]) {
    while instruments.count < all.count { instruments.append(InstrumentRules()) }
    instruments[instrument.id.index] = rules(of: instrument)
    worths.define(instrument)
    valueAtRisk.define(instrument)
    let names = instrument.names
    if breakers.rules.contains(where: { $0.instruments.contains(where: names.contains) }) {
      breakers.define(all, strategies: roster.strategies)
    }
    if !dynamic.rules.isEmpty { dynamic.define(all) }
    for index in scopes.indices
    where scopes[index].kind == .instrument && names.contains(scopes[index].symbol) {
      // Of several of one name the first by number, whenever it came.
      scopes[index].instrument = min(scopes[index].instrument, instrument.id)
    }
  }

  private func rules(of instrument: Instrument) -> InstrumentRules {
    var rules = InstrumentRules()
    let names = instrument.names
    rules.isRestricted = settings.restricted.contains(where: names.contains)
    for (name, permission) in limits.permissions {
      guard let index = roster.strategies.firstIndex(of: name), index < 64 else { continue }
      let isPermitted = permission.permitted?.contains(where: names.contains) ?? true
      if !isPermitted || permission.restricted.contains(where: names.contains) {
        rules.barred |= 1 << UInt64(index)
      }
    }
    let own = limits.special.first { names.contains($0.symbol) }
    if let located = own?.limits.located {
      rules.located = ScopeLimits.scaled(located, Int(instrument.quantityScale)) ?? .max
    }
    return rules
  }

  func isOwnerless(_ strategy: StrategyID) -> Bool {
    strategy.index >= min(roster.strategies.count, 64)
      || ownerless & (1 << UInt64(strategy.raw)) != 0
  }

  /// Takes over what was counted under other limits.
  mutating func carry(_ old: RiskControls) {
    for index in scopes.indices {
      if let same = old.scopes.first(where: { $0.name == scopes[index].name }) {
        scopes[index].carry(same)
      }
    }
    breakers.carry(old.breakers)
    dynamic.carry(old.dynamic)
    valueAtRisk.carry(old.valueAtRisk)
    // What the new limits ask for may never have been looked at: the next entry makes up for it.
    (dayEnd, recent, marks) = (old.dayEnd, old.recent, old.marks)
  }

  /// Takes limits as rules scale them now: what is counted and known stays.
  mutating func take(_ effective: Limits) {
    for (index, scope) in Self.scopes(effective, roster).enumerated() {
      scopes[index].limits = scope.limits
    }
    valueAtRisk.take(effective)
  }

  /// The first rule that an order breaks, by what is held and open now.
  mutating func firstBroken(_ question: borrowing Question, _ market: borrowing Market) -> Measure?
  {
    if valueAtRisk.isUsed { valueAtRisk.update(market) }
    if worths.isUsed {
      worths.walk(besides: question.id, market)
    } else if valueAtRisk.isUsed {
      worths.turn(market)
    }
    return measure(question, market) { $0.isBroken }
  }

  // MARK: - Counting

  /// Counts an order or a replacement that was sent.
  mutating func countSent(_ strategy: StrategyID, _ instrument: InstrumentID, at time: Instant) {
    for index in scopes.indices where scopes[index].holds(strategy, instrument) {
      scopes[index].sent.count(at: time)
      scopes[index].messages += 1
    }
  }

  mutating func countCancel(_ order: Order, at time: Instant) {
    for index in scopes.indices
    where scopes[index].holds(order.ticket.strategy, order.ticket.instrument) {
      scopes[index].cancels.count(at: time)
      scopes[index].messages += 1
    }
  }

  mutating func countFill(_ order: Order) {
    for index in scopes.indices
    where scopes[index].holds(order.ticket.strategy, order.ticket.instrument) {
      scopes[index].fills += 1
    }
  }

  /// Remembers an order against which others may be duplicates. O(orders of the window).
  mutating func remember(_ ticket: OrderTicket, at time: Instant) {
    guard let window = settings.duplicateWindow else { return }
    let gone = recent.prefix { time.since($0.time) >= window }.count
    if gone > 0 { recent.removeFirst(gone) }
    recent.append(
      Recent(
        time: time, order: ticket.order, strategy: ticket.strategy, instrument: ticket.instrument,
        side: ticket.side, quantity: ticket.quantity, price: ticket.price))
  }

  /// Values all that is held and open at the marks of now.
  mutating func walk(_ market: borrowing Market) { worths.walk(besides: .none, market) }

  /// What a scope was worth at the last walk.
  func worth(of scope: Int, _ market: borrowing Market) -> Money? {
    worths.worth(of: scope, scopes[scope].instrument, market)
  }

  /// Looks at what everything is worth, before the entry that comes at a time.
  /// O(instruments ever traded × scopes with limits on exposure, and positions).
  mutating func look(at time: Instant, _ market: borrowing Market) {
    let isNewDay = time >= dayEnd
    if isNewDay { dayEnd = Self.nextMidnight(after: time) }
    nextLook = min(time.advanced(by: settings.sampling), dayEnd)
    walk(market)
    for index in scopes.indices {
      if isNewDay { (scopes[index].messages, scopes[index].fills) = (0, 0) }
      guard scopes[index].limits.needsWealth, let wealth = worth(of: index, market)
      else { continue }
      scopes[index].look(wealth, at: time, isNewDay: isNewDay)
    }
    showLimits(market)
    showDrawdowns(at: time, market)
    if valueAtRisk.isUsed {
      valueAtRisk.look(at: time, worths, market)
      if valueAtRisk.settings != nil { nextLook = min(nextLook, valueAtRisk.nextSample) }
    }
    guard settings.periodCollar != nil else { return }
    let gone = marks.prefix { time.since($0.time) > settings.period }.count
    if gone > 0 { marks.removeFirst(gone) }
    marks.append((time, market.books.map(\.mark)))
  }

  private static func nextMidnight(after time: Instant) -> Instant {
    let day = time.nanoseconds.quotientAndRemainder(dividingBy: Nanoseconds.day)
    let floor = day.remainder < 0 ? day.quotient - 1 : day.quotient
    return Instant(nanoseconds: floor * Nanoseconds.day).advanced(by: Nanoseconds.day)
  }

  /// The mark of an instrument at the beginning of the period that ends at a time, if it is known. Samples
  /// come in order, so the first that is young enough is the oldest. O(samples of the period).
  func mark(_ id: InstrumentID, before time: Instant) -> Price {
    for sample in marks where time.since(sample.time) <= settings.period {
      if id.index < sample.prices.count, !sample.prices[id.index].isNone {
        return sample.prices[id.index]
      }
    }
    return .none
  }

  // MARK: - State

  func encode(to out: inout ByteBuffer) {
    out.append(UInt16(scopes.count))
    for scope in scopes { scope.encode(to: &out) }
    out.append(dayEnd.nanoseconds)
    out.append(nextLook.nanoseconds)
    out.append(UInt32(recent.count))
    for order in recent { order.encode(to: &out) }
    out.append(UInt32(marks.count))
    for sample in marks {
      out.append(sample.time.nanoseconds)
      out.append(UInt16(sample.prices.count))
      for price in sample.prices { out.append(price.raw) }
    }
    breakers.encode(to: &out)
    if valueAtRisk.isUsed { valueAtRisk.encode(to: &out) }
    dynamic.encode(to: &out)
  }

  mutating func restore(_ input: inout ByteReader) throws(Damage) {
    guard Int(try input.read(UInt16.self)) == scopes.count else {
      throw Damage(at: input.offset, "another number of scopes")
    }
    for index in scopes.indices { try scopes[index].restore(&input) }
    dayEnd = Instant(nanoseconds: try input.read(Int64.self))
    nextLook = Instant(nanoseconds: try input.read(Int64.self))
    for _ in 0..<(try input.read(UInt32.self)) { recent.append(try Recent(&input)) }
    for _ in 0..<(try input.read(UInt32.self)) {
      let time = Instant(nanoseconds: try input.read(Int64.self))
      var prices: [Price] = []
      for _ in 0..<(try input.read(UInt16.self)) {
        prices.append(Price(try input.read(Int64.self)))
      }
      marks.append((time, prices))
    }
    try breakers.restore(&input)
    if valueAtRisk.isUsed { try valueAtRisk.restore(&input) }
    try dynamic.restore(&input)
  }
}

extension RiskControls.Recent {
  fileprivate func encode(to out: inout ByteBuffer) {
    out.append(time.nanoseconds)
    out.append(order.raw)
    out.append(strategy.raw)
    out.append(instrument.raw)
    out.append(side.rawValue)
    out.append(quantity.raw)
    out.append(price.raw)
  }

  fileprivate init(_ input: inout ByteReader) throws(Damage) {
    time = Instant(nanoseconds: try input.read(Int64.self))
    order = OrderID(try input.read(UInt64.self))
    strategy = StrategyID(try input.read(UInt16.self))
    instrument = InstrumentID(try input.read(UInt16.self))
    guard let side = Side(rawValue: try input.read(UInt8.self)) else {
      throw Damage(at: input.offset, "a side")
    }
    self.side = side
    quantity = Quantity(try input.read(Int64.self))
    price = Price(try input.read(Int64.self))
  }
}
