import Events
import Journaling
import Projections
import Reporting
import Sequencing
import Trading

/// Moves a read model on along its journal, by stretches that end where blocks end.
struct ProjectionRun: ~Copyable {
  /// When a stretch is long enough, in entries and in rows.
  struct Stretch: Sendable {
    var entries: UInt64 = 1 << 18
    var rows = 16_384
  }

  private let reader: JournalReader
  private let model: ReadModel
  private let stretch: Stretch
  private var replay: Replay
  private let projection: Projection
  /// Up to where the read model is.
  private(set) var position: ReadModel.Position

  /// Takes the engine to where the read model is. O(entries after the snapshot before).
  /// - Returns: nil if it was told to stop.
  /// - Throws: `journal`, `readModel`, `diverged`.
  static func begin(
    _ model: ReadModel, of reader: JournalReader, catalog: [StrategyKind],
    stretch: Stretch = Stretch(), while mayGoOn: () -> Bool = { true }
  ) throws(ServerError) -> ProjectionRun? {
    let (position, sampled) = try ServerError.readModel { () throws(ReadModelError) in
      (try model.position(), try model.lastProfits())
    }
    var replay: Replay
    do {
      replay = try Replay.start(reader, notAfter: position.sequence, catalog: catalog)
    } catch { throw .journal(error) }
    while replay.sequence < position.sequence {
      guard mayGoOn() else { return nil }
      do {
        try replay.run(
          reader, through: min(position.sequence, replay.sequence + stretch.entries),
          verify: false, isOver: false, settles: false)
      } catch { throw .journal(error) }
      if let divergence = replay.divergence { throw .diverged(divergence) }
    }
    let projection = Projection(
      after: replay.engine, isFirst: position.sequence == 0, sampled: sampled,
      ticket: { reader.ticket(of: $0) })
    return ProjectionRun(reader, model, stretch, replay, projection, position)
  }

  private init(
    _ reader: JournalReader, _ model: ReadModel, _ stretch: Stretch, _ replay: consuming Replay,
    _ projection: Projection, _ position: ReadModel.Position
  ) {
    self.reader = reader
    self.model = model
    self.stretch = stretch
    self.replay = replay
    self.projection = projection
    self.position = position
  }

  /// Takes a stretch of what is new into the read model.
  /// - Returns: false if there is nothing new.
  /// - Throws: `journal`, `readModel`, `diverged`; then it has to begin again.
  mutating func advance() throws(ServerError) -> Bool {
    var reached: JournalHead?
    do throws(JournalError) {
      let head = try reader.lastSequence()
      let last = min(head, position.sequence + stretch.entries)
      while replay.sequence < last, replay.divergence == nil, projection.count < stretch.rows {
        // A few blocks at a time, since each may bring many rows.
        let next = min(last, replay.sequence + max(1, stretch.entries / 16))
        guard let end = try reader.end(ofBlockWith: next) else { break }
        try Self.replay(&replay, through: end.sequence, of: reader, into: projection)
        reached = end
      }
    } catch { throw .journal(error) }
    if let divergence = replay.divergence { throw .diverged(divergence) }
    guard let reached else { return false }
    let changes = projection.finish(replay.engine)
    let position = ReadModel.Position(sequence: reached.sequence, chain: reached.chain)
    try ServerError.readModel { () throws(ReadModelError) in
      try model.apply(changes, through: position)
    }
    self.position = position
    return true
  }

  private static func replay(
    _ replay: inout Replay, through last: UInt64, of reader: JournalReader,
    into projection: Projection
  ) throws(JournalError) {
    try replay.run(
      reader, through: last, verify: false, isOver: false, settles: false,
      from: projection.nextSample
    ) { engine, header, event in
      projection.take(engine, header, event)
    }
  }
}

extension JournalReader {
  /// What an order's first entry says of it; nil if there is none that can be read.
  func ticket(of order: OrderID) -> OrderTicket? {
    // An index that cannot be read is told by whoever reads the entries next.
    guard let first = try? sequences(ofOrder: order.raw).first, let entry = try? entry(first) else {
      return nil
    }
    switch entry.event {
    case .decision(.submitted(let ticket)), .decision(.held(let ticket, _)): return ticket
    default: return nil
    }
  }
}
