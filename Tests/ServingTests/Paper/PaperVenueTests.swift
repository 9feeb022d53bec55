import Events
import Glibc
import Journaling
import Scenarios
import Strategies
import Synchronization
import Testing
import Trading
import Venues

@testable import Sequencing
@testable import Serving

/// The exchange in the daemon's process states what we have, and it is held against the journal.
@Suite(.serialized) struct PaperVenueTests {
  /// Hands on what the exchange tells, less what is to be lost on the way.
  final class Line: Outlet {
    let venue: PaperVenue
    private let told = Inbox(capacity: 4_096)
    private let state = Mutex((losesFills: false, lost: [VenueReport](), isOver: false))
    private let thread = Mutex<pthread_t?>(nil)

    init(_ venue: PaperVenue) { self.venue = venue }

    func send(_ commands: [Command]) { venue.send(commands) }
    func ask(_ orders: [OrderID], at venue: VenueID) {}
    func acknowledge(_ receipt: UInt64, sequence: UInt64) {}

    /// Whether fills are lost from now on.
    func lose(_ isOn: Bool) { state.withLock { $0.losesFills = isOn } }
    var lost: [VenueReport] { state.withLock { $0.lost } }

    func begin(_ inbox: Inbox) throws {
      guard venue.start(telling: told, of: [], at: [], onFault: {}),
        let started = startThread({ [self] in handOn(to: inbox) })
      else { throw ServingError.threads }
      thread.withLock { $0 = started }
    }

    func end() {
      venue.stop()
      state.withLock { $0.isOver = true }
      told.bell.ring()
      if let thread = thread.withLock({ $0 }) { pthread_join(thread, nil) }
    }

    private func handOn(to inbox: Inbox) {
      var content = Inbox.Content()
      while true {
        told.take(into: &content)
        if content.isEmpty {
          if state.withLock({ $0.isOver }) { return }
          told.bell.wait(5_000_000, isPatient: true)
        }
        for tick in content.ticks {
          inbox.put(tick.tick, event: tick.event, receive: tick.receive, conflates: false)
        }
        for item in content.others {
          switch item.matter {
          case .statement(let statement, let venues):
            inbox.put(statement, of: venues, receive: item.receive)
          case .observation(let observation):
            if isLost(observation) { continue }
            inbox.put(observation, event: item.event, receive: item.receive)
          }
        }
      }
    }

    private func isLost(_ observation: Observation) -> Bool {
      guard case .report(let report) = observation, case .filled = report.outcome else {
        return false
      }
      return state.withLock { state in
        if state.losesFills { state.lost.append(report) }
        return state.losesFills
      }
    }
  }

  /// A run on the exchange, with a statement every 20 ms.
  final class Rig {
    let folder: JournalFolder
    let run: LiveRun
    let line: Line

    init() throws {
      folder = try JournalFolder()
      let clock = LiveClock.system
      let journal = try Journal.create(
        at: folder.path("j"), meta: JournalFolder.meta, durability: .none)
      let markets = GeneratorConfiguration.paper(seed: 3, start: clock.now()) { _ in nil }
      let venue = PaperVenue(
        PaperMarket(markets, ExchangeConfiguration()), holding: [],
        statementInterval: 20_000_000, clock: clock)
      line = Line(venue)
      run = LiveRun(
        Sequencer(engine: Engine(catalog: Catalog.shipped)), journal: journal, key: nil,
        outlet: line, settings: LiveSettings())
      let start = RunStart(
        mode: .live, seed: 3, engine: Engine.version, strategies: "", source: "test")
      #expect(run.start(start, Self.configuration))
      try line.begin(run.inbox)
    }

    /// With a position from before, which is none of the exchange's.
    static let configuration = ConfigurationItems(
      [
        ("account.cash", "1000000 USD"), ("strategy.desk.kind", "manual"),
        ("strategy.desk.instruments", "ALFA"), ("strategy.desk.position.ALFA", "7 @ 90"),
      ].map { ConfigurationItems.Item(key: $0.0, value: $0.1) })

    func buy(_ name: String, _ quantity: Int64) {
      let now = LiveClock.system.now()
      let intent = IntentRecord(
        strategy: StrategyID(0), action: .order, instrument: InstrumentID(0), side: .buy,
        type: .market, timeInForce: .immediateOrCancel, quantity: Quantity(quantity),
        reason: Reason(""))
      run.inbox.put(
        .instruction(Instruction(clientOrder: name, subject: "ann", intent: intent)), event: now,
        receive: now)
    }

    func wait(_ what: String, _ condition: () throws -> Bool) rethrows {
      for _ in 0..<400 {
        if try condition() { return }
        usleep(50_000)
      }
      Issue.record("\(what) did not come")
    }

    /// All statements and breaks, in their order.
    func checks() throws -> (statements: [StatementTaken], opened: [BreakRecord], closed: [UInt64])
    {
      var found: ([StatementTaken], [BreakRecord], [UInt64]) = ([], [], [])
      var decoder = BlockDecoder()
      try folder.reader("j").forEachBlock { (_, content) throws(Damage) in
        _ = try decoder.begin(content)
        return try decoder.forEachEntry(
          of: content, tick: { (_, _) throws(Damage) in true },
          record: { (kind, payload, _) throws(Damage) in
            switch try kind.event(content, payload) {
            case .observation(.statement(let statement)): found.0.append(statement)
            case .decision(.breakOpened(let record)): found.1.append(record)
            case .decision(.breakClosed(let id, .agreed)): found.2.append(id)
            default: break
            }
            return true
          })
      }
      return found
    }

    func finish() throws {
      line.end()
      run.finish(RunStop(why: .operator))
      var replay = Replay(engine: Engine(catalog: Catalog.shipped))
      try replay.run(folder.reader("j"))
      #expect(replay.divergence == nil)
      #expect(replay.engine.reconciliation.open.isEmpty)
    }
  }

  @Test func `a fill that the journal lacks opens breaks, and its coming closes them`() throws {
    let rig = try Rig()
    rig.wait("a market") { rig.run.status.instruments.count >= 4 }
    usleep(300_000)
    rig.buy("first", 5)
    rig.wait("a fill") { rig.run.status.tally.fills > 0 }
    try rig.wait("statements") { try rig.checks().statements.contains { $0.compared > 1 } }
    let before = try rig.checks()
    #expect(before.opened.isEmpty, "\(before.opened)")
    #expect(before.statements.allSatisfy { $0.format == .venue && $0.checks.isEmpty })

    rig.line.lose(true)
    rig.buy("second", 3)
    rig.wait("a loss") { !rig.line.lost.isEmpty }
    try rig.wait("breaks") { try rig.checks().opened.count >= 2 }
    let opened = try rig.checks().opened
    #expect(Set(opened.map(\.check.kind)).isSuperset(of: [.position, .cash]), "\(opened)")
    let position = try #require(opened.first { $0.check.kind == .position })
    #expect(position.check.ours == "5" && position.check.theirs == "8", "\(position.check)")

    rig.line.lose(false)
    for report in rig.line.lost {
      let now = LiveClock.system.now()
      rig.run.inbox.put(.report(report), event: now, receive: now)
    }
    try rig.wait("agreement") {
      let found = try rig.checks()
      return found.closed.count == found.opened.count
    }
    try rig.finish()
  }
}
