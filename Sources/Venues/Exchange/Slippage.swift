import Events

/// How far the price of an order that takes liquidity is moved against it, in whole ticks and never
/// beyond its limit. Orders that make liquidity pay their limit.
///
/// Sweeping a displayed book already pays for its depth; these models stand for what data without depth
/// do not show.
public enum Slippage: Equatable, Sendable {
  case none
  /// Whole ticks.
  case ticks(Int64)
  /// A part of the price.
  case share(PartsPerBillion)
  /// `impact` × (quantity / volume)² of the price; the share of the volume counts at most `largest`. The
  /// volume is that of the bar the order fills in, else `volume`; without any, `largest` counts.
  ///
  /// Source: zipline's VolumeShareSlippage (0.1, 2.5 %), which also caps the fill; here the price alone
  /// is moved.
  case volumeShare(impact: PartsPerBillion, largest: PartsPerBillion, volume: Decimal?)
  /// `coefficient` × `volatility` × √(quantity / volume) of the price: the square-root law, with the
  /// volatility and the volume of a day.
  ///
  /// Sources: Torre, BARRA Market Impact Model Handbook (1997); Almgren, Thum, Hauptmann and Li, Direct
  /// Estimation of Equity Market Impact (2005), who find an exponent of 0.6 instead of 0.5.
  case squareRoot(coefficient: PartsPerBillion, volatility: PartsPerBillion, volume: Decimal)

  /// A fraction × 10^9.
  public typealias PartsPerBillion = Int64

  private static let one: Int128 = 1_000_000_000
  /// Largest shift: the whole price.
  private static let largestShare: Int64 = 1_000_000_000

  /// What is wrong with it, or nil.
  public var problem: String? {
    func isShare(_ value: Int64, of most: Int64 = Self.largestShare) -> Bool {
      (0...most).contains(value)
    }
    switch self {
    case .none: return nil
    case .ticks(let ticks): return isShare(ticks, of: 1_000_000) ? nil : "not 0 to 1000000 ticks"
    case .share(let share): return isShare(share) ? nil : "not 0 to 100 % of the price"
    case .volumeShare(let impact, let largest, let volume):
      if !isShare(impact, of: 1_000 * Self.largestShare) { return "the impact is not 0 to 1000" }
      if !isShare(largest) { return "the largest share is not 0 to 100 %" }
      return Self.problem(volume: volume)
    case .squareRoot(let coefficient, let volatility, let volume):
      if !isShare(coefficient, of: 1_000 * Self.largestShare) {
        return "the coefficient is not 0 to 1000"
      }
      if !isShare(volatility) { return "the volatility is not 0 to 100 %" }
      return Self.problem(volume: volume)
    }
  }

  private static func problem(volume: Decimal?) -> String? {
    guard let volume else { return nil }
    return volume.mantissa > 0 && volume.scale <= 9 ? nil : "the volume is not above 0"
  }

  /// What an order pays that takes liquidity at `price`.
  /// - Parameter volume: of the bar it fills in, if there is one.
  func price(_ price: Price, _ ticket: OrderTicket, _ instrument: Instrument, volume: Quantity?)
    -> Price
  {
    let raw = Int128(price.raw)
    let tick = Int128(instrument.tickSize.raw)
    let shifted: Int128
    switch self {
    case .none: return price
    case .ticks(let ticks): shifted = raw + Int128(ticks) * tick * Int128(ticket.side.sign)
    default:
      let share = share(of: ticket.quantity, instrument, volume: volume)
      if share == 0 { return price }
      shifted = Self.shifted(raw, by: share, ticket.side, tick: tick)
    }
    var moved = Price(Int64(min(max(shifted, Int128(-Price.limit)), Int128(Price.limit))))
    // A price above 0 stays there.
    if price.raw > 0, moved.raw <= 0 { moved = min(price, instrument.tickSize) }
    guard ticket.type.hasLimit, !ticket.price.isNone else { return moved }
    // What is allowed is between what was found and the limit, which the order had allowed.
    if ticket.side == .buy { return max(min(moved, ticket.price), price) }
    return min(max(moved, ticket.price), price)
  }

  /// A price moved against a side and on to the next whole tick.
  private static func shifted(_ raw: Int128, by share: Int128, _ side: Side, tick: Int128) -> Int128
  {
    let move = Int128(raw.magnitude) * share
    let exact = raw * one + move * Int128(side.sign)
    let step = one * tick
    let (whole, rest) = exact.quotientAndRemainder(dividingBy: step)
    if side == .buy { return (rest > 0 ? whole + 1 : whole) * tick }
    return (rest < 0 ? whole - 1 : whole) * tick
  }

  /// The part of the price an order of a quantity is moved by, × 10^9; at least 1 where there is any.
  private func share(of quantity: Quantity, _ instrument: Instrument, volume: Quantity?) -> Int128 {
    switch self {
    case .none, .ticks: return 0
    case .share(let share): return Int128(share)
    case .volumeShare(let impact, let largest, let fallback):
      let known = volume.map { Int128($0.raw) } ?? Self.units(fallback, instrument)
      var part = Int128(largest)
      if part == 0 || impact == 0 { return 0 }
      if let known, known > 0 { part = min(part, Int128(quantity.raw) * Self.one / known) }
      return max(part * part * Int128(impact) / Self.one / Self.one, 1)
    case .squareRoot(let coefficient, let volatility, let volume):
      guard let volume = Self.units(volume, instrument), volume > 0, coefficient > 0, volatility > 0
      else { return 0 }
      let ratio = Int128(quantity.raw) * Self.one * Self.one / volume
      let root = Int128(Self.squareRoot(UInt128(ratio)))
      let part = Int128(coefficient) * Int128(volatility) / Self.one * root / Self.one
      return min(max(part, 1), Int128(Self.largestShare))
    }
  }

  /// A volume in the instrument's smallest quantity.
  private static func units(_ volume: Decimal?, _ instrument: Instrument) -> Int128? {
    guard let volume else { return nil }
    let scaled = Int128(volume.mantissa) * power(Int(instrument.quantityScale))
    return scaled / power(Int(volume.scale))
  }

  /// The largest number whose square is not above `value`: bit by bit, the same on every machine.
  static func squareRoot(_ value: UInt128) -> UInt64 {
    var root: UInt128 = 0
    var bit: UInt128 = 1 << 63
    while bit > 0 {
      let next = root | bit
      if next * next <= value { root = next }
      bit >>= 1
    }
    return UInt64(root)
  }
}

extension Slippage: CustomStringConvertible {
  public var description: String {
    func percent(_ share: Int64) -> String {
      FeeCharge.text(Decimal(mantissa: share, scale: 7)) + " %"
    }
    func number(_ share: Int64) -> String { FeeCharge.text(Decimal(mantissa: share, scale: 9)) }
    switch self {
    case .none: return "none"
    case .ticks(let ticks): return "\(ticks) ticks"
    case .share(let share): return percent(share)
    case .volumeShare(let impact, let largest, let volume):
      return "volume-share: impact \(number(impact)), at most \(percent(largest)) of the volume"
        + (volume.map { ", \($0) where no bar tells it" } ?? "")
    case .squareRoot(let coefficient, let volatility, let volume):
      return
        "square-root: coefficient \(number(coefficient)), volatility \(percent(volatility)) and "
        + "volume \(volume) a day"
    }
  }
}
