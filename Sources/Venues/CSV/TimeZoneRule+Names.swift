import Events

extension TimeZoneRule {
  /// The names that a column map has for clocks: short ones, and those of the IANA time zone database
  /// whose rules are known.
  static let named: [(name: String, rule: TimeZoneRule)] =
    [
      ("utc", .utc), ("new_york", .newYork), ("chicago", .chicago), ("berlin", .berlin),
      ("UTC", .utc), ("Etc/UTC", .utc), ("America/New_York", .newYork),
      ("America/Chicago", .chicago), ("America/Denver", .unitedStates(-7 * 3600)),
      ("America/Los_Angeles", .unitedStates(-8 * 3600)), ("Europe/London", .london),
      ("Asia/Tokyo", .tokyo),
    ]
    + [
      "Amsterdam", "Berlin", "Brussels", "Copenhagen", "Madrid", "Oslo", "Paris", "Rome",
      "Stockholm", "Vienna", "Zurich",
    ].map { ("Europe/\($0)", .europeanUnion(3600)) }

  /// The clock of a name, or of an offset such as `+05:30`, all year; nil if it is neither.
  init?(name: String) {
    if let known = Self.named.first(where: { $0.name == name }) {
      self = known.rule
      return
    }
    let bytes = Array(name.utf8)
    let isEast = bytes.first == UInt8(ascii: "+")
    guard bytes.count == 6, isEast || bytes[0] == UInt8(ascii: "-"), bytes[3] == UInt8(ascii: ":"),
      let hours = parseInteger(bytes.span, 1..<3), let minutes = parseInteger(bytes.span, 4..<6),
      minutes < 60, hours * 60 + minutes <= 14 * 60
    else { return nil }
    let seconds = Int(hours * 3600 + minutes * 60)
    self = .fixed(isEast ? seconds : -seconds)
  }
}
