import Events

/// Answers a calendar's questions about moments that mostly go forward: constant time within a session and
/// the closed hours before it. Any order of moments gets the right answer.
public struct SessionCursor: Sendable {
  public let calendar: TradingCalendar
  /// The session last answered with.
  private var session: Session
  /// The moments for which `session` is the answer, as far as they were asked about.
  private var span: Range<Instant>

  public init(_ calendar: TradingCalendar) {
    self.calendar = calendar
    let start = calendar.moments.lowerBound
    guard let first = try? calendar.session(closingAfter: start) else {
      preconditionFailure("\(calendar.name) has no session")
    }
    session = first
    span = start..<first.close
  }

  /// See `TradingCalendar.session(closingAfter:)`.
  public mutating func session(closingAfter time: Instant) throws(CalendarError) -> Session {
    if !span.contains(time) { try seek(time) }
    return session
  }

  /// See `TradingCalendar.session(tradedAt:)`.
  public mutating func session(tradedAt time: Instant) throws(CalendarError) -> Session {
    calendar.session(tradedAt: time, before: try session(closingAfter: time))
  }

  /// See `TradingCalendar.isOpen(at:)`.
  public mutating func isOpen(at time: Instant) throws(CalendarError) -> Bool {
    if !span.contains(time) { try seek(time) }
    return session.isOpen(at: time)
  }

  @inline(never)
  private mutating func seek(_ time: Instant) throws(CalendarError) {
    session = try calendar.session(closingAfter: time)
    span = min(time, session.open)..<session.close
  }
}
