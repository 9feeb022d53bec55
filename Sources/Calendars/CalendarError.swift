import Events

/// Why a calendar has no answer. It never guesses beyond its tables.
public enum CalendarError: Error, Hashable, Sendable {
  /// The calendar knows the dates `known` and was asked about, or up to, another.
  case beyondTable(calendar: String, asked: CivilDate, known: ClosedRange<CivilDate>)
  /// There is no session on a trade's date.
  case noSession(calendar: String, date: CivilDate)
  /// It is not known how many days a trade of that date takes to settle.
  case noConvention(calendar: String, date: CivilDate)
}
