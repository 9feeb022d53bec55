import Events

/// The kinds of order books that an instrument may have.
public struct BookKinds: OptionSet, Sendable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// By price level.
  public static let depth = BookKinds(rawValue: 1)
  /// By order.
  public static let orders = BookKinds(rawValue: 2)

  /// Learns from an event of the instrument which books may hold something.
  public mutating func note(_ event: MarketEvent) {
    let cleared = event.cleared
    if !cleared.isEmpty { return subtract(cleared) }
    switch event {
    case .depth: insert(.depth)
    case .order: insert(.orders)
    case .quote, .trade, .bar, .status: break
    }
  }
}

extension [BookKinds] {
  /// Learns from an event which books of its instrument may hold something; by instrument.
  @inline(__always)
  public mutating func note(_ event: MarketEvent) {
    switch event {
    case .depth, .order: break
    case .quote, .trade, .bar, .status: return
    }
    while count <= event.instrument.index { append([]) }
    self[event.instrument.index].note(event)
  }
}

/// Which books hold something: the journal's from before this import, and those told in it.
struct BookLedger {
  /// By instrument; of the journal, and not touched yet.
  private var old: [BookKinds]
  private var present: [BookKinds] = []
  /// Instruments that have an old book.
  private var oldCount: Int

  init(_ old: [BookKinds]) {
    self.old = old
    oldCount = old.count { !$0.isEmpty }
  }

  /// The journal's books of an instrument, given once.
  @inline(__always)
  mutating func takeOld(_ instrument: InstrumentID) -> BookKinds {
    if oldCount == 0 || instrument.index >= old.count { return [] }
    let kinds = old[instrument.index]
    if !kinds.isEmpty {
      old[instrument.index] = []
      oldCount -= 1
    }
    return kinds
  }

  /// Books that this import told.
  func held(_ instrument: InstrumentID) -> BookKinds {
    instrument.index < present.count ? present[instrument.index] : []
  }

  @inline(__always)
  mutating func note(_ event: MarketEvent) { present.note(event) }
}

extension MarketEvent {
  /// It is part of a whole picture of the book.
  var isOfSnapshot: Bool {
    switch self {
    case .depth(let change): change.marks.contains(.snapshot)
    case .order(let change): change.marks.contains(.snapshot) || !cleared.isEmpty
    case .quote, .trade, .bar, .status: false
    }
  }

  /// The books that it empties by itself.
  var cleared: BookKinds {
    switch self {
    case .depth(let change) where change.action == .clear && change.side == .none: .depth
    case .order(let change) where change.action == .clear && change.side == .none: .orders
    default: []
    }
  }
}
