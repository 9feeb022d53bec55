import Events

extension Observation {
  /// What a venue tells of an instrument, or of none, with another number of it.
  /// - Parameter number: gives the other number.
  /// - Returns: nil for a definition, and for what no venue tells.
  public func numbered<E: Error>(
    _ number: (InstrumentID) throws(E) -> InstrumentID
  ) throws(E) -> Observation? {
    switch self {
    case .market(let tick): return .market(tick.of(try number(tick.instrument)))
    case .signal(var signal):
      signal.instrument = try number(signal.instrument)
      return .signal(signal)
    case .reference(var value):
      value.instrument = try number(value.instrument)
      return .reference(value)
    case .imbalance(var imbalance):
      imbalance.instrument = try number(imbalance.instrument)
      return .imbalance(imbalance)
    case .priceBand(var band):
      band.instrument = try number(band.instrument)
      return .priceBand(band)
    case .corporateAction(var action):
      action.instrument = try number(action.instrument)
      return .corporateAction(action)
    case .optionNotice(var notice):
      notice.instrument = try number(notice.instrument)
      return .optionNotice(notice)
    case .exchangeRate: return self
    case .dataQuality(var quality):
      if quality.instrument != .none { quality.instrument = try number(quality.instrument) }
      return .dataQuality(quality)
    default: return nil
    }
  }
}
