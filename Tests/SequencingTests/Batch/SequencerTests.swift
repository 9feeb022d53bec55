import Events
import Journaling
import Scenarios
import Testing
import Trading

@testable import Sequencing

@Suite struct SequencerTests {
  static let configuration = ConfigurationItems(
    lines: "strategy.a.kind=scripted\nstrategy.a.instruments=SHR")

  static func at(_ nanoseconds: Int64) -> Instant { Instant(nanoseconds: nanoseconds) }

  static func signal(_ script: String) -> Observation {
    .signal(Signal(instrument: InstrumentID(0), score: 0, model: script, version: ""))
  }

  /// A sequencer with one scripted strategy on a share, at time 100 and sequence 2.
  static func open(into batch: inout Batch) -> Sequencer {
    var sequencer = Sequencer(engine: Engine(catalog: Rehearsal.catalog))
    sequencer.step(.instrument(.share(0, "SHR")), event: at(90), at: at(90), into: &batch)
    sequencer.step(.configuration(configuration), event: at(100), at: at(100), into: &batch)
    return sequencer
  }

  @Test func `time never goes backwards and event times are kept`() throws {
    let folder = try JournalFolder()
    var journal = try folder.create("j")
    var batch = Batch(startingAt: 1)
    var sequencer = Sequencer(engine: Engine(catalog: []))
    let note = Observation.operatorAct(
      OperatorAct(act: .note, scope: .all, subject: "", reason: ""))
    let quote = MarketEvent.quote(
      Quote(
        instrument: InstrumentID(0), bid: Price(1), ask: Price(2), bidSize: Quantity(1),
        askSize: Quantity(1)))
    for (event, receive) in [(-500, -400), (-300, -450), (20, 10), (5, 3), (30, 30)] {
      sequencer.step(note, event: Self.at(Int64(event)), at: Self.at(Int64(receive)), into: &batch)
      sequencer.step(quote, event: Self.at(Int64(event)), at: Self.at(Int64(receive)), into: &batch)
    }
    #expect(try batch.commit(to: &journal).isEmpty)
    let headers = try JournalReader.open(at: journal.path).entries().map(\.header)
    #expect(headers.map(\.sequence) == Array(1...10))
    #expect(
      headers.map(\.receiveTime.nanoseconds) == [-400, -400, -400, -400, 10, 10, 10, 10, 30, 30])
    #expect(
      headers.map(\.eventTime.nanoseconds) == [-500, -500, -300, -300, 20, 20, 5, 5, 30, 30])
    #expect(sequencer.sequence == 10 && sequencer.time == Self.at(30))
  }

  @Test func `every entry names its cause`() throws {
    let folder = try JournalFolder()
    var journal = try folder.create("j")
    var batch = Batch(startingAt: 1)
    var sequencer = Self.open(into: &batch)
    // 3 signal, 4 intent, 5 submitted, 6 intent, 7 submitted.
    sequencer.step(
      Self.signal("buy 1 @ 5; buy 2 @ 5"), event: Self.at(200), at: Self.at(200), into: &batch)
    let reports: [VenueReport] = [
      VenueReport(order: OrderID(2), .accepted(venueOrder: "x")),  // 8
      VenueReport(order: OrderID(1), .accepted(venueOrder: "y")),  // 9
      VenueReport(order: OrderID(7), .expired),  // 10, and 11 the alert
    ]
    for report in reports {
      sequencer.step(.report(report), event: Self.at(300), at: Self.at(300), into: &batch)
    }
    // 12 signal, 13 intent, 14 cancel requested.
    sequencer.step(Self.signal("cancel 2"), event: Self.at(400), at: Self.at(400), into: &batch)
    let end = VenueReport(order: OrderID(2), .cancelled(.requested, text: ""))
    sequencer.step(.report(end), event: Self.at(500), at: Self.at(500), into: &batch)
    _ = try batch.commit(to: &journal)
    let entries = try JournalReader.open(at: journal.path).entries()
    #expect(entries.map(\.header.cause) == [0, 0, 0, 3, 4, 3, 6, 7, 5, 0, 10, 0, 12, 13, 14])
    #expect(entries[10].event.kind == .alert && entries[13].event.kind == .cancelRequested)
    let decisions = entries.filter { $0.event.kind.isDecision }.map(\.header)
    #expect(decisions.allSatisfy { $0.eventTime == $0.receiveTime })
  }

  @Test func `commands come out of the commit, once, in order`() throws {
    let folder = try JournalFolder()
    var journal = try folder.create("j")
    var batch = Batch(startingAt: 1)
    var sequencer = Self.open(into: &batch)
    sequencer.step(
      Self.signal("buy 1 @ 5; sell 9 @ 7"), event: Self.at(200), at: Self.at(200), into: &batch)
    sequencer.step(
      Self.signal("cancel 1; buy 0"), event: Self.at(201), at: Self.at(201), into: &batch)
    #expect(batch.entryCount == 12)
    let commands = try batch.commit(to: &journal)
    #expect(commands.count == 3)
    guard case .submit(let first) = commands[0], case .submit(let second) = commands[1] else {
      Issue.record("\(commands)")
      return
    }
    #expect(first.order == OrderID(1) && second.side == .sell)
    #expect(commands[2] == .cancel(OrderID(1)))
    #expect(batch.entryCount == 0)
    #expect(try batch.commit(to: &journal).isEmpty)
    #expect(journal.sequence == sequencer.sequence)
    sequencer.step(Self.signal("buy 4 @ 5"), event: Self.at(202), at: Self.at(202), into: &batch)
    #expect(try batch.commit(to: &journal).count == 1)
  }

  @Test(arguments: [Durability.group, .each])
  func `commands come out when what led to them is on the disk`(durability: Durability) throws {
    let folder = try JournalFolder()
    var journal = try Journal.create(
      at: folder.path("j"), meta: JournalFolder.meta, durability: durability)
    var batch = Batch(startingAt: 1)
    var sequencer = Self.open(into: &batch)
    for time in 200..<203 as Range<Int64> {
      sequencer.step(Self.signal("buy 1 @ 5"), event: .epoch, at: Self.at(time), into: &batch)
      #expect(try batch.commit(to: &journal).count == 1)
      #expect(journal.durableSequence == sequencer.sequence)
    }
  }

  @Test(arguments: [Int64.min, -8_520_336_000_000_000_000, .max])
  func `an event time centuries from its receive time can be recorded`(event: Int64) throws {
    let folder = try JournalFolder()
    var journal = try folder.create("j")
    var recorder = Recorder(after: journal.head)
    let receive = Instant("2026-01-02")!
    let event = Instant(nanoseconds: event)
    try recorder.append(Self.signal("hold"), event: receive, receive: receive, to: &journal)
    try recorder.append(Self.signal("hold"), event: event, receive: .epoch, to: &journal)
    try recorder.flush(to: &journal)
    let entry = try #require(try journal.reader().entries().last)
    #expect(entry.header.receiveTime == receive)
    let isNear = receive.since(event).magnitude < 290 * 365 * UInt64(Nanoseconds.day)
    #expect((entry.header.eventTime == event) == isNear)
    #expect((entry.header.eventTime < receive) == (event < receive))
  }

  @Test func `a commit that fails keeps the entries and the commands`() throws {
    let folder = try JournalFolder()
    var other = try folder.create("other")
    var journal = try folder.create("j")
    var batch = Batch(startingAt: 1)
    var sequencer = Self.open(into: &batch)
    sequencer.step(Self.signal("buy 1 @ 5"), event: Self.at(200), at: Self.at(200), into: &batch)
    var first = Batch(startingAt: 1)
    _ = Self.open(into: &first)
    _ = try first.commit(to: &other)
    // The other journal already has entries 1 and 2.
    #expect(throws: JournalError.outOfOrder(expected: 3, found: 1)) { try batch.commit(to: &other) }
    #expect(batch.entryCount == 5)
    sequencer.step(Self.signal("cancel 1"), event: Self.at(300), at: Self.at(300), into: &batch)
    #expect(try batch.commit(to: &journal).count == 2)
    #expect(try JournalReader.open(at: journal.path).entries().count == 8)
  }
}
