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
    // With a sign, four digits and a colon, as no shorter way is documented.
    guard bytes.count == 6, let offset = clockOffset(bytes.span), abs(offset) <= 14 * 3600 else {
      return nil
    }
    self = .fixed(offset)
  }
}
