import Books
import Events

/// All that is held and open at the marks of now: exposures and worth of all scopes, added up in one walk
/// over what was ever traded (docs/risk.md).
///
/// Sums are kept by currency and turned into the base currency at the end, by the rates that reports take; so
/// an account is worth here what `Market.valuations` says. Nothing is allocated once all currencies are known.
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
  private var factors: [Int64] = []
  /// By instrument id.
  private var kinds: [Kind] = []

  private(set) var scopes: [Walked] = []
  let owners: [AccountID]
  let accountCount: Int
  private let needsWorth: Bool
  /// Whether any rule looks at what comes out.
  let isUsed: Bool
  private let hasSums: Bool

  /// By scope, then currency.
  private(set) var exposures: [Exposure] = []
  /// By scope, then currency: initial margin, each instrument's worse side; by scope whether it is not known.
  private(set) var margins: [Int128] = []
  private(set) var isMarginUnknown: [Bool] = []
  /// By scope: why its exposure is not known.
  private(set) var failures: [Rule?] = []
  /// By strategy, then currency: what is held at the marks, and what beside it belongs to gains.
  private(set) var values: [Int128] = []
  private(set) var earned: [Int128] = []
  /// By account, then currency: worth, and what of it does not depend on marks.
  private(set) var accounts: [Int128] = []
  private var fixed: [Int128] = []
  /// Of the portfolio that `earned` and `fixed` are of.
  private var revision: UInt64?
  /// Whether an amount was out of range.
  private(set) var isBeyond = false

  /// How an instrument is valued.
  private enum Kind {
    case straight
    /// Whoever is long gains when the contract is worth fewer coins.
    case inverse
    /// A currency pair: of accounts that exchange cash it is in the cash.
    case pair
  }

  struct Walked {
    var kind: ScopeLimits.Kind
    var members: UInt64
    var account: AccountID
    var needsExposure: Bool
    /// The model by which it needs margin, if that is limited.
    var margin: MarginModel?
  }

  struct Exposure: BitwiseCopyable {
    /// Sum of the sizes, each instrument's worse side.
    var gross: Int128 = 0
    /// Sum of the signed values if all buys fill, and if all sells do.
    var upper: Int128 = 0
    var lower: Int128 = 0
  }

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
    hasSums = self.scopes.contains { $0.needsExposure || $0.margin != nil }
    needsWorth = scopes.contains { $0.limits.needsWealth }
    failures = Array(repeating: nil, count: scopes.count)
    isMarginUnknown = Array(repeating: false, count: scopes.count)
  }

  // MARK: - Instruments and currencies

  /// Takes an instrument. O(currencies).
  mutating func define(_ instrument: Instrument) {
    let index = instrument.id.index
    while slots.count <= index {
      slots.append(0)
      factors.append(0)
      kinds.append(.straight)
    }
    slots[index] = slot(of: instrument.currency)
    let isInverse = instrument.kind == .inverse
    kinds[index] = isInverse ? .inverse : instrument.isExchangeable ? .pair : .straight
    // Not whole where the price divides.
    if isInverse { return factors[index] = 0 }
    let shift = Int(instrument.priceScale + instrument.quantityScale) + 9 - Money.scale
    let multiplier = Int128(instrument.multiplier)
    let divisor = power(max(shift, 0))
    let factor =
      shift <= 0 ? multiplier * power(-shift) : multiplier % divisor == 0 ? multiplier / divisor : 0
    factors[index] = Int64(exactly: factor) ?? 0
  }

  private mutating func slot(of name: String) -> Int {
    if let known = currencies.firstIndex(where: { $0.name == name }) { return known }
    currencies.append((name, -1))
    return currencies.count - 1
  }

  /// Finds how each currency becomes the base currency now.
  private mutating func turn(_ market: borrowing Market) {
    let width = currencies.count
    if conversions.count != width {
      conversions = Array(repeating: .same, count: width)
      exposures = Array(repeating: Exposure(), count: scopes.count * width)
      margins = Array(repeating: 0, count: scopes.count * width)
      values = Array(repeating: 0, count: owners.count * width)
      accounts = Array(repeating: 0, count: accountCount * width)
      revision = nil
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

  /// Adds up exposures and worth. O(instruments ever traded × scopes with limits on them).
  /// - Parameter own: an instrument that is left out of the exposures.
  mutating func walk(besides own: InstrumentID, _ market: borrowing Market) {
    turn(market)
    let width = currencies.count
    for index in exposures.indices { exposures[index] = Exposure() }
    for index in failures.indices {
      failures[index] = nil
      isMarginUnknown[index] = false
    }
    for index in margins.indices { margins[index] = 0 }
    isBeyond = false
    if needsWorth { begin(market) }
    for id in market.touched where id.index < slots.count {
      let mark = market.books[id.index].mark
      if needsWorth { addWorth(id, mark, width, market) }
      if hasSums, id != own { addExposures(id, mark, width, market) }
    }
    guard needsWorth else { return }
    for (strategy, owner) in owners.enumerated() {
      for slot in 0..<width {
        accounts[Int(owner.raw) * width + slot] += values[strategy * width + slot]
      }
    }
  }

  /// What scopes hold and have open of an instrument, valued.
  private struct Valued: BitwiseCopyable {
    var open: Market.Committed
    var long: Int128 = 0
    var short: Int128 = 0
    var failure: Rule?
  }

  /// Adds an instrument to the exposures and margins of all scopes. Those that hold all of it look once.
  @inline(__always)
  private mutating func addExposures(
    _ id: InstrumentID, _ mark: Price, _ width: Int, _ market: borrowing Market
  ) {
    let (traders, slot) = (market.traders[id.index], slots[id.index])
    var whole: Valued?
    for index in scopes.indices
    where scopes[index].needsExposure || scopes[index].margin != nil {
      let members = scopes[index].members
      guard members & traders != 0 else { continue }
      let isWhole = members & traders == traders
      let valued =
        isWhole ? whole ?? value(id, mark, members, market) : value(id, mark, members, market)
      if isWhole { whole = valued }
      guard valued.open.long != 0 || valued.open.short != 0 else { continue }
      if let model = scopes[index].margin, !isExchanged(id, scopes[index].account, market) {
        let price = market.marginMark(id)
        if let needed = margin(id, valued.open, at: price, model, market) {
          margins[index * width + slot] += needed
        } else {
          isMarginUnknown[index] = true
        }
      }
      guard scopes[index].needsExposure else { continue }
      if let failure = valued.failure {
        if failures[index] == nil { failures[index] = failure }
        continue
      }
      var sum = exposures[index * width + slot]
      sum.gross += Int128(max(valued.long.magnitude, valued.short.magnitude))
      sum.upper += valued.long
      sum.lower += valued.short
      exposures[index * width + slot] = sum
    }
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

  /// What strategies paid for what they hold of an instrument: its value while there is no mark.
  @inline(never)
  private func paid(_ id: InstrumentID, _ members: UInt64, _ market: borrowing Market) -> Int128 {
    var sum: Int128 = 0
    var rest = market.traders[id.index] & members
    while rest != 0 {
      let strategy = rest.trailingZeroBitCount
      rest &= rest &- 1
      sum += market.portfolio.position(StrategyID(UInt16(strategy)), id).cost.raw
    }
    return kinds[id.index] == .inverse ? -sum : sum
  }

  /// What does not depend on marks, found again after the books have moved. O(positions + accounts).
  private mutating func begin(_ market: borrowing Market) {
    if revision != market.portfolio.revision {
      for account in 0..<accountCount {
        for book in market.portfolio.ledger(AccountID(UInt16(account))).books {
          _ = slot(of: book.currency)
        }
      }
      if conversions.count != currencies.count { turn(market) }
      recount(market)
      revision = market.portfolio.revision
    }
    for index in values.indices { values[index] = 0 }
    for index in accounts.indices { accounts[index] = fixed[index] }
  }

  private mutating func recount(_ market: borrowing Market) {
    let width = currencies.count
    earned = Array(repeating: 0, count: values.count)
    fixed = Array(repeating: 0, count: accounts.count)
    for account in 0..<accountCount {
      for book in market.portfolio.ledger(AccountID(UInt16(account))).books {
        let place = account * width + slot(of: book.currency)
        fixed[place] += (book[.cash] + book[.inventory] + book[.variation]).raw
      }
    }
    for id in market.touched where id.index < slots.count {
      var rest = market.traders[id.index]
      while rest != 0 {
        let strategy = rest.trailingZeroBitCount
        rest &= rest &- 1
        let position = market.portfolio.position(StrategyID(UInt16(strategy)), id)
        earned[strategy * width + slots[id.index]] +=
          (position.realised - position.fees - position.cost).raw
        guard !isExchanged(id, owners[strategy], market) else { continue }
        fixed[Int(owners[strategy].raw) * width + slots[id.index]] -= position.cost.raw
      }
    }
  }

  /// Adds what strategies hold of an instrument at its mark; without one at cost.
  @inline(__always)
  private mutating func addWorth(
    _ id: InstrumentID, _ mark: Price, _ width: Int, _ market: borrowing Market
  ) {
    var rest = market.traders[id.index]
    while rest != 0 {
      let strategy = rest.trailingZeroBitCount
      rest &= rest &- 1
      let quantity = market.portfolio.held(strategy, id.index)
      guard quantity != 0, strategy < owners.count else { continue }
      let account = Int(owners[strategy].raw) * width + slots[id.index]
      let value: Int128
      if !mark.isNone {
        guard let cost = cost(id, mark, Int128(quantity), market) else {
          isBeyond = true
          continue
        }
        value = cost
      } else {
        let position = market.portfolio.position(StrategyID(UInt16(strategy)), id)
        value = position.cost.raw
        // It has no profit but what was paid of it, which is in the cash.
        accounts[account] += position.variation.raw
      }
      values[strategy * width + slots[id.index]] += value
      if isExchanged(id, owners[strategy], market) { accounts[account] -= value }
    }
  }

  /// Whether what an account holds of an instrument is in its cash.
  @inline(__always)
  private func isExchanged(_ id: InstrumentID, _ account: AccountID, _ market: borrowing Market)
    -> Bool
  {
    kinds[id.index] == .pair
      && market.portfolio.accounts[Int(account.raw)].currencies == .exchange
  }

  /// `Money.cost` in the instrument's currency, × 10^12.
  @inline(__always)
  func cost(
    _ id: InstrumentID, _ price: Price, _ quantity: Int128, _ market: borrowing Market
  ) -> Int128? {
    let amount = amount(id, price, quantity, market)
    return kinds[id.index] == .inverse ? amount.map { -$0 } : amount
  }

  /// `Money.notional` in the instrument's currency, × 10^12.
  /// - Returns: nil without a price, or out of range.
  @inline(__always)
  func amount(
    _ id: InstrumentID, _ price: Price, _ quantity: Int128, _ market: borrowing Market
  ) -> Int128? {
    guard !price.isNone else { return nil }
    let factor = factors[id.index]
    guard factor != 0 else { return rounded(id, price, quantity, market) }
    let unit = Int128(price.raw) &* Int128(factor)
    // Nearly always both fit 64 bits, whose product is one instruction.
    if let small = Int64(exactly: unit), let few = Int64(exactly: quantity) {
      let product = Int128(small) &* Int128(few)
      return product.magnitude <= Money.limit.magnitude ? product : nil
    }
    let (product, isOver) = unit.multipliedReportingOverflow(by: quantity)
    return isOver || product.magnitude > Money.limit.magnitude ? nil : product
  }

  @inline(never)
  private func rounded(
    _ id: InstrumentID, _ price: Price, _ quantity: Int128, _ market: borrowing Market
  ) -> Int128? {
    guard let terms = market.terms(id), let quantity = Int64(exactly: quantity) else { return nil }
    return Money.notional(price, Quantity(quantity), of: terms)?.raw
  }
}
