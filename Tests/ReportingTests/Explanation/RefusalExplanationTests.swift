import Events
import Scenarios
import Testing

@testable import Reporting

/// Who set the limit that an order was refused by.
@Suite struct RefusalExplanationTests {
  static func stage() -> Stage {
    var stage = Stage()
    let lines = """
      account.cash=100000 USD
      risk.order.max_quantity=5
      strategy.r.kind=scripted
      strategy.r.instruments=SHR
      """
    stage.step(.configuration(ConfigurationItems(lines: lines)))
    stage.step(.instrument(.share(0, "SHR")))
    stage.quote(10_000, 10_000)
    return stage
  }

  static func change(_ value: String, _ stage: inout Stage) {
    stage.step(
      .limitChange(
        LimitChange(
          key: "risk.order.max_quantity", value: value, author: "ann", reason: "a calm day",
          effective: .epoch)))
  }

  static func labels(_ stage: borrowing Stage) throws -> [String] {
    let folder = try JournalFolder()
    let reader = try folder.write(stage.entries, to: "run")
    let explanation = try #require(try Explanation(of: stage.sequence, in: reader))
    withExtendedLifetime(folder) {}
    return explanation.steps.map { "\($0.entry.event.kind.name): \($0.text)" }
  }

  @Test func `a refusal leads to the change of its limit and to who asked for it`() throws {
    var stage = Self.stage()
    Self.change("7", &stage)
    let applied = stage.sequence
    stage.quote(10_000, 10_000)
    stage.tell("buy 8")
    let steps = try Self.labels(stage)
    #expect(
      steps.map { String($0.prefix { $0 != ":" }) } == [
        "limit_change", "limit_applied", "signal", "intent", "refused",
      ])
    #expect(steps[0].contains("ann") && steps[0].contains("a calm day"))
    #expect(steps[4].contains("order.max_quantity  8 > 7"), "\(steps[4])")
    #expect(steps[4].contains("as #\(applied) set it"), "\(steps[4])")
  }

  @Test func `a limit of the configuration leads nowhere else`() throws {
    var stage = Self.stage()
    stage.tell("buy 8")
    let kinds = try Self.labels(stage).map { String($0.prefix { $0 != ":" }) }
    #expect(kinds == ["signal", "intent", "refused"])
  }

  @Test func `a refusal by a scaled limit says from what, by which factor and why`() throws {
    var stage = Stage()
    let lines = """
      account.cash=100000 USD
      risk.order.max_quantity=10
      risk.dynamic.calm.watch=volatility
      risk.dynamic.calm.instrument=SHR
      risk.dynamic.calm.interval=1s
      risk.dynamic.calm.window=10s
      risk.dynamic.calm.year=500s
      risk.dynamic.calm.target=50 %
      risk.dynamic.calm.floor=20 %
      risk.dynamic.calm.limits=order.max_quantity
      strategy.r.kind=scripted
      strategy.r.instruments=SHR
      """
    stage.step(.configuration(ConfigurationItems(lines: lines)))
    stage.step(.instrument(.share(0, "SHR")))
    stage.quote(10_000, 10_000)
    stage.quote(11_000, 11_000, after: 5_000_000_000)
    let decision = stage.sequence
    stage.tell("buy 6")
    let steps = try Self.labels(stage)
    #expect(
      steps.map { String($0.prefix { $0 != ":" }) } == [
        "quote", "limits_scaled", "signal", "intent", "refused",
      ])
    #expect(
      steps[1]
        == "limits_scaled: calm  scales by 0.50: volatility of SHR 100.00 % > 50.00 %  "
        + "order.max_quantity 10.00 to 5.00")
    #expect(
      steps[4].contains(
        "order.max_quantity  6 > 5 (scaled by 0.50 from 10 because volatility of SHR 100.00 % > "
          + "50.00 %, as of #\(decision))"), "\(steps[4])")
  }
}
