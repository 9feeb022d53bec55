import Events
import Journaling
import Reporting

/// Some entries in order, as WebSockets send them: written once, whoever listens.
struct Bulletin: Sendable {
  struct Message: Sendable {
    var sequence: UInt64
    var channels: Channels
    /// Of which instrument it tells; nil for none.
    var symbol: String?
    /// Whether a later message about the same instrument makes it needless.
    var isQuote: Bool
    /// The entry as JSON.
    var line: String
  }

  /// Sequences of the entries it is of, those that are on no channel included.
  var range: ClosedRange<UInt64>
  var messages: [Message] = []

  /// - Parameters:
  ///   - page: not empty, in order.
  ///   - names: as of the entry before; takes note of the page's.
  ///   - known: sequence up to which `names` has orders already.
  ///   - wanted: nothing else is written down.
  init(
    _ page: [Entry], _ names: inout EntryText, known: UInt64, wanted: Channels = .every
  ) {
    precondition(!page.isEmpty, "a bulletin is of entries")
    range = page[0].header.sequence...page[page.count - 1].header.sequence
    // Of quotes the page's last of each instrument are enough.
    var newest: [UInt64] = []
    for entry in page {
      if case .observation(.market(.quote(let quote))) = entry.event {
        while newest.count <= quote.instrument.index { newest.append(0) }
        newest[quote.instrument.index] = entry.header.sequence
      }
    }
    for entry in page {
      names.note(entry, known: known)
      let channels = Channels(of: entry.event.kind)
      guard !channels.isDisjoint(with: wanted) else { continue }
      var isQuote = false
      if case .observation(.market(.quote(let quote))) = entry.event {
        guard newest[quote.instrument.index] == entry.header.sequence else { continue }
        isQuote = true
      }
      messages.append(
        Message(
          sequence: entry.header.sequence, channels: channels,
          symbol: Self.symbol(entry.event, names), isQuote: isQuote,
          line: names.line(entry).text))
    }
  }

  /// The instrument an entry is about.
  private static func symbol(_ event: Event, _ names: EntryText) -> String? {
    switch event {
    case .observation(.market(let tick)): names.symbol(tick.instrument)
    case .observation(.instrument(let instrument)): instrument.symbol
    case .observation(.reference(let value)): names.symbol(value.instrument)
    case .observation(.imbalance(let imbalance)): names.symbol(imbalance.instrument)
    case .observation(.priceBand(let band)): names.symbol(band.instrument)
    case .observation(.report(let report)): names.instrument(of: report.order)?.symbol
    case .decision(.refused(let refusal)): names.symbol(refusal.instrument)
    case .decision(.submitted(let ticket)), .decision(.held(let ticket, _)):
      names.symbol(ticket.instrument)
    case .decision(.released(let release)): names.symbol(release.ticket.instrument)
    case .decision(.ended(let order, _)), .decision(.cancelRequested(let order, _)),
      .decision(.replaceRequested(let order, _, _)):
      names.instrument(of: order)?.symbol
    case .decision(.routed(let route)): names.instrument(of: route.order)?.symbol
    case .decision(.alert(let alert)): names.symbol(alert.instrument)
    default: nil
    }
  }
}
