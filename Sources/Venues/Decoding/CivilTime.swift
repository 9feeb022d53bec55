import Events

/// Nanoseconds of the units that data come in.
enum Nanoseconds {
  static let second: Int64 = 1_000_000_000
  static let millisecond: Int64 = 1_000_000
  static let microsecond: Int64 = 1000
  static let day: Int64 = 86_400 * second
}

/// A day of the Gregorian calendar.
public struct CivilDate: Hashable, Comparable, Sendable, BitwiseCopyable {
  /// 1678 to 2261, so that every moment of the day is an `Instant`.
  public let year: Int
  /// 1 to 12.
  public let month: Int
  /// 1 to the month's last.
  public let day: Int

  /// - Returns: nil if there is no such day.
  public init?(year: Int, month: Int, day: Int) {
    guard (1678...2261).contains(year), (1...12).contains(month), day >= 1,
      day <= Self.length(ofMonth: month, in: year)
    else { return nil }
    self.year = year
    self.month = month
    self.day = day
  }

  /// From a number such as 20131007.
  public init?(yyyymmdd number: Int64) {
    guard number > 0, number <= 99_991_231 else { return nil }
    self.init(
      year: Int(number / 10_000), month: Int(number / 100 % 100), day: Int(number % 100))
  }

  /// Days since 1970-01-01. Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms".
  public var daysSinceEpoch: Int64 {
    let shifted = Int64(month <= 2 ? year - 1 : year)
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let monthFromMarch = Int64((month + 9) % 12)
    let dayOfYear = (153 * monthFromMarch + 2) / 5 + Int64(day) - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// 0 Sunday to 6 Saturday.
  var weekday: Int { Int((daysSinceEpoch % 7 + 11) % 7) }

  /// The `count`th Sunday of a month, or the last one if `count` is 5.
  static func sunday(_ count: Int, of month: Int, in year: Int) -> CivilDate? {
    guard let first = CivilDate(year: year, month: month, day: 1) else { return nil }
    let firstSunday = 1 + (7 - first.weekday) % 7
    let day = firstSunday + 7 * (count - 1)
    let last = length(ofMonth: month, in: year)
    return CivilDate(year: year, month: month, day: day > last ? day - 7 : day)
  }

  static func length(ofMonth month: Int, in year: Int) -> Int {
    switch month {
    case 4, 6, 9, 11: 30
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    default: 31
    }
  }

  public static func < (a: CivilDate, b: CivilDate) -> Bool {
    (a.year, a.month, a.day) < (b.year, b.month, b.day)
  }
}

/// The clock that a source's local times are told by.
public enum TimeZoneRule: Hashable, Sendable, BitwiseCopyable {
  case utc
  /// Seconds east of UTC, all year.
  case fixed(Int)
  /// United States rules from 1967 on; seconds of standard time east of UTC.
  case unitedStates(Int)
  /// European Union rules from 1981 on; seconds of standard time east of UTC.
  case europeanUnion(Int)

  public static let newYork = TimeZoneRule.unitedStates(-5 * 3600)
  public static let chicago = TimeZoneRule.unitedStates(-6 * 3600)
  public static let berlin = TimeZoneRule.europeanUnion(3600)

  /// The moment at which local clocks show a time of a day.
  ///
  /// Of a time that comes twice in autumn the first is meant; a time left out in spring is read on the
  /// clock that was in use before.
  /// - Parameter nanoseconds: since local midnight as the clock shows it, up to two days.
  public func instant(_ date: CivilDate, nanoseconds: Int64) -> Instant {
    let local = Instant(nanoseconds: date.daysSinceEpoch * Nanoseconds.day).advanced(
      by: nanoseconds)
    return local.advanced(by: -offset(date, local: local) * Nanoseconds.second)
  }

  /// Seconds east of UTC when local clocks show `local`.
  private func offset(_ date: CivilDate, local: Instant) -> Int64 {
    switch self {
    case .utc: return 0
    case .fixed(let seconds): return Int64(seconds)
    case .unitedStates(let standard):
      let twoOClock = 2 * 3600 * Nanoseconds.second
      guard let (start, end) = Self.summerInUnitedStates(date.year) else { return Int64(standard) }
      return Int64(standard)
        + Self.summerHour(local, from: start, twoOClock, to: end, twoOClock)
    case .europeanUnion(let standard):
      guard date.year >= 1981, let start = CivilDate.sunday(5, of: 3, in: date.year),
        let end = CivilDate.sunday(5, of: date.year < 1996 ? 9 : 10, in: date.year)
      else { return Int64(standard) }
      // All of the Union changes at 01:00 UTC.
      let change = (3600 + Int64(standard)) * Nanoseconds.second
      return Int64(standard)
        + Self.summerHour(
          local, from: start, change, to: end, change + 3600 * Nanoseconds.second)
    }
  }

  private static func summerHour(
    _ local: Instant, from start: CivilDate, _ startTime: Int64, to end: CivilDate, _ endTime: Int64
  ) -> Int64 {
    // In the skipped hour after the start the old clock still counts.
    let skipped = 3600 * Nanoseconds.second
    let begins = start.daysSinceEpoch * Nanoseconds.day + startTime + skipped
    let ends = end.daysSinceEpoch * Nanoseconds.day + endTime
    return local.nanoseconds >= begins && local.nanoseconds < ends ? 3600 : 0
  }

  /// First and last day of daylight saving time; both change at 02:00 on the local clock.
  /// Source: Uniform Time Act of 1966 with the amendments of 1974, 1975, 1986 and 2005.
  static func summerInUnitedStates(_ year: Int) -> (start: CivilDate, end: CivilDate)? {
    let start: CivilDate?
    switch year {
    case ..<1967: return nil
    case 1974: start = CivilDate(year: year, month: 1, day: 6)
    case 1975: start = CivilDate(year: year, month: 2, day: 23)
    case ..<1987: start = CivilDate.sunday(5, of: 4, in: year)
    case ..<2007: start = CivilDate.sunday(1, of: 4, in: year)
    default: start = CivilDate.sunday(2, of: 3, in: year)
    }
    let end = CivilDate.sunday(year < 2007 ? 5 : 1, of: year < 2007 ? 10 : 11, in: year)
    guard let start, let end else { return nil }
    return (start, end)
  }
}
