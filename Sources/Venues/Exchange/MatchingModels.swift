import Events

/// What happens when an order of ours would trade with a resting one of ours, in the fill model `book`. Ours
/// counts as the first at its price.
///
/// Source: the modes that CME (self-match prevention), Nasdaq (anti-internalization) and Coinbase
/// (self-trade prevention) have in common.
public enum SelfTradePrevention: UInt8, Sendable, CaseIterable {
  /// Our orders do not see each other.
  case none
  /// What is left of the incoming order is cancelled.
  case cancelNewest
  /// The resting order is cancelled, the incoming one goes on.
  case cancelOldest
  /// Both are cancelled.
  case cancelBoth
  /// Both lose the smaller one's rest; which of them has none left is cancelled.
  ///
  /// The other is cancelled by the venue when all but what it lost has filled: venues have no report for an
  /// order that became smaller without being asked.
  case decrement
}

/// How a trade is shared among those who rest at its price.
public enum Allocation: Equatable, Sendable {
  /// First come, first served: see `QueueModel`.
  case priceTime
  /// In proportion to size: of a trade T at a price with D displayed and O of ours, an order of r gets
  /// T × r / (D + O), rounded down to lots, and nothing if that is below `minimum` lots. What rounding
  /// leaves over goes to those who came first, and we count as the last of them. If the whole level trades,
  /// all of ours does.
  ///
  /// With `top`, an order of ours that bettered the market when it came, and has stayed the best since, is
  /// served first and in full.
  ///
  /// Source: CME Globex allocation algorithm A (pro rata with top order: fractions rounded down, allocations
  /// below 2 lots left to first-in-first-out), C without top order.
  case proRata(top: Bool, minimum: Int64)

  /// CME's: with top order, at least two lots.
  public static let cme = Allocation.proRata(top: true, minimum: 2)

  /// What is wrong with it, or nil.
  var problem: String? {
    guard case .proRata(_, let minimum) = self, !(1...1_000_000).contains(minimum) else {
      return nil
    }
    return "the smallest allocation is not between 1 and 1000000 lots"
  }

  /// What an order gets of a trade. See `proRata`.
  /// - Parameters:
  ///   - rest: of the order.
  ///   - all: displayed and ours at the price.
  static func share(
    _ trade: Quantity, of rest: Quantity, among all: Quantity, lot: Quantity, minimum: Int64
  ) -> Quantity {
    if trade >= all { return rest }
    let exact = Int128(trade.raw) * Int128(rest.raw) / Int128(max(all.raw, 1))
    let lots = Int64(exact) / lot.raw
    return lots < minimum ? .zero : Quantity(lots * lot.raw)
  }
}

/// In which order the prices of a bar are supposed to have come, for the models `bar-*`: it decides which
/// of several orders is reached first.
public enum BarPath: UInt8, Sendable, CaseIterable {
  /// From the open to the nearer of high and low, then to the farther, then to the close; as near, the low
  /// first.
  case byDistance
  /// Open, low, high, close.
  case lowFirst
  /// Open, high, low, close.
  case highFirst

  /// The prices at which the path of a bar turns.
  func turns(of bar: Bar) -> InlineArray<4, Price> {
    let isLowFirst =
      switch self {
      case .lowFirst: true
      case .highFirst: false
      case .byDistance: bar.open.distance(to: bar.low) <= bar.open.distance(to: bar.high)
      }
    return isLowFirst
      ? [bar.open, bar.low, bar.high, bar.close] : [bar.open, bar.high, bar.low, bar.close]
  }
}

extension Price {
  /// How far another price is, whatever the two are.
  func distance(to other: Price) -> UInt64 {
    UInt64(bitPattern: other.raw > raw ? other.raw &- raw : raw &- other.raw)
  }
}
