import Books
import Events

/// All that is held and open at the marks of now: exposures and worth of all scopes, added up in one walk
/// over what was ever traded (docs/risk.md).
///
/// Sums are kept by currency and turned into the base currency at the end, by the rates that reports take; so
/// an account is worth here what `Market.valuations` says. What each instrument brought to them is kept beside
/// them: a walk looks at all instruments, and values again those whose mark, position or open quantity is
/// another than it was. Integers add up to the same in any order, so the sums are those of a walk that values all.
/// Nothing is allocated once all instruments and currencies are known.
struct MarkToMarket: Sendable {
  /// The base currency: what limits are in.
  let currency: String
  /// Currencies of instruments and books, the base currency first; the id is −1 while it has none.
  private(set) var currencies: [(name: String, id: Int)]
  /// By currency: how it becomes the base currency now.
  private(set) var conversions: [Conversion?] = []
  /// By instrument id: the place of its currency.
  private(set) var slots: [Int] = []
  /// By instrument id: money of one unit of price × quantity, × 10^12, if that is whole; else 0.
  private(set) var factors: [Int64] = []
  /// By instrument id.
  private(set) var kinds: [Kind] = []

  private(set) var scopes: [Walked] = []
  let owners: [AccountID]
  let accountCount: Int
  let needsWorth: Bool
  /// Whether any rule looks at what comes out.
  let isUsed: Bool
  /// The scopes that exposures or margins are added up of, and whether margins are.
  let summed: [Int]
  let needsMargins: Bool

  /// By scope, then currency.
  var exposures: [Exposure] = []
  /// By scope, then currency: initial margin, each instrument's worse side; by scope of how many instruments it
  /// is not known.
  private(set) var margins: [Int128] = []
  private(set) var unknownMargins: [Int] = []
  /// By scope: why its exposure is not known, and of how many instruments.
  private(set) var failures: [Rule?] = []
  private var failureCounts: [Int] = []
  /// By strategy, then currency: what was gained with what is held at the marks and what was closed, less fees.
  var gained: [Int128] = []
  /// By account, then currency: what the books say that does not depend on marks, and what positions add.
  private(set) var books: [Int128] = []
  var held: [Int128] = []
  /// Of the portfolio that `books` are of.
  private var revision: UInt64?
  /// Instruments of which an amount is out of range.
  private var beyond = 0

  /// By instrument id: what is in the sums, and by what.
  var lines: [Line] = []
  /// By instrument id, then strategy.
  var gains: [Gain] = []
  /// By instrument id, then place in `summed`.
  var parts: [Part] = []
  /// Whether an instrument or a currency is new or another, so that all has to be valued again.
  private var isStale = true

  /// Whether an amount was out of range.
  var isBeyond: Bool { beyond > 0 }

  init(_ currency: String, _ scopes: [RiskScope], _ roster: Roster) {
    self.currency = currency
    currencies = [(currency, -1)]
    owners = roster.owners
    accountCount = max(roster.accounts.count, 1)
    self.scopes = scopes.map {
      Walked(
        kind: $0.kind, members: $0.members, account: $0.account,
        needsExposure: $0.limits.needsExposure && $0.kind != .instrument,
        margin: $0.limits.maxMarginUse == nil ? nil : roster.models[Int($0.account.raw)])
    }
    isUsed = scopes.contains { $0.limits.needsExposure || $0.limits.needsWealth }
    let walked = self.scopes
    summed = walked.indices.filter { walked[$0].needsExposure || walked[$0].margin != nil }
    needsMargins = walked.contains { $0.margin != nil }
    needsWorth = scopes.contains { $0.limits.needsWealth }
    failures = Array(repeating: nil, count: scopes.count)
  }

  // MARK: - Instruments and currencies

  /// Takes an instrument. O(currencies).
  mutating func define(_ instrument: Instrument) {
    let index = instrument.id.index
    isStale = true
    while slots.count <= index {
      slots.append(0)
      factors.append(0)
      kinds.append(.straight)
      lines.append(Line())
    }
    // A written option's goes by what it is on.
    lines[index].isByOthers =
      instrument.kind == .option && scopes.contains { $0.margin == .regT }
    slots[index] = slot(of: instrument.currency)
    kinds[index] =
      instrument.kind == .inverse ? .inverse : instrument.isExchangeable ? .pair : .straight
    factors[index] = Money.unit(of: instrument.terms)
  }

  private mutating func slot(of name: String) -> Int {
    if let known = currencies.firstIndex(where: { $0.name == name }) { return known }
    currencies.append((name, -1))
    return currencies.count - 1
  }

  /// Finds how each currency becomes the base currency now.
  mutating func turn(_ market: borrowing Market) {
    let width = currencies.count
    if conversions.count != width {
      conversions = Array(repeating: .same, count: width)
      (isStale, revision) = (true, nil)
    }
    guard width > 1 else { return }
    for slot in 0..<width where currencies[slot].id < 0 {
      currencies[slot].id = market.rates.id(of: currencies[slot].name) ?? -1
    }
    for slot in 1..<width {
      let (from, to) = (currencies[slot].id, currencies[0].id)
      conversions[slot] = from < 0 || to < 0 ? nil : market.conversion(from: from, to: to)
    }
  }

  // MARK: - The walk

  /// Adds up exposures and worth. O(instruments ever traded), of which those that have changed cost as many
  /// valuations as there are scopes with limits on them and strategies that hold them.
  /// - Parameter own: an instrument that is left out of the exposures.
  mutating func walk(besides own: InstrumentID, _ market: borrowing Market) {
    turn(market)
    if needsWorth, revision != market.portfolio.revision { count(market) }
    if isStale { begin() }
    for id in market.touched where id.index < slots.count {
      let line = lines[id.index]
      let (mark, moves) = (market.books[id.index].mark, market.moves(of: id))
      let isSame =
        line.mark == mark && line.moves == moves
        && (!needsMargins || !line.isByOthers && line.published == market.marginMark(id))
      let isOwn = id == own
      if !isOwn, line.unit != nil, line.moves == moves,
        mark == line.mark || shift(id, to: mark, market)
      {
        continue
      }
      if isSame, line.hasWorth || !needsWorth, line.hasSums != isOwn || summed.isEmpty { continue }
      if needsWorth, !isSame || !line.hasWorth { setWorth(id, mark, market) }
      if isOwn || !isSame || !line.hasSums { setSums(id, mark, isOwn: isOwn, market) }
      lines[id.index].mark = mark
      lines[id.index].moves = moves
      if needsMargins { lines[id.index].published = market.marginMark(id) }
    }
    for scope in summed {
      failures[scope] = failureCounts[scope] == 0 ? nil : failure(scope, market)
    }
  }

  /// Nothing is in the sums.
  private mutating func begin() {
    let (width, count) = (currencies.count, slots.count)
    exposures = Array(repeating: Exposure(), count: scopes.count * width)
    margins = Array(repeating: 0, count: scopes.count * width)
    unknownMargins = Array(repeating: 0, count: scopes.count)
    failureCounts = Array(repeating: 0, count: scopes.count)
    gained = Array(repeating: 0, count: owners.count * width)
    held = Array(repeating: 0, count: accountCount * width)
    for index in lines.indices {
      (lines[index].hasWorth, lines[index].hasSums) = (false, false)
      (lines[index].isBeyond, lines[index].unit) = (false, nil)
    }
    gains = Array(repeating: Gain(), count: needsWorth ? count * owners.count : 0)
    parts = Array(repeating: Part(), count: count * summed.count)
    (beyond, isStale) = (0, false)
  }

  /// Adds up what the books say that does not depend on marks, after they have moved. O(accounts × currencies).
  private mutating func count(_ market: borrowing Market) {
    let before = currencies.count
    for account in 0..<accountCount {
      for book in market.portfolio.ledger(AccountID(UInt16(account))).books {
        _ = slot(of: book.currency)
      }
    }
    if currencies.count != before { turn(market) }
    let width = currencies.count
    books = Array(repeating: 0, count: accountCount * width)
    for account in 0..<accountCount {
      for book in market.portfolio.ledger(AccountID(UInt16(account))).books {
        let place = account * width + slot(of: book.currency)
        books[place] += (book[.cash] + book[.inventory] + book[.variation]).raw
      }
    }
    revision = market.portfolio.revision
  }

  // MARK: - Worth

  /// Puts what strategies hold of an instrument at its mark, without one at cost, in the place of what it was.
  @inline(never)
  private mutating func setWorth(_ id: InstrumentID, _ mark: Price, _ market: borrowing Market) {
    let (width, slot) = (currencies.count, slots[id.index])
    var isBeyond = false
    var rest = market.traders[id.index]
    while rest != 0 {
      let strategy = rest.trailingZeroBitCount
      rest &= rest &- 1
      guard strategy < owners.count else { continue }
      let gain = gain(id, mark, strategy, &isBeyond, market)
      let place = id.index * owners.count + strategy
      gained[strategy * width + slot] += gain.strategy - gains[place].strategy
      held[Int(owners[strategy].raw) * width + slot] += gain.account - gains[place].account
      gains[place] = gain
    }
    beyond += (isBeyond ? 1 : 0) - (lines[id.index].isBeyond ? 1 : 0)
    (lines[id.index].isBeyond, lines[id.index].hasWorth) = (isBeyond, true)
  }

  private func gain(
    _ id: InstrumentID, _ mark: Price, _ strategy: Int, _ isBeyond: inout Bool,
    _ market: borrowing Market
  ) -> Gain {
    let position = market.portfolio.position(StrategyID(UInt16(strategy)), id)
    var (value, variation): (Int128, Int128) = (0, 0)
    if position.quantity != .zero {
      if mark.isNone {
        value = position.cost.raw
        // It has no profit but what was paid of it, which is in the cash.
        variation = position.variation.raw
      } else if let cost = cost(id, mark, Int128(position.quantity.raw), market) {
        value = cost
      } else {
        isBeyond = true
      }
    }
    let isInCash = isExchanged(id, owners[strategy], market)
    return Gain(
      strategy: value + (position.realised - position.fees - position.cost).raw,
      account: (isInCash ? 0 : value - position.cost.raw) + variation)
  }

  // MARK: - Exposures and margins

  /// What scopes hold and have open of an instrument, valued.
  private struct Valued: BitwiseCopyable {
    var open: Market.Committed
    var long: Int128 = 0
    var short: Int128 = 0
    var failure: Rule?
  }

  /// Puts an instrument's exposures and margins of all scopes in the place of what they were. Scopes that hold
  /// all of it look once.
  /// - Parameter isOwn: it is left out.
  @inline(never)
  private mutating func setSums(
    _ id: InstrumentID, _ mark: Price, isOwn: Bool, _ market: borrowing Market
  ) {
    let traders = market.traders[id.index]
    var whole: Valued?
    for (place, scope) in summed.enumerated() {
      let members = scopes[scope].members
      guard !isOwn, members & traders != 0 else {
        set(Part(), of: id.index, place)
        continue
      }
      let isWhole = members & traders == traders
      let valued =
        isWhole ? whole ?? value(id, mark, members, market) : value(id, mark, members, market)
      if isWhole { whole = valued }
      set(part(id, scope, valued, market), of: id.index, place)
    }
    lines[id.index].hasSums = !isOwn
    lines[id.index].unit = isOwn ? nil : plainUnit(id, mark, market)
  }

  private func value(
    _ id: InstrumentID, _ mark: Price, _ members: UInt64, _ market: borrowing Market
  ) -> Valued {
    var valued = Valued(open: market.committed(members, id))
    guard valued.open.long != 0 || valued.open.short != 0 else { return valued }
    if mark.isNone, valued.open.buys == 0, valued.open.sells == 0 {
      valued.long = paid(id, members, market)
      valued.short = valued.long
      return valued
    }
    guard let long = amount(id, mark, valued.open.long, market),
      let short = valued.open.buys == 0 && valued.open.sells == 0
        ? long : amount(id, mark, valued.open.short, market)
    else {
      valued.failure = mark.isNone ? .orderNoReferencePrice : .arithmeticOverflow
      return valued
    }
    (valued.long, valued.short) = (long, short)
    return valued
  }

  private func part(
    _ id: InstrumentID, _ scope: Int, _ valued: Valued, _ market: borrowing Market
  ) -> Part {
    var part = Part()
    guard valued.open.long != 0 || valued.open.short != 0 else { return part }
    if let model = scopes[scope].margin, !isExchanged(id, scopes[scope].account, market) {
      if let needed = margin(id, valued.open, at: market.marginMark(id), model, market) {
        part.margin = needed
      } else {
        part.isMarginUnknown = true
      }
    }
    (part.long, part.short) = (
      Int64(clamping: valued.open.long), Int64(clamping: valued.open.short)
    )
    guard scopes[scope].needsExposure else { return part }
    part.failure = valued.failure
    guard valued.failure == nil else { return part }
    part.exposure.gross = Int128(max(valued.long.magnitude, valued.short.magnitude))
    (part.exposure.upper, part.exposure.lower) = (valued.long, valued.short)
    return part
  }

  private mutating func set(_ part: Part, of instrument: Int, _ place: Int) {
    let (scope, own) = (summed[place], instrument * summed.count + place)
    let (old, sum) = (parts[own], scope * currencies.count + slots[instrument])
    exposures[sum].gross += part.exposure.gross - old.exposure.gross
    exposures[sum].upper += part.exposure.upper - old.exposure.upper
    exposures[sum].lower += part.exposure.lower - old.exposure.lower
    margins[sum] += part.margin - old.margin
    unknownMargins[scope] += (part.isMarginUnknown ? 1 : 0) - (old.isMarginUnknown ? 1 : 0)
    failureCounts[scope] += (part.failure == nil ? 0 : 1) - (old.failure == nil ? 0 : 1)
    parts[own] = part
  }

  /// Why a scope's exposure is not known: of several instruments the first.
  @inline(never)
  private func failure(_ scope: Int, _ market: borrowing Market) -> Rule? {
    guard let place = summed.firstIndex(of: scope) else { return nil }
    for id in market.touched where id.index < slots.count {
      if let failure = parts[id.index * summed.count + place].failure { return failure }
    }
    return nil
  }
}
