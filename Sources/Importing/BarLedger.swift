import Events

/// The last bar of each kind, so that what two files have, or one twice in a row, is taken once.
public struct BarLedger: Sendable {
  private struct Last {
    var bar: Bar
    var time: Instant
  }
  /// By instrument.
  private var last: [[Last]] = []

  public init() {}

  /// Notes a bar, which is the last one of its kind.
  public mutating func note(_ bar: Bar, at time: Instant) { _ = isNew(bar, at: time) }

  /// Whether the bar before of the same kind was of another time.
  mutating func isNew(_ bar: Bar, at time: Instant) -> Bool {
    let index = bar.instrument.index
    while last.count <= index { last.append([]) }
    guard let place = place(of: bar) else {
      last[index].append(Last(bar: bar, time: time))
      return true
    }
    if last[index][place].time == time { return false }
    last[index][place] = Last(bar: bar, time: time)
    return true
  }

  /// Whether the last bar of its kind is this one, of the same time and with the same values.
  func holds(_ bar: Bar, at time: Instant) -> Bool {
    guard let place = place(of: bar) else { return false }
    let found = last[bar.instrument.index][place]
    return found.time == time && found.bar == bar
  }

  /// Where in its instrument's row the last bar of a bar's kind is.
  private func place(of bar: Bar) -> Int? {
    guard bar.instrument.index < last.count else { return nil }
    return last[bar.instrument.index].firstIndex {
      $0.bar.side == bar.side && $0.bar.interval == bar.interval
    }
  }
}
