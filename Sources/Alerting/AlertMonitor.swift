import Events

/// Rules and book together: what the process that watches feeds with entries, readings and the time.
public struct AlertMonitor: Sendable {
  public private(set) var watch: AlertWatch
  public private(set) var book: AlertBook
  /// Sequence of the last entry that was taken.
  public private(set) var sequence: UInt64 = 0
  /// Whether it is at the head: then what it saw itself comes before its own notes of it.
  private var isAtHead = false

  public init(_ settings: AlertSettings) {
    watch = AlertWatch(settings)
    book = AlertBook(settings)
  }

  /// Takes a tick, for its time.
  @inline(__always)
  public mutating func take(tick: MarketEvent, _ header: EntryHeader) {
    watch.take(tick: tick, at: header.receiveTime)
    sequence = header.sequence
  }

  /// Takes an entry that is no tick.
  public mutating func take(_ entry: Entry) -> [AlertAction] {
    let time = entry.header.receiveTime
    sequence = entry.header.sequence
    var actions = book.pass(time)
    for finding in watch.take(entry) { actions += book.take(finding, at: time) }
    if case .observation(.operatorAct(let act)) = entry.event, act.act == .note,
      let note = AlertNote(act.reason)
    {
      switch note {
      case .opened(let key, _, _) where isAtHead:
        book.place(key, at: entry.header.sequence)
      case .resolved where isAtHead: break
      default:
        actions += book.take(note, by: act.subject, sequence: entry.header.sequence, at: time)
      }
    }
    return actions
  }

  /// Takes how the world is.
  public mutating func take(_ reading: Reading, at time: Instant) -> [AlertAction] {
    take(watch.take(reading, at: time) + watch.pass(time), at: time) + book.pass(time)
  }

  /// Takes findings of who watches.
  public mutating func take(_ findings: [Finding], at time: Instant) -> [AlertAction] {
    findings.flatMap { book.take($0, at: time) }
  }

  /// What is to be told when a process begins to watch at the journal's head.
  public mutating func remind(at time: Instant) -> [AlertAction] {
    isAtHead = true
    return book.remind(at: time)
  }
}
