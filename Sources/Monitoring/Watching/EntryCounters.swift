import Events

/// Counts since the journal's first entry, kept as entries are followed.
struct EntryCounters: Sendable {
  /// By kind's number.
  private(set) var kinds = [UInt64](repeating: 0, count: 256)
  /// By rule's number.
  private(set) var refusals = [UInt64](repeating: 0, count: Rule.allCases.count + 1)
  /// By code's place in `Alert.Code.allCases`.
  private(set) var alerts = [UInt64](repeating: 0, count: Alert.Code.allCases.count)
  /// Orders that were to go to a venue.
  private(set) var orders: UInt64 = 0

  @inline(__always)
  mutating func take(tick: MarketEvent) { kinds[Int(tick.kind.rawValue)] += 1 }

  mutating func take(_ event: Event) {
    kinds[Int(event.kind.rawValue)] += 1
    switch event {
    case .decision(.refused(let refusal)): refusals[Int(refusal.rule.rawValue)] += 1
    case .decision(.alert(let alert)):
      if let index = Alert.Code.allCases.firstIndex(of: alert.code) { alerts[index] += 1 }
    case .decision(.submitted), .decision(.released): orders += 1
    default: break
    }
  }

  subscript(kind: EntryKind) -> UInt64 { kinds[Int(kind.rawValue)] }
}
