import Books
import Events

// What came out of the last walk.
extension MarkToMarket {
  /// An amount of an instrument's currency in the base currency, by the rates of the last walk.
  func convert(_ raw: Int128, of id: InstrumentID) -> Int128? { convert(raw, slots[id.index]) }

  /// Whether amounts of an instrument's currency could be turned at the last walk.
  func hasRate(_ id: InstrumentID) -> Bool { conversions[slots[id.index]] != nil }

  /// Whether those of all currencies could.
  var hasAllRates: Bool { conversions.allSatisfy { $0 != nil } }

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

  /// Initial margin of the worse side of an instrument, in its currency; nil if it is not known.
  func margin(
    _ id: InstrumentID, _ open: Market.Committed, at price: Price, _ model: MarginModel,
    _ market: borrowing Market
  ) -> Int128? {
    func needed(_ quantity: Int128) -> Int128? {
      if quantity == 0 { return 0 }
      guard let exact = Int64(exactly: quantity) else { return nil }
      return market.requirement(id, Quantity(exact), at: price, model)?.initial.raw
    }
    guard let long = needed(open.long) else { return nil }
    guard open.buys != 0 || open.sells != 0 else { return long }
    return needed(open.short).map { max(long, $0) }
  }

  /// The initial margin of a scope at the last walk, in the base currency; nil if it is not known.
  func margin(of scope: Int) -> Int128? {
    guard unknownMargins[scope] == 0 else { return nil }
    var sum: Int128 = 0
    for slot in currencies.indices {
      guard let needed = convert(margins[scope * currencies.count + slot], slot) else { return nil }
      sum += needed
    }
    return sum
  }

  /// The margin model of a scope, if its margin is limited.
  func model(of scope: Int) -> MarginModel? { scopes[scope].margin }

  /// Whether two instruments have one currency.
  func isOneCurrency(_ a: InstrumentID, _ b: InstrumentID) -> Bool {
    max(a.index, b.index) < slots.count && slots[a.index] == slots[b.index]
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
        guard let amount = convert(gained[place], slot) else { return nil }
        sum.raw += amount
      }
      return sum
    case .instrument: return gain(instrument, market)
    }
  }

  private func worth(of account: AccountID) -> Money? {
    var sum = Money.zero
    for slot in currencies.indices {
      let place = Int(account.raw) * currencies.count + slot
      let raw = books[place] + held[place]
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
      guard let value = cost(id, mark, Int128(position.quantity.raw), market) else { return nil }
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
    if terms.kind == .inverse {
      guard mark.raw > 0 else { return 0 }
      let price = Double(mark.raw) / binaryPower(Int(terms.priceScale))
      return Double(terms.multiplier) / 1e9 / binaryPower(Int(terms.quantityScale)) / price
        * conversion.factor
    }
    let digits = Int(terms.priceScale + terms.quantityScale)
    return Double(mark.raw) * Double(terms.multiplier) / 1e9 / binaryPower(digits)
      * conversion.factor
  }
}
