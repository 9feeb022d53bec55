/// Writes entries as lines of JSON (docs/journal-format.md, section 7). It reads every entry from the
/// journal's start, since names and scales come from the definitions it has seen.
public struct EntryText: Sendable {
  /// Instruments by id; nil where none was defined.
  private var instruments: [Instrument?] = []
  /// Instrument of each order submitted or held; only looked up, so that its order shows nowhere.
  private var orders: [OrderID: InstrumentID] = [:]

  public init() {}

  /// Takes note of the definitions in an entry. Call it for each entry, written or not.
  public mutating func note(_ event: Event) {
    switch event {
    case .observation(.instrument(let instrument)):
      while instruments.count <= instrument.id.index { instruments.append(nil) }
      instruments[instrument.id.index] = instrument
    case .decision(.submitted(let ticket)), .decision(.held(let ticket, _)):
      orders[ticket.order] = ticket.instrument
    default: break
    }
  }

  /// Takes note of an order's instrument, which an entry told that need not be read again.
  public mutating func note(_ order: OrderID, of instrument: InstrumentID) {
    orders[order] = instrument
  }

  /// Whether entries of a kind hold what others are written with.
  public static func needs(_ kind: EntryKind) -> Bool {
    kind == .instrument || kind == .submitted || kind == .held
  }

  /// The definition of an instrument, if one was seen.
  public func instrument(_ id: InstrumentID) -> Instrument? {
    id.index < instruments.count ? instruments[id.index] : nil
  }

  /// The instrument of an order, if it was seen submitted or held.
  public func instrument(of order: OrderID) -> Instrument? {
    orders[order].flatMap { instrument($0) }
  }

  /// The entry as one line, without a newline.
  public func line(_ entry: Entry) -> JSONLine {
    var line = JSONLine()
    line.field("seq", entry.header.sequence)
    line.field("kind", entry.event.kind.name)
    line.field("time", entry.header.eventTime)
    line.field("received", entry.header.receiveTime)
    line.field("cause", entry.header.cause)
    switch entry.event {
    case .observation(.market(let tick)): write(tick, to: &line)
    case .observation(let observation): write(observation, to: &line)
    case .decision(let decision): write(decision, to: &line)
    }
    return line
  }

  /// `AAPL`, or `#7` if instrument 7 was never defined; nil for "none".
  public func symbol(_ id: InstrumentID) -> String? {
    id == .none ? nil : instrument(id)?.symbol ?? "#\(id.raw)"
  }

  func text(_ price: Price, _ instrument: Instrument?) -> String? {
    price.isNone ? nil : decimalText(Int128(price.raw), scale: Int(instrument?.priceScale ?? 0))
  }

  func text(_ quantity: Quantity, _ instrument: Instrument?) -> String {
    decimalText(Int128(quantity.raw), scale: Int(instrument?.quantityScale ?? 0))
  }
}

extension Event {
  /// The kind under which the entry is stored.
  public var kind: EntryKind {
    switch self {
    case .observation(let observation): observation.kind
    case .decision(let decision): decision.kind
    }
  }
}

extension MarketEvent {
  @inlinable
  public var kind: EntryKind {
    switch self {
    case .quote: .quote
    case .trade: .trade
    case .depth(let change): change.action == .clear ? .depthClear : .depth
    case .order(let change):
      EntryKind(rawValue: EntryKind.orderAdd.rawValue + change.action.rawValue)!
    case .bar: .bar
    case .status: .status
    }
  }
}

extension Observation {
  var kind: EntryKind {
    switch self {
    case .market(let tick): tick.kind
    case .instrument: .instrument
    case .signal: .signal
    case .report(let report):
      switch report.outcome {
      case .accepted: .accepted
      case .rejected: .rejected
      case .filled: .filled
      case .cancelled: .cancelled
      case .replaced: .replaced
      case .expired: .expired
      case .requestRejected: .requestRejected
      case .status: .orderStatus
      case .triggered: .triggered
      case .busted: .busted
      case .corrected: .corrected
      }
    case .timer: .timer
    case .operatorAct: .operatorAct
    case .configuration: .configuration
    case .runStarted: .runStarted
    case .runStopped: .runStopped
    case .dataQuality: .dataQuality
    case .connection: .connection
    case .reference: .reference
    case .imbalance: .imbalance
    case .priceBand: .priceBand
    case .corporateAction: .corporateAction
    case .optionNotice: .optionNotice
    case .exchangeRate: .exchangeRate
    case .limitChange: .limitChange
    case .statement: .statement
    case .breakResolution: .breakResolution
    case .instruction: .instruction
    case .clockReading: .clockReading
    }
  }
}

extension Decision {
  public var kind: EntryKind {
    switch self {
    case .intent: .intent
    case .refused: .refused
    case .submitted: .submitted
    case .cancelRequested: .cancelRequested
    case .replaceRequested: .replaceRequested
    case .alert: .alert
    case .halted: .halted
    case .resumed: .resumed
    case .held: .held
    case .released: .released
    case .ended: .ended
    case .routed: .routed
    case .booked: .booked
    case .marginCall: .marginCall
    case .liquidation: .liquidation
    case .rolled: .rolled
    case .breakerChanged: .breakerChanged
    case .killReport: .killReport
    case .limitApplied: .limitApplied
    case .limitsScaled: .limitsScaled
    case .limitsUsed: .limitsUsed
    case .breakOpened: .breakOpened
    case .breakClosed: .breakClosed
    }
  }
}
