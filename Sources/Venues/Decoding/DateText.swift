import Events

/// How a column of times is written.
public enum TimeFormat: Hashable, Sendable {
  /// Seconds, milliseconds, microseconds or nanoseconds since 1970, as nanoseconds per unit; decimals
  /// are allowed.
  case unix(Int64)
  /// `2013-02-01`, `2013-02-01 00:00[:00[.123456789]]`, with `T` or a space between, and perhaps `Z`
  /// or `+00:00`, `+0000` or `+00` at the end.
  case iso8601
  /// `20130201`, `20130201 0930`, `20130201 093000`, `20130201 09:30[:00]`.
  case compact
}

/// A moment as a text tells it.
struct LocalTime: Equatable {
  /// If clocks showed the time twice, the first moment.
  var first: Instant
  /// The moment an hour behind it, if clocks showed the time then again.
  var second: Instant?
}

extension TimeFormat {
  /// The name in a column map.
  public init?(name: String) {
    switch name {
    case "unix_s": self = .unix(Nanoseconds.second)
    case "unix_ms": self = .unix(Nanoseconds.millisecond)
    case "unix_us": self = .unix(Nanoseconds.microsecond)
    case "unix_ns": self = .unix(1)
    case "iso8601": self = .iso8601
    case "YYYYMMDD HHMMSS": self = .compact
    default: return nil
    }
  }

  /// Reads a time; nil if it is not written in this format or there is no such time.
  /// - Parameter zone: the clock of times that name no offset.
  func instant(_ bytes: Span<UInt8>, _ range: Range<Int>, zone: TimeZoneRule) -> Instant? {
    localTime(bytes, range, zone: zone)?.first
  }

  /// The same, with the second moment of a time that clocks showed twice.
  func localTime(_ bytes: Span<UInt8>, _ range: Range<Int>, zone: TimeZoneRule) -> LocalTime? {
    switch self {
    case .unix(let unit):
      // One unit has at most nine decimals of a second, so the scale below is exact.
      var digits = 0
      var factor = unit
      while factor > 1 {
        factor /= 10
        digits += 1
      }
      guard case .success(let value) = parseDecimal(bytes, range, scale: digits) else { return nil }
      return LocalTime(first: Instant(nanoseconds: value))
    case .iso8601, .compact:
      var cursor = DateCursor(position: range.lowerBound, end: range.upperBound)
      return cursor.localTime(bytes, separated: self == .iso8601, zone: zone)
    }
  }
}

/// Seconds east of UTC of an offset such as `+05:30`; nil if the bytes are none.
func clockOffset(_ bytes: Span<UInt8>) -> Int? {
  var cursor = DateCursor(position: 0, end: bytes.count)
  guard let offset = cursor.offset(bytes), cursor.position == cursor.end else { return nil }
  return offset
}

/// Reads the parts of a date and time from left to right.
private struct DateCursor {
  var position: Int
  let end: Int

  mutating func localTime(_ bytes: Span<UInt8>, separated: Bool, zone: TimeZoneRule) -> LocalTime? {
    guard let date = date(bytes, separated: separated) else { return nil }
    if position == end { return LocalTime(first: zone.instant(date, nanoseconds: 0)) }
    guard
      bytes[position] == UInt8(ascii: " ") || (separated && bytes[position] == UInt8(ascii: "T"))
    else { return nil }
    position += 1
    guard let time = timeOfDay(bytes, separated: separated) else { return nil }
    if position == end {
      return existing(zone.instant(date, nanoseconds: time), date, time, zone)
        .map { LocalTime(first: $0, second: zone.again($0)) }
    }
    guard separated, let offset = offset(bytes), position == end else { return nil }
    return LocalTime(first: TimeZoneRule.fixed(offset).instant(date, nanoseconds: time))
  }

  /// A moment; nil if clocks did not show the time, as it was left out in spring.
  private func existing(_ moment: Instant, _ date: CivilDate, _ time: Int64, _ zone: TimeZoneRule)
    -> Instant?
  {
    let shown = moment.nanoseconds &+ zone.offset(at: moment) &* Nanoseconds.second
    return shown == Int64(date.daysSinceEpoch) &* Nanoseconds.day &+ time ? moment : nil
  }

  private mutating func date(_ bytes: Span<UInt8>, separated: Bool) -> CivilDate? {
    guard let year = digits(bytes, 4), !separated || take(bytes, "-"),
      let month = digits(bytes, 2), !separated || take(bytes, "-"), let day = digits(bytes, 2)
    else { return nil }
    return CivilDate(validating: year, month: month, day: day)
  }

  private mutating func timeOfDay(_ bytes: Span<UInt8>, separated: Bool) -> Int64? {
    guard let hour = digits(bytes, 2), hour < 24 else { return nil }
    let hasColons = take(bytes, ":")
    guard hasColons || !separated, let minute = digits(bytes, 2), minute < 60 else { return nil }
    var nanoseconds = Int64(hour * 3600 + minute * 60) * Nanoseconds.second
    let hasSeconds = hasColons ? take(bytes, ":") : position < end
    guard hasSeconds else { return nanoseconds }
    guard let second = digits(bytes, 2), second < 60 else { return nil }
    nanoseconds += Int64(second) * Nanoseconds.second
    guard take(bytes, ".") else { return nanoseconds }
    let start = position
    while position < end, bytes[position] &- UInt8(ascii: "0") <= 9 { position += 1 }
    guard position > start, position - start <= 9,
      var fraction = parseInteger(bytes, start..<position)
    else { return nil }
    for _ in (position - start)..<9 { fraction *= 10 }
    return nanoseconds + fraction
  }

  /// Seconds east of UTC.
  mutating func offset(_ bytes: Span<UInt8>) -> Int? {
    if take(bytes, "Z") { return 0 }
    let isEast = take(bytes, "+")
    guard isEast || take(bytes, "-"), let hours = digits(bytes, 2), hours < 24 else { return nil }
    let sign = isEast ? 1 : -1
    if position == end { return hours * 3600 * sign }
    _ = take(bytes, ":")
    guard let minutes = digits(bytes, 2), minutes < 60 else { return nil }
    return (hours * 3600 + minutes * 60) * sign
  }

  private mutating func digits(_ bytes: Span<UInt8>, _ count: Int) -> Int? {
    guard end - position >= count,
      let value = parseInteger(bytes, position..<(position + count))
    else { return nil }
    position += count
    return Int(value)
  }

  private mutating func take(_ bytes: Span<UInt8>, _ character: Unicode.Scalar) -> Bool {
    guard position < end, bytes[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }
}
