private func padded(_ value: Int, _ width: Int) -> String {
  let text = String(value)
  return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
}

extension CivilDate {
  /// `2026-01-01`
  public var text: String { "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))" }
}

extension Instant {
  /// Midnight UTC of a date, plus nanoseconds.
  /// - Returns: nil if the moment is out of range.
  public init?(_ date: CivilDate, nanoseconds: Int64 = 0) {
    // Wide, since midnight of the first day is out of range and its evening is not.
    let sum = Int128(date.daysSinceEpoch) * Int128(Nanoseconds.day) + Int128(nanoseconds)
    guard let nanoseconds = Int64(exactly: sum) else { return nil }
    self.init(nanoseconds: nanoseconds)
  }

  /// The date in UTC.
  public var date: CivilDate {
    let days = nanoseconds / Nanoseconds.day
    return CivilDate(daysSinceEpoch: Int(nanoseconds % Nanoseconds.day < 0 ? days - 1 : days))
  }

  /// Nanoseconds since midnight UTC.
  public var nanosecondsOfDay: Int64 {
    let rest = nanoseconds % Nanoseconds.day
    return rest < 0 ? rest + Nanoseconds.day : rest
  }

  /// `2026-01-01T14:30:00.000000001Z`
  public var text: String { dateText + "T" + timeText(digits: 9) + "Z" }

  /// `2026-01-01`
  public var dateText: String { date.text }

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
      ofDay = Int64(hour * 3600 + minute * 60) * Nanoseconds.second
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
  if rest.isEmpty { return Int64(whole) * Nanoseconds.second }
  guard rest.first == UInt8(ascii: "."), rest.count > 1,
    case .success(let fraction) = parseDecimal(rest, scale: 9)
  else { return nil }
  return Int64(whole) * Nanoseconds.second + fraction
}

/// Reads a whole number of exactly so many digits.
private func number(_ digits: ArraySlice<UInt8>, digits count: Int) -> Int? {
  guard digits.count == count else { return nil }
  return digits.reduce(0 as Int?) { value, byte in
    guard let value, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
    return value * 10 + Int(byte - UInt8(ascii: "0"))
  }
}
