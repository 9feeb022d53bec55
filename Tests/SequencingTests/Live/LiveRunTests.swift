import Events
import Foundation
import Journaling
import Scenarios
import Synchronization
import Testing
import Trading

@testable import Sequencing

/// Keeps what is let out, and how far the journal was durable then.
final class Ledger: Outlet {
  struct Item: Sendable {
    var command: Command
    /// Sequence of the last entry that a reader of the journal saw.
    var visible: UInt64
  }

  private let state = Mutex(
    (commands: [Item](), receipts: [UInt64: UInt64](), questions: [OrderID]()))
  private let path: String
  let bell = Bell()

  init(_ path: String) { self.path = path }

  func send(_ commands: [Command]) {
    let visible = (try? JournalReader.open(at: path).lastSequence()) ?? 0
    state.withLock { $0.commands += commands.map { Item(command: $0, visible: visible) } }
    bell.ring()
  }

  func ask(_ orders: [OrderID], at venue: VenueID) {
    state.withLock { $0.questions += orders }
    bell.ring()
  }

  func acknowledge(_ receipt: UInt64, sequence: UInt64) {
    state.withLock { $0.receipts[receipt] = sequence }
    bell.ring()
  }

  var questions: [OrderID] { state.withLock { $0.questions } }
  var commands: [Item] { state.withLock { $0.commands } }
  func sequence(of receipt: UInt64) -> UInt64? { state.withLock { $0.receipts[receipt] } }
}

/// A clock that tests turn; the steady one goes with it unless it jumps.
final class TestClock: Sendable {
  private let state = Mutex((now: Int64(1_700_000_000_000_000_000), steady: Int64(0)))

  var clock: LiveClock {
    LiveClock(
      now: { Instant(nanoseconds: self.state.withLock { $0.now }) },
      steady: { self.state.withLock { $0.steady } })
  }

  var now: Instant { Instant(nanoseconds: state.withLock { $0.now }) }

  func advance(_ duration: Int64) {
    state.withLock { state in
      state.now += duration
      state.steady += duration
    }
  }

  func jump(_ duration: Int64) { state.withLock { $0.now += duration } }
}

@Suite struct LiveRunTests {
  static let configuration = SequencerTests.configuration
  static let instrument = Instrument.share(0, "SHR")

  /// A run on a new journal, and what it lets out.
  final class Rig {
    let folder: JournalFolder
    let ledger: Ledger
    let run: LiveRun
    let clock: TestClock
    private var lastReceipt: UInt64 = 0

    init(
      _ durability: Durability = .group, in place: JournalFolder? = nil,
      change: (inout LiveSettings) -> Void = { _ in }
    ) throws {
      folder = try place ?? JournalFolder()
      let path = folder.path("j")
      let journal = try Journal.create(
        at: path, meta: JournalFolder.meta, durability: durability,
        options: JournalOptions(mapSize: 4 << 20))
      ledger = Ledger(path)
      clock = TestClock()
      var settings = LiveSettings()
      change(&settings)
      run = LiveRun(
        Sequencer(engine: Engine(catalog: Rehearsal.catalog)), journal: journal, key: nil,
        outlet: ledger, settings: settings, clock: clock.clock)
      let start = RunStart(
        mode: .live, seed: 0, engine: Engine.version, strategies: "", source: "test")
      #expect(run.start(start, LiveRunTests.configuration))
      put(.instrument(LiveRunTests.instrument))
      put(.market(InboxTests.quote(0, 99)))
    }

    func put(_ observation: Observation, receipt: UInt64 = 0) {
      run.inbox.put(observation, event: clock.now, receive: clock.now, receipt: receipt)
    }

    func tell(_ script: String) {
      put(.signal(Signal(instrument: InstrumentID(0), score: 0, model: script, version: "")))
    }

    /// Puts an observation in and waits until it is durable.
    func settle(_ observation: Observation = InboxTests.note) -> UInt64 {
      lastReceipt += 1
      put(observation, receipt: lastReceipt)
      for _ in 0..<500 {
        if let sequence = ledger.sequence(of: lastReceipt) { return sequence }
        ledger.bell.wait(20_000_000)
      }
      Issue.record("nothing was acknowledged")
      return 0
    }

    /// Ends the run.
    /// - Returns: the journal's entries; every decision was made again.
    func finish() throws -> [Entry] {
      run.finish(RunStop(why: .operator))
      let reader = try JournalReader.open(at: folder.path("j"))
      var replay = Replay(engine: Engine(catalog: Rehearsal.catalog))
      try replay.run(reader)
      #expect(replay.divergence == nil)
      return try reader.entries()
    }
  }

  @Test(arguments: Durability.allCases)
  func `an order leaves once it is recorded, and what was acknowledged is there`(
    _ durability: Durability
  ) throws {
    let rig = try Rig(durability)
    rig.tell("buy 3 @ 98")
    let note = rig.settle()
    #expect(rig.ledger.commands.count == 1)
    let entries = try rig.finish()
    let submitted = entries.first { entry in
      if case .decision(.submitted) = entry.event { true } else { false }
    }
    let sequence = try #require(submitted).header.sequence
    #expect(sequence <= rig.ledger.commands[0].visible)
    #expect(entries[Int(note) - 1].event == .observation(InboxTests.note))
    guard case .observation(.runStopped) = entries.last?.event else {
      Issue.record("the run has no end")
      return
    }
  }

  /// A run with an order that nobody answers, over when this returns.
  /// - Returns: how many entries it has.
  static func shortRun(in folder: JournalFolder) throws -> Int {
    let rig = try Rig(in: folder)
    rig.tell("buy 3 @ 98")
    _ = rig.settle()
    return try rig.finish().count
  }

  @Test func `a run that ends can be gone on with`() throws {
    let folder = try JournalFolder()
    let count = try Self.shortRun(in: folder)
    let path = folder.path("j")
    let journal = try Journal.open(at: path)
    let recovery = try Recovery.run(journal.reader(), catalog: Rehearsal.catalog)
    #expect(recovery.snapshot == UInt64(count), "the last entry has a snapshot")
    #expect(recovery.unanswered == [OrderID(1)])
    let ledger = Ledger(path)
    let run = LiveRun(
      recovery.resume(), journal: journal, key: nil, outlet: ledger, settings: LiveSettings(),
      clock: TestClock().clock)
    #expect(
      run.start(
        RunStart(mode: .live, seed: 0, engine: Engine.version, strategies: "", source: "test"),
        Self.configuration))
    let now = TestClock().now
    let connected = ConnectionChange(venue: VenueID(0), state: .connected)
    run.inbox.put(.connection(connected), event: now, receive: now)
    run.finish(RunStop(why: .operator))
    #expect(ledger.commands.isEmpty, "no order is sent again")
    #expect(ledger.questions == [OrderID(1)], "the venue is asked about it")
    let entries = try JournalReader.open(at: path).entries()
    let states = entries[count...].map { $0.event }
    #expect(
      states.contains { event in
        guard case .decision(.alert(let alert)) = event else { return false }
        return alert.code == .orderUnknownState
      }, "an order without an answer is unknown")
  }

  @Test func `a clock that jumps halts everything until somebody resumes`() throws {
    for jump: Int64 in [3_000_000_000, -3_000_000_000] {
      let rig = try Rig()
      rig.tell("buy 1 @ 98")
      _ = rig.settle()
      rig.clock.jump(jump)
      _ = rig.settle()
      rig.tell("buy 1 @ 97")
      _ = rig.settle()
      #expect(rig.run.status.halts == [.all] && rig.ledger.commands.count <= 2)
      _ = rig.settle(
        .operatorAct(OperatorAct(act: .resume, scope: .all, subject: "me", reason: "")))
      rig.tell("buy 1 @ 96")
      _ = rig.settle()
      let entries = try rig.finish()
      let submitted = entries.count { entry in
        if case .decision(.submitted) = entry.event { true } else { false }
      }
      #expect(submitted == 2)
      let times = entries.map(\.header.receiveTime)
      #expect(times == times.sorted(), "time does not go back")
    }
  }

  @Test func `a clock that is moved by less is only a clock`() throws {
    let rig = try Rig()
    rig.clock.jump(900_000_000)
    _ = rig.settle()
    #expect(rig.run.status.halts.isEmpty)
    _ = try rig.finish()
  }

  @Test func `orders that waited too long for the disk are not sent, cancels are`() throws {
    let rig = try Rig { $0.staleAfter = -1 }
    rig.tell("buy 1 @ 98")
    _ = rig.settle()
    _ = rig.settle()
    #expect(rig.ledger.commands.isEmpty)
    #expect(rig.run.status.halts == [.all])
    #expect(rig.run.status.openOrders == 0)
    let entries = try rig.finish()
    let rejected = entries.contains { entry in
      guard case .observation(.report(let report)) = entry.event,
        case .rejected(_, let text) = report.outcome
      else { return false }
      return report.order == OrderID(1) && text.hasPrefix("not sent")
    }
    #expect(rejected, "the gateway says that it was not sent")
  }

  @Test func `a venue that does not know an order is asked about it, once until it answers`() throws
  {
    let rig = try Rig()
    func report(_ outcome: VenueReport.Outcome) -> UInt64 {
      rig.settle(.report(VenueReport(order: OrderID(1), outcome)))
    }
    func cancel() {
      _ = rig.settle(
        .operatorAct(
          OperatorAct(act: .cancel, scope: Scope(.order, 1), subject: "me", reason: "")))
    }
    let unknown = VenueReport.Outcome.requestRejected(
      .cancel, code: VenueReport.RejectCode.unknownOrder, text: "")
    rig.tell("buy 3 @ 98")
    _ = report(.accepted(venueOrder: "V"))
    for _ in 0..<2 {
      cancel()
      _ = report(unknown)
      _ = rig.settle()
      #expect(rig.ledger.questions == [OrderID(1)])
    }
    _ = report(.status(.working, filled: .zero))
    cancel()
    _ = report(unknown)
    _ = rig.settle()
    #expect(rig.ledger.questions == [OrderID(1), OrderID(1)], "an answer ends the question")
    _ = report(.status(.neverReceived, filled: .zero))
    _ = rig.settle()
    #expect(rig.run.status.openOrders == 0)
    let alerts = try rig.finish().compactMap { entry -> Alert? in
      if case .decision(.alert(let alert)) = entry.event { alert } else { nil }
    }
    #expect(alerts.count { $0.code == .orderUnknownState } == 3)
    #expect(alerts.last?.code == .reportIllegal && alerts.last?.severity == .critical)
  }

  @Test func `a venue that is there again is asked about all orders that are open`() throws {
    let rig = try Rig()
    rig.tell("buy 3 @ 98")
    _ = rig.settle(.report(VenueReport(order: OrderID(1), .accepted(venueOrder: "V"))))
    for times in 1...3 {
      for state in [ConnectionChange.State.disconnected, .connected] {
        _ = rig.settle(.connection(ConnectionChange(venue: VenueID(0), state: state)))
      }
      _ = rig.settle()
      #expect(rig.ledger.questions.count == times)
    }
    // It has forgotten the order, which nobody had touched.
    _ = rig.settle(.report(VenueReport(order: OrderID(1), .status(.neverReceived, filled: .zero))))
    _ = rig.settle()
    #expect(rig.run.status.openOrders == 0)
    _ = try rig.finish()
  }

  @Test func `replaced quotes are told in the journal`() throws {
    let rig = try Rig { $0.inboxCapacity = 2 }
    var brought: UInt64 = 2
    // The core may look in between: more until a quote was replaced.
    while rig.run.inbox.conflatedQuotes == 0, brought < 1_000_000 {
      rig.put(.market(InboxTests.quote(0, Int64(brought))))
      brought += 1
    }
    _ = rig.settle()
    let conflated = rig.run.inbox.conflatedQuotes
    let entries = try rig.finish()
    let told = entries.reduce(UInt64(0)) { sum, entry in
      guard case .observation(.dataQuality(let quality)) = entry.event,
        quality.issue == .conflated
      else { return sum }
      #expect(quality.instrument == InstrumentID(0))
      return sum + quality.actual
    }
    #expect(told == conflated)
    let quotes = entries.count { entry in
      if case .observation(.market(.quote)) = entry.event { true } else { false }
    }
    // Besides the rig's own quote and the instrument, which is none.
    #expect(UInt64(quotes) + conflated == brought - 2 + 1)
  }

  @Test func `snapshots come after so many entries, and the newest four are kept`() throws {
    let rig = try Rig { $0.snapshotEntries = 1 }
    for _ in 0..<12 { _ = rig.settle() }
    _ = try rig.finish()
    let reader = try JournalReader.open(at: rig.folder.path("j"))
    #expect(try reader.snapshots().count == 4)
    #expect(try reader.snapshots().last?.sequence == reader.lastSequence())
  }
}
