import Events
import Journaling
import Venues

/// A journal as it is read for being played: what is in it, then its entries bit by bit
/// (docs/live.md, Recorded markets).
public struct Recording: ~Copyable {
  /// Entries that are read at a time.
  private static let portion = 1_024

  private let reader: JournalReader
  private let first: UInt64
  private let last: UInt64
  private let loops: Bool
  /// All that the recording defines up to its end, in order of definition.
  public private(set) var instruments: [Instrument]
  /// Whether it has bars and no other market data.
  public let isOfBars: Bool
  /// Numbers under which its instruments and venues are played, by the recording's own; nil for these.
  private var numbers: [(instrument: InstrumentID, venue: VenueID)]?
  /// What is left of the block that is being read.
  private var content: [UInt8] = []
  private var block: BlockHeader?
  private var decoder = BlockDecoder()
  /// Sequence of the next block.
  private var next: UInt64 = 1
  private var failure: JournalError?

  /// Reads all that is to be played, to know that it can be.
  /// - Parameters:
  ///   - first: sequence of the first entry that is played; those before give the books that it meets.
  ///   - last: sequence of the last one.
  ///   - loops: whether it begins again after the last one.
  /// - Throws: `ServingError`: damage, or nothing that can be played.
  public static func open(
    _ reader: JournalReader, from first: UInt64 = 1, through last: UInt64 = .max,
    loops: Bool = false
  ) throws(ServingError) -> Recording {
    var instruments: [Instrument] = []
    var (hasTicks, isOfBars) = (false, true)
    var decoder = BlockDecoder()
    let end: UInt64
    do throws(JournalError) {
      end = min(try reader.lastSequence(), last)
      try reader.forEachBlock(through: end, verify: true) { (_, content) throws(Damage) in
        _ = try decoder.begin(content)
        return try decoder.forEachEntry(
          of: content,
          tick: { (tick, header) throws(Damage) in
            hasTicks = hasTicks || header.sequence >= first
            switch tick {
            case .bar, .status: break
            case .quote, .trade, .depth, .order: isOfBars = false
            }
            return header.sequence < end
          },
          record: { (kind, payload, header) throws(Damage) in
            if kind == .instrument,
              case .observation(.instrument(let instrument)) = try kind.event(content, payload),
              instrument.kind != .continuous
            {
              instruments.removeAll { $0.id == instrument.id }
              instruments.append(instrument)
            }
            return header.sequence < end
          })
      }
    } catch { throw .journal(error) }
    guard hasTicks, !instruments.isEmpty else {
      throw .unplayable(reader.path, first: first, last: end)
    }
    return Recording(reader, first, end, loops, instruments, isOfBars)
  }

  private init(
    _ reader: JournalReader, _ first: UInt64, _ last: UInt64, _ loops: Bool,
    _ instruments: [Instrument], _ isOfBars: Bool
  ) {
    (self.reader, self.first, self.last) = (reader, first, last)
    (self.loops, self.instruments, self.isOfBars) = (loops, instruments, isOfBars)
  }

  /// Has its instruments played under other numbers, by their names.
  mutating func renumber(_ ours: InstrumentNumbers) {
    let count = instruments.reduce(0) { max($0, $1.id.index + 1) }
    var numbers = Array(repeating: (instrument: InstrumentID.none, venue: VenueID(0)), count: count)
    for index in instruments.indices {
      let known = ours.numbers(of: instruments[index])
      numbers[instruments[index].id.index] = known
      (instruments[index].id, instruments[index].venue) = known
    }
    self.numbers = numbers
  }

  /// Gives a market what it wants to go on.
  /// - Throws: when there is damage; the market has had all before it.
  public mutating func fill(_ market: inout PaperMarket, at now: Instant) throws(JournalError) {
    guard market.recording?.wantsMore == true else { return }
    if let failure { throw failure }
    var entries: [RecordedMarket.Entry] = []
    entries.reserveCapacity(Self.portion)
    while entries.isEmpty {
      if block == nil, !(try readBlock()) {
        guard loops else {
          market.recording?.finish()
          return
        }
        next = 1
        market.recording?.restart(at: now)
        return
      }
      do throws(Damage) { try decode(&entries) } catch {
        failure = block.map { .damaged($0, error) }
        block = nil
        if entries.isEmpty, let failure { throw failure }
      }
    }
    market.recording?.add(entries, at: now)
  }

  /// - Returns: false after the last one.
  private mutating func readBlock() throws(JournalError) -> Bool {
    guard next <= last else { return false }
    let found = try reader.withBlock(containing: next) { (header, content) throws(Damage) in
      (header, content.array)
    }
    guard let (header, bytes) = found else { return false }
    (content, next) = (bytes, header.lastSequence + 1)
    do throws(Damage) {
      block = try bytes.withContent { (content) throws(Damage) in try decoder.begin(content) }
    } catch { throw .damaged(header, error) }
    return true
  }

  /// Takes entries of the block, as many as are read at a time.
  private mutating func decode(_ entries: inout [RecordedMarket.Entry]) throws(Damage) {
    let (bytes, first, last, numbers) = (content, first, last, numbers)
    let isAtEnd = try bytes.withContent { (content) throws(Damage) in
      try decoder.forEachEntry(
        of: content,
        tick: { (tick, header) throws(Damage) in
          guard header.sequence <= last else { return false }
          Self.add(.market(tick), header, first, numbers, to: &entries)
          return entries.count < Self.portion
        },
        record: { (kind, payload, header) throws(Damage) in
          guard header.sequence <= last else { return false }
          guard RecordedMarket.plays(kind),
            case .observation(let observation) = try kind.event(content, payload)
          else { return true }
          Self.add(observation, header, first, numbers, to: &entries)
          return entries.count < Self.portion
        })
    }
    if isAtEnd || decoder.header.sequence >= last { block = nil }
  }

  private static func add(
    _ observation: Observation, _ header: EntryHeader, _ first: UInt64,
    _ numbers: [(instrument: InstrumentID, venue: VenueID)]?,
    to entries: inout [RecordedMarket.Entry]
  ) {
    guard let ours = numbers.map({ Self.numbered(observation, $0) }) ?? observation else { return }
    entries.append(
      RecordedMarket.Entry(
        ours, event: header.eventTime, receive: header.receiveTime, sequence: header.sequence,
        isSilent: header.sequence < first))
  }

  /// - Returns: nil for what is of an instrument that nobody defines.
  private static func numbered(
    _ observation: Observation, _ numbers: [(instrument: InstrumentID, venue: VenueID)]
  ) -> Observation? {
    func number(_ id: InstrumentID) -> InstrumentID {
      id.index < numbers.count ? numbers[id.index].instrument : .none
    }
    guard case .instrument(var instrument) = observation else {
      return observation.numbered(number)
    }
    guard instrument.id.index < numbers.count else { return nil }
    (instrument.id, instrument.venue) = numbers[instrument.id.index]
    return .instrument(instrument)
  }
}
