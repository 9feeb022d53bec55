import Events

/// Splits a quantity over venues: a function of what is known of them, without state.
///
/// **Score.** What a unit is expected to cost (buy) or bring (sell) at a venue, all told, in money × 10^12:
///
/// ```
/// score = price × multiplier ± (fee + latency cost + (1 − fill rate) × miss cost)
/// ```
///
/// A buy adds the costs and wants the lowest score, a sell takes them off and wants the highest. A unit
/// that is not filled has to be looked for again, which costs `missCost`; dividing the price itself by the
/// fill rate would make a rate of 90 % cost a tenth of the price, and rank sells the wrong way round.
///
/// **Order.** By score; of equal scores the higher fill rate, then the larger size, the lower latency, the
/// lower instrument id. **Allocation.** In that order up to the size shown, in whole lots of the venue, as
/// far as the limit allows. A price with size 0 (bars show no size) takes all that is left. What exceeds
/// the sizes shown is not sent in this round.
public struct Router: Equatable, Sendable {
  /// What a venue charges a taker.
  public enum Fee: Equatable, Sendable {
    /// Money × 10^12 a unit of quantity.
    case perUnit(Int64)
    /// Share of the value × 10^9 (a basis point is 100,000); negative is a rebate.
    case perValue(Int64)
  }

  /// A venue of the market, as it is now.
  public struct Venue: Equatable, Sendable {
    public var instrument: Instrument
    public var best: Quote
    public var fee: Fee
    /// From sending to taking effect, in nanoseconds.
    public var latency: Int64
    /// Share × 10^9; see `FillHistory`.
    public var fillRate: Int64

    public init(
      _ instrument: Instrument, best: Quote, fee: Fee = .perUnit(0), latency: Int64 = 0,
      fillRate: Int64 = 1_000_000_000
    ) {
      self.instrument = instrument
      self.best = best
      self.fee = fee
      self.latency = latency
      self.fillRate = fillRate
    }
  }

  /// Money × 10^12 that a unit is expected to cost more for each second that it comes later.
  public var latencyCost: Int64
  /// Money × 10^12 that a unit is expected to cost more if it is not filled.
  public var missCost: Int64

  public init(latencyCost: Int64 = 0, missCost: Int64 = 0) {
    self.latencyCost = latencyCost
    self.missCost = missCost
  }

  /// Why instruments cannot be one market, or nil.
  public static func problem(of instruments: [Instrument]) -> String? {
    guard let first = instruments.first else { return "there are no instruments" }
    for (index, other) in instruments.enumerated() {
      if instruments[..<index].contains(where: { $0.id == other.id }) {
        return "\(other.symbol) on \(other.venueName) is named twice"
      }
      if other.kind == .inverse {
        return "\(other.symbol) on \(other.venueName) is an inverse contract, which is not routed"
      }
      if other.currency != first.currency || other.multiplier != first.multiplier {
        return "\(other.symbol) on \(other.venueName) has another currency or multiplier than"
          + " \(first.symbol) on \(first.venueName)"
      }
    }
    return nil
  }

  /// Splits a quantity.
  /// - Parameters:
  ///   - quantity: at the first venue's quantity scale; what a venue shows and gets is at its own.
  ///   - limit: at the first venue's price scale; `none` for no bound.
  ///   - venues: instruments without `problem`. Those without an opposite price are left out.
  ///   - excluded: left out: they failed in an earlier round.
  /// - Returns: all that were looked at, best first. O(n log n).
  public func route(
    _ order: OrderID, _ side: Side, _ quantity: Quantity, limit: Price, over venues: [Venue],
    excluded: [InstrumentID] = [], round: UInt16 = 0
  ) -> RouteRecord {
    var ranked: [Ranked] = []
    for venue in venues where !excluded.contains(venue.instrument.id) {
      if let candidate = rank(venue, side) { ranked.append(candidate) }
    }
    ranked.sort { $0.isBetter(than: $1, for: side) }
    let bound = venues.first.flatMap { Self.value(of: limit, $0.instrument) }
    let scale = venues.first?.instrument.quantityScale ?? 0
    var left = quantity
    for index in ranked.indices {
      if let bound, side == .buy ? ranked[index].value > bound : ranked[index].value < bound {
        continue
      }
      let own = ranked[index].scale
      let shown = ranked[index].candidate.size.rescaled(from: own, to: scale)
      let part = (shown > .zero ? min(left, shown) : left).rescaled(from: scale, to: own)
      let sent = Quantity(part.raw / ranked[index].lot * ranked[index].lot)
      ranked[index].candidate.quantity = sent
      // What is sent is rounded down to both, so nothing is sent twice.
      left -= sent.rescaled(from: own, to: scale)
    }
    return RouteRecord(
      order: order, round: round, quantity: quantity, candidates: ranked.map(\.candidate))
  }

  /// A candidate with the exact numbers behind its score.
  private struct Ranked {
    var candidate: RouteRecord.Candidate
    /// Price × multiplier × 10^12.
    var value: Int128
    var score: Int128
    var lot: Int64
    /// Of quantities at the venue.
    var scale: UInt8

    func isBetter(than other: Ranked, for side: Side) -> Bool {
      if score != other.score { return side == .buy ? score < other.score : score > other.score }
      let (a, b) = (candidate, other.candidate)
      if a.fillRate != b.fillRate { return a.fillRate > b.fillRate }
      if a.size != b.size { return a.size > b.size }
      if a.latency != b.latency { return a.latency < b.latency }
      return a.instrument < b.instrument
    }
  }

  private func rank(_ venue: Venue, _ side: Side) -> Ranked? {
    let price = venue.best.opposite(of: side)
    guard let value = Self.value(of: price, venue.instrument) else { return nil }
    let fee: Int128 =
      switch venue.fee {
      case .perUnit(let amount): Int128(amount)
      case .perValue(let share): Self.share(share, of: value)
      }
    let delay = divideHalfEven(
      Int128(latencyCost) * Int128(venue.latency), by: 1_000_000_000)
    let rate = max(0, min(venue.fillRate, 1_000_000_000))
    let miss = divideHalfEven(Int128(missCost) * Int128(1_000_000_000 - rate), by: 1_000_000_000)
    let cost = fee + delay + miss
    let score = side == .buy ? value + cost : value - cost
    let size = side == .buy ? venue.best.askSize : venue.best.bidSize
    return Ranked(
      candidate: RouteRecord.Candidate(
        instrument: venue.instrument.id, price: price, size: size, fee: Int64(clamping: fee),
        latency: venue.latency, fillRate: rate, score: Int64(clamping: score)),
      value: value, score: score, lot: venue.instrument.lotSize.raw,
      scale: venue.instrument.quantityScale)
  }

  /// Price × multiplier in money × 10^12, rounded half to even; nil without a price, or beyond 2^93.
  private static func value(of price: Price, _ instrument: Instrument) -> Int128? {
    guard !price.isNone else { return nil }
    let product = Int128(price.raw) * Int128(instrument.multiplier)
    let shift = Int(instrument.priceScale) + Int(Instrument.multiplierScale)
    guard let value = Money.rescaled(product, from: shift)?.raw else { return nil }
    return value.magnitude < UInt128(1) << 93 ? value : nil
  }

  /// value × share / 10^9, rounded half to even. Whole and rest are taken apart to stay within 128 bits.
  private static func share(_ share: Int64, of value: Int128) -> Int128 {
    let (whole, rest) = value.quotientAndRemainder(dividingBy: 1_000_000_000)
    return whole * Int128(share)
      + divideHalfEven(rest * Int128(share), by: 1_000_000_000)
  }
}

extension Quantity {
  /// The quantity at another scale, rounded down; at the end of the range where it would leave it.
  func rescaled(from own: UInt8, to other: UInt8) -> Quantity {
    if own == other { return self }
    if own > other {
      let step = power(Int(own - other))
      let (quotient, rest) = Int128(raw).quotientAndRemainder(dividingBy: step)
      return Quantity(Int64(rest < 0 ? quotient - 1 : quotient))
    }
    let wide = Int128(raw) * power(Int(other - own))
    return Quantity(Int64(max(min(wide, Int128(Quantity.limit)), -Int128(Quantity.limit))))
  }
}
