import Events

/// How many days a trade takes to settle, and which days count.
struct Settlement: Sendable {
  struct Lag: Sendable {
    /// The first trade date, such as 20170905.
    let from: Int64
    /// Settlement days after the trade date; nil where we do not know.
    let days: Int?
  }

  /// In order of time.
  let lags: [Lag]
  /// Whether days on which banks of the United States are closed do not count, though there is a session.
  var excludesUnitedStatesBankHolidays = false
  /// Days without a session that count all the same, such as 20181205.
  var extraDays: [Int64] = []

  /// T+5; T+3 from 1995-06-07, T+2 from 2017-09-05, T+1 from 2024-05-28.
  /// Source: SEC rule 15c6-1 with its amendments. The depository settled on the days of mourning of 2018
  /// and 2025 (notices of DTCC and SIFMA).
  static let unitedStatesEquities = Settlement(
    lags: [
      Lag(from: 1990_01_01, days: 5), Lag(from: 1995_06_07, days: 3),
      Lag(from: 2017_09_05, days: 2), Lag(from: 2024_05_28, days: 1),
    ],
    excludesUnitedStatesBankHolidays: true, extraDays: [2018_12_05, 2025_01_09])

  /// T+3 from 2001-02-05, T+2 from 2014-10-06. What comes from 2027-10-11 on (T+1) is announced, but was a
  /// draft when this was written, so it is not known. Source: CREST; Central Securities Depositories
  /// Regulation, article 5.
  static let unitedKingdomEquities = Settlement(
    lags: [
      Lag(from: 1990_01_01, days: nil), Lag(from: 2001_02_05, days: 3),
      Lag(from: 2014_10_06, days: 2), Lag(from: 2027_10_11, days: nil),
    ])

  /// T+3, T+2 from 2019-07-16. Source: Japan Securities Clearing Corporation.
  static let japaneseEquities = Settlement(
    lags: [Lag(from: 1997_01_01, days: 3), Lag(from: 2019_07_16, days: 2)])

  /// Booked on the trade date: futures are marked to the day's settlement price, coins change hands.
  static let sameDay = Settlement(lags: [Lag(from: 1970_01_01, days: 0)])

  /// Depends on the instrument, not on the calendar.
  static let unknown = Settlement(lags: [])

  func days(of trade: CivilDate) -> Int? {
    let number = trade.yyyymmdd
    return lags.last { $0.from <= number }?.days
  }
}

extension TradingCalendar {
  /// How many settlement days after the trade date the market's trades settle; nil if it is not known.
  public func settlementLag(of trade: CivilDate) -> Int? { settlement.days(of: trade) }

  /// The date on which a trade settles.
  ///
  /// Counted are the market's sessions without those on which banks are closed. Whether the depository was
  /// open on other days without a session, such as after a disaster, is not known, and they do not count.
  /// - Parameter trade: the date of a session.
  /// - Parameter lag: settlement days after the trade date; by default the market's convention of that
  ///   date.
  /// - Precondition: the lag is not negative.
  public func settlementDate(
    of trade: CivilDate, lag: Int? = nil
  ) throws(CalendarError) -> CivilDate {
    guard try session(on: trade) != nil else { throw .noSession(calendar: name, date: trade) }
    guard let lag = lag ?? settlementLag(of: trade) else {
      throw .noConvention(calendar: name, date: trade)
    }
    precondition(lag >= 0, "a trade does not settle before it is made")
    var date = trade
    var left = isSettlementDay(date) || lag > 0 ? lag : 1
    while left > 0 {
      date = date.advanced(by: 1)
      guard dates.contains(date) else { throw beyond(date) }
      if isSettlementDay(date) { left -= 1 }
    }
    return date
  }

  /// - Precondition: the date is known.
  private func isSettlementDay(_ date: CivilDate) -> Bool {
    if settlement.excludesUnitedStatesBankHolidays && date.isUnitedStatesBankHoliday {
      return false
    }
    return table.session(on: date, extended: nil) != nil
      || settlement.extraDays.contains(date.yyyymmdd)
  }
}

extension CivilDate {
  /// Whether it is a federal holiday on which banks close and the exchanges do not: Columbus Day, Veterans
  /// Day and, until the exchanges observed it in 1998, Martin Luther King's Birthday.
  /// Source: 5 U.S.C. 6103; the Federal Reserve Banks move a holiday on Sunday to Monday and leave out
  /// one on Saturday.
  fileprivate var isUnitedStatesBankHoliday: Bool {
    let isMonday = weekday == 0
    switch (month, day) {
    case (1, 15...21): return isMonday && (1986..<1998).contains(year)
    case (10, 8...14): return isMonday
    case (11, 11): return true
    case (11, 12): return isMonday
    default: return false
    }
  }
}
