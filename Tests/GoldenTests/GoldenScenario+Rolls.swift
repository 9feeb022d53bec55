import Events
import Scenarios

extension GoldenScenario {
  /// Continuous futures over two rolls: one that carries by dates and ratios, one that holds by volume.
  static func rolls(_ stage: inout Stage) {
    stage.step(
      .configuration(
        ConfigurationItems(
          lines: """
            account.cash=100000 USD
            continuous.FT.adjust=ratio
            continuous.GT.expiry.GTX3=2023-11-20
            continuous.GT.roll=hold
            strategy.p.kind=scripted
            strategy.p.instruments=FT.c.0
            strategy.p.bracket.stop_loss=8 ticks
            strategy.q.kind=scripted
            strategy.q.instruments=GT.v.0
            """)))
    func contract(_ id: UInt16, _ symbol: String, _ ends: Instant = .epoch) -> Instrument {
      var contract = Instrument.future(id, symbol)
      contract.expiry = ends
      return contract
    }
    func series(_ id: UInt16, _ symbol: String) -> Instrument {
      var series = Instrument.future(id, symbol)
      series.kind = .continuous
      return series
    }
    func trade(_ id: UInt16, _ price: Int64, _ size: Int64) -> Observation {
      .market(
        .trade(
          Trade(
            instrument: InstrumentID(id), price: Price(price), size: Quantity(size), side: .buy)))
    }
    let day = Nanoseconds.day
    stage.step(.instrument(contract(0, "FTX3", stage.time.advanced(by: 2 * day))))
    stage.step(.instrument(contract(1, "FTZ3", stage.time.advanced(by: 9 * day))))
    stage.step(.instrument(contract(2, "GTX3")))
    stage.step(.instrument(contract(3, "GTZ3", stage.time.advanced(by: 30 * day))))
    stage.step(.instrument(series(4, "FT.c.0")))
    stage.step(.instrument(series(5, "GT.v.0")))
    stage.quote(9_975, 10_025, InstrumentID(0))
    stage.quote(10_175, 10_225, InstrumentID(1))
    stage.step(trade(2, 50_000, 10))
    stage.step(trade(3, 50_500, 3))
    stage.tell("target 3", InstrumentID(4))
    stage.fill(1, 3, at: 10_025)
    stage.accept(2)
    stage.tell("buy 2; buy 1 @ 49900 gtc", InstrumentID(5))
    stage.fill(3, 2, at: 50_025)
    stage.accept(4)
    stage.step(trade(3, 50_500, 9))
    // Midnight and a nanosecond: by volume the first one rolls, and what it holds stays.
    stage.step(.timer(.engine), after: stage.engine.nextWake.map { $0.since(stage.time) } ?? 0)
    stage.report(4, .cancelled(.requested, text: ""))
    stage.step(.timer(.engine), after: day)
    stage.report(2, .cancelled(.requested, text: ""))
    stage.fill(5, 3, at: 9_975)
    stage.fill(6, 3, at: 10_225)
    stage.quote(10_200, 10_250, InstrumentID(1))
    stage.tell("target 1", InstrumentID(5))
    stage.step(.timer(.engine), after: 7 * day)
  }
}
