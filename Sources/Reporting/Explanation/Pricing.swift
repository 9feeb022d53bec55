import Events
import Journaling

/// What the market did that priced a simulated fill: a bar, or a trade.
///
/// Of fills at what a book showed nothing is looked for: that is made of all that came before.
struct Pricing {
  private enum Cause {
    case bar
    case trade
  }

  private let fill: Fill
  private let cause: Cause
  private let instrument: InstrumentID
  private let report: EntryHeader

  /// - Returns: nil if the entry is no fill of a simulated exchange, or one at what a book showed.
  init?(of entry: Entry, instrument: InstrumentID) {
    guard case .observation(.report(let report)) = entry.event,
      case .filled(let fill) = report.outcome, let basis = fill.basis
    else { return nil }
    switch basis.rule {
    case .barOpen, .barClose, .barPath, .barLimit, .sessionClose, .leanMarket, .leanLimit,
      .leanStop, .leanStopLimit, .leanIfTouched:
      cause = .bar
    case .queue, .through, .proRata, .topOrder, .lastTrade: cause = .trade
    case .level, .top, .crossed, .touch, .auction, .auctionReference, .sessionOpen: return nil
    }
    (self.fill, self.instrument, self.report) = (fill, instrument, entry.header)
  }

  /// The newest that the venue had when it filled: of several bars of one time the one that has the price, of several
  /// trades the one that has its size, too. It stands before the fill, in its block or the one before. O(block).
  func find(in reader: JournalReader) throws(JournalError) -> Entry? {
    var last = report.sequence - 1
    for _ in 0..<2 where last > 0 {
      var found: Entry?
      let first = try reader.withBlock(containing: last) { (block, content) throws(Damage) in
        found = try newest(in: content)
        return block.firstSequence
      }
      if found != nil { return found }
      guard let first else { return nil }
      last = first - 1
    }
    return nil
  }

  private func newest(in content: RawSpan) throws(Damage) -> Entry? {
    var (found, best) = (Entry?.none, 0)
    var decoder = BlockDecoder()
    _ = try decoder.begin(content)
    _ = try decoder.forEachEntry(
      of: content,
      tick: { (tick, header) throws(Damage) in
        guard header.sequence < report.sequence else { return false }
        guard tick.instrument == instrument, header.eventTime <= report.eventTime,
          let alike = likeness(of: tick)
        else { return true }
        if alike >= best || header.eventTime > found?.header.eventTime ?? .epoch {
          (found, best) = (Entry(header: header, event: .observation(.market(tick))), alike)
        }
        return true
      },
      record: { (_, _, header) throws(Damage) in header.sequence < report.sequence })
    return found
  }

  /// - Returns: nil if the tick is of another kind, else 2 if it has the fill's price, and 1 more if its size.
  private func likeness(of tick: MarketEvent) -> Int? {
    switch (cause, tick) {
    case (.bar, .bar(let bar)):
      switch fill.basis?.rule {
      case .barOpen: bar.open == fill.price ? 2 : 0
      case .barClose, .sessionClose: bar.close == fill.price ? 2 : 0
      default: bar.low <= fill.price && fill.price <= bar.high ? 2 : 0
      }
    case (.trade, .trade(let trade)):
      (trade.price == fill.price ? 2 : 0) + (trade.size == traded ? 1 : 0)
    case (.trade, .order(let change)) where change.action == .execute:
      2 + (change.size == traded ? 1 : 0)
    default: nil
    }
  }

  /// What a trade had that filled the queue ahead and then the order, or that was shared.
  private var traded: Quantity {
    switch fill.basis?.detail {
    case .queue(_, _, let left): fill.quantity + max(left, .zero)
    case .share(let size, _): size
    case .slippage, .some(.none), nil: fill.quantity
    }
  }
}
