import Events

/// Positions of all strategies, and the books of their accounts.
public struct Portfolio: Sendable {
  /// The books of the first account.
  public internal(set) var ledger = Ledger()
  /// By account id.
  public let accounts: [Account]
  /// The books of the accounts after the first.
  var others: [Ledger]
  /// By strategy, then instrument: `positions[strategy * stride + instrument]`.
  var positions: [Position] = []
  var stride = 0
  let strategyCount: Int
  /// By strategy: the account it trades for.
  let owners: [AccountID]
  /// Of accounts that keep lots.
  var lots = LotBook()
  /// Pending cash by the time it settles.
  var settlements = Settlements()
  /// What was bought with cash that has not settled, and until when.
  private var unpaid: [Unpaid] = []
  /// Positions that were brought in at the start.
  var openings: [Opening] = []
  /// Whether any account has a margin model.
  let hasMargins: Bool
  /// Whether no account needs more of a fill than positions and balances, and whether one keeps lots.
  private let isPlain: Bool
  private let keepsLots: Bool
  /// Whether any account's positions are closed for want of margin.
  let hasLiquidations: Bool
  /// By account: its margin call, if one is open.
  var calls: [MarginWatch?]
  /// Counts the postings, so that what was added up of the books is known to be old. Not part of the state.
  private(set) var revision: UInt64 = 0

  /// By instrument: counts the changes of positions in it. Not part of the state.
  private var moves: [UInt64] = []

  struct Unpaid: Equatable, Sendable {
    var account: AccountID
    var instrument: InstrumentID
    var until: Instant
  }

  struct Opening: Equatable, Sendable {
    var strategy: StrategyID
    var instrument: InstrumentID
  }

  /// What a fill means beyond its amounts.
  struct Context {
    /// Of the fill's entry, which names the lot that it opens.
    var sequence: UInt64 = 0
    var time: Instant = .epoch
    /// When its cash settles; `epoch` for at once.
    var settles: Instant = .epoch
    /// What the quantity is money of, if cash is exchanged; empty if not.
    var base = ""
  }

  /// What a fill did.
  struct Outcome {
    /// What was sold had been bought with cash that has not settled.
    var isFreeRiding = false
    var closed: [Booking.Lot] = []
  }

  /// - Parameter owners: the account of each strategy.
  init(strategyCount: Int, accounts: [Account] = [.main], owners: [AccountID] = []) {
    self.strategyCount = strategyCount
    self.accounts = accounts
    self.owners =
      owners.isEmpty ? Array(repeating: .main, count: strategyCount) : owners
    hasMargins = accounts.contains { $0.margin != .exempt }
    isPlain = accounts.allSatisfy(\.isPlain)
    keepsLots = accounts.contains { $0.lots != .average }
    hasLiquidations = accounts.contains(where: \.isLiquidated)
    calls = Array(repeating: nil, count: accounts.count)
    others = Array(repeating: Ledger(), count: accounts.count - 1)
  }

  /// The books of an account; empty ones if there is no such account.
  public func ledger(_ account: AccountID) -> Ledger {
    if account == .main { return ledger }
    return Int(account.raw) <= others.count ? others[Int(account.raw) - 1] : Ledger()
  }

  /// Whether an account's margin call is open.
  public func isCalled(_ account: AccountID) -> Bool {
    Int(account.raw) < calls.count && calls[Int(account.raw)] != nil
  }

  /// The account that a strategy trades for.
  public func account(of strategy: StrategyID) -> AccountID {
    strategy.index < owners.count ? owners[strategy.index] : .main
  }

  func admits(
    _ amounts: Ledger.Amounts, _ currency: String, _ account: AccountID
  ) -> Bool {
    account == .main
      ? ledger.admits(amounts, currency)
      : others[Int(account.raw) - 1].admits(amounts, currency)
  }

  /// Posts amounts that settle at once, if the books admit them.
  /// - Returns: false, with nothing changed, if they do not.
  private mutating func take(
    _ amounts: Ledger.Amounts, _ currency: String, _ account: AccountID
  ) -> Bool {
    let isTaken =
      account == .main
      ? ledger.take(amounts, currency) : others[Int(account.raw) - 1].take(amounts, currency)
    if isTaken { revision &+= 1 }
    return isTaken
  }

  /// - Parameter settles: when the cash settles; `epoch` for at once.
  mutating func post(
    _ amounts: Ledger.Amounts, _ currency: String, _ account: AccountID,
    settles: Instant = .epoch
  ) {
    let isPending = settles != .epoch
    revision &+= 1
    if account == .main {
      ledger.post(amounts, currency, isPending: isPending)
    } else {
      others[Int(account.raw) - 1].post(amounts, currency, isPending: isPending)
    }
    if isPending { settlements.add(amounts, at: settles, account, currency) }
  }

  /// Brings in starting cash.
  mutating func deposit(_ amount: Money, _ currency: String, to account: AccountID = .main) -> Bool
  {
    let posting = Ledger.Amounts(cash: amount, capital: -amount)
    guard admits(posting, currency, account) else { return false }
    post(posting, currency, account)
    return true
  }

  /// Makes room for an instrument.
  mutating func admit(_ instrument: InstrumentID) {
    guard instrument.index >= stride else { return }
    let wider = max(instrument.index + 1, stride * 2)
    var moved = Array(repeating: Position(), count: wider * strategyCount)
    for strategy in 0..<strategyCount {
      for instrument in 0..<stride {
        moved[strategy * wider + instrument] = positions[strategy * stride + instrument]
      }
    }
    positions = moved
    moves += Array(repeating: 0, count: wider - stride)
    stride = wider
  }

  /// What a strategy holds of an instrument.
  public func position(_ strategy: StrategyID, _ instrument: InstrumentID) -> Position {
    guard instrument.index < stride, strategy.index < strategyCount else { return Position() }
    return positions[strategy.index * stride + instrument.index]
  }

  /// How often positions in an instrument have changed.
  @inline(__always)
  func moves(of instrument: InstrumentID) -> UInt64 {
    instrument.index < moves.count ? moves[instrument.index] : 0
  }

  /// A position in an instrument has changed.
  mutating func noteMove(_ instrument: InstrumentID) { moves[instrument.index] &+= 1 }

  /// How much a strategy holds, in the instrument's integers.
  @inline(__always)
  func held(_ strategy: Int, _ instrument: Int) -> Int64 {
    guard instrument < stride, strategy < strategyCount else { return 0 }
    return positions[strategy * stride + instrument].quantity.raw
  }

  /// The lots of a position, oldest first; empty where none are kept.
  public func lots(_ strategy: StrategyID, _ instrument: InstrumentID) -> [Booking.Lot] {
    lots[strategy, instrument]
  }

  /// What all strategies together hold of an instrument. O(strategies).
  public func quantity(_ instrument: InstrumentID) -> Quantity {
    Quantity(Int64(clamping: net(instrument)))
  }

  /// The same as a sum that cannot overflow.
  func net(_ instrument: InstrumentID) -> Int128 {
    (0..<strategyCount).reduce(0) { sum, strategy in
      sum + Int128(position(StrategyID(UInt16(strategy)), instrument).quantity.raw)
    }
  }

  /// What the strategies of an account hold of an instrument together. O(strategies).
  public func quantity(_ instrument: InstrumentID, of account: AccountID) -> Quantity {
    var sum = Int128(0)
    for strategy in 0..<UInt16(strategyCount)
    where self.account(of: StrategyID(strategy)) == account {
      sum += Int128(position(StrategyID(strategy), instrument).quantity.raw)
    }
    return Quantity(Int64(clamping: sum))
  }

  /// Strategies that hold something of an instrument, in order of their ids.
  func holders(of instrument: InstrumentID) -> [StrategyID] {
    (0..<UInt16(strategyCount)).map { StrategyID($0) }.filter {
      position($0, instrument).quantity != .zero
    }
  }

  /// Takes a fill into the position and the books.
  /// - Parameter currency: the instrument's.
  /// - Returns: nil, with nothing changed, if an amount leaves its range.
  mutating func fill(
    _ fill: Fill, of ticket: OrderTicket, _ terms: Instrument.Terms, _ currency: String,
    _ context: Context = Context()
  ) -> Outcome? {
    guard fill.quantity.raw > 0, fill.quantity.raw <= Quantity.limit,
      fill.fee.raw.magnitude <= Money.limit.magnitude
    else { return nil }
    let signed = Quantity(fill.quantity.raw * ticket.side.sign)
    let isOwnCurrency = fill.feeCurrency == currency
    guard let notional = Money.cost(fill.price, signed, of: terms),
      ticket.instrument.index < stride, ticket.strategy.index < strategyCount
    else { return nil }
    let account = owners[ticket.strategy.index]
    let index = ticket.strategy.index * stride + ticket.instrument.index
    let choice =
      keepsLots
      ? choice(signed, of: ticket.strategy, ticket.instrument, named: ticket.terms.lots) : nil
    var position = positions[index]
    guard
      let movement = position.fill(
        signed, notional: notional, fee: isOwnCurrency ? fill.fee : .zero,
        closedCost: choice?.cost)
    else { return nil }
    let isSettledInFull = terms.kind.isSettledInFull
    var trade = Ledger.Amounts(
      cash: isSettledInFull ? -movement.notional : movement.realised - movement.variation,
      inventory: isSettledInFull ? movement.cost : .zero, realised: -movement.realised,
      variation: isSettledInFull ? .zero : movement.variation)
    let fee = Ledger.Amounts(cash: -fill.fee, fees: fill.fee)
    let isExchange = !context.base.isEmpty
    if !isExchange, context.settles == .epoch, isOwnCurrency || fill.fee == .zero {
      // Most: one look at one currency's books.
      guard take(fill.fee == .zero ? trade : trade + fee, currency, account) else { return nil }
    } else {
      var base = Ledger.Amounts()
      if isExchange {
        guard let side = trade.exchange(signed, of: terms) else { return nil }
        base = side
        let both = fill.feeCurrency == context.base ? base + fee : base
        guard admits(both, context.base, account) else { return nil }
      }
      guard admits(trade, currency, account),
        fill.fee == .zero
          || admits(isOwnCurrency ? trade + fee : fee, fill.feeCurrency, account)
      else { return nil }
      post(trade, currency, account, settles: context.settles)
      if isExchange { post(base, context.base, account, settles: context.settles) }
      if fill.fee != .zero { post(fee, fill.feeCurrency, account, settles: context.settles) }
    }
    let before = positions[index].quantity
    positions[index] = position
    noteMove(ticket.instrument)
    var outcome = Outcome()
    if isPlain || accounts[Int(account.raw)].isPlain { return outcome }
    if let choice { outcome.closed = choice.lots }
    keepLots(signed, from: before, movement, choice, ticket, context.sequence)
    outcome.isFreeRiding = watchPayment(
      ticket.side, ticket.instrument, account, currency, isSettledInFull && !isExchange, context)
    return outcome
  }

  /// Notes purchases with cash that has not settled.
  /// - Returns: whether something is sold that was bought so.
  private mutating func watchPayment(
    _ side: Side, _ instrument: InstrumentID, _ account: AccountID, _ currency: String,
    _ isSettledInFull: Bool, _ context: Context
  ) -> Bool {
    guard context.settles != .epoch, isSettledInFull else { return false }
    unpaid.removeAll { $0.until <= context.time }
    let known = unpaid.firstIndex { $0.account == account && $0.instrument == instrument }
    if side == .sell { return known != nil }
    guard let free = ledger(account)[currency]?.free, free < .zero else { return false }
    if let known {
      unpaid[known].until = max(unpaid[known].until, context.settles)
    } else {
      unpaid.append(Unpaid(account: account, instrument: instrument, until: context.settles))
    }
    return false
  }

  func encode(to out: inout ByteBuffer) {
    ledger.encode(to: &out)
    for other in others { other.encode(to: &out) }
    // The room made for instruments is no state: only positions that were ever used are written.
    var used: [(strategy: Int, instrument: Int)] = []
    for strategy in 0..<strategyCount {
      for instrument in 0..<stride where positions[strategy * stride + instrument] != Position() {
        used.append((strategy, instrument))
      }
    }
    out.append(UInt32(used.count))
    for (strategy, instrument) in used {
      out.append(UInt16(strategy))
      out.append(UInt16(instrument))
      positions[strategy * stride + instrument].encode(to: &out)
    }
    lots.encode(to: &out)
    settlements.encode(to: &out)
    out.append(UInt32(unpaid.count))
    for one in unpaid {
      out.append(one.account.raw)
      out.append(one.instrument.raw)
      out.append(one.until.nanoseconds)
    }
    for call in calls { MarginWatch.encode(call, to: &out) }
    out.append(UInt32(openings.count))
    for one in openings {
      out.append(one.strategy.raw)
      out.append(one.instrument.raw)
    }
  }

  /// Reads what `encode` wrote into a portfolio of the same strategies and accounts.
  mutating func restore(_ input: inout ByteReader) throws(Damage) {
    revision &+= 1
    ledger = try Ledger(&input)
    for index in others.indices { others[index] = try Ledger(&input) }
    for _ in 0..<(try input.read(UInt32.self)) {
      let strategy = Int(try input.read(UInt16.self))
      let instrument = InstrumentID(try input.read(UInt16.self))
      guard strategy < strategyCount, instrument != .none else {
        throw Damage(at: input.offset, "a position of an unknown strategy")
      }
      admit(instrument)
      positions[strategy * stride + instrument.index] = try Position(&input)
      noteMove(instrument)
    }
    lots = try LotBook(&input)
    settlements = try Settlements(&input)
    guard settlements.items.allSatisfy({ Int($0.account.raw) < accounts.count }) else {
      throw Damage(at: input.offset, "a settlement of an unknown account")
    }
    for _ in 0..<(try input.read(UInt32.self)) {
      unpaid.append(
        Unpaid(
          account: AccountID(try input.read(UInt16.self)),
          instrument: InstrumentID(try input.read(UInt16.self)),
          until: Instant(nanoseconds: try input.read(Int64.self))))
    }
    for index in calls.indices { calls[index] = try MarginWatch.read(&input) }
    for _ in 0..<(try input.read(UInt32.self)) {
      openings.append(
        Opening(
          strategy: StrategyID(try input.read(UInt16.self)),
          instrument: InstrumentID(try input.read(UInt16.self))))
    }
  }
}
