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

  /// Amounts by account: balances, or a posting.
  public struct Amounts: Equatable, Sendable, BitwiseCopyable {
    var cash = Money.zero
    var inventory = Money.zero
    var capital = Money.zero
    var realised = Money.zero
    var fees = Money.zero

    public subscript(account: Account) -> Money {
      get {
        switch account {
        case .cash: cash
        case .inventory: inventory
        case .capital: capital
        case .realised: realised
        case .fees: fees
        }
      }
      set {
        switch account {
        case .cash: cash = newValue
        case .inventory: inventory = newValue
        case .capital: capital = newValue
        case .realised: realised = newValue
        case .fees: fees = newValue
        }
      }
    }

    public var sum: Money { cash + inventory + capital + realised + fees }

    var isInRange: Bool {
      func fits(_ amount: Money) -> Bool { amount.magnitude.raw <= Money.limit }
      return fits(cash) && fits(inventory) && fits(capital) && fits(realised) && fits(fees)
    }

    static func + (a: Self, b: Self) -> Self {
      Amounts(
        cash: a.cash + b.cash, inventory: a.inventory + b.inventory,
        capital: a.capital + b.capital, realised: a.realised + b.realised, fees: a.fees + b.fees)
    }
  }

  /// The books of one currency.
  public struct Book: Equatable, Sendable {
    public let currency: String
    public fileprivate(set) var balances = Amounts()

    public subscript(account: Account) -> Money { balances[account] }

    /// Zero, or the books are wrong.
    public var sum: Money { balances.sum }
  }

  /// Ordered by currency's first use.
  public private(set) var books: [Book] = []

  public init() {}

  /// The books of a currency, if any money of it ever moved.
  public subscript(currency: String) -> Book? { books.first { $0.currency == currency } }

  /// Whether all balances would stay in their range.
  func admits(_ amounts: Amounts, _ currency: String) -> Bool {
    guard let index = index(of: currency) else { return amounts.isInRange }
    return (books[index].balances + amounts).isInRange
  }

  /// Posts amounts that sum to zero.
  /// - Precondition: the ledger admits them.
  mutating func post(_ amounts: Amounts, _ currency: String) {
    precondition(amounts.sum == .zero, "a posting must balance")
    let index = index(of: currency) ?? books.count
    if index == books.count { books.append(Book(currency: currency)) }
    books[index].balances = books[index].balances + amounts
  }

  private func index(of currency: String) -> Int? {
    for index in books.indices where books[index].currency == currency { return index }
    return nil
  }

  func encode(to out: inout ByteBuffer) {
    out.append(UInt16(books.count))
    for book in books {
      out.append(string: book.currency)
      for account in Account.allCases { out.append(book[account].raw) }
    }
  }

  init(_ input: inout ByteReader) throws(Damage) {
    for _ in 0..<(try input.read(UInt16.self)) {
      var book = Book(currency: try input.readString())
      for account in Account.allCases {
        book.balances[account] = Money(raw: try input.read(Int128.self))
      }
      books.append(book)
    }
  }
}
