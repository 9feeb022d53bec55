import Events

/// When bars of a length end, also where clocks change within them.
///
/// A bar of days ends when local clocks show the time at which it started, so many days on: one that starts
/// at midnight in New York lasts 23 or 25 hours where clocks change. A bar longer than an hour, whose length
/// divides the day and which starts at a multiple of it after local midnight, ends at the next multiple:
/// one of four hours from midnight on at four. All others last as long as they say.
struct BarLength: Sendable {
  /// Nanoseconds on a day without a change.
  let interval: Int64
  /// The clock that the bars go by.
  let zone: TimeZoneRule

  func end(of start: Instant) -> Instant {
    let end = start.advanced(by: interval)
    guard interval > Nanoseconds.hour, isOnClock(start) else { return end }
    let ahead = zone.offset(at: end) - zone.offset(at: start)
    guard ahead != 0 else { return end }
    let shown = end.advanced(by: -ahead * Nanoseconds.second)
    // A time that clocks leave out is read on the clock before, which is an hour behind.
    return zone.offset(at: shown) == zone.offset(at: end) ? shown : end
  }

  private func isOnClock(_ start: Instant) -> Bool {
    if interval % Nanoseconds.day == 0 { return true }
    let local = start.advanced(by: zone.offset(at: start) * Nanoseconds.second)
    // A day is a multiple of the length, so that days before 1970 need no other rule.
    return Nanoseconds.day % interval == 0 && local.nanoseconds % interval == 0
  }
}
