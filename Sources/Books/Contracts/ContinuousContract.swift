import Events

/// A series of contracts as one: which is in use on a day, and how prices before a roll compare with those
/// after it.
///
/// A pure value: it is told of days in order and answers for those it was told of. Nothing is known of a day
/// before it is over: what `volume` and `openInterest` learn on a day counts from the next one on.
/// A roll happens at the end of a contract's last day in use. Its *roll gap* is the next contract's price less
/// the old one's at that day's close.
public struct ContinuousContract: Equatable, Sendable {
  /// What a contract did on a day.
  public struct Figures: Equatable, Sendable, BitwiseCopyable {
    /// The day's closing or settlement price; none if it did not trade.
    public var close: Price
    public var volume: Int64
    public var openInterest: Int64

    public init(close: Price, volume: Int64 = 0, openInterest: Int64 = 0) {
      self.close = close
      self.volume = volume
      self.openInterest = openInterest
    }
  }

  /// A change from a contract to the next one in use.
  public struct Roll: Equatable, Sendable, BitwiseCopyable {
    /// The old contract's last day in use.
    public var lastDay: CivilDate
    /// Index of the old and of the new contract.
    public var from: Int
    public var to: Int
    /// Closing prices of that day; none if one did not trade, and then the series has no adjustment
    /// across the roll.
    public var fromClose: Price
    public var toClose: Price

    var isPriced: Bool { !fromClose.isNone && !toClose.isNone }
  }

  /// In order of their expiries.
  public let contracts: [DatedContract]
  public let rule: RollRule
  /// Index of the contract in use after the last day told; nil when none is left.
  public private(set) var current: Int?
  /// In order of time.
  public private(set) var rolls: [Roll] = []
  private var lastDay: CivilDate?
  /// Of the last day told, by contract.
  private var closes: [Price]

  /// - Precondition: the contracts are in ascending order of their expiries, all different; days before are
  ///   not negative.
  public init(_ contracts: [DatedContract], rule: RollRule) {
    precondition(
      zip(contracts, contracts.dropFirst()).allSatisfy { $0.expiry < $1.expiry },
      "contracts stand in order of their expiries")
    switch rule {
    case .daysBeforeExpiry(let days), .daysBeforeFirstNotice(let days):
      precondition(days >= 0, "a roll is not after the end")
    case .startOfExpiryMonth, .volume, .openInterest: break
    }
    self.contracts = contracts
    self.rule = rule
    current = contracts.isEmpty ? nil : 0
    closes = Array(repeating: .none, count: contracts.count)
  }

  /// Takes a day that is over; days come in order, those without trading are left out. A contract whose last
  /// day is left out ends with the day before.
  /// - Parameter figures: what a contract did that day, by its index.
  /// - Precondition: the day is after the one before.
  /// - Complexity: O(contracts).
  public mutating func endDay(_ day: CivilDate, figures: (Int) -> Figures?) {
    precondition(lastDay.map { $0 < day } ?? true, "days come in order")
    let first = current ?? contracts.count
    roll(to: rule.next(from: first, of: contracts, after: day.advanced(by: -1)) { _ in nil })
    lastDay = day
    for index in contracts.indices { closes[index] = figures(index)?.close ?? .none }
    roll(to: rule.next(from: current ?? contracts.count, of: contracts, after: day, figures))
  }

  /// Goes to a contract at the end of the last day told. What was over before the first day was never in
  /// use.
  private mutating func roll(to next: Int) {
    guard let old = current, next != old else { return }
    current = next < contracts.count ? next : nil
    guard let lastDay, current != nil else { return }
    rolls.append(
      Roll(
        lastDay: lastDay, from: old, to: next, fromClose: closes[old], toClose: closes[next]))
  }

  /// The contract in use on a day that was told, or on the first after it; nil when none is left.
  /// - Complexity: O(log n) in the rolls.
  public func contract(on day: CivilDate) -> Int? {
    let later = firstRoll(from: day)
    return later < rolls.count ? rolls[later].from : current
  }

  /// What is added to a price of a day so that it compares with the contract now in use: the sum of the roll
  /// gaps since, back-adjustment by differences. Nil if a roll since then has no prices, or the sum is out of
  /// range.
  /// - Complexity: O(rolls since).
  public func difference(on day: CivilDate) -> Int64? {
    var sum: Int64 = 0
    for roll in rolls[firstRoll(from: day)...] {
      guard roll.isPriced else { return nil }
      let gap = roll.toClose.raw.subtractingReportingOverflow(roll.fromClose.raw)
      let (next, overflow) = sum.addingReportingOverflow(gap.partialValue)
      guard !gap.overflow, !overflow else { return nil }
      sum = next
    }
    return sum
  }

  /// By what a price of a day is multiplied so that it compares with the contract now in use: the product of
  /// new close / old close of the rolls since, back-adjustment by ratios. Nil if a roll since then has no
  /// prices, or one that is not above 0.
  /// - Complexity: O(rolls since).
  public func ratio(on day: CivilDate) -> Double? {
    var product = 1.0
    // From now back, so that a day's factor is the next one's times one roll's.
    for roll in rolls[firstRoll(from: day)...].reversed() {
      guard roll.isPriced, roll.fromClose.raw > 0, roll.toClose.raw > 0 else { return nil }
      product *= Double(roll.toClose.raw) / Double(roll.fromClose.raw)
    }
    return product
  }

  /// Place of the first roll at a day's end or later.
  private func firstRoll(from day: CivilDate) -> Int {
    var low = 0
    var high = rolls.count
    while low < high {
      let middle = (low + high) / 2
      if rolls[middle].lastDay < day { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
