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

  /// What the fills of an instrument add up to: the positions of all strategies, less those that they were
  /// configured to begin with. In the words of a venue's statement (docs/reconciliation.md). O(strategies).
  /// - Returns: bought less sold; `Money.cost` of that, and fees less rebates, in the instrument's currency.
  public func fillTotals(of instrument: Instrument)
    -> (quantity: Quantity, paid: Money, fees: Money)
  {
    var (quantity, paid, fees) = (Quantity.zero, Money.zero, Money.zero)
    for index in strategies.indices {
      let strategy = StrategyID(UInt16(index))
      let position = market.portfolio.position(strategy, instrument.id)
      quantity += position.quantity
      paid += position.cost - position.realised
      fees += position.fees
      guard market.portfolio.isOpened(strategy, instrument.id) else { continue }
      for opening in strategies[index].openings
      where instrument.names.contains(opening.instrument) {
        guard let (held, price) = opening.scaled(to: instrument),
          let cost = Money.cost(price, held, of: instrument)
        else { continue }
        quantity -= held
        paid -= cost
      }
    }
    return (quantity, paid, fees)
  }
}
