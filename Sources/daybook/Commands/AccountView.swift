import Events
import Trading

/// The accounts' balances, settled and on their way.
struct AccountView {
  private struct Row {
    var name: String
    var currency: String?
    var worth: Money?
    var books: [Ledger.Book]
  }

  private let rows: [Row]

  init(_ market: borrowing Market) {
    var rows: [Row] = []
    for (id, account) in market.portfolio.accounts.enumerated() {
      let id = AccountID(UInt16(id))
      rows.append(
        Row(
          name: account.name, currency: account.currency, worth: market.worth(of: id),
          books: market.portfolio.ledger(id).books))
    }
    self.rows = rows
  }

  var json: JSON {
    .array(
      rows.map { row in
        .object([
          ("name", .string(row.name)), ("currency", .string(row.currency)),
          ("worth", .string(row.worth.map(moneyText))),
          ("books", .object(row.books.map { ($0.currency, Self.json($0)) })),
        ])
      })
  }

  private static func json(_ book: Ledger.Book) -> JSON {
    .object(
      Ledger.Account.allCases.map { ("\($0)", .string(moneyText(book.told($0)))) } + [
        ("sum", .string(moneyText(book.sum))),
        ("pending", .string(moneyText(book.pending[.cash]))),
        ("free", .string(moneyText(book.free))),
      ])
  }

  /// Whether debits equal credits in every currency, as they must.
  var balance: String {
    let wrong = rows.flatMap { row in
      row.books.filter { $0.sum != .zero || $0.pending.sum != .zero }
        .map { "\(row.name) \($0.currency)" }
    }
    if !wrong.isEmpty { return "out of balance: \(wrong.joined(separator: ", "))" }
    var currencies: [String] = []
    for book in rows.flatMap(\.books) where !currencies.contains(book.currency) {
      currencies.append(book.currency)
    }
    return "debits equal credits in \(currencies.joined(separator: ", "))"
  }

  /// Empty for one account whose cash has all settled: what there is to say of it stands above.
  var table: Table {
    var table = Table([
      ("account", .left), ("cash", .right), ("pending", .right), ("free", .right),
      ("inventory", .right), ("variation", .right), ("income", .right), ("financing", .right),
      ("exchange", .right), ("", .left),
    ])
    let isPlain =
      rows.count == 1
      && rows[0].books.allSatisfy {
        $0.pending[.cash] == .zero && $0[.variation] == .zero && $0[.income] == .zero
          && $0[.financing] == .zero && $0[.exchange] == .zero
      }
    if isPlain { return table }
    for row in rows {
      for book in row.books {
        table.row(
          row.name, moneyText(book[.cash]), moneyText(book.pending[.cash]), moneyText(book.free),
          moneyText(book[.inventory]), moneyText(book.told(.variation)),
          moneyText(book.told(.income)), moneyText(book.told(.financing)),
          moneyText(book.told(.exchange)), book.currency)
      }
      if let worth = row.worth, let currency = row.currency {
        table.row(
          "  \(row.name) with its parts", moneyText(worth), "", "", "", "", "", "", "",
          currency)
      }
    }
    return table
  }
}
