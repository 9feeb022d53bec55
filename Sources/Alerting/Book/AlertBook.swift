import Events

/// The life of alerts: which are open, who sees to them, what is silenced, and what is to be told.
///
/// ```
///            raised            acknowledged
///  (none) ─────────→ open ───────────────────→ acknowledged
///            ↑         │  ←─── came again ────────┤
///            │         └── cleared, or quiet ─────┴──→ resolved
///            └────────────── raised again ────────────────┘
/// ```
///
/// A value without a clock. From the same entries, findings and moments it comes to the same state; what a person
/// did and what the monitor saw beside the journal are notes in it, so a book made anew from the journal is the one
/// of before.
public struct AlertBook: Sendable {
  /// Alerts that are over and are kept.
  public static let kept = 200

  private let settings: AlertSettings
  /// Those that are not over, in the order in which they opened.
  public private(set) var active: [AlertState] = []
  /// Those that are over, the newest last.
  public private(set) var resolved: [AlertState] = []
  /// In the order in which they were told.
  public private(set) var silences: [AlertSilence] = []
  /// How often alerts of a kind opened.
  public private(set) var opened: [(kind: AlertKind, count: UInt64)] = []

  public init(_ settings: AlertSettings) { self.settings = settings }

  /// The alert with this key that is not over.
  public subscript(key: String) -> AlertState? { active.first { $0.key == key } }

  /// Takes a finding. O(alerts that are not over).
  public mutating func take(_ finding: Finding, at time: Instant) -> [AlertAction] {
    switch finding.change {
    case .raised: raise(finding, at: time)
    case .cleared: clear(finding.key, at: time, isNoted: finding.sequence != 0)
    }
  }

  private mutating func raise(_ finding: Finding, at time: Instant) -> [AlertAction] {
    let key = finding.key
    guard let index = active.firstIndex(where: { $0.key == key }) else {
      return begin(
        AlertState(
          key: key, kind: finding.kind, severity: finding.severity, detail: finding.detail,
          opened: time, last: time, sequence: finding.sequence, lastSequence: finding.sequence))
    }
    // A reading says again and again what still is; an entry says that it came again.
    let isAgain = finding.sequence != 0 && finding.sequence != active[index].lastSequence
    active[index].detail = finding.detail
    active[index].last = time
    if isAgain {
      active[index].count += 1
      active[index].lastSequence = finding.sequence
    }
    let isGraver = finding.severity > active[index].severity
    active[index].severity = max(finding.severity, active[index].severity)
    let returns = isAgain && !finding.kind.isLasting && active[index].stage == .acknowledged
    guard isGraver || returns else { return [] }
    active[index].stage = .open
    active[index].acknowledgement = nil
    return tell(index, isGraver ? .escalated : .opened, at: time)
  }

  private mutating func begin(_ alert: AlertState) -> [AlertAction] {
    var alert = alert
    var actions: [AlertAction] = []
    if alert.sequence == 0 {
      actions.append(
        .record(.opened(key: alert.key, alert.severity, detail: alert.detail)))
    }
    if let index = opened.firstIndex(where: { $0.kind == alert.kind }) {
      opened[index].count += 1
    } else {
      opened.append((alert.kind, 1))
    }
    alert.heard = resolved.last { $0.key == alert.key }?.heard
    active.append(alert)
    guard mayTell(alert, at: alert.opened) else { return actions }
    return actions + tell(active.count - 1, .opened, at: alert.opened)
  }

  /// What comes and goes is told once in a while.
  private func mayTell(_ alert: AlertState, at time: Instant) -> Bool {
    alert.heard.map { time.since($0) >= settings.pause } ?? true
  }

  private mutating func clear(_ key: String, at time: Instant, isNoted: Bool) -> [AlertAction] {
    guard let index = active.firstIndex(where: { $0.key == key }) else { return [] }
    var alert = active.remove(at: index)
    alert.stage = .resolved
    alert.resolved = time
    var actions: [AlertAction] = isNoted ? [] : [.record(.resolved(key: key))]
    if alert.told != nil, !isSilenced(alert, at: time) {
      (alert.told, alert.heard) = (time, time)
      actions.append(.tell(alert, .resolved))
    }
    resolved.append(alert)
    if resolved.count > Self.kept { resolved.removeFirst() }
    return actions
  }

  /// Takes a note from the journal.
  /// - Parameter subject: whose act it is.
  public mutating func take(
    _ note: AlertNote, by subject: String, sequence: UInt64, at time: Instant
  ) -> [AlertAction] {
    switch note {
    case .opened(let key, let severity, let detail):
      if self[key] != nil {
        place(key, at: sequence)
        return []
      }
      guard let kind = AlertNote.kind(of: key) else { return [] }
      return begin(
        AlertState(
          key: key, kind: kind, severity: severity, detail: detail, opened: time, last: time,
          sequence: sequence, lastSequence: sequence))
    case .resolved(let key): return clear(key, at: time, isNoted: true)
    case .acknowledged(let key, let text):
      guard let index = active.firstIndex(where: { $0.key == key }) else { return [] }
      active[index].stage = .acknowledged
      active[index].acknowledgement = .init(
        subject: subject, note: text, time: time, sequence: sequence)
      return tell(index, .acknowledged, at: time)
    case .silenced(let target, let until, let text):
      silences.removeAll { $0.target == target || $0.until <= time }
      if until > time {
        silences.append(
          AlertSilence(
            target: target, until: until, subject: subject, note: text, sequence: sequence))
      }
      return []
    }
  }

  /// Takes note of where the journal says that an alert opened which no entry showed.
  mutating func place(_ key: String, at sequence: UInt64) {
    guard let index = active.firstIndex(where: { $0.key == key }) else { return }
    if active[index].sequence == 0 { active[index].sequence = sequence }
    active[index].lastSequence = sequence
  }

  /// Takes the passing of time: silences end, what is quiet is over, what is open is told again.
  public mutating func pass(_ time: Instant) -> [AlertAction] {
    silences.removeAll { $0.until <= time }
    var actions: [AlertAction] = []
    for alert in active
    where !alert.kind.isLasting && (alert.stage == .acknowledged || alert.severity == .info)
      && time.since(alert.last) >= settings.quiet
    {
      // Nothing but the time says it, which a reader of the journal knows too.
      actions += clear(alert.key, at: time, isNoted: true)
    }
    for index in active.indices where active[index].stage == .open {
      let alert = active[index]
      guard let told = alert.told else {
        if mayTell(alert, at: time) { actions += tell(index, .opened, at: time) }
        continue
      }
      guard settings.repetition > 0, alert.severity == .critical,
        time.since(told) >= settings.repetition
      else { continue }
      actions += tell(index, .reminder, at: time)
    }
    return actions
  }

  /// What a process says that begins to watch: it cannot know what people heard of the one before, and its own
  /// deliveries have not failed yet.
  public mutating func remind(at time: Instant) -> [AlertAction] {
    var actions: [AlertAction] = []
    for alert in active where alert.kind == .deliveryFailing {
      actions += clear(alert.key, at: time, isNoted: false)
    }
    for index in active.indices
    where active[index].stage == .open && active[index].severity > .info {
      actions += tell(index, .reminder, at: time)
    }
    return actions
  }

  /// Whether nothing is to be told of an alert.
  public func isSilenced(_ alert: AlertState, at time: Instant) -> Bool {
    silences.contains { $0.until > time && $0.covers(alert) }
  }

  private mutating func tell(_ index: Int, _ occasion: AlertAction.Occasion, at time: Instant)
    -> [AlertAction]
  {
    guard !isSilenced(active[index], at: time) else { return [] }
    (active[index].told, active[index].heard) = (time, time)
    return [.tell(active[index], occasion)]
  }
}
