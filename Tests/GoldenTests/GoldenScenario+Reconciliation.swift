import Events
import Scenarios

extension GoldenScenario {
  /// Statements that disagree, agree again, and people who see to it.
  static func reconciliation(_ stage: inout Stage) {
    start(
      &stage,
      """
      account.cash=10000 USD
      strategy.one.kind=scripted
      strategy.one.instruments=SHR
      """)
    stage.quote(9_990, 10_010)
    stage.tell("buy 5")
    stage.fill(1, 5, at: 10_010, id: 1)
    let price = StatementCheck(
      .price, "execution ord-1/1", ours: "100.1", theirs: "100.11", instrument: InstrumentID(0),
      order: OrderID(1), entry: stage.sequence, line: 4)
    let cash = StatementCheck(.cash, "cash USD", ours: "9499.5", theirs: "9499.45", line: 5)
    take(&stage, day: 1, [price, cash, price])
    // The price differs still, the cash agrees.
    var agreed = cash
    agreed.theirs = agreed.ours
    take(&stage, day: 2, [price, agreed])
    for act in BreakResolution.Act.allCases {
      stage.step(
        .breakResolution(
          BreakResolution(
            breakID: 1, act: act, subject: "ann", owner: act == .assign ? "ops" : "",
            reason: "corrected by them")))
    }
    // It is closed, and another was never opened.
    for id in [1, 7] as [UInt64] {
      stage.step(
        .breakResolution(BreakResolution(breakID: id, act: .resolve, subject: "bo", reason: "")))
    }
    take(
      &stage, day: 3,
      [StatementCheck(.missingHere, "execution ord-9/1", ours: "", theirs: "buy 1 XV0:SHR")])
  }

  private static func take(_ stage: inout Stage, day: Int64, _ checks: [StatementCheck]) {
    stage.step(
      .statement(
        StatementTaken(
          source: "day-\(day).csv", digest: .zero, format: .csv,
          from: Instant(nanoseconds: (day - 1) * Nanoseconds.day),
          to: Instant(nanoseconds: day * Nanoseconds.day), through: stage.sequence, compared: 7,
          checks: checks)))
  }
}
