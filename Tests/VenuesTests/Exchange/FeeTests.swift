import Events
import Testing
import Venues

@Suite struct FeeTests {
  /// The fees of the fills of orders sent one by one against deep quotes.
  static func fees(
    _ model: FeeModel, price: Int64, _ orders: [Int64], instrument: Instrument = Desk.stock
  ) -> [String] {
    var desk = Desk(ExchangeConfiguration(fees: model), instrument: instrument)
    desk.quote(price, 1_000_000, price, 1_000_000)
    for (index, quantity) in orders.enumerated() { desk.send(UInt64(index + 1), .buy, quantity) }
    _ = desk.reports()
    return fees(of: desk.last)
  }

  static func fees(of reports: [DueReport]) -> [String] {
    reports.compactMap {
      guard case .filled(let fill) = $0.report.outcome else { return nil }
      return decimalText(fill.fee.raw, scale: Money.scale)
    }
  }

  @Test func `a US share costs half a cent, at least a dollar, at most half a percent`() {
    // 688 shares: 3.44. 10 shares: 0.05, so the dollar. 10 shares of 10.00 are worth 100, half a
    // percent of which is 0.50 and wins over the dollar.
    #expect(
      Self.fees(.usEquity, price: 14_478, [688, 10]) == ["3.440000000000", "1.000000000000"])
    #expect(Self.fees(.usEquity, price: 1_000, [10]) == ["0.500000000000"])
  }

  @Test func `the minimum is charged once an order, not once a fill`() {
    var desk = Desk(ExchangeConfiguration(fees: .usEquity))
    desk.level(.sell, 10_000, 100)
    desk.level(.sell, 10_001, 100)
    desk.level(.sell, 10_002, 200)
    desk.send(1, .buy, 400)
    _ = desk.reports()
    // 100 shares: 0.50, so 1.00. 200: 1.00, nothing more. 400: 2.00.
    #expect(
      Self.fees(of: desk.last) == ["1.000000000000", "0.000000000000", "1.000000000000"])
  }

  @Test func `takers pay and makers receive basis points of the value`() {
    let model = FeeModel.perNotional(maker: Decimal("-0.5")!, taker: Decimal("4")!)
    var desk = Desk(ExchangeConfiguration(fees: model))
    desk.quote(9_998, 10, 10_000, 10)
    desk.send(1, .buy, 10)  // 1000.00 × 0.0004
    desk.send(2, .buy, 10, at: 9_999)
    desk.trade(9_999, 10, .sell)  // 999.90 × -0.00005
    _ = desk.reports()
    #expect(Self.fees(of: desk.last) == ["0.400000000000", "-0.049995000000"])
  }

  @Test func `fees are rounded half to even at the twelfth decimal`() {
    // Value 0.000000000005 (price 5 × 10^-9, quantity 10^-3); a tenth of it is half of the last digit.
    let dust = Instrument(
      id: InstrumentID(0), venueName: "TEST", symbol: "DUST", kind: .crypto, currency: "USD",
      priceScale: 9, quantityScale: 3)
    let tenth = FeeModel.perNotional(maker: .init(mantissa: 0, scale: 0), taker: Decimal("1000")!)
    #expect(Self.fees(tenth, price: 5, [1], instrument: dust) == ["0.000000000000"])
    #expect(Self.fees(tenth, price: 5, [3], instrument: dust) == ["0.000000000002"])
  }

  @Test func `multipliers count, and instruments may have their own fees`() {
    let future = Instrument(
      id: InstrumentID(0), venueName: "TEST", symbol: "FUT", kind: .future, currency: "EUR",
      priceScale: 2, quantityScale: 0, multiplier: 50_000_000_000)
    let rules = InstrumentRules(
      "TEST:FUT",
      fees: .perNotional(maker: Decimal("1")!, taker: Decimal("1")!))
    var desk = Desk(
      ExchangeConfiguration(fees: .usEquity, exceptions: [rules]), instrument: future)
    desk.quote(10_000, 10, 10_000, 10)
    desk.send(1, .sell, 2)
    _ = desk.reports()
    // 100.00 × 2 × 50 = 10,000; a basis point of it is 1.
    #expect(Self.fees(of: desk.last) == ["1.000000000000"])
    guard case .filled(let fill) = desk.last[1].report.outcome else {
      Issue.record("no fill")
      return
    }
    #expect(fill.feeCurrency == "EUR")
  }
}
