import Events

/// What entries refer to by number, at any place of the journal: instruments may be defined again, with
/// other scales.
struct NameBook: Sendable {
  /// Names as of the entry noted last.
  private(set) var latest = EntryText()
  /// Every definition of an instrument, with its sequence, ascending.
  private var definitions: [(sequence: UInt64, instrument: Instrument)] = []
  /// Whether any instrument was defined twice.
  private var hasRedefinitions = false

  /// Sequence of the entry noted last.
  private(set) var through: UInt64 = 0

  /// Takes note of an entry. Call it for each with names, in order.
  mutating func note(_ event: Event, _ header: EntryHeader) {
    define(event, header)
    latest.note(event)
  }

  /// Takes note of orders of before.
  mutating func note(_ orders: [(OrderID, InstrumentID)]) {
    for (order, instrument) in orders { latest.note(order, of: instrument) }
  }

  private mutating func define(_ event: Event, _ header: EntryHeader) {
    through = header.sequence
    guard case .observation(.instrument(let instrument)) = event else { return }
    let old = definitions.last { $0.instrument.id == instrument.id }?.instrument
    if let old, old != instrument { hasRedefinitions = true }
    definitions.append((header.sequence, instrument))
  }

  /// Takes note of a page's entries, and writes them down.
  mutating func bulletin(_ page: [Entry]) -> Bulletin {
    for entry in page { define(entry.event, entry.header) }
    return Bulletin(page, &latest, known: 0)
  }

  /// Symbols of all instruments so far, sorted.
  var symbols: [String] { Set(definitions.map(\.instrument.symbol)).sorted() }

  /// Everything before an entry is noted, whether it has names or not.
  mutating func pass(_ sequence: UInt64) { through = max(through, sequence) }

  /// Names as they were after an entry, and orders of later ones. O(definitions) if any instrument was defined
  /// twice, else O(1).
  func names(asOf sequence: UInt64) -> Names {
    var text = latest
    if hasRedefinitions {
      // Of instruments that came later only the first definition matters: nothing before refers to them.
      for definition in definitions.reversed() where definition.sequence > sequence {
        text.note(.observation(.instrument(definition.instrument)))
      }
      for definition in definitions where definition.sequence <= sequence {
        text.note(.observation(.instrument(definition.instrument)))
      }
    }
    return Names(text: text, known: through)
  }
}

/// Names for reading on from some entry.
struct Names: Sendable {
  var text: EntryText
  /// Sequence up to which orders are known. To note them again would copy them all.
  var known: UInt64

  /// Takes note of the next entry.
  mutating func note(_ entry: Entry) { text.note(entry, known: known) }
}

extension EntryText {
  /// Takes note of an entry if it defines an instrument or comes after what is known.
  mutating func note(_ entry: Entry, known: UInt64) {
    if entry.event.kind == .instrument || entry.header.sequence > known { note(entry.event) }
  }
}
