import Events

/// What the portfolio is worth in one currency.
public struct Valuation: Equatable, Sendable {
  public var currency: String
  public var cash: Money
  /// Cost of securities held.
  public var inventory: Money
  /// Profit or loss of what is held, at the marks.
  public var unrealised: Money
  public var realised: Money
  public var fees: Money
  /// What owners brought in, less what they took out.
  public var contributed: Money
  /// Instruments held without a mark; they count at cost.
  public var unmarked: [InstrumentID]

  /// Cash, securities at cost and unrealised profit.
  public var equity: Money { cash + inventory + unrealised }
}

extension Market {
  /// What the portfolio is worth at the books' marks, by currency in order of first use.
  /// O(strategies × instruments).
  public func valuations(strategies: Int) -> [Valuation] {
    portfolio.ledger.books.map { book in
      var valuation = Valuation(
        currency: book.currency, cash: book[.cash], inventory: book[.inventory],
        unrealised: .zero, realised: -book[.realised], fees: book[.fees],
        contributed: -book[.capital], unmarked: [])
      for case let instrument? in instruments where instrument.currency == book.currency {
        for strategy in 0..<strategies {
          let position = portfolio.position(StrategyID(UInt16(strategy)), instrument.id)
          guard position.quantity != .zero else { continue }
          if let value = position.unrealised(at: books[instrument.id.index].mark, of: instrument) {
            valuation.unrealised += value
          } else {
            valuation.unmarked.append(instrument.id)
          }
        }
      }
      return valuation
    }
  }
}

extension Engine {
  /// What the portfolio is worth now, by currency in order of first use.
  public var valuations: [Valuation] { market.valuations(strategies: strategies.count) }
}
