import Events
import Sequencing
import Trading

/// What an account had at the end, by currency.
public struct AccountWorth: Codable, Sendable {
  public struct Balances: Codable, Sendable {
    public var equity: String
    public var cash: String
    /// Of the cash: what has not settled.
    public var pending: String
    /// Settled cash that no pending payment needs.
    public var free: String
    public var inventory: String
    public var realised: String
    public var unrealised: String
    public var fees: String
    public var variation: String
    public var income: String
    public var financing: String
  }

  public var name: String
  /// The account that it is a part of.
  public var parent: String?
  public var currency: String?
  /// With its parts, in its currency; null if it has none, or a rate is not known.
  public var worth: String?
  public var balances: [String: Balances]

  static func all(_ backtest: borrowing Backtest) -> [AccountWorth] {
    let accounts = backtest.sequencer.engine.market.portfolio.accounts
    var all: [AccountWorth] = []
    for (index, account) in accounts.enumerated() {
      let id = AccountID(UInt16(index))
      var balances: [String: Balances] = [:]
      for one in backtest.sequencer.engine.market.valuations(of: id) {
        let free = backtest.sequencer.engine.market.portfolio.ledger(id)[one.currency]?.free
        balances[one.currency] = Balances(one, free: free ?? .zero)
      }
      all.append(
        AccountWorth(
          name: account.name, parent: account.parent.map { accounts[Int($0.raw)].name },
          currency: account.currency,
          worth: backtest.sequencer.engine.market.worth(of: id).map(\.shortText),
          balances: balances))
    }
    return all
  }
}

extension AccountWorth.Balances {
  init(_ one: Valuation, free: Money) {
    self.init(
      equity: one.equity.shortText, cash: one.cash.shortText,
      pending: one.pending.shortText, free: free.shortText,
      inventory: one.inventory.shortText, realised: one.realised.shortText,
      unrealised: one.unrealised.shortText, fees: one.fees.shortText,
      variation: one.variation.shortText, income: one.income.shortText,
      financing: one.financing.shortText)
  }
}
