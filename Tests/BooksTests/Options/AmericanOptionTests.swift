import Books
import Testing

@Suite struct AmericanOptionTests {
  @Test(.enabled(if: OptionRow.file != nil, "no folder of outside data"))
  func `the tree is QuantLib's, and near its finite differences`() throws {
    let rows = try OptionRow.rows("american")
    #expect(rows.count == 24)
    for row in rows {
      let value = try AmericanOption.tree(
        row.option, spot: row.price, rate: row.rate, yield: row.yield,
        volatility: row.volatility)
      let figures = [value.price, value.delta, value.gamma, .nan, value.theta]
      for (index, figure) in figures.enumerated() where index != 3 {
        let expected = try #require(row.expected[index])
        // Gamma and theta are differences of differences of the tree's values.
        let tolerance = index < 2 ? 1e-11 : 1e-7
        #expect(
          (figure - expected).magnitude <= tolerance * expected.magnitude, "\(index) of \(row)")
      }
      let other = try #require(row.expected[5])
      #expect((value.price - other).magnitude <= 7e-4 * other)
    }
  }

  @Test func `a call without dividends is worth what a European one is`() throws {
    let option = PricedOption(.call, strike: 95, time: 0.5)
    let tree = try AmericanOption.value(option, spot: 100, rate: 0.04, volatility: 0.3)
    let closed = try EuropeanOption.blackScholes(option, spot: 100, rate: 0.04, volatility: 0.3)
    for (value, expected) in zip(tree.figures, closed.figures) {
      #expect((value - expected).magnitude <= 0.005 * expected.magnitude)
    }
  }

  @Test func `deep in the money a put is exercised at once and stands still`() throws {
    let option = PricedOption(.put, strike: 200, time: 1)
    let value = try AmericanOption.tree(option, spot: 50, rate: 0.05, volatility: 0.2)
    #expect(value.price == 150 && value.theta == 0)
    #expect((value.delta + 1).magnitude < 1e-12 && value.gamma.magnitude < 1e-12)
  }

  @Test func `at the expiry only exercise is left`() throws {
    for (right, spot, price, delta) in [
      (.call, 110, 10, 1), (.call, 90, 0, 0), (.put, 90, 10, -1), (.put, 110, 0, 0),
    ] as [(PricedOption.Right, Double, Double, Double)] {
      let value = try AmericanOption.tree(
        PricedOption(right, strike: 100, time: 0), spot: spot, rate: 0.1, volatility: 0.2)
      #expect(value.price == price && value.delta == delta)
      #expect(value.gamma == 0 && value.theta == 0)
    }
  }

  @Test func `a tree that cannot be is refused`() {
    let option = PricedOption(.call, strike: 100, time: 1)
    let table: [(Double, Double, Int, PricingProblem)] = [
      (0.5, 0.001, 1001, .tooFewSteps), (0, 0, 1001, .tooFewSteps), (0, 200, 1001, .tooFewSteps),
      (0, 0.2, 2, .invalid("steps")), (0, 0.2, 100_001, .invalid("steps")),
      (0, -1, 1001, .invalid("volatility")), (.nan, 0.2, 1001, .invalid("rate")),
    ]
    for (rate, volatility, steps, problem) in table {
      #expect(throws: problem) {
        try AmericanOption.tree(
          option, spot: 100, rate: rate, volatility: volatility, steps: steps)
      }
    }
  }
}
