import Books
import Testing

@Suite struct EuropeanOptionTests {
  private static let names = ["price", "delta", "gamma", "vega", "theta", "rho"]

  private static func compare(_ value: OptionValue, _ row: OptionRow) {
    for (index, figure) in value.figures.enumerated() {
      guard let expected = row.expected[index] else { continue }
      // Its probabilities are good to 16 decimals, not to 16 digits: see the exact values below.
      let tolerance = 1e-10 * expected.magnitude + 1e-16 * max(row.price, row.option.strike)
      #expect(
        (figure - expected).magnitude <= tolerance, "\(names[index]) of \(row): \(figure)")
    }
  }

  @Test(.enabled(if: OptionRow.file != nil, "no folder of outside data"))
  func `Black, Scholes and Merton's figures are QuantLib's`() throws {
    let rows = try OptionRow.rows("european_bsm")
    #expect(rows.count == 120)
    for row in rows {
      let value = try EuropeanOption.blackScholes(
        row.option, spot: row.price, rate: row.rate, yield: row.yield,
        volatility: row.volatility)
      Self.compare(value, row)
    }
  }

  /// Far out of the money, computed with 60 digits by Python's mpmath.
  @Test(
    arguments: [
      (
        PricedOption(.call, strike: 3360.0, time: 0.0027397260273972603), 3200.0, 0.01, 0.0, 0.15,
        [
          1.04249878600286e-09, 2.7034303594018837e-10, 6.844007290070561e-11,
          2.8801082733009264e-07, -7.892936950323511e-06, 2.367274564993424e-09,
        ]
      ),
      (
        PricedOption(.put, strike: 33.6, time: 0.0821917808219178), 42.0, 0.05, 0.0, 0.35,
        [
          0.015246521108685424, -0.010307575535679294, 0.0064934930027488345,
          0.3295136367038737, -0.6791812168016369, -0.03683545426908622,
        ]
      ),
      (
        PricedOption(.call, strike: 125.0, time: 0.0821917808219178), 100.0, 0.0, 0.02, 0.15,
        [
          7.413391561228608e-08, 9.649202912286396e-08, 1.2084412398627684e-07,
          1.4898590628445088e-05, -1.3401979890210417e-05, 7.869919723293788e-07,
        ]
      ),
      (
        PricedOption(.put, strike: 598.83, time: 0.0027397260273972603), 748.54, 0.01, 0.02, 0.15,
        [
          1.1197048915407222e-178, -5.426837778308559e-178, 2.6276992042187792e-177,
          6.050678393093621e-175, -1.656779318653947e-173, -1.1132396864292135e-177,
        ]
      ),
    ] as [(PricedOption, Double, Double, Double, Double, [Double])])
  func `tails keep their digits`(
    option: PricedOption, spot: Double, rate: Double, yield: Double, volatility: Double,
    exact: [Double]
  ) throws {
    let value = try EuropeanOption.blackScholes(
      option, spot: spot, rate: rate, yield: yield, volatility: volatility)
    // A price is a difference; at 28 deviations a rounding of d₁ counts 800 times, in its parts alike.
    for (figure, exact) in zip(value.figures, exact) {
      #expect((figure / exact - 1).magnitude < (exact.magnitude < 1e-100 ? 1e-10 : 2e-12))
    }
  }

  @Test(.enabled(if: OptionRow.file != nil, "no folder of outside data"))
  func `Black's figures on forwards are QuantLib's`() throws {
    let rows = try OptionRow.rows("black76")
    #expect(rows.count == 24)
    for row in rows {
      let value = try EuropeanOption.black76(
        row.option, forward: row.price, rate: row.rate, volatility: row.volatility)
      Self.compare(value, row)
    }
  }

  @Test func `a call less a put is the forward, and the greeks are the price's slopes`() throws {
    func value(
      _ right: PricedOption.Right, spot: Double = 101, rate: Double = 0.03,
      volatility: Double = 0.2,
      time: Double = 0.7
    ) throws -> OptionValue {
      try EuropeanOption.blackScholes(
        PricedOption(right, strike: 97, time: time), spot: spot, rate: rate, yield: 0.01,
        volatility: volatility)
    }
    let (call, put) = (try value(.call), try value(.put))
    let forward =
      101 * Elementary.exponential(-0.01 * 0.7) - 97 * Elementary.exponential(-0.03 * 0.7)
    #expect((call.price - put.price - forward).magnitude < 1e-12)
    #expect((call.gamma - put.gamma).magnitude < 1e-15)
    for right in PricedOption.Right.allCases {
      let own = try value(right)
      func slope(_ h: Double, _ price: (Double) throws -> OptionValue) rethrows -> Double {
        (try price(h).price - price(-h).price) / (2 * h)
      }
      let pairs = [
        (own.delta, try slope(1e-4) { try value(right, spot: 101 + $0) }),
        (own.vega, try slope(1e-5) { try value(right, volatility: 0.2 + $0) }),
        (own.rho, try slope(1e-5) { try value(right, rate: 0.03 + $0) }),
        (own.theta, -(try slope(1e-5) { try value(right, time: 0.7 + $0) })),
      ]
      for (greek, slope) in pairs { #expect((greek - slope).magnitude < 1e-6) }
    }
    let (future, h) = (PricedOption(.put, strike: 97, time: 0.7), 1e-5)
    func price(_ rate: Double, _ time: Double) throws -> OptionValue {
      try EuropeanOption.black76(
        PricedOption(.put, strike: 97, time: time), forward: 101, rate: rate, volatility: 0.2)
    }
    let own = try EuropeanOption.black76(future, forward: 101, rate: 0.03, volatility: 0.2)
    let rho = (try price(0.03 + h, 0.7).price - price(0.03 - h, 0.7).price) / (2 * h)
    let theta = (try price(0.03, 0.7 - h).price - price(0.03, 0.7 + h).price) / (2 * h)
    #expect((own.rho - rho).magnitude < 1e-6 && (own.theta - theta).magnitude < 1e-6)
  }

  /// Right, spot, time, volatility; price and delta, at a strike of 100 and no rates.
  @Test(
    arguments: [
      (.call, 110, 0, 0.2, 10, 1), (.call, 90, 0, 0.2, 0, 0), (.call, 100, 0, 0.2, 0, 0.5),
      (.put, 90, 1, 0, 10, -1), (.put, 110, 1, 0, 0, 0), (.put, 100, 1, 0, 0, -0.5),
    ] as [(PricedOption.Right, Double, Double, Double, Double, Double)])
  func `without time or volatility an option is worth its exercise`(
    right: PricedOption.Right, spot: Double, time: Double, volatility: Double, price: Double,
    delta: Double
  ) throws {
    let value = try EuropeanOption.blackScholes(
      PricedOption(right, strike: 100, time: time), spot: spot, rate: 0, volatility: volatility)
    #expect(value.price == price && value.delta == delta)
    #expect(value.gamma == 0 && value.vega == 0 && value.theta == 0)
  }

  @Test func `what is no number or below its least has no price, by name`() {
    let good = PricedOption(.call, strike: 100, time: 1)
    let table: [(PricedOption, Double, Double, Double, PricingProblem)] = [
      (good, 0, 0, 0.2, .invalid("price of the underlying")),
      (good, .nan, 0, 0.2, .invalid("price of the underlying")),
      (good, .infinity, 0, 0.2, .invalid("price of the underlying")),
      (PricedOption(.call, strike: -1, time: 1), 100, 0, 0.2, .invalid("strike")),
      (PricedOption(.call, strike: 1, time: -1), 100, 0, 0.2, .invalid("time")),
      (PricedOption(.call, strike: 1, time: .nan), 100, 0, 0.2, .invalid("time")),
      (good, 100, .infinity, 0.2, .invalid("rate")),
      (good, 100, 0, -0.1, .invalid("volatility")), (good, 100, 0, .nan, .invalid("volatility")),
      (good, 100, -1e6, 0.2, .outOfRange),
    ]
    for (option, spot, rate, volatility, problem) in table {
      #expect(throws: problem) {
        try EuropeanOption.blackScholes(option, spot: spot, rate: rate, volatility: volatility)
      }
      #expect(throws: problem) {
        try EuropeanOption.black76(option, forward: spot, rate: rate, volatility: volatility)
      }
    }
    #expect(throws: PricingProblem.invalid("yield")) {
      try EuropeanOption.blackScholes(good, spot: 1, rate: 0, yield: .nan, volatility: 0.2)
    }
  }
}
