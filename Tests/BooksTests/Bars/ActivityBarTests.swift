import Events
import Testing

@testable import Books

/// Bars of ticks, volume, notional and range, and Renko bricks.
@Suite struct ActivityBarTests {
  private static func at(_ time: Int) -> Instant { Instant(nanoseconds: Int64(time)) }

  /// `open/high/low/close volume length` of each bar that prints of price and size make, one a nanosecond.
  private static func bars(_ builder: ActivityBarBuilder, _ prints: [(Int64, Int64)]) -> [String] {
    var builder = builder
    return prints.enumerated().compactMap { time, print in
      let tick = BarTick(Price(print.0), Quantity(print.1))
      return builder.apply(tick, of: instrument, at: at(time)).map { text($0.bar) }
    }
  }

  private static func text(_ bar: Bar) -> String {
    let prices = [bar.open, bar.high, bar.low, bar.close].map { String($0.raw) }
    return "\(prices.joined(separator: "/")) \(bar.volume.raw) \(bar.interval)"
  }

  static let prints: [(Int64, Int64)] = [
    (10, 1), (12, 2), (9, 3), (11, 4), (11, 5), (20, 1), (8, 0), (7, 30), (7, 1),
  ]

  @Test(
    arguments: [
      (.ticks, 1, ["10/10/10/10 1 1", "12/12/12/12 2 1", "9/9/9/9 3 1"]),
      (.ticks, 3, ["10/12/9/9 6 2", "11/20/11/20 10 2", "8/8/7/7 31 2"]),
      (.ticks, 10, []),
      // A trade is never split: the bar has all of it.
      (.volume, 6, ["10/12/9/9 6 2", "11/11/11/11 9 1", "20/20/7/7 31 2"]),
      (.volume, 1_000, []),
      (.notional, 61, ["10/12/9/9 6 2", "11/11/11/11 9 1", "20/20/7/7 31 2"]),
      (.range, 3, ["10/12/9/9 6 2", "11/20/11/20 10 2"]),
      (.range, 9, ["10/20/9/20 16 5"]),
    ] as [(ActivityBarBuilder.Measure, Int128, [String])])
  func `a bar closes with the tick that reaches the threshold`(
    measure: ActivityBarBuilder.Measure, threshold: Int128, lines: [String]
  ) {
    let made = Self.bars(ActivityBarBuilder(measure, threshold: threshold), Self.prints)
    #expect(threshold == 1 ? Array(made.prefix(3)) == lines : made == lines)
  }

  @Test func `negative prices and the largest sizes are measured without overflow`() {
    let most = (-Price.limit, Quantity.limit)
    for measure in ActivityBarBuilder.Measure.allCases {
      let builder = ActivityBarBuilder(measure, threshold: Int128(1) << 126)
      #expect(Self.bars(builder, Array(repeating: most, count: 15)).isEmpty || measure == .notional)
    }
    let notional = ActivityBarBuilder(.notional, threshold: Int128(1) << 122)
    #expect(Self.bars(notional, [most, (Price.limit, Quantity.limit)]).count == 2)
    let range = ActivityBarBuilder(.range, threshold: Int128(1) << 62)
    #expect(Self.bars(range, [(-Price.limit, 1), (Price.limit, 1)]).count == 1)
    // The volume of a bar stops at the largest quantity.
    let ticks = ActivityBarBuilder(.ticks, threshold: 3)
    let bars = Self.bars(ticks, Array(repeating: (1, Quantity.limit), count: 3))
    #expect(bars == ["1/1/1/1 \(Quantity.limit) 2"])
  }

  @Test func `impossible ticks count for nothing`() {
    let builder = ActivityBarBuilder(.ticks, threshold: 2)
    #expect(
      Self.bars(builder, [(1, 1), (.min, 1), (5, -1), (5, .max), (2, 1)]) == ["1/2/1/2 2 4"])
    var renko = RenkoBuilder(height: 1)
    renko.apply(BarTick(.none), at: .epoch)
    #expect(renko == RenkoBuilder(height: 1))
  }

  /// Prices, then the bricks as `open>close volume`.
  @Test(
    arguments: [
      ([100, 109, 110], ["100>110 3"]),
      ([100, 109, 110, 119, 101, 100], ["100>110 3"]),
      // A turn needs a brick below the last one's foot.
      ([100, 110, 91, 90], ["100>110 2", "100>90 2"]),
      ([100, 90, 109, 110, 121], ["100>90 2", "100>110 2", "110>120 1"]),
      // Several at once: the first has the volume.
      (
        [100, 135, 75],
        [
          "100>110 2", "110>120 0", "120>130 0", "120>110 1", "110>100 0", "100>90 0",
          "90>80 0",
        ]
      ),
      ([-5, -15, 5], ["-5>-15 2", "-5>5 1"]),
      // Too far: it begins anew.
      ([100, 10_000, 10_010], ["10000>10010 1"]), ([100, -10_000, -10_010], ["-10000>-10010 1"]),
      ([Price.limit, -Price.limit, 10 - Price.limit], ["\(-Price.limit)>\(10 - Price.limit) 1"]),
    ] as [([Int64], [String])])
  func `bricks follow the price`(prices: [Int64], bricks: [String]) {
    var builder = RenkoBuilder(height: 10)
    var made: [String] = []
    for (time, price) in prices.enumerated() {
      builder.apply(BarTick(Price(price), Quantity(1)), at: Self.at(time))
      while let brick = builder.next(instrument, at: Self.at(time)) {
        made.append("\(brick.bar.open.raw)>\(brick.bar.close.raw) \(brick.bar.volume.raw)")
        #expect(brick.bar.high.raw - brick.bar.low.raw == 10)
        #expect(brick.bar.interval > 0 && brick.end == Self.at(time))
      }
    }
    #expect(made == bricks)
  }

  @Test func `the most bricks of a tick are all made`() {
    var builder = RenkoBuilder(height: 10)
    builder.apply(BarTick(Price(0)), at: .epoch)
    builder.apply(BarTick(Price(10 * RenkoBuilder.mostBricks)), at: .epoch)
    var count: Int64 = 0
    while builder.next(instrument, at: .epoch) != nil { count += 1 }
    #expect(count == RenkoBuilder.mostBricks)
  }

  @Test func `builders read back go on with their bars`() throws {
    for measure in ActivityBarBuilder.Measure.allCases {
      var builder = ActivityBarBuilder(measure, threshold: 40)
      for (price, size) in Self.prints.prefix(3) {
        _ = builder.apply(BarTick(Price(price), Quantity(size)), of: instrument, at: Self.at(9))
      }
      let bytes = Self.bytes { builder.encode(to: &$0) }
      try Self.check(bytes, builder, empty: ActivityBarBuilder(measure, threshold: 40)) {
        (builder, reader) throws(Damage) in try builder.restore(instrument, &reader)
      }
    }
    var renko = RenkoBuilder(height: 10)
    for price in [100, 111, 95] {
      renko.apply(BarTick(Price(Int64(price)), Quantity(2)), at: Self.at(9))
      while renko.next(instrument, at: Self.at(9)) != nil {}
    }
    let bytes = Self.bytes { renko.encode(to: &$0) }
    try Self.check(bytes, renko, empty: RenkoBuilder(height: 10)) {
      (builder, reader) throws(Damage) in try builder.restore(&reader)
    }
    #expect(throws: Damage.self) {
      try Self.read(bytes) { (reader) throws(Damage) in
        var other = RenkoBuilder(height: 11)
        try other.restore(&reader)
      }
    }
  }

  static func bytes(_ encode: (inout ByteBuffer) -> Void) -> [UInt8] {
    var buffer = ByteBuffer()
    encode(&buffer)
    return buffer.array
  }

  static func read(_ bytes: [UInt8], _ body: (inout ByteReader) throws(Damage) -> Void)
    throws(Damage)
  {
    var buffer = ByteBuffer()
    buffer.append(bytes)
    try buffer.withBytes { (bytes) throws(Damage) in
      var reader = ByteReader(bytes)
      try body(&reader)
    }
  }

  /// Reads a builder back whole, and fails on every part of it.
  static func check<Builder: Equatable>(
    _ bytes: [UInt8], _ builder: Builder, empty: Builder,
    _ restore: (inout Builder, inout ByteReader) throws(Damage) -> Void
  ) throws {
    var again = empty
    try read(bytes) { (reader) throws(Damage) in try restore(&again, &reader) }
    #expect(again == builder)
    for length in 0..<bytes.count {
      #expect(throws: Damage.self) {
        try read(Array(bytes.prefix(length))) { (reader) throws(Damage) in
          var part = empty
          try restore(&part, &reader)
        }
      }
    }
  }
}
