import Events

/// Double-entry books: every posting is a set of amounts that sum to zero in one currency, so the
/// balances of a currency always do too.
///
/// Debits are positive. Assets and expenses have debit balances (cash, inventory, fees); what is owed
/// to the owner and what was earned have credit balances (capital, realised).
public struct Ledger: Equatable, Sendable {
  public enum Account: Int, Sendable, CaseIterable {
    /// Money at hand.
    case cash = 0
    /// Securities held, at cost. Contracts (futures, perpetuals) have no inventory.
    case inventory = 1
    /// Money brought in by the owner.
    case capital = 2
    /// Profit (credit) and loss (debit) of what was closed.
    case realised = 3
    /// Fees paid, less rebates.
    case fees = 4
  }

  /// The books of one currency.
  public struct Book: Equatable, Sendable {
    public let currency: String
    /// Balance by `Account.rawValue`.
    public fileprivate(set) var balances: [Money]

    public subscript(account: Account) -> Money { balances[account.rawValue] }

    /// Zero, or the books are wrong.
    public var sum: Money { balances.reduce(.zero, +) }
  }

  /// Ordered by currency's first use.
  public private(set) var books: [Book] = []

  public init() {}

  /// The books of a currency, if any money of it ever moved.
  public subscript(currency: String) -> Book? { books.first { $0.currency == currency } }

  /// Posts amounts that sum to zero.
  /// - Returns: false, with nothing posted, if a balance would leave its range.
  mutating func post(_ currency: String, _ amounts: [(Account, Money)]) -> Bool {
    precondition(amounts.reduce(.zero) { $0 + $1.1 } == .zero, "a posting must balance")
    let index = index(of: currency)
    var balances = books[index].balances
    for (account, amount) in amounts {
      balances[account.rawValue] += amount
      guard balances[account.rawValue].magnitude.raw <= Money.limit else { return false }
    }
    books[index].balances = balances
    return true
  }

  private mutating func index(of currency: String) -> Int {
    if let index = books.firstIndex(where: { $0.currency == currency }) { return index }
    books.append(
      Book(currency: currency, balances: Account.allCases.map { _ in .zero }))
    return books.count - 1
  }

  func encode(to out: inout ByteBuffer) {
    out.append(UInt16(books.count))
    for book in books {
      out.append(string: book.currency)
      for balance in book.balances { out.append(balance.raw) }
    }
  }

  init(_ input: inout ByteReader) throws(Damage) {
    for _ in 0..<(try input.read(UInt16.self)) {
      let currency = try input.readString()
      var balances: [Money] = []
      for _ in Account.allCases { balances.append(Money(raw: try input.read(Int128.self))) }
      books.append(Book(currency: currency, balances: balances))
    }
  }
}
