/// A date of the proleptic Gregorian calendar.
public struct CivilDate: Hashable, Comparable, Sendable, BitwiseCopyable {
  public var year: Int
  /// 1 to 12.
  public var month: Int
  /// 1 to 31.
  public var day: Int

  public init(year: Int, month: Int, day: Int) {
    self.year = year
    self.month = month
    self.day = day
  }

  /// A date that somebody wrote.
  /// - Returns: nil if there is no such day, or if it is not in 1678 to 2261, the years of which every
  ///   moment is an `Instant`.
  public init?(validating year: Int, month: Int, day: Int) {
    self.init(year: year, month: month, day: day)
    guard (1678...2261).contains(year), isValid else { return nil }
  }

  /// From a number such as 20131007.
  /// - Returns: nil where `init(validating:month:day:)` does.
  public init?(yyyymmdd number: Int64) {
    guard number > 0, number <= 99_991_231 else { return nil }
    self.init(
      validating: Int(number / 10_000), month: Int(number / 100 % 100), day: Int(number % 100))
  }

  /// The date as a number such as 20131007; in order of time for the years from 0 on.
  public var yyyymmdd: Int64 { Int64(year * 10_000 + month * 100 + day) }

  /// The date that is `days` days after 1970-01-01. Years are counted from March, so that a leap day
  /// ends one (E. G. Richards, Explanatory Supplement to the Astronomical Almanac, ch. 15).
  public init(daysSinceEpoch days: Int) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// Days since 1970-01-01.
  /// - Precondition: the date is valid.
  public var daysSinceEpoch: Int {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// The date `days` days later; earlier if negative.
  public func advanced(by days: Int) -> CivilDate {
    CivilDate(daysSinceEpoch: daysSinceEpoch + days)
  }

  /// 0 Monday to 6 Sunday.
  public var weekday: Int { Self.weekday(daysSinceEpoch) }

  /// 0 Monday to 6 Sunday, of a day counted from 1970-01-01, a Thursday.
  static func weekday(_ daysSinceEpoch: Int) -> Int { ((daysSinceEpoch + 3) % 7 + 7) % 7 }

  public static func < (a: CivilDate, b: CivilDate) -> Bool {
    (a.year, a.month, a.day) < (b.year, b.month, b.day)
  }

  /// Whether there is such a day, in the years that a calendar reaches without overflow.
  public var isValid: Bool {
    (-1_000_000...1_000_000).contains(year) && (1...12).contains(month) && (1...31).contains(day)
      && CivilDate(daysSinceEpoch: daysSinceEpoch) == self
  }
}
