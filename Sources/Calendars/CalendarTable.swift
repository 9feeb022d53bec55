import Events

/// When a market trades, as compact tables: the hours of a week, and what differs on single days.
///
/// Dates are numbers such as 20010911. Lists are in order of time and searched by halving.
struct CalendarTable: Sendable {
  /// The regular hours from a date on. Minutes since local midnight of the session's date; negative for
  /// the day before, up to 1440.
  struct Hours: Sendable {
    let from: Int64
    let open: Int64
    let close: Int64
    let pause: Range<Int64>?

    init(from: Int64, open: Int64, close: Int64, pause: Range<Int64>? = nil) {
      self.from = from
      self.open = open
      self.close = close
      self.pause = pause
    }
  }

  let zone: TimeZoneRule
  /// The dates about which the table says everything.
  let first: Int64
  let last: Int64
  /// Days of the week with sessions: bit 0 Monday to bit 6 Sunday.
  let weekdays: UInt8
  /// In order of time; the first from `first` or before.
  let hours: [Hours]
  /// Days of the week's sessions without one: date × 100 + index in `reasons`.
  let closures: [Int64]
  let reasons: [String]
  /// Sessions that open at another time: date × 10000 + local time such as 1100.
  let specialOpens: [Int64]
  /// Sessions that close at another time: date × 10000 + local time such as 1300.
  let specialCloses: [Int64]

  /// Why there is no session on a day that would have one.
  /// Complexity: O(log n) in the closures.
  func closure(on number: Int64) -> String? {
    Self.find(number, in: closures, scale: 100).map { reasons[Int($0)] }
  }

  /// The session of a date; nil if there is none.
  /// Complexity: O(log n) in the closures and special times. Allocates nothing.
  func session(on date: CivilDate, extended: ExtendedHours?) -> Session? {
    let number = date.yyyymmdd
    guard weekdays & (1 << UInt8(date.weekday)) != 0,
      Self.find(number, in: closures, scale: 100) == nil
    else { return nil }
    let regular = hours(on: number)
    let open = Self.find(number, in: specialOpens, scale: 10_000).map(Self.minutes) ?? regular.open
    let close =
      Self.find(number, in: specialCloses, scale: 10_000).map(Self.minutes) ?? regular.close
    // A day that ends before the break has none.
    let pause = regular.pause.flatMap {
      open <= $0.lowerBound && $0.upperBound < close ? $0 : nil
    }
    let closing = moment(date, close)
    return Session(
      date: date, open: moment(date, open), close: closing,
      pause: pause.map { moment(date, $0.lowerBound)..<moment(date, $0.upperBound) },
      isLateOpen: open > regular.open, isEarlyClose: close < regular.close,
      premarketOpen: extended.map { moment(date, $0.premarketOpen) },
      postmarketClose: extended.map {
        closing.advanced(by: $0.postmarketMinutes * Nanoseconds.minute)
      }
    )
  }

  private func hours(on number: Int64) -> Hours {
    var index = hours.count - 1
    while index > 0, hours[index].from > number { index -= 1 }
    return hours[index]
  }

  private func moment(_ date: CivilDate, _ minutes: Int64) -> Instant {
    zone.instant(date, nanoseconds: minutes * Nanoseconds.minute)
  }

  /// From a time such as 1300.
  private static func minutes(_ time: Int64) -> Int64 { time / 100 * 60 + time % 100 }

  /// What a sorted list of date × scale + value holds for a date.
  private static func find(_ number: Int64, in list: [Int64], scale: Int64) -> Int64? {
    var low = 0
    var high = list.count
    let wanted = number * scale
    while low < high {
      let middle = (low + high) / 2
      if list[middle] < wanted { low = middle + 1 } else { high = middle }
    }
    guard low < list.count, list[low] - wanted < scale else { return nil }
    return list[low] - wanted
  }
}
