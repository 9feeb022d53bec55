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
  private var currencies: [(name: String, id: Int)]
  /// By currency: how it becomes the base currency now.
  private var conversions: [Conversion?] = []
  /// By instrument id: the place of its currency.
  private var slots: [Int] = []
  /// By instrument id: money of one unit of price × quantity, × 10^12, if that is whole; else 0.
  private var factors: [Int64] = []

  private var scopes: [Walked] = []
  private let owners: [AccountID]
  private let accountCount: Int
  private let needsWorth: Bool

  /// By scope, then currency.
  private var exposures: [Exposure] = []
  /// By scope: why its exposure is not known.
  private var failures: [Rule?] = []
  /// By strategy, then currency: what is held at the marks, and what beside it belongs to gains.
  private var values: [Int128] = []
  private var earned: [Int128] = []
  /// By account, then currency: worth, and what of it does not depend on marks.
  private var accounts: [Int128] = []
  private var fixed: [Int128] = []
  /// Of the portfolio that `earned` and `fixed` are of.
  private var revision: UInt64?
  /// Whether an amount was out of range.
  private var isBeyond = false

  private struct Walked: BitwiseCopyable {
    var kind: ScopeLimits.Kind
    var members: UInt64
    var account: AccountID
    var needsExposure: Bool
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
        needsExposure: $0.limits.needsExposure && $0.kind != .instrument)
    }
    needsWorth = scopes.contains { $0.limits.needsWealth }
    failures = Array(repeating: nil, count: scopes.count)
  }

  // MARK: - Instruments and currencies

  /// Takes an instrument. O(currencies).
  mutating func define(_ instrument: Instrument) {
    let index = instrument.id.index
    while slots.count <= index {
      slots.append(0)
      factors.append(0)
    }
    slots[index] = slot(of: instrument.currency)
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
    for index in failures.indices { failures[index] = nil }
    isBeyond = false
    if needsWorth { begin(market) }
    for id in market.touched where id.index < slots.count {
      let mark = market.books[id.index].mark
      if needsWorth { addWorth(id, mark, width, market) }
      guard id != own else { continue }
      for index in scopes.indices where scopes[index].needsExposure {
        let open = market.committed(scopes[index].members, id)
        guard open.long != 0 || open.short != 0 else { continue }
        guard let long = amount(id, mark, open.long, market),
          let short = open.buys == 0 && open.sells == 0
            ? long : amount(id, mark, open.short, market)
        else {
          if failures[index] == nil {
            failures[index] = mark.isNone ? .orderNoReferencePrice : .arithmeticOverflow
          }
          continue
        }
        let place = index * width + slots[id.index]
        exposures[place].gross += Int128(max(long.magnitude, short.magnitude))
        exposures[place].upper += long
        exposures[place].lower += short
      }
    }
    guard needsWorth else { return }
    for (strategy, owner) in owners.enumerated() {
      for slot in 0..<width {
        accounts[Int(owner.raw) * width + slot] += values[strategy * width + slot]
      }
    }
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
      if !mark.isNone {
        if let value = amount(id, mark, Int128(quantity), market) {
          values[strategy * width + slots[id.index]] += value
        } else {
          isBeyond = true
        }
      } else {
        let position = market.portfolio.position(StrategyID(UInt16(strategy)), id)
        values[strategy * width + slots[id.index]] += position.cost.raw
        // It has no profit but what was paid of it, which is in the cash.
        let account = Int(owners[strategy].raw)
        accounts[account * width + slots[id.index]] += position.variation.raw
      }
    }
  }

  /// Price × quantity × multiplier in the instrument's currency, × 10^12.
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

  // MARK: - What came out

  /// An amount of an instrument's currency in the base currency, by the rates of the last walk.
  func convert(_ raw: Int128, of id: InstrumentID) -> Int128? { convert(raw, slots[id.index]) }

  /// Whether amounts of an instrument's currency could be turned at the last walk.
  func hasRate(_ id: InstrumentID) -> Bool { conversions[slots[id.index]] != nil }

  private func convert(_ raw: Int128, _ slot: Int) -> Int128? {
    if slot == 0 { return raw }
    return raw == 0 ? 0 : conversions[slot]?.convert(Money(raw: raw))?.raw
  }

  /// A scope's exposure at the last walk, in the base currency.
  func exposure(of scope: Int) -> RiskControls.Sum<Exposure> {
    if let failed = failures[scope] { return .failed(failed) }
    var sum = Exposure()
    for slot in currencies.indices {
      let one = exposures[scope * currencies.count + slot]
      guard one.gross != 0 else { continue }
      guard conversions[slot] != nil else { return .failed(.currencyNoRate) }
      guard let gross = convert(one.gross, slot), let upper = convert(one.upper, slot),
        let lower = convert(one.lower, slot)
      else { return .failed(.arithmeticOverflow) }
      sum.gross += gross
      sum.upper += upper
      sum.lower += lower
    }
    return sum.gross.magnitude > Money.limit.magnitude ? .failed(.arithmeticOverflow) : .known(sum)
  }

  /// What a scope was worth at the last walk in the base currency: the firm what its accounts are worth
  /// together, a strategy and an instrument what was gained with them.
  /// - Returns: nil if an amount could not be turned or is out of range.
  func worth(of scope: Int, _ instrument: InstrumentID, _ market: borrowing Market) -> Money? {
    guard !isBeyond else { return nil }
    switch scopes[scope].kind {
    case .firm:
      var sum = Money.zero
      for account in 0..<accountCount {
        guard let one = worth(of: AccountID(UInt16(account))) else { return nil }
        sum += one
      }
      return sum
    case .account: return worth(of: scopes[scope].account)
    case .strategy:
      let strategy = scopes[scope].members.trailingZeroBitCount
      let width = currencies.count
      var sum = Money.zero
      for slot in 0..<width {
        let place = strategy * width + slot
        guard let amount = convert(values[place] + earned[place], slot) else { return nil }
        sum.raw += amount
      }
      return sum
    case .instrument: return gain(instrument, market)
    }
  }

  private func worth(of account: AccountID) -> Money? {
    var sum = Money.zero
    for slot in currencies.indices {
      let raw = accounts[Int(account.raw) * currencies.count + slot]
      guard raw.magnitude <= Money.limit.magnitude, let amount = convert(raw, slot) else {
        return nil
      }
      sum.raw += amount
    }
    return sum
  }

  private func gain(_ id: InstrumentID, _ market: borrowing Market) -> Money? {
    guard id.index < slots.count else { return .zero }
    let mark = market.books[id.index].mark
    var sum: Int128 = 0
    for strategy in owners.indices {
      let position = market.portfolio.position(StrategyID(UInt16(strategy)), id)
      sum += (position.realised - position.fees).raw
      guard position.quantity != .zero, !mark.isNone else { continue }
      guard let value = amount(id, mark, Int128(position.quantity.raw), market) else { return nil }
      sum += value - position.cost.raw
    }
    return convert(sum, of: id).map { Money(raw: $0) }
  }

  /// What one unit of an instrument's integer quantity is worth at its mark, as a binary number in units of
  /// the base currency; 0 without a price or a rate.
  func unit(_ id: InstrumentID, _ market: borrowing Market) -> Double {
    guard id.index < slots.count, let terms = market.terms(id),
      let conversion = conversions[slots[id.index]]
    else { return 0 }
    let mark = market.books[id.index].mark
    guard !mark.isNone else { return 0 }
    let digits = Int(terms.priceScale + terms.quantityScale)
    return Double(mark.raw) * Double(terms.multiplier) / 1e9 / binaryPower(digits)
      * conversion.factor
  }
}
