import Books
import Events

// What changes where only the mark has, which is most of what moves between two orders.
extension MarkToMarket {
  /// Up to these magnitudes a quantity × a unit's worth is within `Money.limit`.
  private static let mostQuantity: Int64 = 1 << 53
  private static let mostUnit: Int64 = 1 << 52

  /// What one unit of an instrument is worth at a mark, if all that it adds to the sums is a quantity × that.
  func plainUnit(_ id: InstrumentID, _ mark: Price, _ market: borrowing Market) -> Int64? {
    guard !needsMargins, kinds[id.index] == .straight, let unit = unit(of: id.index, at: mark),
      lines[id.index].hasWorth || !needsWorth, !lines[id.index].isBeyond
    else { return nil }
    for place in summed.indices {
      let part = parts[id.index * summed.count + place]
      guard part.failure == nil, part.long.magnitude <= Self.mostQuantity,
        part.short.magnitude <= Self.mostQuantity
      else { return nil }
    }
    for strategy in owners.indices
    where market.portfolio.held(strategy, id.index).magnitude > Self.mostQuantity {
      return nil
    }
    return unit
  }

  @inline(__always)
  private func unit(of index: Int, at mark: Price) -> Int64? {
    guard !mark.isNone, factors[index] != 0 else { return nil }
    let (unit, isOver) = mark.raw.multipliedReportingOverflow(by: factors[index])
    return isOver || unit.magnitude > Self.mostUnit ? nil : unit
  }

  /// Values an instrument again at another mark.
  /// - Precondition: it has a unit, and nothing else of it has changed.
  /// - Returns: false, with nothing changed, if there is more to it.
  @inline(__always)
  mutating func shift(_ id: InstrumentID, to mark: Price, _ market: borrowing Market) -> Bool {
    let index = id.index
    guard let before = lines[index].unit, let unit = unit(of: index, at: mark) else { return false }
    let (width, slot) = (currencies.count, slots[index])
    var rest = needsWorth ? market.traders[index] : 0
    while rest != 0 {
      let strategy = rest.trailingZeroBitCount
      rest &= rest &- 1
      guard strategy < owners.count else { continue }
      let more = Self.product(unit &- before, market.portfolio.held(strategy, index))
      gains[index * owners.count + strategy].strategy &+= more
      gains[index * owners.count + strategy].account &+= more
      gained[strategy * width + slot] &+= more
      held[Int(owners[strategy].raw) * width + slot] &+= more
    }
    for place in summed.indices {
      let own = index * summed.count + place
      let (long, short) = (parts[own].long, parts[own].short)
      if long == 0 && short == 0 { continue }
      let upper = Self.product(unit, long)
      let lower = short == long ? upper : Self.product(unit, short)
      let gross = Int128(max(upper.magnitude, lower.magnitude))
      let (old, sum) = (parts[own].exposure, summed[place] * width + slot)
      exposures[sum].gross &+= gross &- old.gross
      exposures[sum].upper &+= upper &- old.upper
      exposures[sum].lower &+= lower &- old.lower
      parts[own].exposure = Exposure(gross: gross, upper: upper, lower: lower)
    }
    (lines[index].mark, lines[index].unit) = (mark, unit)
    return true
  }

  @inline(__always)
  private static func product(_ a: Int64, _ b: Int64) -> Int128 { Int128(a) &* Int128(b) }
}
