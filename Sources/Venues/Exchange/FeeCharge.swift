import Events

/// One line of a fee schedule: what is charged, on which fills, since when.
public struct FeeCharge: Equatable, Sendable {
  public enum Basis: Equatable, Sendable {
    /// Money per unit of quantity; negative is a rebate.
    case unit(Money)
    /// Basis points of the traded value; negative is a rebate.
    case value(Decimal)
    /// Once an order: with the fill that brings its traded value above an amount, at 0 with the first.
    case order(Money, above: Money)
  }

  /// Amounts from one up to, not including, another.
  public struct Span: Equatable, Sendable {
    public var from: Money
    public var below: Money

    public init(from: Money, below: Money = Money(raw: Money.limit)) {
      self.from = from
      self.below = below
    }

    func contains(_ amount: Money) -> Bool { from <= amount && amount < below }
  }

  public var basis: Basis
  /// `none` for both.
  public var side: Side
  /// `unknown` for both.
  public var liquidity: Fill.Liquidity
  /// Prices of a unit that it is for; nil for all.
  public var prices: Span?
  /// Traded value of the 30 days before that it is for; nil for all.
  public var volumes: Span?
  /// When it begins and ends.
  public var from: Instant
  public var until: Instant
  /// The most a fill pays; 0 for no such bound.
  public var cap: Money
  public var rounding: FeeRounding
  /// Whether the model's bounds per order are for it.
  public var isBounded: Bool

  public init(
    _ basis: Basis, side: Side = .none, liquidity: Fill.Liquidity = .unknown, prices: Span? = nil,
    volumes: Span? = nil, from: Instant = Instant(nanoseconds: .min),
    until: Instant = .distantFuture, cap: Money = .zero, rounding: FeeRounding = .exact,
    isBounded: Bool = false
  ) {
    self.basis = basis
    self.side = side
    self.liquidity = liquidity
    self.prices = prices
    self.volumes = volumes
    self.from = from
    self.until = until
    self.cap = cap
    self.rounding = rounding
    self.isBounded = isBounded
  }

  /// Largest amount per unit, about 10^6: its product with any quantity fits.
  static let largestAmount: Int128 = 1 << 60

  var problem: String? {
    let range = -Self.largestAmount...Self.largestAmount
    switch basis {
    case .unit(let amount):
      if !range.contains(amount.raw) { return "the amount per unit is beyond 1000000" }
      if isBounded && amount.raw < 0 { return "a rebate cannot have a minimum" }
    case .value(let rate):
      if !Self.isShare(rate, of: 10_000) {
        return "a rate is beyond 10000 basis points or has more than 9 decimals"
      }
    case .order(let amount, let above):
      if !range.contains(amount.raw) { return "the amount per order is beyond 1000000" }
      if above < .zero { return "the value above which an order pays is below 0" }
    }
    if !(0...Self.largestAmount).contains(cap.raw) { return "a cap is not between 0 and 1000000" }
    return rounding.problem
  }

  func applies(to fill: ChargedFill, _ side: Side, volume: Money) -> Bool {
    guard fill.time >= from, fill.time < until else { return false }
    if self.side != .none && self.side != side { return false }
    if liquidity != .unknown && liquidity != fill.liquidity { return false }
    if let prices, !prices.contains(fill.unitPrice) { return false }
    if let volumes, !volumes.contains(volume) { return false }
    return true
  }

  /// What a fill pays, rounded.
  func amount(of fill: ChargedFill, _ order: WorkingOrder, quantityScale: UInt8) -> Money {
    let plain: Money
    switch basis {
    case .unit(let amount):
      plain =
        Money.rescaled(
          amount.raw * Int128(fill.quantity.raw), from: Money.scale + Int(quantityScale))
        ?? Money(raw: amount.raw < 0 ? -Money.limit : Money.limit)
    case .value(let rate):
      plain = Self.share(rate, of: fill.value, whole: 10_000)
    case .order(let amount, let above):
      let hadPaid = order.filled > .zero && (above == .zero || order.value > above)
      let pays = above == .zero || order.value + fill.value > above
      plain = pays && !hadPaid ? amount : .zero
    }
    let rounded = rounding.rounded(plain)
    return cap == .zero ? rounded : min(rounded, cap)
  }

  static func isShare(_ value: Decimal, of whole: Int64) -> Bool {
    value.scale <= 9
      && Int128(value.mantissa).magnitude <= (Int128(whole) * power(Int(value.scale))).magnitude
  }

  static func share(_ rate: Decimal, of value: Money, whole: Int64) -> Money {
    var denominator = whole
    for _ in 0..<rate.scale { denominator *= 10 }
    return value.scaled(by: rate.mantissa, over: denominator)
  }
}

/// An execution as fees see it.
struct ChargedFill {
  var quantity: Quantity
  /// Without sign.
  var value: Money
  /// Price of a unit of quantity, without the multiplier.
  var unitPrice: Money
  var liquidity: Fill.Liquidity
  var time: Instant
}

/// How a charge is rounded, once a fill.
public struct FeeRounding: Equatable, Sendable {
  public enum Mode: String, Sendable, CaseIterable {
    /// To the nearest, ties to the even one.
    case nearest
    /// Never to our advantage: a fee up, a rebate down.
    case up
    case down
  }

  public var mode: Mode
  /// 0 to 12.
  public var decimals: Int

  public init(_ mode: Mode, _ decimals: Int) {
    self.mode = mode
    self.decimals = decimals
  }

  /// To the last digit that money has.
  public static let exact = FeeRounding(.nearest, Money.scale)

  var problem: String? {
    (0...Money.scale).contains(decimals) ? nil : "fees are rounded to 0 to 12 decimals"
  }

  func rounded(_ amount: Money) -> Money {
    if decimals == Money.scale { return amount }
    let step = power(Money.scale - decimals)
    let (whole, rest) = amount.raw.quotientAndRemainder(dividingBy: step)
    let quotient =
      switch mode {
      case .nearest: divideHalfEven(amount.raw, by: step)
      case .up: rest > 0 ? whole + 1 : whole
      case .down: rest < 0 ? whole - 1 : whole
      }
    return Money(raw: quotient * step)
  }
}

extension FeeCharge: CustomStringConvertible {
  /// `takers pay 0.003 a unit at prices from 1, from 2024-01-01`
  public var description: String {
    var words: [String] = []
    switch (side, liquidity) {
    case (.none, .unknown): break
    case (.none, .maker): words.append("makers")
    case (.none, .taker): words.append("takers")
    case (let side, _): words.append(side == .buy ? "buys" : "sells")
    }
    switch basis {
    case .unit(let amount): words.append("\(Self.text(amount)) a unit")
    case .value(let rate): words.append("\(Self.text(rate)) bp")
    case .order(let amount, let above):
      words.append("\(Self.text(amount)) an order")
      if above > .zero { words.append("above \(Self.text(above))") }
    }
    if let prices { words.append("at prices " + Self.text(prices)) }
    if let volumes { words.append("at 30-day volumes " + Self.text(volumes)) }
    if cap > .zero { words.append("at most \(Self.text(cap))") }
    if rounding != .exact {
      words.append("rounded \(rounding.mode.rawValue) to \(rounding.decimals) decimals")
    }
    if from.nanoseconds > .min { words.append("from \(from.text)") }
    if until < .distantFuture { words.append("until \(until.text)") }
    return words.joined(separator: " ")
  }

  private static func text(_ span: Span) -> String {
    var words: [String] = []
    if span.from.raw > -Money.limit { words.append("from \(text(span.from))") }
    if span.below.raw < Money.limit { words.append("below \(text(span.below))") }
    return words.joined(separator: " ")
  }

  static func text(_ amount: Money) -> String { text(decimalText(amount.raw, scale: Money.scale)) }

  static func text(_ rate: Decimal) -> String { text(rate.description) }

  /// Without zeros at the end.
  private static func text(_ digits: String) -> String {
    guard digits.contains(".") else { return digits }
    var short = Substring(digits)
    while short.last == "0" { short.removeLast() }
    if short.last == "." { short.removeLast() }
    return String(short)
  }
}
