import Events

/// Makes imbalance and runs bars of one instrument: a bar closes when buying and selling are farther out of
/// balance, or one of them has gone on for longer, than was to be expected.
///
/// Each tick has a sign by the tick rule, +1 after a higher price and −1 after a lower one, the last one's
/// where the price is the same; the first of all has none and counts for neither side. A tick weighs 1, its
/// size, or its price × size. With T ticks in a bar, its signed weights b·w:
///
/// - *imbalance*: the bar closes when |Σ b·w| ≥ E[T] |E[b·w]|;
/// - *runs*: when the larger of the buys' and the sells' sum of w ≥ E[T] max(E[share of buys] E[w of a buy],
///   E[share of sells] E[w of a sell]).
///
/// E are exponential averages over bars, with alpha 2 / (20 + 1), of a bar's ticks, of its mean b·w, of its
/// share of buys, and of its mean weights of buys and sells. Their first values are those of the first bar,
/// which has `ticks` ticks whatever they are. As E[T] follows the bars it makes, it would run to 1 or out of
/// sight: a bar has at least `ticks` / 10 and at most `ticks` × 10 ticks.
///
/// Only + − × ÷ and comparisons of binary numbers: the same on every processor. Nothing is allocated.
/// Source: López de Prado, Advances in Financial Machine Learning (2018), 2.3.2; first values and bounds are
/// ours, since the book leaves them open.
public struct InformationBarBuilder: Equatable, Sendable, BitwiseCopyable {
  public enum Rule: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    case imbalance = 1
    case runs = 2
  }

  public enum Weight: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    case ticks = 1
    case volume = 2
    case notional = 3
  }

  /// Alpha of the averages over bars: 2 / (20 + 1).
  static let alpha = 2.0 / 21
  /// The most ticks a first bar may have.
  public static let mostTicks: Int64 = 1_000_000_000

  /// What a bar tells of buying and selling, or what is expected of one.
  struct Balance: Equatable, Sendable, BitwiseCopyable {
    /// Ticks of a bar.
    var ticks = 0.0
    /// Mean of b·w.
    var signed = 0.0
    /// Buys among the ticks that have a sign, 0 to 1.
    var buyShare = 0.0
    /// Mean weight of a buy, and of a sell.
    var buyWeight = 0.0
    var sellWeight = 0.0

    /// Moves each value towards another's by a part of the way.
    mutating func approach(_ other: Balance, by alpha: Double) {
      ticks += alpha * (other.ticks - ticks)
      signed += alpha * (other.signed - signed)
      buyShare += alpha * (other.buyShare - buyShare)
      buyWeight += alpha * (other.buyWeight - buyWeight)
      sellWeight += alpha * (other.sellWeight - sellWeight)
    }
  }

  public let rule: Rule
  public let weight: Weight
  /// Ticks of the first bar.
  public let ticks: Int64
  var current: BarUnderWay?
  /// Ticks and weights of the bar under way, by sign.
  var buys: Int64 = 0
  var sells: Int64 = 0
  var bought = 0.0
  var sold = 0.0
  /// The last tick's price and sign.
  var lastPrice = Price.none
  var sign: Int8 = 0
  /// What bars are expected to be; nil before the first has closed.
  var expected: Balance?

  /// - Precondition: `ticks` is 1 to `mostTicks`.
  public init(_ rule: Rule, of weight: Weight, ticks: Int64) {
    precondition(ticks >= 1 && ticks <= Self.mostTicks, "the first bar needs ticks")
    self.rule = rule
    self.weight = weight
    self.ticks = ticks
  }

  /// Takes a tick into account; one with an impossible price or size counts for nothing.
  /// - Returns: the bar that it completes.
  public mutating func apply(_ tick: BarTick, of instrument: InstrumentID, at time: Instant)
    -> BarBuilder.Closed?
  {
    guard tick.isPossible else { return nil }
    if !lastPrice.isNone, tick.price != lastPrice { sign = tick.price > lastPrice ? 1 : -1 }
    lastPrice = tick.price
    count(weigh(tick))
    let bar = BarUnderWay.extended(current, by: tick, of: instrument, at: time)
    guard isComplete(bar.ticks) else {
      current = bar
      return nil
    }
    learn(bar.ticks)
    current = nil
    (buys, sells, bought, sold) = (0, 0, 0, 0)
    return bar.closed(at: time)
  }

  private func weigh(_ tick: BarTick) -> Double {
    switch weight {
    case .ticks: 1
    case .volume: Double(tick.size.raw)
    case .notional: Double(tick.price.raw).magnitude * Double(tick.size.raw)
    }
  }

  private mutating func count(_ weight: Double) {
    if sign > 0 {
      buys += 1
      bought += weight
    } else if sign < 0 {
      sells += 1
      sold += weight
    }
  }

  private func isComplete(_ count: Int64) -> Bool {
    guard let expected else { return count >= ticks }
    guard count >= max(1, ticks / 10) else { return false }
    if count >= ticks * 10 { return true }
    switch rule {
    case .imbalance:
      return (bought - sold).magnitude >= expected.ticks * expected.signed.magnitude
    case .runs:
      let share = max(
        expected.buyShare * expected.buyWeight, (1 - expected.buyShare) * expected.sellWeight)
      return max(bought, sold) >= expected.ticks * share
    }
  }

  private mutating func learn(_ count: Int64) {
    let signs = buys + sells
    var seen = Balance(
      ticks: Double(count), signed: (bought - sold) / Double(count),
      buyShare: signs > 0 ? Double(buys) / Double(signs) : 0.5,
      buyWeight: buys > 0 ? bought / Double(buys) : 0,
      sellWeight: sells > 0 ? sold / Double(sells) : 0)
    guard var next = expected else {
      expected = seen
      return
    }
    // A bar without buys says nothing of their weight, nor one without sells.
    if buys == 0 { seen.buyWeight = next.buyWeight }
    if sells == 0 { seen.sellWeight = next.sellWeight }
    next.approach(seen, by: Self.alpha)
    expected = next
  }
}

extension InformationBarBuilder {
  /// Appends all but the rule, which is the configuration's; binary numbers by their bits.
  public func encode(to buffer: inout ByteBuffer) {
    BarUnderWay.encode(current, to: &buffer)
    buffer.append(buys)
    buffer.append(sells)
    buffer.append(bought.bitPattern)
    buffer.append(sold.bitPattern)
    buffer.append(lastPrice.raw)
    buffer.append(sign)
    buffer.append(UInt8(expected == nil ? 0 : 1))
    guard let expected else { return }
    buffer.append(expected.ticks.bitPattern)
    buffer.append(expected.signed.bitPattern)
    buffer.append(expected.buyShare.bitPattern)
    buffer.append(expected.buyWeight.bitPattern)
    buffer.append(expected.sellWeight.bitPattern)
  }

  /// Reads what `encode` wrote into a builder of the same rule.
  /// - Throws: `Damage` for values no builder can have.
  public mutating func restore(_ instrument: InstrumentID, _ reader: inout ByteReader)
    throws(Damage)
  {
    current = try BarUnderWay.decode(instrument, &reader)
    let offset = reader.offset
    buys = try reader.read(Int64.self)
    sells = try reader.read(Int64.self)
    bought = try Self.number(&reader)
    sold = try Self.number(&reader)
    lastPrice = Price(try reader.read(Int64.self))
    sign = try reader.read(Int8.self)
    guard (0..<1 << 61).contains(buys), (0..<1 << 61).contains(sells), (-1...1).contains(sign)
    else {
      throw Damage(at: offset, "ticks that no bar can have")
    }
    expected = nil
    guard try reader.readFlag() else { return }
    expected = Balance(
      ticks: try Self.number(&reader), signed: try Self.number(&reader),
      buyShare: try Self.number(&reader), buyWeight: try Self.number(&reader),
      sellWeight: try Self.number(&reader))
  }

  private static func number(_ reader: inout ByteReader) throws(Damage) -> Double {
    let offset = reader.offset
    let value = Double(bitPattern: try reader.read(UInt64.self))
    guard value.isFinite else { throw Damage(at: offset, "not a finite number") }
    return value
  }
}
