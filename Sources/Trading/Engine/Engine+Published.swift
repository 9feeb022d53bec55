import Events

// What is told of instruments beside their ticks.
extension Engine {
  mutating func apply(_ signal: Signal, _ header: EntryHeader) {
    tally.signals += 1
    if gate.hasControls { guardSignal(signal, header) }
    guard signal.instrument.index < interest.count else { return }
    each(interest[signal.instrument.index].signals, header.sequence) { logic, market in
      logic.onSignal(signal, in: market)
    }
    guard interest[signal.instrument.index].isContract else { return }
    eachFollower(of: signal.instrument, header.sequence) { logic, series, market in
      var shown = signal
      shown.instrument = series.id
      return logic.onSignal(shown, in: market)
    }
  }

  mutating func apply(_ value: ReferenceValue, _ header: EntryHeader) {
    let index = value.instrument.index
    guard index < market.references.count else { return }
    market.references[index].take(value)
    if value.field == .mark {
      showMark(Price(value.value), of: value.instrument, header.sequence)
      if market.portfolio.hasLiquidations { checkMargins(of: value.instrument, header.sequence) }
    }
    if value.field == .settlement || value.field == .fundingRate {
      settle(value, header.sequence)
    }
    each(interest[index].signals, header.sequence) { logic, market in
      logic.onReference(value, in: market)
    }
    guard interest[index].isContract else { return }
    eachFollower(of: value.instrument, header.sequence) { logic, series, market in
      logic.onReference(series.seen(value), in: market)
    }
  }

  mutating func apply(_ imbalance: AuctionImbalance, _ header: EntryHeader) {
    let index = imbalance.instrument.index
    guard index < market.references.count else { return }
    market.references[index].imbalance = imbalance
    each(interest[index].signals, header.sequence) { logic, market in
      logic.onImbalance(imbalance, in: market)
    }
    guard interest[index].isContract else { return }
    eachFollower(of: imbalance.instrument, header.sequence) { logic, series, market in
      logic.onImbalance(series.seen(imbalance), in: market)
    }
  }
}
