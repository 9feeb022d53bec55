import Events

/// One trading day of a market. It is open from `open` until before `close`, but for its break.
public struct Session: Hashable, Sendable {
  /// The day that trades are booked on; a session may open on the evening before.
  public let date: CivilDate
  public let open: Instant
  public let close: Instant
  /// A break in which the market is closed; within the session.
  public let pause: Range<Instant>?
  /// Whether it opens later than on a regular day.
  public let isLateOpen: Bool
  /// Whether it closes earlier than on a regular day.
  public let isEarlyClose: Bool
  /// When trading before the open begins; nil where extended hours are not known.
  public let premarketOpen: Instant?
  /// When trading after the close ends; nil where extended hours are not known.
  public let postmarketClose: Instant?

  /// Whether a moment is between open and close, in the break too.
  @inlinable
  public func contains(_ time: Instant) -> Bool { open <= time && time < close }

  /// Whether regular trading goes on at a moment.
  @inlinable
  public func isOpen(at time: Instant) -> Bool {
    guard contains(time) else { return false }
    return pause.map { !$0.contains(time) } ?? true
  }
}

/// What a market does at a moment.
public enum SessionPhase: Hashable, Sendable {
  case closed
  case premarket
  case regular
  /// Closed within a session.
  case pause
  case postmarket
}

/// Trading outside of the regular session.
struct ExtendedHours: Sendable {
  /// Minutes since local midnight of the session's date.
  let premarketOpen: Int64
  /// Length after the session's close, early or not, in minutes.
  let postmarketMinutes: Int64

  /// 04:00 to the open, and four hours after the close: to 20:00, or 17:00 on a short day.
  /// Source: hours of NYSE Arca and Nasdaq; LEAN's market hours database says the same of all years.
  static let unitedStatesEquities = ExtendedHours(premarketOpen: 4 * 60, postmarketMinutes: 4 * 60)
}
