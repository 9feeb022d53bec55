import Events
import Projections
import Reporting
import Trading

extension Reads {
  var portfolioRoutes: [Route] {
    [
      Route(
        method: .get, path: "/api/v1/positions", name: "listPositions",
        summary: "Positions of strategies in instruments.", permission: .readTrading,
        parameters: [Self.asOf], answers: "data: positions"
      ) { call throws(Problem) in
        try await state(call) { (engine, _) in
          [("data", .array(PositionRow.all(engine).map(\.json)))]
        }
      },
      Route(
        method: .get, path: "/api/internal/v1/portfolio/pnl", name: "listProfits",
        summary:
          "Profit of strategies and accounts: each minute and execution at which it changed.",
        permission: .readTrading,
        parameters: Self.list + [
          Parameter(name: "strategy", type: "string", summary: "Only this strategy."),
          Parameter(name: "account", type: "string", summary: "Only this account."),
        ], answers: "data: scope, name, currency, figures"
      ) { call throws(Problem) in
        let (scope, name) = try Self.owner(call)
        return try await kept(call) { (model, page) throws(ReadModelError) in
          let list = try model.profits(
            after: page.after, limit: page.limit, scope: scope, name: name)
          return (list.rows.map { ($0.sequence, $0.json) }, list.through)
        }
      },
      Route(
        method: .get, path: "/api/internal/v1/portfolio/summary", name: "getPortfolioSummary",
        summary: "What the portfolio is worth by currency, and the accounts' balances.",
        permission: .readTrading, parameters: [Self.asOf], answers: "valuations, accounts"
      ) { call throws(Problem) in
        try await state(call) { (engine, _) in
          [
            ("time", .string(engine.market.time.text)),
            ("valuations", .array(engine.valuations.map(Self.json))),
            ("accounts", .array(Self.accounts(engine.market))),
            ("open_orders", .number(engine.market.orders.openCount)),
          ]
        }
      },
    ]
  }

  /// Whose profit is asked for.
  private static func owner(_ call: Call) throws(Problem) -> (ProfitRow.Scope?, String?) {
    switch (call.query("strategy"), call.query("account")) {
    case (nil, nil): return (nil, nil)
    case (let name?, nil): return (.strategy, name)
    case (nil, let name?): return (.account, name)
    case (_?, _?):
      throw .malformed(
        "bad_parameter", "Ask for a strategy or for an account.",
        [.init(name: "account", what: "there is a strategy already")])
    }
  }

  private static func json(_ value: Valuation) -> JSON {
    .object([
      ("currency", .string(value.currency)), ("equity", .string(value.equity.shortText)),
      ("cash", .string(value.cash.shortText)), ("pending", .string(value.pending.shortText)),
      ("inventory", .string(value.inventory.shortText)),
      ("realised", .string(value.realised.shortText)),
      ("unrealised", .string(value.unrealised.shortText)),
      ("fees", .string(value.fees.shortText)),
      ("contributed", .string(value.contributed.shortText)),
      ("unmarked", .number(value.unmarked.count)),
    ])
  }

  private static func accounts(_ market: borrowing Market) -> [JSON] {
    var data: [JSON] = []
    for (index, account) in market.portfolio.accounts.enumerated() {
      let id = AccountID(UInt16(index))
      let books = market.portfolio.ledger(id).books.map { book in
        JSON.object(
          [("currency", .string(book.currency))]
            + Ledger.Account.allCases.map { ("\($0)", .string(book.told($0).shortText)) } + [
              ("pending", .string(book.pending[.cash].shortText)),
              ("free", .string(book.free.shortText)),
            ])
      }
      data.append(
        .object([
          ("name", .string(account.name)), ("currency", .string(account.currency)),
          ("worth", .string(market.worth(of: id)?.shortText)), ("books", .array(books)),
          ("margin_called", .bool(market.portfolio.isCalled(id))),
        ]))
    }
    return data
  }
}

extension PositionRow {
  var json: JSON {
    .object([
      ("strategy", .string(strategy)), ("account", .string(account)), ("symbol", .string(symbol)),
      ("exchange", .string(exchange)), ("quantity", .string(quantity)), ("mark", .string(mark)),
      ("cost", .string(cost)), ("realised", .string(realised)),
      ("unrealised", .string(unrealised)), ("fees", .string(fees)),
      ("currency", .string(currency)),
    ])
  }
}

extension ProfitRow {
  var json: JSON {
    .object([
      ("seq", .number(sequence)), ("time", .string(time)), ("scope", .string(key.scope.rawValue)),
      ("name", .string(key.name)), ("currency", .string(key.currency)),
      ("realised", .string(figures.realised)), ("unrealised", .string(figures.unrealised)),
      ("fees", .string(figures.fees)), ("equity", .string(figures.equity)),
    ])
  }
}
