import Events
import Journaling
import Scenarios
import Testing
import Trading

@testable import Sequencing

@Suite struct RecoveryTests {
  /// A journal of a scripted run: a working order, an unanswered one, a cancel under way.
  static func journal(in folder: JournalFolder, snapshotAfter step: Int? = nil) throws -> Digest {
    var journal = try folder.create("j")
    var batch = Batch(startingAt: 1)
    var sequencer = SequencerTests.open(into: &batch)
    let steps: [Observation] = [
      SequencerTests.signal("buy 1 @ 5; buy 2 @ 5; buy 3 @ 5"),
      .report(VenueReport(order: OrderID(1), .accepted(venueOrder: "a"))),
      .report(VenueReport(order: OrderID(2), .accepted(venueOrder: "b"))),
      SequencerTests.signal("cancel 2"),
    ]
    for (index, observation) in steps.enumerated() {
      sequencer.step(
        observation, event: SequencerTests.at(200), at: SequencerTests.at(200), into: &batch)
      _ = try batch.commit(to: &journal)
      guard index == step else { continue }
      var state = ByteBuffer()
      sequencer.engine.encodeState(to: &state)
      let sequence = sequencer.sequence
      try state.withBytes { (bytes) throws(JournalError) in
        _ = try journal.writeSnapshot(at: sequence, version: Engine.stateVersion, state: bytes)
      }
    }
    return sequencer.engine.stateHash()
  }

  @Test(arguments: [nil, 0, 2, 3] as [Int?])
  func `a start is at the state where the journal ends`(snapshot: Int?) throws {
    let folder = try JournalFolder()
    let hash = try Self.journal(in: folder, snapshotAfter: snapshot)
    let reader = try JournalReader.open(at: folder.path("j"))
    let recovery = try Recovery.run(reader, catalog: Rehearsal.catalog)
    #expect(recovery.snapshot == [nil: 0, 0: 9, 2: 11, 3: 14][snapshot])
    #expect(recovery.sequence == 14)
    #expect(recovery.unanswered == [OrderID(2), OrderID(3)])
    let sequencer = recovery.resume()
    #expect(sequencer.sequence == 14 && sequencer.time == SequencerTests.at(200))
    #expect(sequencer.engine.stateHash() == hash)
  }

  @Test func `after a start the journal goes on and can be audited`() throws {
    let folder = try JournalFolder()
    _ = try Self.journal(in: folder, snapshotAfter: 2)
    do {
      let reader = try JournalReader.open(at: folder.path("j"))
      var sequencer = try Recovery.run(reader, catalog: Rehearsal.catalog).resume()
      var journal = try Journal.open(at: folder.path("j"), durability: .none)
      var batch = Batch(startingAt: sequencer.sequence + 1)
      let lost = Observation.connection(
        ConnectionChange(venue: VenueID(0), state: .disconnected))
      sequencer.step(lost, event: SequencerTests.at(150), at: SequencerTests.at(150), into: &batch)
      #expect(try batch.commit(to: &journal).isEmpty)
    }
    let reader = try JournalReader.open(at: folder.path("j"))
    let entries = try reader.entries()
    #expect(entries.suffix(3).map(\.event.kind) == [.connection, .alert, .alert])
    #expect(entries.last?.header.receiveTime == SequencerTests.at(200))
    #expect(try ReplayTests.replayed(reader) == nil)
  }

  @Test func `a snapshot that cannot be read is passed over`() throws {
    let folder = try JournalFolder()
    let hash = try Self.journal(in: folder, snapshotAfter: 0)
    do {
      var journal = try Journal.open(at: folder.path("j"), durability: .none)
      let junk: [UInt8] = [1, 2, 3]
      _ = try junk.withBytes { (bytes) throws(JournalError) in
        try journal.writeSnapshot(at: 12, version: Engine.stateVersion, state: bytes)
      }
      _ = try junk.withBytes { (bytes) throws(JournalError) in
        try journal.writeSnapshot(at: 13, version: Engine.stateVersion + 1, state: bytes)
      }
    }
    let reader = try JournalReader.open(at: folder.path("j"))
    let recovery = try Recovery.run(reader, catalog: Rehearsal.catalog)
    #expect(recovery.snapshot == 9)
    #expect(recovery.resume().engine.stateHash() == hash)
  }

  @Test func `an empty journal starts at nothing`() throws {
    let folder = try JournalFolder()
    _ = try folder.create("j")
    let reader = try JournalReader.open(at: folder.path("j"))
    let recovery = try Recovery.run(reader, catalog: [])
    #expect(recovery.sequence == 0 && recovery.snapshot == 0 && recovery.unanswered.isEmpty)
    #expect(recovery.resume().sequence == 0)
  }

  @Test func `a build that decides otherwise does not start`() throws {
    let folder = try JournalFolder()
    _ = try Self.journal(in: folder)
    let reader = try JournalReader.open(at: folder.path("j"))
    do {
      _ = try Recovery.run(reader, catalog: [])
      Issue.record("started")
    } catch {
      guard case .diverged(let divergence) = error else { Issue.record("\(error)"); return }
      #expect(divergence.sequence == 3 && divergence.remade == "\"alert\"")
      #expect(error.description.contains("#3"))
    }
  }
}
