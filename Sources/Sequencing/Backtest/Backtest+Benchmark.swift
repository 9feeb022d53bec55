import Events
import Trading

// What a run is measured against.
extension Backtest {
  /// The instrument that the run is measured against, as it was configured.
  public var benchmark: String? { setup.benchmark }

  private var benchmarkInstrument: Instrument? {
    setup.benchmark.flatMap { name in
      sequencer.engine.market.instruments.compactMap { $0 }.first { $0.isNamed(name) }
    }
  }

  var benchmarkWorth: Double? {
    guard let instrument = benchmarkInstrument else { return nil }
    let mark = sequencer.engine.market.books[instrument.id.index].mark
    return mark.isNone ? nil : Double(mark.raw) * benchmarkUnits
  }

  /// A unit of the benchmark becomes several.
  mutating func follow(_ action: CorporateAction) {
    guard action.action == .split, action.old > 0, action.new > 0,
      action.instrument == benchmarkInstrument?.id
    else { return }
    benchmarkUnits *= Double(action.new) / Double(action.old)
  }
}
