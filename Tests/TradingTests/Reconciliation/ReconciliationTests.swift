import Events
import Scenarios
import Testing
import Trading

/// Breaks as statements open them, and as statements and people close them.
@Suite struct ReconciliationTests {
  static let cash = StatementCheck(.cash, "cash USD", ours: "10", theirs: "11")
  static let price = StatementCheck(
    .price, "execution ord-1/1", ours: "100.05", theirs: "100.06", order: OrderID(1), entry: 3,
    line: 4)

  static func agreeing(_ check: StatementCheck) -> StatementCheck {
    StatementCheck(check.kind, check.key, ours: check.ours, theirs: check.ours)
  }

  static func statement(
    _ checks: [StatementCheck], day: Int64 = 1, account: AccountID = .main
  ) -> Observation {
    .statement(
      StatementTaken(
        source: "broker.csv", digest: .zero, format: .csv, account: account,
        from: Instant(nanoseconds: (day - 1) * Nanoseconds.day),
        to: Instant(nanoseconds: day * Nanoseconds.day), through: 0, compared: 9, checks: checks))
  }

  static func resolve(_ id: UInt64) -> Observation {
    .breakResolution(BreakResolution(breakID: id, act: .resolve, subject: "ann", reason: "paid"))
  }

  /// Statements and resolutions, one after the other, and the decisions they lead to.
  @Test(
    arguments: [
      ([statement([])], []),
      ([statement([agreeing(cash)])], []),
      ([statement([cash])], ["opened 1 cash cash USD 10 | 11"]),
      // The same figure twice, and again the next day, is one break.
      ([statement([cash, cash]), statement([cash])], ["opened 1 cash cash USD 10 | 11"]),
      (
        [statement([cash]), statement([agreeing(cash)])],
        ["opened 1 cash cash USD 10 | 11", "closed 1 agreed"]
      ),
      (
        [statement([cash]), statement([agreeing(cash), agreeing(cash)])],
        ["opened 1 cash cash USD 10 | 11", "closed 1 agreed"]
      ),
      (
        [statement([cash]), resolve(1), resolve(1)],
        ["opened 1 cash cash USD 10 | 11", "closed 1 resolved"]
      ),
      // What was resolved and still differs is another break.
      (
        [statement([cash]), resolve(1), statement([cash])],
        [
          "opened 1 cash cash USD 10 | 11", "closed 1 resolved", "opened 2 cash cash USD 10 | 11",
        ]
      ),
      ([resolve(5)], []),
      // Of another account it is another figure.
      (
        [statement([cash]), statement([cash], account: AccountID(1))],
        ["opened 1 cash cash USD 10 | 11", "opened 2 cash cash USD 10 | 11"]
      ),
    ] as [([Observation], [String])])
  func `statements open breaks, agreement and people close them`(
    observations: [Observation], decisions: [String]
  ) {
    var stage = Stage()
    let made = observations.flatMap { stage.step($0).map(\.brief) }
    #expect(made == decisions)
  }

  @Test func `age counts from the end of the statement to that of the latest`() throws {
    var stage = Stage()
    stage.step(Self.statement([Self.cash], day: 10))
    stage.step(Self.statement([Self.price], day: 12))
    stage.step(Self.statement([], day: 11))
    let reconciliation = stage.engine.reconciliation
    #expect(
      reconciliation.open.map { reconciliation.age(of: $0) / Nanoseconds.day } == [2, 0])
    #expect(reconciliation.open.map(\.statement) == [1, 3])
    #expect(reconciliation.open.map(\.sequence) == [2, 4])
  }

  @Test func `an owner stays until the break is closed`() throws {
    var stage = Stage()
    stage.step(Self.statement([Self.cash]))
    for (id, owner) in [(1, "ops"), (9, "nobody"), (1, "desk")] as [(UInt64, String)] {
      let decisions = stage.step(
        .breakResolution(
          BreakResolution(
            breakID: id, act: .assign, subject: "ann", owner: owner, reason: "")))
      #expect(decisions.isEmpty)
    }
    #expect(stage.engine.reconciliation.open.map(\.owner) == ["desk"])
  }

  @Test func `breaks outlast a restart, and a state without them is as before there were any`()
    throws
  {
    var stage = Stage()
    let before = stage.stateBytes()
    stage.step(Self.statement([Self.cash, Self.price]))
    stage.step(
      .breakResolution(
        BreakResolution(breakID: 2, act: .assign, subject: "ann", owner: "ops", reason: "")))
    let bytes = stage.stateBytes()
    #expect(bytes.count > before.count)
    var engine = Engine(catalog: [ScriptedStrategy.kind])
    try engine.restoreState(bytes)
    #expect(engine.reconciliation.open == stage.engine.reconciliation.open)
    var other = Stage(engine, after: stage.sequence, at: stage.time)
    #expect(other.stateBytes() == bytes)
    let next = Self.statement([Self.agreeing(Self.cash)], day: 2)
    #expect(other.step(next) == stage.step(next))
    #expect(other.stateBytes() == stage.stateBytes())
    for length in before.count + 1..<bytes.count {
      var broken = Engine(catalog: [ScriptedStrategy.kind])
      #expect(throws: Damage.self) { try broken.restoreState(Array(bytes[..<length])) }
    }
  }
}
