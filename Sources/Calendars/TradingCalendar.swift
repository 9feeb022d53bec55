import Events

/// When a market trades: its sessions with their opens, closes and breaks, as moments in UTC.
///
/// It answers for `dates` and for the moments `moments`, and throws `CalendarError.beyondTable` outside.
/// No query allocates. Each costs O(log n) in the days that are not regular; where time only goes forward,
/// a `SessionCursor` costs less.
public struct TradingCalendar: Sendable {
  /// The market identifier code of ISO 10383, or `24/5`, `24/7`.
  public let name: String
  /// Periods a year by which daily figures are annualised: the convention, not a count.
  public let periodsPerYear: Int
  /// The dates that are known.
  public let dates: ClosedRange<CivilDate>
  /// The moments that are known: from the first session's open until before the last one's close.
  public let moments: Range<Instant>
  let table: CalendarTable
  let settlement: Settlement
  private let extended: ExtendedHours?

  /// - Precondition: the table has a session.
  init(
    _ name: String, _ table: CalendarTable, settlement: Settlement, periodsPerYear: Int,
    extended: ExtendedHours? = nil
  ) {
    guard let first = CivilDate(yyyymmdd: table.first), let last = CivilDate(yyyymmdd: table.last)
    else { preconditionFailure("\(name) ends at a day that does not exist") }
    self.name = name
    self.table = table
    self.settlement = settlement
    self.periodsPerYear = periodsPerYear
    self.extended = extended
    dates = first...last
    let days = first.daysSinceEpoch...last.daysSinceEpoch
    let sessions = days.lazy.compactMap {
      table.session(on: CivilDate(daysSinceEpoch: $0), extended: extended)
    }
    let backwards = days.reversed().lazy.compactMap {
      table.session(on: CivilDate(daysSinceEpoch: $0), extended: extended)
    }
    guard let opening = sessions.first, let closing = backwards.first else {
      preconditionFailure("\(name) has no session")
    }
    moments = opening.open..<closing.close
  }

  /// The clock by which the hours are told.
  public var zone: TimeZoneRule { table.zone }

  /// The session of a date; nil if the market is closed all day.
  public func session(on date: CivilDate) throws(CalendarError) -> Session? {
    guard dates.contains(date) else { throw beyond(date) }
    return table.session(on: date, extended: extended)
  }

  /// The name of the day on which a session is left out, such as `Good Friday`; nil if there is a
  /// session, or if that day of the week has none.
  public func holiday(on date: CivilDate) throws(CalendarError) -> String? {
    guard dates.contains(date) else { throw beyond(date) }
    return table.closure(on: date.yyyymmdd)
  }

  /// The first session after a date.
  public func session(after date: CivilDate) throws(CalendarError) -> Session {
    guard dates.contains(date) else { throw beyond(date) }
    return try following(date)
  }

  private func following(_ date: CivilDate) throws(CalendarError) -> Session {
    var next = date.advanced(by: 1)
    while next <= dates.upperBound {
      if let session = table.session(on: next, extended: extended) { return session }
      next = next.advanced(by: 1)
    }
    throw beyond(next)
  }

  /// The last session before a date.
  public func session(before date: CivilDate) throws(CalendarError) -> Session {
    guard dates.contains(date) else { throw beyond(date) }
    var previous = date.advanced(by: -1)
    while previous >= dates.lowerBound {
      if let session = table.session(on: previous, extended: extended) { return session }
      previous = previous.advanced(by: -1)
    }
    throw beyond(previous)
  }

  /// The session that goes on at a moment or else comes next: the one whose close is the first after it.
  /// An order for the day that is entered now lives until this close.
  public func session(closingAfter time: Instant) throws(CalendarError) -> Session {
    let date = zone.date(at: time)
    guard moments.contains(time) else { throw beyond(date) }
    // No session closes after midnight of its date: none of an earlier date still goes on.
    if let session = table.session(on: date, extended: extended), time < session.close {
      return session
    }
    return try following(date)
  }

  /// The session on whose date a trade at a moment counts: the one that goes on; between two sessions the one that
  /// closed, as long as its date lasts at the market's clock, midnight included, and from then on the next.
  public func session(tradedAt time: Instant) throws(CalendarError) -> Session {
    session(tradedAt: time, before: try session(closingAfter: time))
  }

  /// - Parameter next: the session whose close is the first after `time`.
  func session(tradedAt time: Instant, before next: Session) -> Session {
    guard time < next.open else { return next }
    // A day's bar ends at midnight: that moment is still of the day.
    let date = zone.date(at: time.advanced(by: -1))
    guard date < next.date, dates.contains(date),
      let closed = table.session(on: date, extended: extended),
      closed.close <= time
    else { return next }
    return closed
  }

  /// The last moment that counts on a session's date: the next open or midnight at the market's clock, whichever
  /// comes first, and never before the close.
  public func lastMoment(of session: Session) -> Instant {
    let midnight = zone.instant(session.date.advanced(by: 1), nanoseconds: 0)
    let next = (try? self.session(after: session.date))?.open ?? midnight
    return max(session.close, min(next, midnight))
  }

  /// The session that goes on at a moment, in its break too; nil if the market is closed.
  public func session(containing time: Instant) throws(CalendarError) -> Session? {
    let session = try session(closingAfter: time)
    return session.contains(time) ? session : nil
  }

  /// Whether regular trading goes on.
  public func isOpen(at time: Instant) throws(CalendarError) -> Bool {
    try session(closingAfter: time).isOpen(at: time)
  }

  /// What the market does, with its extended hours.
  public func phase(at time: Instant) throws(CalendarError) -> SessionPhase {
    let session = try session(closingAfter: time)
    if session.contains(time) { return session.isOpen(at: time) ? .regular : .pause }
    if let open = session.premarketOpen, open <= time { return .premarket }
    let before = try self.session(before: session.date)
    if let close = before.postmarketClose, time < close { return .postmarket }
    return .closed
  }

  /// The first moment after `time` at which trading begins, after a break too.
  public func nextOpen(after time: Instant) throws(CalendarError) -> Instant {
    let session = try session(closingAfter: time)
    if time < session.open { return session.open }
    if let pause = session.pause, time < pause.upperBound { return pause.upperBound }
    return try self.session(after: session.date).open
  }

  /// The first moment after `time` at which trading ends, for a break too.
  public func nextClose(after time: Instant) throws(CalendarError) -> Instant {
    let session = try session(closingAfter: time)
    if let pause = session.pause, time < pause.lowerBound { return pause.lowerBound }
    return session.close
  }

  /// The sessions of some dates, in order, made as they are asked for.
  public func sessions(in range: ClosedRange<CivilDate>) throws(CalendarError) -> Sessions {
    guard dates.contains(range.lowerBound) else { throw beyond(range.lowerBound) }
    guard dates.contains(range.upperBound) else { throw beyond(range.upperBound) }
    return Sessions(
      table: table, extended: extended, date: range.lowerBound, last: range.upperBound)
  }

  func beyond(_ date: CivilDate) -> CalendarError {
    .beyondTable(calendar: name, asked: date, known: dates)
  }
}

/// The sessions of some dates, in order.
public struct Sessions: Sequence, IteratorProtocol, Sendable {
  let table: CalendarTable
  let extended: ExtendedHours?
  /// The first date that is still to come.
  var date: CivilDate
  let last: CivilDate

  public mutating func next() -> Session? {
    while date <= last {
      defer { date = date.advanced(by: 1) }
      if let session = table.session(on: date, extended: extended) { return session }
    }
    return nil
  }
}

extension TradingCalendar: CustomStringConvertible {
  public var description: String { name }
}
