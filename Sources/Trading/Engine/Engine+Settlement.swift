import Calendars
import Events

/// When the cash of an instrument's trades settles, for trades from one moment to another.
struct SettlementDate: Sendable {
  var from: Instant
  /// When trades begin to count on another date.
  var until: Instant
  var moment: Instant
}

// When cash settles (docs/portfolio.md, Double entry).
extension Engine {
  /// When cash for an instrument that is traded now settles in an account; `epoch` for at once.
  ///
  /// Options the next session, currencies after two, shares by the market's convention; coins and contracts
  /// at once. It is there when the session opens, on a day without one at noon UTC. Where the calendar does
  /// not know, it settles at once. O(1) but for the first trade of a session.
  mutating func settlement(of id: InstrumentID, _ account: AccountID) -> Instant {
    guard market.portfolio.accounts[Int(account.raw)].settlement == .calendar,
      let kind = market.terms(id)?.kind, kind.isSettledInFull, kind != .crypto
    else { return .epoch }
    while settlementDates.count <= id.index { settlementDates.append(nil) }
    let known = settlementDates[id.index]
    var date: SettlementDate
    if let known, known.from <= market.time, market.time < known.until {
      date = known
    } else {
      guard let found = settlementDate(of: id) else { return .epoch }
      date = found
      settlementDates[id.index] = found
    }
    return date.moment > market.time ? date.moment : .epoch
  }

  private func settlementDate(of id: InstrumentID) -> SettlementDate? {
    guard let instrument = market.instrument(id),
      let calendar = calendars.first(where: { $0.venue == instrument.venueName })?.calendar
    else { return nil }
    let lag: Int?
    switch instrument.kind {
    case .equity: lag = nil
    case .option: lag = 1
    case .forex: lag = 2
    case .future, .crypto, .perpetual, .index, .inverse, .continuous: return nil
    }
    guard let trade = try? calendar.session(tradedAt: market.time),
      let date = try? calendar.settlementDate(of: trade.date, lag: lag)
    else { return nil }
    let open = (try? calendar.session(on: date))??.open
    let moment = open ?? Instant(date, nanoseconds: Nanoseconds.day / 2) ?? .epoch
    return SettlementDate(
      from: market.time, until: calendar.lastMoment(of: trade), moment: moment)
  }
}
