import Books
import Events

// Value at risk and stress as rules.
extension RiskControls {
  /// Value at risk, shortfall and the worst stress of the firm with an order.
  func risks(
    _ question: borrowing Question, _ market: borrowing Market, _ visit: (Measure) -> Bool
  ) -> Measure? {
    if !worths.hasAllRates, isAnyRateMissing(question.id, market) {
      let measure = Measure(.currencyNoRate, isBroken: true)
      return visit(measure) ? measure : nil
    }
    var open = market.committed(.max, question.id)
    if question.isBuy { open.buys += question.adds } else { open.sells += question.adds }
    let quantity = ValueAtRisk.quantity(open)
    let id = question.id
    if let settings = valueAtRisk.settings, let after = valueAtRisk.valueAtRisk(id, quantity) {
      func before() -> ScenarioSet.Risk? { valueAtRisk.valueAtRisk(id, nil) }
      if let limit = settings.max {
        let measure = measure(.valueAtRiskMax, after.valueAtRisk, limit, after.scenario) {
          before()?.valueAtRisk
        }
        if visit(measure) { return measure }
      }
      if let limit = settings.maxShortfall {
        let measure = measure(.shortfallMax, after.shortfall, limit, after.scenario) {
          before()?.shortfall
        }
        if visit(measure) { return measure }
      }
    }
    guard let limit = valueAtRisk.stressLimit, let after = valueAtRisk.stress(id, quantity)
    else { return nil }
    let measure = measure(.stressMax, after.worst, limit, after.scenario) {
      valueAtRisk.stress(id, nil)?.worst
    }
    return visit(measure) ? measure : nil
  }

  /// Whether what would be lost with the order's instrument, or with one that is held or asked for, is not known in the
  /// base currency. O(instruments ever traded).
  private func isAnyRateMissing(_ id: InstrumentID, _ market: borrowing Market) -> Bool {
    if !worths.hasRate(id) { return true }
    return market.touched.contains { other in
      !worths.hasRate(other) && ValueAtRisk.quantity(market.committed(.max, other)) != 0
    }
  }

  /// - Parameter before: the loss without the order, which only matters beyond the limit.
  private func measure(
    _ rule: Rule, _ after: Double, _ limit: Money, _ scenario: Int, before: () -> Double?
  ) -> Measure {
    let new = Self.money(after)
    var measure = Measure(rule, new.raw, of: limit.raw, scale: UInt8(Money.scale), .money)
    measure.scenario = scenario
    guard measure.isBroken else { return measure }
    let old = Self.money(before() ?? 0)
    (measure.before, measure.isBroken) = (old.raw, new > old)
    return measure
  }

  /// A loss as money, rounded to the nearest millionth, half away from zero; at least 0.
  private static func money(_ loss: Double) -> Money {
    let millionths = (loss * 1e6).rounded(.toNearestOrAwayFromZero)
    guard millionths > 0 else { return .zero }
    return Money(raw: Int128(millionths < 9e18 ? Int64(millionths) : .max) * 1_000_000)
  }

  /// What a refusal says beside value and limit.
  func scenarioName(_ measure: Measure) -> String {
    guard measure.scenario >= 0 else { return "" }
    let stress = valueAtRisk.stress
    return measure.rule == .stressMax
      ? measure.scenario < stress.count ? stress[measure.scenario].name : ""
      : valueAtRisk.name(measure.scenario)
  }
}
