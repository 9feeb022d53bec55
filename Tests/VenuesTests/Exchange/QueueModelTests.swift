import Events
import Testing

@testable import Venues

// Hand-worked cases of the queue models.
@Suite struct QueueModelTests {
  /// Model, ahead, displayed before and now, and what is ahead then.
  static let steps: [(QueueModel, Int64, Int64, Int64, Int64)] = [
    (.riskAverse, 30, 100, 60, 30), (.riskAverse, 30, 100, 20, 20), (.exact, 30, 100, 20, 20),
    // 40 leave; in front are 30, behind 70: 30/100 of it was ahead.
    (.power(exponent: 1), 30, 100, 60, 18),
    // 900 / (900 + 4900) of 40 is 6.2.
    (.power(exponent: 2), 30, 100, 60, 24),
    // 27000 / (27000 + 343000) of 40 is 2.9.
    (.power(exponent: 3), 30, 100, 60, 28),
    // ln 31 / (ln 31 + ln 71) of 40 is 17.8.
    (.logarithmic, 30, 100, 60, 13),
    // Nothing behind: all of it was ahead.
    (.power(exponent: 2), 100, 100, 60, 60), (.logarithmic, 100, 100, 60, 60),
    // 90 leave, by the model 6 of them ahead; but only 70 were behind, so 14 more were ahead.
    (.power(exponent: 3), 30, 100, 10, 10),
    // More is displayed: it came behind us.
    (.power(exponent: 1), 30, 100, 150, 30), (.logarithmic, 30, 100, 100, 30),
    (.power(exponent: 1), 0, 100, 50, 0),
    // No overflow at the ends of the range.
    (.power(exponent: 3), 1 << 60, 1 << 61, 1 << 60, 1 << 59),
    (.logarithmic, 1 << 60, 1 << 61, 1 << 60, 1 << 59),
  ]

  @Test(arguments: steps.indices) func `a decrease is shared as the model says`(_ index: Int) {
    let (model, ahead, shown, now, expected) = Self.steps[index]
    #expect(model.ahead(ahead, from: shown, to: now, lot: 1) == expected)
  }

  @Test func `logarithms are those of the binary digits, rounded down`() {
    // floor(log2(x) × 2^24), from tables.
    let known: [(Int64, Int64)] = [
      (1, 0), (2, 1 << 24), (1024, 10 << 24), (3, 26_591_258), (10, 55_732_705),
      (1_000_000, 334_396_231), (.max, 63 << 24 - 1),
    ]
    for (x, expected) in known {
      let error = expected - QueueModel.logarithm(x)
      #expect((-1...2).contains(error), "log2(\(x)) is off by \(error)")
    }
  }

  @Test func `a probabilistic queue moves when size leaves without a trade`() {
    var results: [[String]] = []
    for model in [QueueModel.riskAverse, .power(exponent: 1), .logarithmic] {
      var configuration = ExchangeConfiguration()
      configuration.queue = model
      var desk = Desk(configuration)
      desk.quote(100, 30, 104, 20)
      desk.send(1, .buy, 10, at: 100)  // 30 ahead
      desk.quote(100, 100, 104, 20)  // 70 behind
      desk.trade(100, 10, .sell)  // 20 ahead
      // 10 traded, 40 cancelled: 20/90 of them or ln(21)/(ln(21) + ln(71)).
      desk.quote(100, 50, 104, 20)
      desk.trade(100, 22, .sell)
      results.append(desk.reports())
    }
    #expect(
      results == [
        ["1 accepted", "1 filled 2 @ 100 maker"],
        // 40 × 20 / 90 = 8.9, so 12 are ahead.
        ["1 accepted", "1 filled 10 @ 100 maker"],
        // 40 × 3.0445 / (3.0445 + 4.2627) = 16.7, so 4 are ahead.
        ["1 accepted", "1 filled 10 @ 100 maker"],
      ])
  }

  @Test func `order by order data can be looked at as levels`() {
    var results: [[String]] = []
    for model in [QueueModel.exact, .riskAverse] {
      var configuration = ExchangeConfiguration()
      configuration.queue = model
      var desk = Desk(configuration)
      desk.order(.add, .buy, 1, 100, 30)
      desk.order(.add, .sell, 9, 104, 10)
      desk.send(1, .buy, 10, at: 100)
      desk.order(.add, .buy, 2, 100, 40)
      desk.order(.delete, .buy, 1)  // all that was ahead
      desk.order(.execute, .buy, 2, 0, 32)
      results.append(desk.reports())
    }
    #expect(
      results == [
        ["1 accepted", "1 filled 10 @ 100 maker"], ["1 accepted", "1 filled 2 @ 100 maker"],
      ])
  }

  @Test func `an exponent that is not known is a problem`() {
    var configuration = ExchangeConfiguration()
    configuration.queue = .power(exponent: 4)
    #expect(configuration.problem == "queue: the exponent 4 is not 1, 2 or 3")
  }
}
