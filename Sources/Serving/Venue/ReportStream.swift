import Events
import Glibc
import Journaling
import Sequencing
import Venues

/// What a venue was sent by its client and has said of it, in a journal of its own: the stream that a client
/// can ask for again. A report is in it before it leaves.
struct ReportStream: ~Copyable {
  /// What the journal's meta has for an engine: it tells a venue's journal from a daemon's.
  static let engine = "venue"

  private var journal: Journal
  private var encoder = BlockEncoder(capacity: 1 << 16)
  private(set) var history: OrderHistory
  private let instruments: [InstrumentID: Instrument]
  /// When this life of the venue began, in nanoseconds: no two are the same.
  let life: UInt64
  /// The next report's sequence.
  var next: UInt64 { encoder.nextSequence }

  /// Opens the stream, or begins one.
  /// - Parameter instruments: those that the venue trades.
  /// - Throws: `ServingError`.
  static func open(
    at path: String, instruments: [InstrumentID: Instrument], clock: LiveClock
  ) throws(ServingError) -> ReportStream {
    let isThere = Journal.exists(at: path)
    if isThere, try isDaemons(path) { throw .foreignJournal(path, isVenue: false) }
    do throws(JournalError) {
      if isThere {
        let journal = try Journal.open(at: path, durability: .none)
        let history = try history(journal.reader(), instruments)
        return ReportStream(journal, history, instruments, at: clock.now())
      }
      let meta = JournalMeta(created: clock.now(), engine: engine, seed: 0)
      let journal = try Journal.create(at: path, meta: meta, durability: .none)
      return ReportStream(journal, OrderHistory(), instruments, at: clock.now())
    } catch { throw .journal(error) }
  }

  /// Whether a journal is of another kind; looked at before it is opened for writing.
  private static func isDaemons(_ path: String) throws(ServingError) -> Bool {
    do { return try JournalReader.open(at: path).meta.engine != engine } catch {
      throw .journal(error)
    }
  }

  private init(
    _ journal: consuming Journal, _ history: OrderHistory,
    _ instruments: [InstrumentID: Instrument], at time: Instant
  ) {
    encoder.begin(at: journal.sequence + 1)
    self.journal = journal
    self.history = history
    self.instruments = instruments
    life = UInt64(max(time.nanoseconds, 0))
  }

  /// What earlier lives were sent and have said.
  private static func history(
    _ reader: JournalReader, _ instruments: [InstrumentID: Instrument]
  ) throws(JournalError) -> OrderHistory {
    var decoder = BlockDecoder()
    var history = OrderHistory()
    try reader.forEachBlock { (_, content) throws(Damage) in
      _ = try decoder.begin(content)
      while case .record(let kind, let payload) = try decoder.next(content) {
        switch try kind.event(content, payload) {
        case .observation(.connection(let change)): history.begin(Self.client(change.text))
        case .decision(.submitted(let ticket)): history.note(ticket)
        case .observation(.report(let report)): history.note(report) { instruments[$0] }
        default: break
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

  /// A client trades: what there was of another one is forgotten.
  mutating func begin(_ client: [UInt8], at time: Instant) {
    guard client != history.client else { return }
    history.begin(client)
    let change = ConnectionChange(
      venue: VenueID(.max), state: .connected, text: JournalID(client)?.description ?? "")
    encoder.append(.connection(change), event: time, receive: moment(time))
  }

  /// An order came.
  mutating func note(_ ticket: OrderTicket, at time: Instant) {
    history.note(ticket)
    encoder.append(.submitted(ticket), at: moment(time), cause: 0)
  }

  /// Somebody sent what is none of the protocol.
  mutating func note(_ quality: DataQuality, at time: Instant) {
    encoder.append(.dataQuality(quality), event: time, receive: moment(time))
  }

  mutating func add(_ report: VenueReport, at time: Instant) {
    history.note(report) { [instruments] in instruments[$0] }
    encoder.append(report, event: time, receive: moment(time), cause: 0)
  }

  /// Receive times never go back.
  private func moment(_ time: Instant) -> Instant {
    max(time, journal.time ?? time, encoder.entryCount > 0 ? encoder.lastReceiveTime : time)
  }

  private static func client(_ text: String) -> [UInt8] {
    let digits = Array(text.utf8)
    return stride(from: 0, to: digits.count - 1, by: 2).compactMap {
      UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16)
    }
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
    encoder.begin(at: journal.sequence + 1)
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
