import Events
import GRDB
import Trading

/// A strategy's position in an instrument, as the API tells it.
public struct PositionRow: Sendable, Equatable {
  public var strategy: String
  public var instrument: InstrumentID
  public var account: String
  public var symbol: String
  public var exchange: String
  public var quantity: String
  public var mark: String?
  public var cost: String
  public var realised: String
  public var unrealised: String?
  public var fees: String
  public var currency: String

  /// All positions of an engine, by instrument, then strategy. O(instruments × strategies).
  public static func all(_ engine: borrowing Engine) -> [PositionRow] {
    let (names, accounts) = (engine.strategyNames, engine.market.portfolio.accounts)
    return engine.holdings.map { holding in
      let (instrument, position) = (holding.instrument, holding.position)
      let account = engine.market.portfolio.account(of: holding.strategy)
      return PositionRow(
        strategy: names[holding.strategy.index], instrument: instrument.id,
        account: accounts[Int(account.raw)].name, symbol: instrument.symbol,
        exchange: instrument.venueName, quantity: instrument.text(position.quantity),
        mark: holding.mark.isNone ? nil : instrument.text(holding.mark),
        cost: position.cost.shortText, realised: position.realised.shortText,
        unrealised: position.unrealised(at: holding.mark, of: instrument)?.shortText,
        fees: position.fees.shortText, currency: instrument.currency)
    }
  }
}

extension PositionRow: StoredRow {
  static let table = "positions"
  static let key = ["strategy", "instrument"]
  static let columns = [
    "strategy", "instrument", "account", "symbol", "exchange", "quantity", "mark", "cost",
    "realised", "unrealised", "fees", "currency",
  ]

  var values: [(any DatabaseValueConvertible)?] {
    [
      strategy, Int64(instrument.raw), account, symbol, exchange, quantity, mark, cost, realised,
      unrealised, fees, currency,
    ]
  }
}

/// An account's books in a currency.
struct PortfolioRow: Equatable {
  var account: String
  var value: Valuation
  var free: Money
  var isCalled: Bool

  /// Those of all accounts. O(accounts × currencies × strategies × instruments).
  static func all(_ engine: borrowing Engine) -> [PortfolioRow] {
    var rows: [PortfolioRow] = []
    let portfolio = engine.market.portfolio
    for (index, account) in portfolio.accounts.enumerated() {
      let id = AccountID(UInt16(index))
      let books = portfolio.ledger(id)
      for value in engine.market.valuations(of: id) {
        rows.append(
          PortfolioRow(
            account: account.name, value: value, free: books[value.currency]?.free ?? .zero,
            isCalled: portfolio.isCalled(id)))
      }
    }
    return rows
  }
}

extension PortfolioRow: StoredRow {
  static let table = "portfolio"
  static let key = ["account", "currency"]
  static let columns = [
    "account", "currency", "equity", "cash", "pending", "free", "inventory", "realised",
    "unrealised", "fees", "variation", "income", "financing", "contributed", "margin_called",
  ]

  var values: [(any DatabaseValueConvertible)?] {
    [
      account, value.currency, value.equity.shortText, value.cash.shortText,
      value.pending.shortText, free.shortText, value.inventory.shortText, value.realised.shortText,
      value.unrealised.shortText, value.fees.shortText, value.variation.shortText,
      value.income.shortText, value.financing.shortText, value.contributed.shortText, isCalled,
    ]
  }
}
