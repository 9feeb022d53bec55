// Made by Tools/calendars/generate; change it there.
// Source: exchange_calendars 4.13.2 (calendar 24/5), Apache-2.0, see THIRD_PARTY_NOTICES.md.

extension CalendarTable {
  /// 60004 sessions.
  static let weekdays = CalendarTable(
    zone: .utc, first: 1970_01_01, last: 2199_12_31, weekdays: 0b0011111,
    hours: [
      .init(from: 1970_01_01, open: 0 * 60, close: 24 * 60)
    ],
    closures: [],
    reasons: [],
    specialOpens: [],
    specialCloses: []
  )
}
