import Events
import Glibc
import Journaling
import Sequencing
import Venues

/// What a venue has said of its client's orders, in a journal of its own: the stream that a client can ask
/// for again. A report is in it before it leaves.
struct ReportStream: ~Copyable {
  private var journal: Journal
  private var encoder = BlockEncoder(capacity: 1 << 16)
  private(set) var history = OrderHistory()
  /// When this life of the venue began, in nanoseconds: no two are the same.
  let life: UInt64
  /// The next report's sequence.
  var next: UInt64 { encoder.nextSequence }

  /// Opens the stream, or begins one.
  /// - Throws: `ServingError`.
  static func open(at path: String, clock: LiveClock) throws(ServingError) -> ReportStream {
    do throws(JournalError) {
      if unsafe access(path + "/data.mdb", F_OK) == 0 {
        let journal = try Journal.open(at: path, durability: .none)
        let history = try history(journal.reader())
        return ReportStream(journal, history, at: clock.now())
      }
      let meta = JournalMeta(created: clock.now(), engine: "venue", seed: 0)
      let journal = try Journal.create(at: path, meta: meta, durability: .none)
      return ReportStream(journal, OrderHistory(), at: clock.now())
    } catch { throw .journal(error) }
  }

  private init(_ journal: consuming Journal, _ history: OrderHistory, at time: Instant) {
    encoder.begin(at: journal.head.sequence + 1)
    self.journal = journal
    self.history = history
    life = UInt64(max(time.nanoseconds, 0))
  }

  /// What an earlier life has said.
  private static func history(_ reader: JournalReader) throws(JournalError) -> OrderHistory {
    var decoder = BlockDecoder()
    var history = OrderHistory()
    try reader.forEachBlock { (_, content) throws(Damage) in
      _ = try decoder.begin(content)
      while case .record(let kind, let payload) = try decoder.next(content) {
        if case .observation(.report(let report)) = try kind.event(content, payload) {
          history.note(report)
        }
      }
      return true
    }
    return history
  }

  /// Begins a life: says of the orders that were open that they have ended with the one before.
  mutating func begin(at time: Instant) throws(ServingError) {
    for order in history.open {
      add(
        VenueReport(order: order, .cancelled(.connectionLost, text: "the venue has started anew")),
        at: time)
    }
    _ = try flush()
  }

  mutating func note(_ ticket: OrderTicket) { history.note(ticket) }

  mutating func add(_ report: VenueReport, at time: Instant) {
    history.note(report)
    let moment = max(
      time, journal.head.time ?? time, encoder.entryCount > 0 ? encoder.lastReceiveTime : time)
    encoder.append(report, event: time, receive: moment, cause: 0)
  }

  /// Records what was added.
  /// - Returns: the block, to be sent; empty if there was nothing.
  mutating func flush() throws(ServingError) -> [UInt8] {
    guard encoder.entryCount > 0 else { return [] }
    encoder.finish()
    let mentions = encoder.mentions
    do throws(JournalError) {
      try encoder.withContent { (content) throws(JournalError) in
        _ = try journal.append(content, mentions: mentions)
      }
    } catch { throw .journal(error) }
    let block = encoder.withContent { $0.array }
    encoder.begin(at: journal.head.sequence + 1)
    return block
  }

  /// The blocks from a report on.
  func blocks(from first: UInt64) throws(ServingError) -> [[UInt8]] {
    var blocks: [[UInt8]] = []
    do throws(JournalError) {
      try journal.reader().forEachBlock(from: first) { (_, content) throws(Damage) in
        blocks.append(content.array)
        return true
      }
    } catch { throw .journal(error) }
    return blocks
  }
}
