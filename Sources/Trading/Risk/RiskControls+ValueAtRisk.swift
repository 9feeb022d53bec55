import Books
import Events

// Value at risk and stress as rules.
extension RiskControls {
  /// Value at risk, shortfall and the worst stress of the firm with an order.
  func risks(
    _ question: borrowing Question, _ market: borrowing Market, _ visit: (Measure) -> Bool
  ) -> Measure? {
    var open = market.committed(.max, question.id)
    if question.isBuy { open.buys += question.adds } else { open.sells += question.adds }
    let quantity = ValueAtRisk.quantity(open)
    if let settings = valueAtRisk.settings,
      let (before, after) = valueAtRisk.valueAtRisk(question.id, quantity)
    {
      if let limit = settings.max {
        let measure = measure(
          .valueAtRiskMax, before.valueAtRisk, after.valueAtRisk, limit, after.scenario)
        if visit(measure) { return measure }
      }
      if let limit = settings.maxShortfall {
        let measure = measure(
          .shortfallMax, before.shortfall, after.shortfall, limit, after.scenario)
        if visit(measure) { return measure }
      }
    }
    guard let limit = valueAtRisk.stressLimit,
      let (before, after) = valueAtRisk.stress(question.id, quantity)
    else { return nil }
    let measure = measure(.stressMax, before.worst, after.worst, limit, after.scenario)
    return visit(measure) ? measure : nil
  }

  private func measure(
    _ rule: Rule, _ before: Double, _ after: Double, _ limit: Money, _ scenario: Int
  ) -> Measure {
    let (old, new) = (Self.money(before), Self.money(after))
    var measure = Measure(
      rule, new.raw, of: limit.raw, scale: UInt8(Money.scale), .money, binds: new > old)
    (measure.before, measure.scenario) = (old.raw, scenario)
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
