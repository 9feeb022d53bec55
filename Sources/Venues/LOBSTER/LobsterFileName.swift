import Events

/// What the name of a LOBSTER file says: `AAPL_2012-06-21_34200000_57600000_message_10.csv`.
public struct LobsterFileName: Equatable, Sendable {
  public enum Kind: Equatable, Sendable {
    case message
    case orderBook
  }
  public var symbol: String
  public var date: CivilDate
  public var kind: Kind
  /// Number of levels that the file covers.
  public var levels: Int
  /// What stands between date and kind: the time of day covered.
  private var hours: [String]

  /// - Returns: nil if the name is not built so; it may end in .csv, .gz and the like, or in none of them.
  public init?(_ name: String) {
    let parts = fileStem(name).split(separator: "_", omittingEmptySubsequences: false)
    guard parts.count >= 4, !parts[0].isEmpty,
      let levels = Int(parts[parts.count - 1]), levels > 0,
      let number = Int64(parts[1].filter { $0 != "-" }), parts[1].utf8.count == 10,
      let date = CivilDate(yyyymmdd: number)
    else { return nil }
    switch parts[parts.count - 2] {
    case "message": kind = .message
    case "orderbook": kind = .orderBook
    default: return nil
    }
    symbol = String(parts[0])
    self.date = date
    self.levels = levels
    hours = parts[2..<(parts.count - 2)].map(String.init)
  }

  /// Whether the file has the book after each message of the other: its first row then is where that
  /// one starts.
  public func isBook(of other: LobsterFileName) -> Bool {
    kind == .orderBook && other.kind == .message && symbol == other.symbol && date == other.date
      && levels == other.levels && hours == other.hours
  }

  /// Whether the file's first row can be where the other starts: it is of the same day from the same hour on, also if it
  /// covers other levels, or ends at another hour.
  public func isStart(of other: LobsterFileName) -> Bool {
    kind == .orderBook && other.kind == .message && symbol == other.symbol && date == other.date
      && hours.first == other.hours.first
  }

  /// The time of day covered, in nanoseconds after midnight; nil if the name does not say it.
  public var span: Range<Int64>? {
    guard hours.count == 2, let start = Int64(hours[0]), let end = Int64(hours[1]), start >= 0,
      start < end, end <= Nanoseconds.day / 1_000_000
    else { return nil }
    return start * 1_000_000..<end * 1_000_000
  }

  /// As people know the time of day covered.
  public var hoursText: String { hours.joined(separator: " to ") }

  /// Whether both are of the same kind, instrument and day.
  public func isOfDay(of other: LobsterFileName) -> Bool {
    kind == other.kind && symbol == other.symbol && date == other.date
  }

  /// Whether both say the same hours and levels, as copies do, and parts that were cut out of one file.
  public func isLike(_ other: LobsterFileName) -> Bool {
    isOfDay(of: other) && hours == other.hours && levels == other.levels
  }

  /// Whether both tell of the same hours of a day, by what their names say.
  public func overlaps(_ other: LobsterFileName) -> Bool {
    guard isOfDay(of: other), !isLike(other) else { return false }
    guard let span, let others = other.span else { return hours == other.hours }
    return span.overlaps(others)
  }

  /// Whether the other has the rest of the same day: its hours begin where these end, or both say the same.
  public func isContinued(by other: LobsterFileName) -> Bool {
    if isLike(other) { return true }
    guard isOfDay(of: other), let span, let others = other.span else { return false }
    return span.upperBound == others.lowerBound
  }
}

/// A file that has a part of a day, from its first message on.
public struct LobsterPart: Equatable, Sendable {
  /// As messages name it.
  public var name: String
  public var start: Instant

  public init(name: String, start: Instant) {
    self.name = name
    self.start = start
  }
}
