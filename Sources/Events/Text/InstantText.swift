/// A date of the proleptic Gregorian calendar.
public struct CivilDate: Hashable, Comparable, Sendable {
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

  /// 0 Monday to 6 Sunday.
  public var weekday: Int { ((daysSinceEpoch + 3) % 7 + 7) % 7 }

  public static func < (a: CivilDate, b: CivilDate) -> Bool {
    (a.year, a.month, a.day) < (b.year, b.month, b.day)
  }

  /// Whether there is such a day, in the years that a calendar reaches without overflow.
  public var isValid: Bool {
    (-1_000_000...1_000_000).contains(year) && (1...12).contains(month) && (1...31).contains(day)
      && CivilDate(daysSinceEpoch: daysSinceEpoch) == self
  }
}

private func padded(_ value: Int, _ width: Int) -> String {
  let text = String(value)
  return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
}

extension Instant {
  static let perSecond: Int64 = 1_000_000_000
  static let perDay: Int64 = 86_400 * perSecond

  /// Midnight UTC of a date, plus nanoseconds.
  /// - Returns: nil if the moment is out of range.
  public init?(_ date: CivilDate, nanoseconds: Int64 = 0) {
    // Wide, since midnight of the first day is out of range and its evening is not.
    let sum = Int128(date.daysSinceEpoch) * Int128(Self.perDay) + Int128(nanoseconds)
    guard let nanoseconds = Int64(exactly: sum) else { return nil }
    self.init(nanoseconds: nanoseconds)
  }

  /// The date in UTC.
  public var date: CivilDate {
    let days = nanoseconds / Self.perDay
    return CivilDate(daysSinceEpoch: Int(nanoseconds % Self.perDay < 0 ? days - 1 : days))
  }

  /// Nanoseconds since midnight UTC.
  public var nanosecondsOfDay: Int64 {
    let rest = nanoseconds % Self.perDay
    return rest < 0 ? rest + Self.perDay : rest
  }

  /// `2026-01-01T14:30:00.000000001Z`
  public var text: String { dateText + "T" + timeText(digits: 9) + "Z" }

  /// `2026-01-01`
  public var dateText: String {
    let date = self.date
    return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
  }

  /// `14:30:00.000`, with 0 to 9 digits after the second, cut and not rounded.
  public func timeText(digits: Int) -> String {
    let ofDay = Int(nanosecondsOfDay)
    let (seconds, rest) = (ofDay / 1_000_000_000, ofDay % 1_000_000_000)
    let clock =
      "\(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
    return digits == 0 ? clock : clock + "." + padded(rest, 9).prefix(digits)
  }

  /// Reads `2026-01-01`, `2026-01-01T14:30` or `2026-01-01T14:30:00`, the latter with up to nine digits
  /// after a point, an optional `Z`, and a space allowed for the `T`.
  public init?(_ text: String) {
    var rest = Array(text.utf8)[...]
    if rest.last == UInt8(ascii: "Z") { rest.removeLast() }
    let halves = rest.split(maxSplits: 1, omittingEmptySubsequences: false) {
      $0 == UInt8(ascii: "T") || $0 == UInt8(ascii: " ")
    }
    let days = halves[0].split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    guard days.count == 3, let year = number(days[0], digits: 4),
      let month = number(days[1], digits: 2), let day = number(days[2], digits: 2)
    else { return nil }
    let date = CivilDate(year: year, month: month, day: day)
    guard date.isValid else { return nil }
    var ofDay: Int64 = 0
    if halves.count == 2 {
      let parts = halves[1].split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
      guard (2...3).contains(parts.count), let hour = number(parts[0], digits: 2), hour < 24,
        let minute = number(parts[1], digits: 2), minute < 60
      else { return nil }
      ofDay = Int64(hour * 3600 + minute * 60) * Self.perSecond
      if parts.count == 3 {
        guard let second = secondText(parts[2]) else { return nil }
        ofDay += second
      }
    }
    self.init(date, nanoseconds: ofDay)
  }
}

/// Reads `05` or `05.25`, below 60, as nanoseconds.
private func secondText(_ seconds: ArraySlice<UInt8>) -> Int64? {
  guard let whole = number(seconds.prefix(2), digits: 2), whole < 60 else { return nil }
  let rest = seconds.dropFirst(2)
  if rest.isEmpty { return Int64(whole) * Instant.perSecond }
  guard rest.first == UInt8(ascii: "."), rest.count > 1,
    case .success(let fraction) = parseDecimal(rest, scale: 9)
  else { return nil }
  return Int64(whole) * Instant.perSecond + fraction
}

/// Reads a whole number of exactly so many digits.
private func number(_ digits: ArraySlice<UInt8>, digits count: Int) -> Int? {
  guard digits.count == count else { return nil }
  return digits.reduce(0 as Int?) { value, byte in
    guard let value, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
    return value * 10 + Int(byte - UInt8(ascii: "0"))
  }
}
