/// The clock that local times are told by, until 2261.
public enum TimeZoneRule: Hashable, Sendable, BitwiseCopyable {
  case utc
  /// Seconds east of UTC, all year.
  case fixed(Int)
  /// United States rules from 1967 on; seconds of standard time east of UTC.
  case unitedStates(Int)
  /// European Union rules from 1981 on; seconds of standard time east of UTC.
  case europeanUnion(Int)
  /// United Kingdom rules from 1972 on.
  case unitedKingdom

  public static let newYork = TimeZoneRule.unitedStates(-5 * 3600)
  public static let chicago = TimeZoneRule.unitedStates(-6 * 3600)
  public static let berlin = TimeZoneRule.europeanUnion(3600)
  public static let london = TimeZoneRule.unitedKingdom
  public static let tokyo = TimeZoneRule.fixed(9 * 3600)

  /// The moment at which local clocks show a time of a day.
  ///
  /// Of a time that comes twice in autumn the first is meant; a time left out in spring is read on the
  /// clock that was in use before.
  /// - Parameter nanoseconds: since local midnight as the clock shows it, up to two days either way.
  /// - Precondition: the date is of the years 1678 to 2261.
  public func instant(_ date: CivilDate, nanoseconds: Int64) -> Instant {
    let local = Instant(nanoseconds: Int64(date.daysSinceEpoch) * Nanoseconds.day)
      .advanced(by: nanoseconds)
    let standard = local.advanced(by: -standardOffset * Nanoseconds.second)
    guard let summer = summer(of: date.year) else { return standard }
    // The summer clock is tried: it is in use at what it calls `local` or it is not.
    let advanced = standard.advanced(by: -Nanoseconds.hour)
    return summer.contains(advanced) ? advanced : standard
  }

  /// The moment, an hour behind another, at which clocks show the same time again as they do in autumn; nil
  /// if they do not.
  public func again(_ time: Instant) -> Instant? {
    switch self {
    case .utc, .fixed: return nil
    case .unitedStates, .europeanUnion, .unitedKingdom: break
    }
    let second = time.advanced(by: Nanoseconds.hour)
    return offset(at: time) - offset(at: second) == 3600 ? second : nil
  }

  /// Seconds east of UTC at a moment.
  public func offset(at time: Instant) -> Int64 {
    let standard = standardOffset
    let year = time.advanced(by: standard * Nanoseconds.second).date.year
    guard let summer = summer(of: year), summer.contains(time) else { return standard }
    return standard + 3600
  }

  /// The date that local clocks show at a moment.
  public func date(at time: Instant) -> CivilDate {
    time.advanced(by: offset(at: time) * Nanoseconds.second).date
  }

  /// Seconds of standard time east of UTC.
  private var standardOffset: Int64 {
    switch self {
    case .utc, .unitedKingdom: 0
    case .fixed(let seconds), .unitedStates(let seconds), .europeanUnion(let seconds):
      Int64(seconds)
    }
  }

  /// When local clocks are an hour ahead of standard time in a year; nil if never.
  private func summer(of year: Int) -> Range<Instant>? {
    // The autumn of the last year that begins is no `Instant`.
    guard year <= 2261 else { return nil }
    switch self {
    case .utc, .fixed: return nil
    case .unitedStates(let standard): return Self.summerInUnitedStates(year, standard)
    case .europeanUnion:
      guard year >= 1981 else { return nil }
      // All of the Union changes at 01:00 UTC; in autumn in September until 1995.
      let end = year < 1996 ? Self.sunday(year, 9, 24) : Self.sunday(year, 10, 25)
      return Self.span(Self.sunday(year, 3, 25), end, hour: 1)
    case .unitedKingdom: return Self.summerInUnitedKingdom(year)
    }
  }

  /// Source: Uniform Time Act of 1966 with the amendments of 1974, 1975, 1986 and 2005.
  private static func summerInUnitedStates(_ year: Int, _ standard: Int) -> Range<Instant>? {
    let start: Int
    switch year {
    case ..<1967: return nil
    case 1974: start = sunday(year, 1, 6)
    case 1975: start = sunday(year, 2, 23)
    case ..<1987: start = sunday(year, 4, 24)
    case ..<2007: start = sunday(year, 4, 1)
    default: start = sunday(year, 3, 8)
    }
    let end = year < 2007 ? sunday(year, 10, 25) : sunday(year, 11, 1)
    // Both changes are at 02:00 on the clock that is in use before.
    let change = 2 * Nanoseconds.hour - Int64(standard) * Nanoseconds.second
    return Instant(
      nanoseconds: Int64(start) * Nanoseconds.day + change)..<Instant(
        nanoseconds: Int64(end) * Nanoseconds.day + change - Nanoseconds.hour)
  }

  /// Source: Summer Time Act 1972, the Summer Time Orders of 1980 to 1994 and, from 1996 on, the rules of
  /// the Union, kept in the Summer Time Order 2002.
  private static func summerInUnitedKingdom(_ year: Int) -> Range<Instant>? {
    switch year {
    case ..<1972: nil
    case ..<1981: span(sunday(year, 3, 16), sunday(year, 10, 23), hour: 2)
    case ..<1990: span(sunday(year, 3, 25), sunday(year, 10, 23), hour: 1)
    case ..<1996: span(sunday(year, 3, 25), sunday(year, 10, 22), hour: 1)
    default: span(sunday(year, 3, 25), sunday(year, 10, 25), hour: 1)
    }
  }

  /// From one day to another, at the same hour in UTC.
  private static func span(_ start: Int, _ end: Int, hour: Int64) -> Range<Instant> {
    let change = hour * Nanoseconds.hour
    return Instant(
      nanoseconds: Int64(start) * Nanoseconds.day + change)..<Instant(
        nanoseconds: Int64(end) * Nanoseconds.day + change)
  }

  /// The first Sunday from a day on, in days since 1970-01-01.
  private static func sunday(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let days = CivilDate(year: year, month: month, day: day).daysSinceEpoch
    return days + 6 - CivilDate.weekday(days)
  }
}
