// Made by Tools/calendars/generate; change it there.
// Source: exchange_calendars 4.13.2 (calendar 24/7), Apache-2.0, see THIRD_PARTY_NOTICES.md.

extension CalendarTable {
  /// 84006 sessions.
  static let always = CalendarTable(
    zone: .utc, first: 1970_01_01, last: 2199_12_31, weekdays: 0b1111111,
    hours: [
      .init(from: 1970_01_01, open: 0 * 60, close: 24 * 60)
    ],
    closures: [],
    reasons: [],
    specialOpens: [],
    specialCloses: []
  )
}
