import Books

/// Prices with greeks, trees, and volatilities from prices.
enum OptionBenchmark {
  static func run(_ bench: Bench) throws {
    let options = (0..<1000).map { (index: Int) -> PricedOption in
      let right: PricedOption.Right = index % 2 == 0 ? .call : .put
      let time = Double(10 + index % 91) / 100
      return PricedOption(right, strike: Double(80 + index % 41), time: time)
    }
    let prices = try options.map { try price($0).price }
    let rounds = 100
    let pricing = median(
      try (0..<bench.rounds).map { _ in
        try timed {
          var sum = 0.0
          for _ in 0..<rounds { for option in options { sum += try price(option).delta } }
          precondition(sum.isFinite)
        }
      })
    bench.report(
      "Black-Scholes price and greeks", pricing.cpu / Double(rounds * options.count) * 1e9, "ns",
      goal: nil)
    let solving = median(
      try (0..<bench.rounds).map { _ in
        try timed {
          var sum = 0.0
          for (option, price) in zip(options, prices) {
            sum += try ImpliedVolatility.blackScholes(
              option, price: price, spot: 100, rate: 0.02, yield: 0.01)
          }
          precondition((sum / Double(options.count) - 0.25).magnitude < 1e-6)
        }
      })
    bench.report(
      "implied volatility", solving.cpu / Double(options.count) * 1e9, "ns", goal: nil)
    let growing = median(
      try (0..<bench.rounds).map { _ in
        try timed {
          for option in options.prefix(20) {
            let value = try AmericanOption.tree(
              option, spot: 100, rate: 0.02, yield: 0.01, volatility: 0.25)
            precondition(value.price > 0)
          }
        }
      })
    bench.report("American tree of 1,001 steps", growing.cpu / 20 * 1e6, "us", goal: nil)
  }

  @inline(never)
  private static func price(_ option: PricedOption) throws(PricingProblem) -> OptionValue {
    try EuropeanOption.blackScholes(
      option, spot: 100, rate: 0.02, yield: 0.01, volatility: 0.25)
  }
}
