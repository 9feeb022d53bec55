import Books
import Testing

@Suite struct ImpliedVolatilityTests {
  /// What a price's own rounding leaves of the volatility, relatively: a few units in the last place over
  /// the price's slope.
  private static func blur(_ row: OptionRow, _ vega: Double) throws -> Double {
    4e-15 * max(row.price, row.option.strike) / (vega * row.volatility)
  }

  @Test(.enabled(if: OptionRow.file != nil, "no folder of outside data"))
  func `volatilities come back from QuantLib's prices`() throws {
    var solved = 0
    for model in ["european_bsm", "black76"] {
      for row in try OptionRow.rows(model) {
        let (price, vega) = (try #require(row.expected[0]), try #require(row.expected[3]))
        let blur = try Self.blur(row, vega)
        // Of the others the price says nothing in its 16 digits.
        guard blur < 1e-3 else { continue }
        let found =
          model == "black76"
          ? try ImpliedVolatility.black76(
            row.option, price: price, forward: row.price, rate: row.rate)
          : try ImpliedVolatility.blackScholes(
            row.option, price: price, spot: row.price, rate: row.rate, yield: row.yield)
        #expect(
          (found / row.volatility - 1).magnitude <= max(blur, 1e-11), "\(row): \(found)")
        solved += 1
      }
    }
    #expect(solved > 125)
  }

  @Test(arguments: [0.001, 0.01, 0.1, 0.5, 1, 5, 20], PricedOption.Right.allCases)
  func `near and far strikes and times solve as well`(
    volatility: Double, right: PricedOption.Right
  ) throws {
    for strike in [1, 50, 90, 99.9, 100, 100.1, 110, 200, 10_000.0] {
      for time in [1e-6, 0.003, 0.25, 3, 30] {
        let option = PricedOption(right, strike: strike, time: time)
        let value = try EuropeanOption.blackScholes(
          option, spot: 100, rate: 0.02, yield: 0.01, volatility: volatility)
        let blur = 4e-15 * max(100, strike) / (value.vega * volatility)
        guard value.price > 1e-290, blur < 1e-3 else { continue }
        let found = try ImpliedVolatility.blackScholes(
          option, price: value.price, spot: 100, rate: 0.02, yield: 0.01)
        #expect((found / volatility - 1).magnitude <= max(blur, 1e-12), "\(option) \(found)")
      }
    }
  }

  @Test func `a price that no volatility makes is told from others`() throws {
    let call = PricedOption(.call, strike: 90, time: 1)
    let put = PricedOption(.put, strike: 110, time: 1)
    let table: [(PricedOption, Double, ImpliedVolatilityProblem)] = [
      (call, 10, .belowIntrinsic(10)), (call, 9.99, .belowIntrinsic(10)),
      (call, -1, .belowIntrinsic(10)), (put, 10, .belowIntrinsic(10)),
      (call, 100, .aboveBound(100)), (call, 200, .aboveBound(100)),
      (put, 110, .aboveBound(110)), (call, .nan, .pricing(.invalid("price"))),
      (call, .infinity, .pricing(.invalid("price"))),
      (PricedOption(.call, strike: 0, time: 1), 1, .pricing(.invalid("strike"))),
      (PricedOption(.call, strike: 1, time: 0), 1, .pricing(.invalid("time"))),
    ]
    for (option, price, problem) in table {
      #expect(throws: problem) {
        try ImpliedVolatility.blackScholes(option, price: price, spot: 100, rate: 0)
      }
      #expect(throws: problem) {
        try ImpliedVolatility.black76(option, price: price, forward: 100, rate: 0)
      }
      #expect(throws: problem) {
        try ImpliedVolatility.american(option, price: price, spot: 100, rate: 0)
      }
    }
    #expect(throws: ImpliedVolatilityProblem.pricing(.outOfRange)) {
      try ImpliedVolatility.blackScholes(call, price: 20, spot: 100, rate: 1e6)
    }
  }

  /// Every eighth row, as a tree takes its time in a debug build.
  @Test(.enabled(if: OptionRow.file != nil, "no folder of outside data"))
  func `an American option's volatility comes back from its tree's price`() throws {
    for (index, row) in try OptionRow.rows("american").enumerated() where index % 8 == 3 {
      let found = try ImpliedVolatility.american(
        row.option, price: try #require(row.expected[0]), spot: row.price, rate: row.rate,
        yield: row.yield)
      #expect((found / row.volatility - 1).magnitude < 1e-9, "\(row): \(found)")
    }
    #expect(throws: ImpliedVolatilityProblem.self) {
      try ImpliedVolatility.american(
        PricedOption(.call, strike: 100, time: 1), price: 99.999_999, spot: 100, rate: 0,
        steps: 51)
    }
  }
}
