import Events
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
        try await state(call) { (engine, _) in [("data", .array(Self.positions(engine)))] }
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

  private static func positions(_ engine: borrowing Engine) -> [JSON] {
    let (names, accounts) = (engine.strategyNames, engine.market.portfolio.accounts)
    return engine.holdings.map { holding in
      let (instrument, position) = (holding.instrument, holding.position)
      let account = engine.market.portfolio.account(of: holding.strategy)
      let unrealised = position.unrealised(at: holding.mark, of: instrument)
      return .object([
        ("strategy", .string(names[holding.strategy.index])),
        ("account", .string(accounts[Int(account.raw)].name)),
        ("symbol", .string(instrument.symbol)), ("exchange", .string(instrument.venueName)),
        ("quantity", .string(instrument.text(position.quantity))),
        ("mark", holding.mark.isNone ? .null : .string(instrument.text(holding.mark))),
        ("cost", .string(position.cost.shortText)),
        ("realised", .string(position.realised.shortText)),
        ("unrealised", .string(unrealised?.shortText)),
        ("fees", .string(position.fees.shortText)), ("currency", .string(instrument.currency)),
      ])
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
            + Ledger.Account.allCases.map { ("\($0)", .string(book[$0].shortText)) } + [
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
