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

  /// Whether the other has the rest of the same day: its hours begin where these end, or both say the same,
  /// as parts do that were cut out of one file.
  public func isContinued(by other: LobsterFileName) -> Bool {
    guard kind == other.kind, symbol == other.symbol, date == other.date else { return false }
    return hours == other.hours || (hours.count == 2 && hours.last == other.hours.first)
  }
}
