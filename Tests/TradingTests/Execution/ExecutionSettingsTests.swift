import Events
import Testing

@testable import Trading

@Suite struct ExecutionSettingsTests {
  static func problem(
    _ algorithm: ExecutionPlan.Algorithm, seconds: Int64 = 100, _ values: [Reason.Value]
  ) -> String? {
    let plan = ExecutionPlan(
      algorithm, start: Parents.noon, end: Parents.at(seconds), values: values)
    do throws(PlanProblem) {
      _ = try ExecutionSettings(plan, quantityScale: 0, lot: Quantity(10))
      return nil
    } catch { return error.description }
  }

  static func value(_ name: String, _ mantissa: Int64, _ scale: UInt8 = 0) -> Reason.Value {
    Reason.Value(name, Decimal(mantissa: mantissa, scale: scale))
  }

  @Test func `a plan that cannot be worked says why`() {
    let slices = Self.value("slices", 4)
    let table: [(ExecutionPlan.Algorithm, [Reason.Value], String?)] = [
      (.twap, [slices], nil),
      (.twap, [], "`slices` is missing"),
      (.twap, [Self.value("slices", 0)], "`slices` is not a whole number from 1 to 10000"),
      (.twap, [Self.value("slices", 10_001)], "`slices` is not a whole number from 1 to 10000"),
      (.twap, [Self.value("slices", 25, 1)], "`slices` is not a whole number from 1 to 10000"),
      (.twap, [slices, slices], "`slices` is no value of this algorithm"),
      (.twap, [slices, Self.value("rate", 1, 1)], "`rate` is no value of this algorithm"),
      (.twap, [slices, Self.value("style", 2)], "`style` is not a whole number from 0 to 1"),
      (.twap, [slices, Self.value("pause", 0)], "`pause` is not positive"),
      (
        .twap, [slices, Self.value("participation", 11, 1)],
        "`participation` is not above 0 and at most 1"
      ),
      (
        .twap, [slices, Self.value("participation", 0)],
        "`participation` is not above 0 and at most 1"
      ),
      (
        .twap, [slices, Self.value("participation", 1, 10)],
        "`participation` has more than nine digits after the point"
      ),
      (.twap, [slices, Self.value("minimum", 9)], "`minimum` is less than a lot, or too large"),
      (.twap, [slices, Self.value("pause", .max)], "`pause` is too large"),
      (.vwap, [], "`curve.1` and so on are missing or all 0"),
      (.vwap, [Self.value("curve.1", 0)], "`curve.1` and so on are missing or all 0"),
      (
        .vwap, [Self.value("curve.1", 1), Self.value("curve.3", 1)],
        "`curve.3` is no value of this algorithm"
      ),
      (
        .vwap, [Self.value("curve.1", -1)],
        "`curve` has a negative weight, or too many or too large ones"
      ),
      (.pov, [], "`rate` is missing"),
      (.pov, [Self.value("rate", 1)], nil),
      (.iceberg, [], "`display` is missing"),
      (.iceberg, [Self.value("display", 5)], "`display` is less than a lot, or too large"),
      (.iceberg, [Self.value("display", 20), slices], "`slices` is no value of this algorithm"),
      (.pairs, [Self.value("ratio", 1)], "`instrument` is missing"),
      (.pairs, [Self.value("instrument", 1)], "`ratio` is missing"),
      (
        .pairs, [Self.value("instrument", 1), Self.value("ratio", 0)],
        "`ratio` is 0 or too large"
      ),
      (.shortfall, [slices], "`aversion` is missing"),
      (
        .shortfall,
        [slices, Self.value("aversion", -1), Self.value("volatility", 1), Self.value("impact", 1)],
        "`aversion` is negative or not a number"
      ),
      (
        .shortfall,
        [slices, Self.value("aversion", 1), Self.value("volatility", 1), Self.value("impact", 0)],
        "`impact` is not above `permanent` times half a slice"
      ),
      (.route, [], nil),
    ]
    for (algorithm, values, problem) in table {
      #expect(Self.problem(algorithm, values) == problem)
    }
    #expect(Self.problem(.route, seconds: 0, []) == "the plan ends before it starts")
  }

  @Test func `quantities of a plan are whole lots`() throws {
    let plan = Parents.plan(.iceberg, seconds: 100, ["display": 2.55, "minimum": 1.29])
    let settings = try ExecutionSettings(plan, quantityScale: 1, lot: Quantity(5))
    #expect(settings.display == 25)
    #expect(settings.minimum == 10)
    // A tenth of the plan.
    #expect(settings.pause == 10 * Parents.second)
  }
}
