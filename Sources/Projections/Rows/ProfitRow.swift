import Events
import GRDB
import Trading

/// What a strategy or an account had gained at a moment, in one currency.
public struct ProfitRow: Sendable, Equatable {
  public enum Scope: String, Sendable {
    case strategy, account
  }

  /// Whose figures, in which currency.
  public struct Key: Hashable, Sendable {
    public var scope: Scope
    public var name: String
    public var currency: String
  }

  public struct Figures: Equatable, Sendable {
    public var realised: String
    public var unrealised: String
    public var fees: String
    /// Of an account.
    public var equity: String?
  }

  public var sequence: UInt64
  /// Receive time in UTC.
  public var time: String
  public var key: Key
  public var figures: Figures
}

extension ProfitRow {
  /// Sums of a strategy's positions, by currency in order of the instruments. O(instruments).
  static func figures(of strategy: StrategyID, _ engine: borrowing Engine) -> [(Key, Figures)] {
    var sums: [(currency: String, realised: Money, unrealised: Money, fees: Money)] = []
    for case let instrument? in engine.market.instruments {
      let position = engine.market.portfolio.position(strategy, instrument.id)
      guard position != Position() else { continue }
      let mark = engine.market.books[instrument.id.index].mark
      let unrealised = position.unrealised(at: mark, of: instrument) ?? .zero
      let place = sums.firstIndex { $0.currency == instrument.currency } ?? sums.count
      if place == sums.count { sums.append((instrument.currency, .zero, .zero, .zero)) }
      sums[place].realised += position.realised
      sums[place].unrealised += unrealised
      sums[place].fees += position.fees
    }
    let name = engine.strategyNames[strategy.index]
    return sums.map { sum in
      (
        Key(scope: .strategy, name: name, currency: sum.currency),
        Figures(
          realised: sum.realised.shortText, unrealised: sum.unrealised.shortText,
          fees: sum.fees.shortText)
      )
    }
  }

  /// An account's books, by currency in order of first use. O(currencies × strategies × instruments).
  static func figures(of account: AccountID, _ engine: borrowing Engine) -> [(Key, Figures)] {
    let name = engine.market.portfolio.accounts[Int(account.raw)].name
    return engine.market.valuations(of: account).map { value in
      (
        Key(scope: .account, name: name, currency: value.currency),
        Figures(
          realised: value.realised.shortText, unrealised: value.unrealised.shortText,
          fees: value.fees.shortText, equity: value.equity.shortText)
      )
    }
  }
}

extension ProfitRow: StoredRow, FetchableRecord {
  static let table = "pnl"
  static let key = ["seq", "scope", "name", "currency"]
  static let columns = [
    "seq", "scope", "name", "currency", "time", "realised", "unrealised", "fees", "equity",
  ]

  var values: [(any DatabaseValueConvertible)?] {
    [
      Int64(stored: sequence), key.scope.rawValue, key.name, key.currency, time, figures.realised,
      figures.unrealised, figures.fees, figures.equity,
    ]
  }

  public init(row: Row) {
    sequence = UInt64(row["seq"] as Int64)
    time = row["time"]
    key = Key(
      scope: (row["scope"] as String) == Scope.account.rawValue ? .account : .strategy,
      name: row["name"], currency: row["currency"])
    figures = Figures(
      realised: row["realised"], unrealised: row["unrealised"], fees: row["fees"],
      equity: row["equity"])
  }
}
