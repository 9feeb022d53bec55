extension TradingCalendar {
  /// New York Stock Exchange.
  public static let xnys = TradingCalendar(
    "XNYS", .xnys, settlement: .unitedStatesEquities, periodsPerYear: 252,
    extended: .unitedStatesEquities)
  /// Nasdaq, whose sessions are those of New York.
  public static let xnas = TradingCalendar(
    "XNAS", .xnys, settlement: .unitedStatesEquities, periodsPerYear: 252,
    extended: .unitedStatesEquities)
  /// Chicago Mercantile Exchange: whole days from 17:00 to 17:00 in Chicago.
  public static let cmes = TradingCalendar("CMES", .cmes, settlement: .sameDay, periodsPerYear: 252)
  /// London Stock Exchange.
  public static let xlon = TradingCalendar(
    "XLON", .xlon, settlement: .unitedKingdomEquities, periodsPerYear: 252)
  /// Tokyo Stock Exchange.
  public static let xtks = TradingCalendar(
    "XTKS", .xtks, settlement: .japaneseEquities, periodsPerYear: 245)
  /// Monday to Friday in UTC, without holidays.
  public static let weekdays = TradingCalendar(
    "24/5", .weekdays, settlement: .unknown, periodsPerYear: 260)
  /// Every day in UTC: a market that never closes.
  public static let always = TradingCalendar(
    "24/7", .always, settlement: .sameDay, periodsPerYear: 365)

  public static let all = [xnys, xnas, cmes, xlon, xtks, weekdays, always]

  /// The calendar with a name, such as `XNYS`; nil if there is none.
  public init?(named name: String) {
    guard let calendar = Self.all.first(where: { $0.name == name }) else { return nil }
    self = calendar
  }
}
