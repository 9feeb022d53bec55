import Books
import Events
import Testing

@testable import Trading

@Suite struct BarStreamsTests {
  static let id = InstrumentID(0)
  static let minute: Int64 = 60_000_000_000

  static func at(_ seconds: Int64) -> Instant { Instant(nanoseconds: seconds * 1_000_000_000) }

  static func bar(_ close: Int64, seconds: Int64, side: Side = .none, volume: Int64 = 10)
    -> MarketEvent
  {
    .bar(
      Bar(
        instrument: id, side: side, interval: seconds * 1_000_000_000, open: Price(close - 1),
        high: Price(close + 2), low: Price(close - 3), close: Price(close),
        volume: Quantity(volume)))
  }

  static let noQuote = Quote(
    instrument: id, bid: .none, ask: .none, bidSize: .zero, askSize: .zero)

  /// Streams of one source as a text line a bar: `open/high/low/close volume`.
  struct Run {
    var streams = BarStreams()
    var lines: [String] = []

    init(_ interval: Int64, _ source: Clock.BarSource, strategies: UInt64 = 1) {
      streams.add(id, interval, source, strategies: strategies)
    }

    mutating func take(_ tick: MarketEvent, _ seconds: Int64, best: Quote = noQuote) {
      let time = at(seconds)
      if time >= streams.nextEnd { note(streams.advance(to: time)) }
      note(streams.collect(tick, best: best, at: time, sequence: 1))
    }

    mutating func wait(_ seconds: Int64) {
      let time = at(seconds)
      if time >= streams.nextEnd { note(streams.advance(to: time)) }
    }

    private mutating func note(_ completed: [BarStreams.Completed]) {
      for one in completed {
        let bar = one.bar
        let prices = [bar.open, bar.high, bar.low, bar.close].map { String($0.raw) }
        lines.append("\(prices.joined(separator: "/")) \(bar.volume.raw)")
      }
    }
  }

  static func trade(_ price: Int64, _ size: Int64) -> MarketEvent {
    .trade(Trade(instrument: id, price: Price(price), size: Quantity(size), side: .buy))
  }

  static func quote(_ bid: Int64, _ ask: Int64) -> Quote {
    Quote(
      instrument: id, bid: Price(bid), ask: Price(ask), bidSize: Quantity(1), askSize: Quantity(1))
  }

  @Test func `trades become bars that close with time`() {
    var run = Run(Self.minute, .trades)
    run.take(Self.trade(100, 1), 61)
    run.take(Self.trade(105, 2), 90)
    run.take(Self.trade(95, 3), 119)
    #expect(run.lines.isEmpty)
    run.wait(119)
    #expect(run.lines.isEmpty)
    run.wait(120)
    #expect(run.lines == ["100/105/95/95 6"])
    run.wait(1000)
    #expect(run.lines.count == 1)
    // A trade at the very end belongs to the next bar.
    run.take(Self.trade(7, 1), 1020)
    run.take(Self.trade(8, 1), 1080)
    #expect(run.lines.last == "7/7/7/7 1")
  }

  @Test(arguments: [
    (Clock.BarSource.mid, "101/102/101/102 0"), (.bid, "100/101/100/101 0"),
    (.ask, "103/104/103/104 0"),
  ])
  func `quotes become bars of middles, bids or asks`(source: Clock.BarSource, line: String) {
    var run = Run(Self.minute, source)
    for (second, quote) in [(60, Self.quote(100, 103)), (100, Self.quote(101, 104))] {
      run.take(.quote(quote), Int64(second), best: quote)
    }
    // One-sided quotes and trades say nothing to it.
    run.take(.quote(Self.noQuote), 110, best: Self.noQuote)
    run.take(Self.trade(1, 1), 111, best: Self.quote(101, 104))
    run.wait(120)
    #expect(run.lines == [line])
  }

  @Test func `recorded bars of the wanted length pass as they are`() {
    var run = Run(Self.minute, .trades)
    run.take(Self.bar(100, seconds: 60), 60)
    run.take(Self.bar(200, seconds: 60), 125)
    run.take(Self.bar(300, seconds: 120), 240)
    run.take(Self.bar(400, seconds: 60, side: .buy), 300)
    run.wait(10_000)
    #expect(run.lines == ["99/102/97/100 10", "199/202/197/200 10"])
  }

  @Test func `shorter bars are put together, a gap included`() {
    var run = Run(Self.minute, .trades)
    for (end, close) in [(80, 100), (100, 110), (120, 90)] {
      run.take(Self.bar(Int64(close), seconds: 20), Int64(end))
    }
    #expect(run.lines == ["99/112/87/90 30"])
    run.wait(120)
    run.wait(121)
    run.take(Self.bar(50, seconds: 20), 140)
    run.wait(180)
    #expect(run.lines.count == 1)
    // The minute of 140 ended at 180 and the bar at 300 completes its own.
    run.take(Self.bar(60, seconds: 20), 300)
    #expect(run.lines.dropFirst() == ["49/52/47/50 10", "59/62/57/60 10"])
  }

  @Test func `ticks no longer count once there are bars, short bars once there are longer`() {
    var run = Run(Self.minute, .trades)
    run.take(Self.trade(1, 1), 10)
    run.take(Self.bar(100, seconds: 20), 20)
    run.take(Self.trade(999, 1), 30)
    run.take(Self.bar(100, seconds: 60), 60)
    #expect(run.lines == ["99/102/97/100 10"])
    run.take(Self.bar(70, seconds: 20), 80)
    run.take(Self.bar(70, seconds: 60), 120)
    run.wait(400)
    #expect(run.lines == ["99/102/97/100 10", "69/72/67/70 10"])
  }

  @Test func `middles of bid and ask bars need both of one moment`() {
    var run = Run(Self.minute, .mid)
    run.take(Self.bar(100, seconds: 60, side: .buy), 60)
    run.take(Self.bar(110, seconds: 60, side: .sell), 60)
    run.take(Self.bar(120, seconds: 60, side: .buy), 120)
    run.take(Self.bar(130, seconds: 60, side: .sell), 180)
    run.take(Self.bar(120, seconds: 60, side: .buy), 180)
    #expect(run.lines == ["104/107/102/105 0", "124/127/122/125 0"])
  }

  @Test(arguments: [(Clock.BarSource.bid, Side.buy), (.ask, .sell), (.trades, .none)])
  func `a source takes its own recorded bars only`(source: Clock.BarSource, side: Side) {
    var run = Run(Self.minute, source)
    for one in Side.allCases { run.take(Self.bar(100, seconds: 60, side: one), 60) }
    #expect(run.lines.count == 1)
    #expect(side == .none || source != .trades)
  }

  @Test func `one stream serves many strategies and the order of asking does not matter`() {
    var first = BarStreams()
    var second = BarStreams()
    let wishes: [(UInt16, Int64, Clock.BarSource, UInt64)] = [
      (1, 60, .mid, 1), (0, 60, .trades, 2), (0, 30, .trades, 4), (0, 60, .trades, 8),
    ]
    for (id, interval, source, bit) in wishes {
      first.add(InstrumentID(id), interval, source, strategies: bit)
    }
    for (id, interval, source, bit) in wishes.reversed() {
      second.add(InstrumentID(id), interval, source, strategies: bit)
    }
    #expect(first.isUsed(0) && first.isUsed(1) && !first.isUsed(2))
    let time = Instant(nanoseconds: 10)
    for streams in [first, second] {
      var streams = streams
      _ = streams.collect(Self.trade(5, 1), best: Self.noQuote, at: time, sequence: 1)
      let done = streams.advance(to: Instant(nanoseconds: 60))
      #expect(done.map(\.strategies) == [4, 10])
    }
    first.dismiss(InstrumentID(0))
    first.removeDismissed()
    #expect(!first.isUsed(0) && first.isUsed(1))
  }
}
