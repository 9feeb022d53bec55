import Books
import Events
import Journaling

/// The order book of one instrument as it was after an entry.
struct BookView {
  private let instrument: Instrument
  private let sequence: UInt64
  private let time: Instant
  private let bids: [BookLevel]
  private let asks: [BookLevel]
  private let bidCount: Int
  private let askCount: Int
  private let best: Quote

  /// Builds the book from the journal's start; about 20 ns an entry of the instrument, 3 ns of others.
  init(
    _ reader: JournalReader, symbol: String, at sequence: UInt64, depth: Int,
    _ options: PrintOptions
  ) throws {
    let instrument = try reader.instrument(named: symbol, through: sequence)
    var book = MarketBook(instrument.id)
    var time = Instant.epoch
    var decoder = BlockDecoder()
    var progress = Progress("book", total: sequence, isQuiet: options.quiet)
    try reader.forEachBlock(through: sequence, verify: true) { (header, content) throws(Damage) in
      Interruption.obey()
      progress.update(header.firstSequence)
      _ = try decoder.begin(content)
      while true {
        let record = try decoder.next(content)
        guard decoder.header.sequence <= sequence else { return false }
        time = decoder.header.receiveTime
        switch record {
        case .end: return true
        case .market(let tick):
          if tick.instrument == instrument.id { _ = book.apply(tick) }
        case .record: continue
        }
      }
    }
    progress.finish()
    self.instrument = instrument
    self.sequence = sequence
    self.time = time
    // What bars say of prices is no book.
    bidCount = book.isShown ? book.levelCount(of: .buy) : 0
    askCount = book.isShown ? book.levelCount(of: .sell) : 0
    bids = (0..<min(depth, bidCount)).compactMap { book.level($0, of: .buy) }
    asks = (0..<min(depth, askCount)).compactMap { book.level($0, of: .sell) }
    best = book.best
  }

  var json: JSON {
    func levels(_ levels: [BookLevel]) -> JSON {
      .array(
        levels.map {
          .array([.string(instrument.text($0.price)), .string(instrument.text($0.size))])
        })
    }
    return .object([
      ("seq", .number(sequence)), ("time", .string(time.text)),
      ("symbol", .string(instrument.symbol)), ("venue", .string(instrument.venueName)),
      (
        "book",
        .object([
          ("bids", levels(bids)), ("asks", levels(asks)), ("bid_levels", .number(bidCount)),
          ("ask_levels", .number(askCount)),
        ])
      ),
    ])
  }

  func lines(_ style: Style) -> [String] {
    var table = Table([
      ("bid size", .right), ("bid", .right), ("ask", .right), ("ask size", .right),
    ])
    for row in 0..<max(bids.count, asks.count) {
      let bid = row < bids.count ? bids[row] : nil
      let ask = row < asks.count ? asks[row] : nil
      table.row(
        bid.map { instrument.text($0.size) } ?? "", bid.map { instrument.text($0.price) } ?? "",
        ask.map { instrument.text($0.price) } ?? "", ask.map { instrument.text($0.size) } ?? "")
    }
    let head =
      "\(style(instrument.fullName, .strong)) at \(sequenceText(sequence))  \(time.text)"
    let count = "\(grouped(bidCount)) bid levels, \(grouped(askCount)) ask levels"
    return table.isEmpty ? [head, "the book is empty"] : [head, count, ""] + table.lines(style)
  }
}

extension MarketBook {
  /// Whether quotes or books have come: of bars alone there are prices, but nothing that anybody showed.
  var isShown: Bool { !sources.isDisjoint(with: [.quotes, .orders, .depth]) }
}
