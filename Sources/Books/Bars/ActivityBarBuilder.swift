import Events

/// Makes bars of one instrument that close with what happened, not with time: after so many ticks, so
/// much volume or notional, or when high and low are so far apart.
///
/// A bar closes with the tick that reaches the threshold and has that tick whole: trades are never split,
/// and every price of a bar was there. The next tick begins the next bar. The bar's length is the time
/// from its first to its last tick, at least 1 ns. Nothing is allocated.
/// Source: López de Prado, Advances in Financial Machine Learning (2018), 2.3.1.
public struct ActivityBarBuilder: Equatable, Sendable, BitwiseCopyable {
  /// What is measured until the threshold is reached.
  public enum Measure: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    /// The number of ticks.
    case ticks = 1
    /// The sum of sizes, in units of the instrument's quantity.
    case volume = 2
    /// The sum of |price| × size, in units of price times units of quantity.
    case notional = 3
    /// High less low, in units of the instrument's price.
    case range = 4
  }

  public let measure: Measure
  /// Above 0, in the measure's unit.
  public let threshold: Int128
  var current: BarUnderWay?
  /// Sum of the bar under way; not used for the range.
  var sum: Int128 = 0

  /// - Precondition: the threshold is above 0.
  public init(_ measure: Measure, threshold: Int128) {
    precondition(threshold > 0, "a bar needs a threshold")
    self.measure = measure
    self.threshold = threshold
  }

  /// Takes a tick into account; one with an impossible price or size counts for nothing.
  /// - Returns: the bar that it completes.
  public mutating func apply(_ tick: BarTick, of instrument: InstrumentID, at time: Instant)
    -> BarBuilder.Closed?
  {
    guard tick.isPossible else { return nil }
    let bar = BarUnderWay.extended(current, by: tick, of: instrument, at: time)
    switch measure {
    case .ticks: sum += 1
    case .volume: sum += Int128(tick.size.raw)
    case .notional: sum += Int128(tick.price.raw.magnitude) * Int128(tick.size.raw)
    case .range: sum = Int128(bar.bar.high.raw) - Int128(bar.bar.low.raw)
    }
    guard sum >= threshold else {
      current = bar
      return nil
    }
    current = nil
    sum = 0
    return bar.closed(at: time)
  }

  /// Appends the bar under way and its sum; what is measured is the configuration's.
  public func encode(to buffer: inout ByteBuffer) {
    buffer.append(sum)
    BarUnderWay.encode(current, to: &buffer)
  }

  /// Reads what `encode` wrote into a builder of the same measure.
  /// - Throws: `Damage` for values no builder can have.
  public mutating func restore(_ instrument: InstrumentID, _ reader: inout ByteReader)
    throws(Damage)
  {
    let offset = reader.offset
    sum = try reader.read(Int128.self)
    guard sum >= 0, sum < threshold else { throw Damage(at: offset, "a bar beyond its threshold") }
    current = try BarUnderWay.decode(instrument, &reader)
  }
}

/// A price and a size that bars are made of; the size is 0 where prices are quoted.
public struct BarTick: Equatable, Sendable, BitwiseCopyable {
  public var price: Price
  public var size: Quantity

  @inlinable
  public init(_ price: Price, _ size: Quantity = .zero) {
    self.price = price
    self.size = size
  }

  /// Whether a bar can be made of it.
  @inlinable var isPossible: Bool {
    price.isPossible && size.raw >= 0 && size.raw <= Quantity.limit
  }
}

/// A bar that ticks still add to.
struct BarUnderWay: Equatable, Sendable, BitwiseCopyable {
  var bar: Bar
  /// Time of the first tick.
  var start: Instant
  /// Ticks so far.
  var ticks: Int64

  /// A bar with one more tick; it begins with it if there is none.
  @inline(__always)
  static func extended(
    _ current: BarUnderWay?, by tick: BarTick, of instrument: InstrumentID, at time: Instant
  ) -> BarUnderWay {
    guard var next = current else {
      let bar = Bar(
        instrument: instrument, interval: 1, open: tick.price, high: tick.price, low: tick.price,
        close: tick.price, volume: tick.size)
      return BarUnderWay(bar: bar, start: time, ticks: 1)
    }
    next.bar.high = max(next.bar.high, tick.price)
    next.bar.low = min(next.bar.low, tick.price)
    next.bar.close = tick.price
    // Both are at most 2^61: the sum fits.
    next.bar.volume = min(next.bar.volume + tick.size, Quantity(Quantity.limit))
    next.ticks += 1
    return next
  }

  /// The bar as it closes with a tick.
  func closed(at time: Instant) -> BarBuilder.Closed {
    var bar = bar
    bar.interval = max(1, time.since(start))
    return BarBuilder.Closed(bar: bar, end: time)
  }

  static func encode(_ current: BarUnderWay?, to buffer: inout ByteBuffer) {
    buffer.append(UInt8(current == nil ? 0 : 1))
    guard let current else { return }
    current.bar.encode(to: &buffer)
    buffer.append(current.start.nanoseconds)
    buffer.append(current.ticks)
  }

  static func decode(_ instrument: InstrumentID, _ reader: inout ByteReader) throws(Damage)
    -> BarUnderWay?
  {
    guard try reader.readFlag() else { return nil }
    let bar = try Bar(instrument, reading: &reader)
    let start = Instant(nanoseconds: try reader.read(Int64.self))
    let offset = reader.offset
    let ticks = try reader.read(Int64.self)
    guard ticks > 0, ticks < 1 << 62, bar.volume.raw <= Quantity.limit else {
      throw Damage(at: offset, "a bar without ticks")
    }
    return BarUnderWay(bar: bar, start: start, ticks: ticks)
  }
}
