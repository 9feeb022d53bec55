import Events

/// Figures of closed trades in one currency, after fees. What cannot be computed is nil.
public struct TradeStatistics: Equatable, Sendable {
  public let currency: String
  public private(set) var count = 0
  public private(set) var wins = 0
  public private(set) var losses = 0
  /// Sum of the winners' profits.
  public private(set) var won = Money.zero
  /// Sum of the losers' losses, positive.
  public private(set) var lost = Money.zero
  public private(set) var fees = Money.zero
  /// Trades with fees in another currency too.
  public private(set) var withOtherFees = 0
  private var nanosecondsHeld: Int128 = 0

  /// The figures of each currency, in order of the currencies' names.
  public static func byCurrency(_ trips: [RoundTrip]) -> [TradeStatistics] {
    var all: [TradeStatistics] = []
    for trip in trips {
      let place = all.firstIndex { $0.currency == trip.instrument.currency } ?? all.count
      if place == all.count { all.append(TradeStatistics(trip.instrument.currency)) }
      all[place].take(trip)
    }
    return all.sorted { $0.currency < $1.currency }
  }

  private init(_ currency: String) { self.currency = currency }

  private mutating func take(_ trip: RoundTrip) {
    count += 1
    if trip.net > .zero {
      wins += 1
      won += trip.net
    } else if trip.net < .zero {
      losses += 1
      lost -= trip.net
    }
    fees += trip.fees
    if trip.hasOtherFees { withOtherFees += 1 }
    nanosecondsHeld += Int128(trip.holding)
  }

  public var net: Money { won - lost }
  /// Winners over winners and losers; what ended even is neither.
  public var winRate: Double? {
    wins + losses > 0 ? Double(wins) / Double(wins + losses) : nil
  }
  /// Profits over losses.
  public var profitFactor: Double? { ratio(won, lost) }
  /// Mean profit of a winner, in units of the currency.
  public var averageWin: Double? { mean(won, wins) }
  /// Mean loss of a loser, positive.
  public var averageLoss: Double? { mean(lost, losses) }
  /// Mean profit of a winner over mean loss of a loser.
  public var payoff: Double? {
    guard let averageWin, let averageLoss else { return nil }
    return averageWin / averageLoss
  }
  /// Mean profit of a trade, in units of the currency.
  public var expectancy: Double? { mean(net, count) }
  /// Mean time between the first and the last fill, in seconds.
  public var holdingSeconds: Double? {
    count > 0 ? Double(nanosecondsHeld) / Double(count) / 1e9 : nil
  }

  private func ratio(_ a: Money, _ b: Money) -> Double? {
    b > .zero ? Double(a.raw) / Double(b.raw) : nil
  }

  private func mean(_ sum: Money, _ count: Int) -> Double? {
    count > 0 ? Double(sum.raw) / 1e12 / Double(count) : nil
  }
}
