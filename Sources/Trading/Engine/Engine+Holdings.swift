import Events

extension Engine {
  /// A strategy's position in an instrument, that has ever been one.
  public struct Holding: Sendable {
    public var strategy: StrategyID
    public var instrument: Instrument
    public var position: Position
    /// The instrument's mark; `none` if it has none.
    public var mark: Price
  }

  /// All positions, by instrument, then strategy. O(instruments × strategies).
  public var holdings: [Holding] {
    var found: [Holding] = []
    for case let instrument? in market.instruments {
      for index in strategies.indices {
        let strategy = StrategyID(UInt16(index))
        let position = market.portfolio.position(strategy, instrument.id)
        guard position != Position() else { continue }
        found.append(
          Holding(
            strategy: strategy, instrument: instrument, position: position,
            mark: market.books[instrument.id.index].mark))
      }
    }
    return found
  }
}
