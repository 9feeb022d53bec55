import Events

/// Makes Renko bricks of one instrument: bars of one height, each beginning where the last one ended, or
/// one brick away from its end where the direction turns.
///
/// The first price is the first brick's foot. From then on a brick goes up when the price is a whole brick
/// above the last one's upper end, and down when it is a whole brick below its lower end. A brick shows
/// neither wicks nor the price that made it; its volume is what was traded since the brick before, all of
/// it in the first brick of a tick. A tick makes at most `mostBricks`; one that jumps farther begins anew
/// at its price, without the bricks between. Nothing is allocated.
public struct RenkoBuilder: Equatable, Sendable, BitwiseCopyable {
  /// The most bricks of one tick.
  public static let mostBricks: Int64 = 256

  /// Height of a brick in units of the instrument's price, above 0.
  public let height: Int64
  /// Ends of the last brick; both the first price before there is one.
  var low = Price.none
  var high = Price.none
  /// Traded since the last brick.
  var volume = Quantity.zero
  /// Time of the last brick, or of the first tick.
  var start = Instant.epoch
  /// The latest price, at which bricks are due until `next` has none.
  var price = Price.none

  /// - Precondition: the height is above 0 and at most `Price.limit`.
  public init(height: Int64) {
    precondition(height > 0 && height <= Price.limit, "a brick needs a height")
    self.height = height
  }

  /// Takes a tick into account; then `next` gives the bricks it makes, until there are none.
  public mutating func apply(_ tick: BarTick, at time: Instant) {
    guard tick.isPossible else { return }
    volume = min(volume + tick.size, Quantity(Quantity.limit))
    price = tick.price
    guard !low.isNone else { return (low, high, start) = (price, price, time) }
    let farthest = Int128(height) * Int128(Self.mostBricks)
    guard
      Int128(price.raw) - Int128(high.raw) > farthest
        || Int128(low.raw) - Int128(price.raw) > farthest
    else { return }
    (low, high, start) = (price, price, time)
    volume = .zero
  }

  /// A brick that the latest tick made and that was not given yet.
  public mutating func next(_ instrument: InstrumentID, at time: Instant) -> BarBuilder.Closed? {
    guard !low.isNone else { return nil }
    // Prices and height are at most 2^61: no sum or difference overflows.
    let open: Price
    let close: Price
    if price.raw - high.raw >= height {
      (open, close) = (high, Price(high.raw + height))
      (low, high) = (open, close)
    } else if low.raw - price.raw >= height {
      (open, close) = (low, Price(low.raw - height))
      (low, high) = (close, open)
    } else {
      return nil
    }
    let bar = Bar(
      instrument: instrument, interval: max(1, time.since(start)), open: open, high: high, low: low,
      close: close, volume: volume)
    volume = .zero
    start = time
    return BarBuilder.Closed(bar: bar, end: time)
  }

  /// Appends the ends of the last brick, the latest price, the volume since and the time of the brick.
  public func encode(to buffer: inout ByteBuffer) {
    for value in [low.raw, high.raw, price.raw, volume.raw, start.nanoseconds] {
      buffer.append(value)
    }
  }

  /// Reads what `encode` wrote into a builder of the same height.
  /// - Throws: `Damage` for values no builder can have.
  public mutating func restore(_ reader: inout ByteReader) throws(Damage) {
    let offset = reader.offset
    low = Price(try reader.read(Int64.self))
    high = Price(try reader.read(Int64.self))
    price = Price(try reader.read(Int64.self))
    volume = Quantity(try reader.read(Int64.self))
    start = Instant(nanoseconds: try reader.read(Int64.self))
    let isEmpty = low.isNone && high.isNone && price.isNone
    let isBrick =
      low.isPossible && high.isPossible && price.isPossible
      && (low == high || high.raw - low.raw == height)
    guard isEmpty || isBrick, volume.raw >= 0, volume.raw <= Quantity.limit else {
      throw Damage(at: offset, "bricks of another height")
    }
  }
}
