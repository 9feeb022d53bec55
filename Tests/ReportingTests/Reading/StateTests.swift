import Events
import Journaling
import Reporting
import Scenarios
import Sequencing
import Testing
import Trading

/// States of the past and of a journal that is still written, and orders from their entries alone.
struct StateTests {
  private static func rehearse(_ folder: JournalFolder) throws -> JournalReader {
    let source = try Rehearsal.record(Rehearsal.market(seed: 11), in: folder)
    _ = try Rehearsal.run(Rehearsal.setup(seed: 11), over: source, in: folder)
    return try JournalReader.open(at: folder.path("run"))
  }

  @Test func `a state of the past is that of a replay to there, and stops when told to`() throws {
    let folder = try JournalFolder()
    let reader = try Self.rehearse(folder)
    let end = try reader.lastSequence()
    for sequence in [1, end / 3, end] {
      var replay = Replay(engine: Engine(catalog: Rehearsal.catalog))
      try replay.run(reader, through: sequence)
      let wanted = replay.engine.stateHash()
      guard let state = try Replay.state(of: reader, at: sequence, catalog: Rehearsal.catalog)
      else {
        Issue.record("it stopped")
        return
      }
      #expect(state.engine.stateHash() == wanted)
    }
    var asked = 0
    let stopped = try Replay.state(of: reader, at: end, catalog: Rehearsal.catalog) { done, total in
      asked += 1
      #expect(done == 0 && total == end)
      return false
    }
    let isStopped = stopped == nil
    #expect(isStopped && asked == 1)
  }

  @Test func `who follows a journal block by block ends at the same state`() throws {
    let folder = try JournalFolder()
    let run = try Self.rehearse(folder)
    let entries = try run.entries()
    // Cut anywhere, also between an entry and the decisions it led to.
    var journal = try folder.create("copy")
    let copy = try JournalReader.open(at: folder.path("copy"))
    var replay = Replay(engine: Engine(catalog: Rehearsal.catalog))
    var encoder = BlockEncoder()
    var sequence: UInt64 = 0
    for start in stride(from: 0, to: entries.count, by: 37) {
      encoder.begin(at: UInt64(start + 1))
      for entry in entries[start..<min(start + 37, entries.count)] {
        switch entry.event {
        case .observation(let observation):
          encoder.append(
            observation, event: entry.header.eventTime, receive: entry.header.receiveTime,
            cause: entry.header.cause)
        case .decision(let decision):
          encoder.append(decision, at: entry.header.receiveTime, cause: entry.header.cause)
        }
      }
      encoder.finish()
      let mentions = encoder.mentions
      try encoder.withContent { (content) throws(JournalError) in
        _ = try journal.append(content, mentions: mentions)
      }
      try replay.run(copy, verify: false, isOver: false)
      sequence = replay.sequence
      let divergence = replay.divergence
      #expect(divergence == nil)
    }
    #expect(sequence == UInt64(entries.count))
    var whole = Replay(engine: Engine(catalog: Rehearsal.catalog))
    try whole.run(run)
    let (followed, replayed) = (replay.engine.stateHash(), whole.engine.stateHash())
    #expect(followed == replayed)
  }

  @Test func `an order is traced from its entries as the engine has it`() throws {
    let folder = try JournalFolder()
    let reader = try Self.rehearse(folder)
    var replay = Replay(engine: Engine(catalog: Rehearsal.catalog))
    try replay.run(reader)
    let last = replay.engine.market.orders.lastID.raw
    #expect(last > 20)
    var states: Set<OrderState> = []
    for raw in 1...last {
      let found = replay.engine.market.orders[OrderID(raw)]
      let known = try #require(found)
      var trace = OrderTrace(OrderID(raw))
      for sequence in try reader.sequences(ofOrder: raw) {
        let entry = try #require(try reader.entry(sequence))
        trace.take(entry.event, entry.header)
      }
      let traced = try #require(trace.order)
      states.insert(traced.state)
      #expect(traced.state == known.state && traced.filled == known.filled)
      #expect(traced.ticket.quantity == known.ticket.quantity)
      #expect(traced.ticket.price == known.ticket.price)
      #expect(trace.first?.sequence == (try reader.sequences(ofOrder: raw).first))
    }
    #expect(states.count > 1)
  }
}
