import Books
import Events

// What amounts of an instrument are worth.
extension MarkToMarket {
  /// What strategies paid for what they hold of an instrument: its value while there is no mark.
  @inline(never)
  func paid(_ id: InstrumentID, _ members: UInt64, _ market: borrowing Market) -> Int128 {
    var sum: Int128 = 0
    var rest = market.traders[id.index] & members
    while rest != 0 {
      let strategy = rest.trailingZeroBitCount
      rest &= rest &- 1
      sum += market.portfolio.position(StrategyID(UInt16(strategy)), id).cost.raw
    }
    return kinds[id.index] == .inverse ? -sum : sum
  }

  /// Whether what an account holds of an instrument is in its cash.
  @inline(__always)
  func isExchanged(_ id: InstrumentID, _ account: AccountID, _ market: borrowing Market)
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
