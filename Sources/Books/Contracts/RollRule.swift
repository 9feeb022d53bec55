import Events

/// When a continuous series changes from one contract to the next.
public enum RollRule: Equatable, Sendable, BitwiseCopyable {
  /// The contract is in use through the day so many calendar days before its expiry: 1 leaves it on the day
  /// of expiry. At least 0.
  case daysBeforeExpiry(Int)
  /// In use through the day before the first of the month of its expiry.
  case startOfExpiryMonth
  /// In use through the day so many calendar days before its first notice day, so that nobody has to take
  /// delivery; of contracts without one, before their expiry.
  case daysBeforeFirstNotice(Int)
  /// In use through the first day on which the next contract's volume is above its own.
  case volume
  /// In use through the first day on which the next contract's open interest is above its own.
  case openInterest

  /// Whether it asks what was traded, not the dates alone.
  public var needsFigures: Bool { self == .volume || self == .openInterest }

  /// The last day of a contract by its dates alone, whatever is traded.
  public func lastDay(of contract: DatedContract) -> CivilDate {
    switch self {
    case .daysBeforeExpiry(let days): return contract.expiry.advanced(by: -days)
    case .startOfExpiryMonth: return contract.expiry.advanced(by: -contract.expiry.day)
    case .daysBeforeFirstNotice(let days):
      return (contract.firstNotice ?? contract.expiry).advanced(by: -days)
    // A contract that nobody leaves still ends.
    case .volume, .openInterest: return contract.expiry
    }
  }

  /// The contract in use after a day that is over.
  /// - Parameters:
  ///   - current: index of the one in use before; no earlier one comes back.
  ///   - contracts: in order of their expiries.
  ///   - figures: what a contract did that day, by its index.
  /// - Returns: its index; the count if none is left.
  public func next(
    from current: Int, of contracts: [DatedContract], after day: CivilDate,
    _ figures: (Int) -> ContinuousContract.Figures?
  ) -> Int {
    var next = current
    while next < contracts.count,
      lastDay(of: contracts[next]) <= day || isCrossed(next, of: contracts, figures)
    { next += 1 }
    return next
  }

  /// Whether more is done in the next contract than in one.
  private func isCrossed(
    _ index: Int, of contracts: [DatedContract], _ figures: (Int) -> ContinuousContract.Figures?
  ) -> Bool {
    guard needsFigures, index + 1 < contracts.count, let next = figures(index + 1) else {
      return false
    }
    let own = figures(index)
    return self == .volume
      ? next.volume > own?.volume ?? 0 : next.openInterest > own?.openInterest ?? 0
  }
}

/// A contract of a root symbol.
public struct DatedContract: Equatable, Sendable {
  public var symbol: String
  public var expiry: CivilDate
  public var firstNotice: CivilDate?

  public init(_ symbol: String, expiry: CivilDate, firstNotice: CivilDate? = nil) {
    self.symbol = symbol
    self.expiry = expiry
    self.firstNotice = firstNotice
  }
}
