import Events

@testable import Alerting

/// A journal in the making: entries with their sequences and times, and what the monitor says to them.
struct Story {
  var monitor: AlertMonitor
  private(set) var sequence: UInt64 = 0
  /// Seconds since the story began.
  private(set) var second = 0.0
  private(set) var entries: [Entry] = []

  static let start = Instant("2026-01-05T14:30:00Z")!
  static let alfa = Instrument(
    id: InstrumentID(0), venueName: "XSIM", symbol: "ALFA", kind: .equity, currency: "USD",
    priceScale: 2, quantityScale: 0)

  init(_ settings: AlertSettings = AlertSettings(), isLive: Bool = true) {
    monitor = AlertMonitor(settings)
    guard isLive else { return }
    _ = take(
      .observation(
        .runStarted(
          RunStart(mode: .live, seed: 1, engine: "test", strategies: "", source: "test"))))
    _ = take(.observation(.instrument(Self.alfa)))
  }

  var now: Instant { Self.start.advanced(by: Int64(second * 1e9)) }

  mutating func wait(_ seconds: Double) { second += seconds }

  /// Adds an entry and hears what is to be done.
  mutating func take(_ event: Event, cause: UInt64 = 0) -> [AlertAction] {
    sequence += 1
    let entry = Entry(
      header: EntryHeader(sequence: sequence, eventTime: now, receiveTime: now, cause: cause),
      event: event)
    entries.append(entry)
    return monitor.take(entry)
  }

  mutating func note(_ note: AlertNote, by subject: String = "ann") -> [AlertAction] {
    take(
      .observation(
        .operatorAct(
          OperatorAct(act: .note, scope: .all, subject: subject, reason: note.text))))
  }

  mutating func read(_ reading: Reading) -> [AlertAction] { monitor.take(reading, at: now) }

  mutating func tick() {
    sequence += 1
    monitor.take(
      tick: .quote(
        Quote(
          instrument: Self.alfa.id, bid: Price(1), ask: Price(2), bidSize: Quantity(1),
          askSize: Quantity(1))),
      EntryHeader(sequence: sequence, eventTime: now, receiveTime: now))
  }
}

extension [AlertAction] {
  /// `opened venue.disconnected:XSIM`, `record alert resolved …`, in order.
  var words: [String] {
    map { action in
      switch action {
      case .tell(let alert, let occasion): "\(occasion.rawValue) \(alert.key)"
      case .record(let note): "record \(note.text)"
      }
    }
  }
}
