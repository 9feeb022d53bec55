import Books
import Events
import Journaling

/// Writes the best levels of an instrument's book as CSV, one row after each of its market events.
///
/// An event is what the venue counts as one: entries up to the one marked *last*, and a trade together
/// with the execution of the resting order that follows it at the same time.
struct BookRows {
  private let instrument: Instrument
  private let depth: Int
  private var book: MarketBook
  private var clock = TimeBytes()
  /// A trade whose row waits: the next entry may be of the same event.
  private var waiting: (trade: Trade, header: EntryHeader)?

  init(_ reader: JournalReader, symbol: String, depth: Int) throws {
    instrument = try reader.instrument(named: symbol)
    book = MarketBook(instrument.id)
    self.depth = depth
  }

  /// Writes the rows of a range; the book is built from the journal's start.
  mutating func write(_ reader: JournalReader, _ range: Range<UInt64>) throws {
    var output = Output()
    try output.line(heading)
    guard !range.isEmpty else { return try output.flush() }
    var decoder = BlockDecoder()
    var failure: (any Error)?
    try reader.forEachBlock(through: range.upperBound - 1, verify: true) {
      (_, content) throws(Damage) in
      _ = try decoder.begin(content)
      while true {
        let record = try decoder.next(content)
        guard decoder.header.sequence < range.upperBound else { return false }
        if case .end = record { return true }
        guard case .market(let tick) = record, tick.instrument == instrument.id else { continue }
        do {
          try take(tick, decoder.header, from: range.lowerBound, into: &output)
        } catch {
          failure = error
          return false
        }
      }
    }
    if let failure { throw failure }
    if let last = waiting { try row(last.header, from: range.lowerBound, into: &output) }
    try output.flush()
  }

  private mutating func take(
    _ tick: MarketEvent, _ header: EntryHeader, from first: UInt64, into output: inout Output
  ) throws {
    if let before = waiting {
      waiting = nil
      if !isExecution(tick, header, of: before) {
        try row(before.header, from: first, into: &output)
      }
    }
    _ = book.apply(tick)
    switch tick {
    case .trade(let trade):
      waiting = (trade, header)
      return
    case .depth(let change): if !change.marks.contains(.last) { return }
    case .order(let change): if !change.marks.contains(.last) { return }
    case .quote, .bar, .status: break
    }
    try row(header, from: first, into: &output)
  }

  private func isExecution(
    _ tick: MarketEvent, _ header: EntryHeader, of before: (trade: Trade, header: EntryHeader)
  ) -> Bool {
    guard case .order(let change) = tick, change.action == .execute else { return false }
    return header.eventTime == before.header.eventTime && change.size == before.trade.size
  }

  private var heading: String {
    var columns = ["seq", "time"]
    for level in 1...depth {
      columns += [
        "bid_price_\(level)", "bid_size_\(level)", "ask_price_\(level)", "ask_size_\(level)",
      ]
    }
    return columns.joined(separator: ",")
  }

  private mutating func row(_ header: EntryHeader, from first: UInt64, into output: inout Output)
    throws
  {
    guard header.sequence >= first else { return }
    try output.append { bytes in
      bytes.append(magnitude: header.sequence, scale: 0)
      bytes.append(character: ",")
      clock.write(header.eventTime, to: &bytes)
      for level in 0..<depth {
        append(book.isShown ? book.level(level, of: .buy) : nil, to: &bytes)
        append(book.isShown ? book.level(level, of: .sell) : nil, to: &bytes)
      }
      bytes.append(character: "\n")
    }
  }

  private func append(_ level: BookLevel?, to bytes: inout ByteBuffer) {
    bytes.append(character: ",")
    guard let level else { return bytes.append(character: ",") }
    bytes.append(decimal: level.price.raw, scale: Int(instrument.priceScale))
    bytes.append(character: ",")
    bytes.append(decimal: level.size.raw, scale: Int(instrument.quantityScale))
  }
}
