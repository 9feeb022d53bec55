import Events

/// What an account, or all of them, are worth in one currency.
public struct Valuation: Equatable, Sendable {
  public var currency: String
  /// With what is to be received and paid.
  public var cash: Money
  /// What of the cash has not settled.
  public var pending = Money.zero
  /// Cost of securities held.
  public var inventory: Money
  /// Profit or loss of what is held, at the marks.
  public var unrealised: Money
  public var realised: Money
  public var fees: Money
  /// What daily settlement has paid of the unrealised profit: it is in the cash already.
  public var variation = Money.zero
  /// Dividends received, less paid.
  public var income = Money.zero
  /// Interest, borrow fees and funding received, less paid.
  public var financing = Money.zero
  /// What owners brought in, less what they took out.
  public var contributed: Money
  /// What came in exchange for other currencies, less what was given; at cost.
  public var exchanged = Money.zero
  /// Instruments held without a mark; they count at cost.
  public var unmarked: [InstrumentID]

  /// Cash, securities at cost and the unrealised profit that is not in the cash.
  public var equity: Money { cash + inventory + unrealised - variation }
  /// What of the equity was earned, after fees: neither brought in nor come in exchange.
  public var profit: Money { equity - contributed - exchanged }

  static func + (a: Valuation, b: Valuation) -> Valuation {
    Valuation(
      currency: a.currency, cash: a.cash + b.cash, pending: a.pending + b.pending,
      inventory: a.inventory + b.inventory, unrealised: a.unrealised + b.unrealised,
      realised: a.realised + b.realised, fees: a.fees + b.fees,
      variation: a.variation + b.variation, income: a.income + b.income,
      financing: a.financing + b.financing, contributed: a.contributed + b.contributed,
      exchanged: a.exchanged + b.exchanged,
      unmarked: a.unmarked + b.unmarked.filter { !a.unmarked.contains($0) })
  }
}

extension Market {
  /// What an account is worth at the books' marks, by currency in order of first use.
  /// O(currencies × strategies × instruments).
  public func valuations(of account: AccountID) -> [Valuation] {
    valuations(of: account, atPublishedMarks: false)
  }

  /// - Parameter atPublishedMarks: whether the marks of margins count where there are some.
  func valuations(of account: AccountID, atPublishedMarks: Bool) -> [Valuation] {
    let held = portfolio.held(by: account)
    return portfolio.ledger(account).books.map { book in
      var valuation = Valuation(
        currency: book.currency, cash: book[.cash], pending: book.pending.cash,
        inventory: book[.inventory], unrealised: .zero, realised: -book[.realised],
        fees: book[.fees], variation: -book[.variation],
        income: -book[.income],
        financing: -book[.financing],
        contributed: -book[.capital], exchanged: -book[.exchange], unmarked: [])
      for id in held {
        guard let instrument = instrument(id), instrument.currency == book.currency,
          !isExchanged(instrument, account)
        else { continue }
        let mark =
          atPublishedMarks ? marginMark(instrument.id) : books[instrument.id.index].mark
        for strategy in 0..<UInt16(portfolio.strategyCount)
        where portfolio.account(of: StrategyID(strategy)) == account {
          let position = portfolio.position(StrategyID(strategy), instrument.id)
          guard position.quantity != .zero else { continue }
          if let value = position.unrealised(at: mark, of: instrument) {
            valuation.unrealised += value
          } else {
            valuation.unmarked.append(instrument.id)
            // At cost it has no profit but what was paid of it.
            valuation.unrealised += position.variation
          }
        }
      }
      return valuation
    }
  }

  /// Whether trades of an account in an instrument exchange cash: what they bought is in the cash.
  func isExchanged(_ instrument: Instrument, _ account: AccountID) -> Bool {
    instrument.isExchangeable && portfolio.accounts[Int(account.raw)].currencies == .exchange
  }

  /// What all accounts together are worth, by currency in order of first use.
  public var valuations: [Valuation] {
    var sums: [Valuation] = []
    for account in portfolio.accounts.indices {
      for one in valuations(of: AccountID(UInt16(account))) {
        if let index = sums.firstIndex(where: { $0.currency == one.currency }) {
          sums[index] = sums[index] + one
        } else {
          sums.append(one)
        }
      }
    }
    return sums
  }
}

extension Instrument {
  /// Whether accounts may trade it as an exchange of cash.
  var isExchangeable: Bool { kind == .forex && !base.isEmpty }
}

extension Engine {
  /// What all accounts together are worth now, by currency in order of first use.
  public var valuations: [Valuation] { market.valuations }
}
