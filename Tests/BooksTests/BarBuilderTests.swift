import Events
import Testing

@testable import Books

@Suite struct BarBuilderTests {
  func at(_ time: Int64) -> Instant { Instant(nanoseconds: time) }

  @Test func `trades make bars that close with the first event at or after their end`() {
    var builder = BarBuilder(instrument, from: .trades, interval: 60)
    #expect(builder.apply(trade(10, 1), at: at(119)) == nil)
    #expect(
      builder.apply(trade(11, 2), at: at(120))
        == BarBuilder.Closed(bar: bar(10, 10, 10, 10, 1), end: at(120)))
    #expect(builder.apply(trade(14, 3), at: at(130)) == nil)
    #expect(builder.apply(trade(9, 4), at: at(150)) == nil)
    #expect(builder.apply(trade(12, 5), at: at(179)) == nil)
    // Two empty intervals follow and give no bars.
    #expect(
      builder.apply(trade(20, 1), at: at(330))
        == BarBuilder.Closed(bar: bar(11, 14, 9, 12, 14), end: at(180)))
    #expect(builder.advance(to: at(359)) == nil)
    #expect(
      builder.advance(to: at(360))
        == BarBuilder.Closed(bar: bar(20, 20, 20, 20, 1), end: at(360)))
    #expect(builder.advance(to: at(10_000)) == nil)
  }

  @Test func `quotes make bars of middles, and other events only move time`() {
    var builder = BarBuilder(instrument, from: .middles, interval: 100)
    #expect(builder.apply(quote(10, 1, 13, 1), at: at(1)) == nil)
    #expect(builder.apply(quote(10, 1, .min, 0), at: at(2)) == nil)
    #expect(builder.apply(quote(20, 1, 22, 1), at: at(3)) == nil)
    #expect(
      builder.apply(trade(99, 1), at: at(100))
        == BarBuilder.Closed(bar: bar(11, 21, 11, 21, 0, interval: 100), end: at(100)))
    #expect(builder.apply(trade(99, 1), at: at(300)) == nil)
  }

  @Test func `shorter bars make longer ones, each at its end`() {
    var builder = BarBuilder(instrument, from: .bars, interval: 300)
    let minutes: [(Int64, Bar)] = [
      (60, bar(10, 12, 9, 11, 1)), (120, bar(11, 15, 11, 14, 2)), (180, bar(14, 14, 8, 9, 3)),
      (240, bar(9, 10, 9, 10, 4)),
    ]
    for (time, minute) in minutes { #expect(builder.apply(minute, at: at(time)) == nil) }
    #expect(
      builder.apply(bar(10, 11, 10, 11, 5), at: at(300))
        == BarBuilder.Closed(bar: bar(10, 15, 8, 11, 15, interval: 300), end: at(300)))
    // After a gap one bar can end two: the old one and the one it completes.
    #expect(builder.apply(bar(1, 1, 1, 1, 1), at: at(360)) == nil)
    #expect(builder.apply(bar(2, 2, 2, 2, 2), at: at(1_200))?.end == at(600))
    #expect(
      builder.advance(to: at(1_200))
        == BarBuilder.Closed(bar: bar(2, 2, 2, 2, 2, interval: 300), end: at(1_200)))
    #expect(builder.apply(bar(2, 2, 2, 2, 2, side: .buy), at: at(1_300)) == nil)
    #expect(builder.open == nil)
  }

  @Test(
    arguments: [
      (0, 60, 60), (59, 60, 60), (60, 60, 120), (-1, 60, 0), (-60, 60, 0), (-61, 60, -60),
      (.max, 60, .max), (.min, 1, .min + 1), (.min, .max, 0), (5, .max, .max),
    ] as [(Int64, Int64, Int64)])
  func `an interval ends at the next multiple of its length`(
    time: Int64, interval: Int64, end: Int64
  ) {
    let builder = BarBuilder(instrument, from: .trades, interval: interval)
    // −1 − (2^63 − 1) is the smallest integer: one step below the last multiple.
    let expected = time == .min && interval == .max ? -.max : end
    #expect(builder.end(after: at(time)) == at(expected))
  }

  @Test func `volume stops at the largest quantity and impossible trades are left out`() {
    var builder = BarBuilder(instrument, from: .trades, interval: 60)
    #expect(builder.apply(trade(1, Quantity.limit), at: at(0)) == nil)
    #expect(builder.apply(trade(2, Quantity.limit), at: at(1)) == nil)
    #expect(builder.apply(trade(.min, 5), at: at(2)) == nil)
    #expect(builder.apply(trade(9, -5), at: at(3)) == nil)
    #expect(builder.advance(to: at(60))?.bar == bar(1, 2, 1, 2, Quantity.limit))
  }

  @Test func `a builder read back goes on with its bar`() throws {
    var builder = BarBuilder(instrument, from: .trades, interval: 60)
    for count in 0...1 {
      if count == 1 { _ = builder.apply(trade(7, 2), at: at(5)) }
      var buffer = ByteBuffer()
      builder.encode(to: &buffer)
      #expect(try read(buffer.array) == builder)
      for length in 0..<buffer.count {
        #expect(throws: Damage.self) { try read(Array(buffer.array.prefix(length))) }
      }
    }
    #expect(throws: Damage(at: 2, "an unknown source of bars")) {
      try read([0, 0, 9, 1, 0, 0, 0, 0, 0, 0, 0, 0])
    }
    #expect(throws: Damage(at: 3, "a bar without length")) {
      try read([0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    }
  }

  func read(_ bytes: [UInt8]) throws(Damage) -> BarBuilder {
    var buffer = ByteBuffer()
    buffer.append(bytes)
    return try buffer.withBytes { bytes throws(Damage) in
      var reader = ByteReader(bytes)
      return try BarBuilder(reading: &reader)
    }
  }
}
