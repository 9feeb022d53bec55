import Books
import Events
import Scenarios
import Testing

@testable import Trading

/// Strategies whose bars close with what happens, or with sessions.
@Suite struct ActivityStreamsTests {
  /// An engine with a strategy of a clock, on a share with two digits after the point.
  static func stage(_ clock: String, start: String = "2024-07-02T13:30:00") throws -> Stage {
    var stage = Stage(start: try #require(Instant(start)))
    stage.step(
      .configuration(
        ConfigurationItems(
          lines: "strategy.a.kind=scripted\nstrategy.a.instruments=SHR\nstrategy.a.clock=\(clock)"))
    )
    stage.step(.instrument(.share(0, "SHR")))
    return stage
  }

  static func trade(_ price: Int64, _ size: Int64 = 1) -> Observation {
    .market(
      .trade(
        Trade(instrument: InstrumentID(0), price: Price(price), size: Quantity(size), side: .buy)))
  }

  static func bars(_ stage: borrowing Stage) -> [String] {
    EngineTests.calls(stage).filter { $0.hasPrefix("bar") }.map { String($0.dropFirst(4)) }
  }

  @Test(arguments: [
    ("bar:2t", ["1000/1010/1000/1010 11", "990/1030/990/1030 51"]),
    ("bar:20v", ["1000/1010/990/990 31", "1030/1030/1030/1030 31"]),
    ("bar:31.5v", ["1000/1030/990/1030 62"]),
    // In the currency: 10.00 × 1 + 10.10 × 10 = 111.00.
    (
      "bar:111notional", ["1000/1010/1000/1010 11", "990/990/990/990 20", "1030/1030/1030/1030 31"]
    ),
    ("bar:111.01notional", ["1000/1010/990/990 31", "1030/1030/1030/1030 31"]),
    ("bar:40r", ["1000/1030/990/1030 62"]),
    (
      "bar:10renko",
      [
        "1000/1010/1000/1010 11", "1000/1000/990/990 20", "1000/1010/1000/1010 31",
        "1010/1020/1010/1020 0", "1020/1030/1020/1030 0",
      ]
    ),
    // Two ticks, one of them a buy, are expected: then a sell and a buy are not enough.
    ("bar:2t-runs", ["1000/1010/1000/1010 11"]),
  ])
  func `trades complete bars`(clock: String, bars: [String]) throws {
    var stage = try Self.stage(clock)
    for (price, size) in [(1_000, 1), (1_010, 10), (990, 20), (1_030, 31)] as [(Int64, Int64)] {
      stage.step(Self.trade(price, size))
      // Quotes and recorded bars say nothing to bars of trades.
      stage.quote(1, 2)
      stage.step(.market(BarStreamsTests.bar(5_000, seconds: 60)))
    }
    #expect(Self.bars(stage) == bars)
    #expect(stage.engine.tally.bars == UInt64(bars.count))
  }

  @Test func `a tick of quoted prices is a change of the price`() throws {
    for (source, bars) in [
      ("mid", ["100/101/100/101 0", "103/104/103/104 0"]), ("bid", ["99/100/99/100 0"]),
      ("ask", ["101/103/101/103 0", "106/108/106/108 0"]),
    ] {
      var stage = try Self.stage("bar:2t:\(source)")
      for (bid, ask) in [(99, 101), (99, 101), (99, 103), (100, 106), (100, 108)]
        as [(Int64, Int64)]
      {
        stage.quote(bid, ask)
        stage.step(Self.trade(7))
      }
      #expect(Self.bars(stage) == bars)
    }
  }

  @Test func `the cause of a bar is the tick that completes it`() throws {
    var stage = try Self.stage("bar:2t\nstrategy.a.on_bar=buy 1")
    stage.step(Self.trade(10))
    stage.step(Self.trade(11))
    let tick = stage.entries.last { $0.event.kind == .trade }
    let intent = stage.entries.first { $0.event.kind == .intent }
    #expect(intent != nil && intent?.header.cause == tick?.header.sequence)
  }

  @Test func `bars keep to the sessions of their calendar`() throws {
    var stage = try Self.stage("bar:2h@XNYS")
    let hour = Nanoseconds.hour
    for delay in [0, hour, hour, hour, hour, hour, hour, hour] {
      stage.step(Self.trade(100), after: delay)
    }
    // 13:30, 15:30, 17:30 and 19:30, which ends at 20:00.
    #expect(Self.bars(stage).count == 4)
    #expect(Self.bars(stage).last == "100/100/100/100 1")
    stage.step(Self.trade(50), after: 16 * hour)
    stage.step(Self.trade(60), after: 4 * hour)
    #expect(Self.bars(stage).count == 4)
    // The third of July is short: a bar that began at 15:30 ends at 17:00.
    stage.step(Self.trade(60), after: hour / 2)
    #expect(Self.bars(stage).count == 5)
  }

  @Test func `recorded days pass as they are where sessions are wanted`() throws {
    var stage = try Self.stage("bar:session@XNYS")
    stage.step(.market(BarStreamsTests.bar(100, seconds: 60)))
    stage.step(.market(BarStreamsTests.bar(300, seconds: 86_400)), after: 15 * Nanoseconds.hour)
    #expect(Self.bars(stage).last == "299/302/297/300 10")
  }

  @Test func `a calendar that has ended is told once`() throws {
    var stage = try Self.stage("bar:1m@XNYS", start: "1980-07-02T13:30:00")
    func alerts(_ decisions: [Decision]) -> [String] {
      decisions.compactMap { if case .alert(let alert) = $0 { alert.text } else { nil } }
    }
    let told = alerts(stage.step(Self.trade(10)))
    #expect(told.count == 1 && told[0].hasPrefix("the calendar XNYS knows 1990-01-01 to 20"))
    #expect(alerts(stage.step(Self.trade(10))).isEmpty)
  }

  @Test func `streams go on after a snapshot`() throws {
    let clocks = [
      "bar:3t", "bar:10v", "bar:100notional", "bar:8r", "bar:3renko", "bar:5t-imbalance",
      "bar:5t-volume-runs", "bar:3t:mid", "bar:1h@XNYS", "bar:session@24/7:mid",
    ]
    for clock in clocks {
      var random = SeededNumbers(seed: 7)
      var stage = try Self.stage(clock)
      for step in 0..<200 {
        let price = 1_000 + Int64(random.below(30))
        stage.step(Self.trade(price, Int64(random.below(9))), after: 1_000 * Nanoseconds.second)
        stage.quote(price - 1, price + 1)
        guard step % 37 == 0 else { continue }
        var engine = Engine(catalog: [ScriptedStrategy.kind])
        try engine.restoreState(stage.stateBytes())
        let again = Stage(engine, after: stage.sequence, at: stage.time)
        #expect(again.stateBytes() == stage.stateBytes())
        stage = again
      }
      #expect(stage.engine.tally.bars > 1, "\(clock)")
    }
  }

  @Test func `one stream serves many strategies, and asking anew changes nothing`() throws {
    var streams = BarStreams()
    let share = Instrument.share(0, "SHR")
    for (length, bit) in [
      (BarLength.range(5), 1), (.ticks(2), 2), (.ticks(2), 4),
      (.volume(Decimal("2") ?? .notANumber), 8),
      (.volume(Decimal("2.0") ?? .notANumber), 16),
    ] as [(BarLength, UInt64)] {
      streams.add(share, length, .trades, strategies: bit)
    }
    let tick = MarketEvent.trade(
      Trade(instrument: share.id, price: Price(5), size: Quantity(1), side: .none))
    var done: [UInt64] = []
    for time in 1...2 {
      done += streams.collect(
        tick, best: BarStreamsTests.noQuote, at: Instant(nanoseconds: Int64(time)), sequence: 1
      ).map(\.strategies)
    }
    #expect(done == [6, 24])
    streams.dismiss(share.id)
    streams.add(share, .ticks(2), .trades, strategies: 2)
    streams.removeDismissed()
    #expect(streams.isUsed(0))
    streams.dismiss(share.id)
    streams.removeDismissed()
    #expect(!streams.isUsed(0))
  }
}
