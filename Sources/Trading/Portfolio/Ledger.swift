import Events

/// Double-entry books: every posting is a set of amounts that sum to zero in one currency, so the
/// balances of a currency always do too.
///
/// Debits are positive. Assets and expenses have debit balances (cash, inventory, fees); what is owed
/// to the owner and what was earned have credit balances (capital, realised). A posting is *pending* until
/// its cash settles; it counts from the trade date on, and what of the balances is pending is kept apart.
public struct Ledger: Equatable, Sendable {
  public enum Account: Int, Sendable, CaseIterable {
    /// Money at hand, with what is to be received and paid.
    case cash = 0
    /// Securities held, at cost. Contracts (futures, perpetuals) have no inventory.
    case inventory = 1
    /// Money brought in by the owner.
    case capital = 2
    /// Profit (credit) and loss (debit) of what was closed.
    case realised = 3
    /// Fees paid, less rebates.
    case fees = 4
    /// Profit (credit) of open contracts that daily settlement has paid, but that is not realised.
    case variation = 5
    /// Dividends.
    case income = 6
    /// Interest, borrow fees and funding paid, less received.
    case financing = 7
    /// Currencies bought (credit) and sold (debit at their cost): the other side of exchanges of cash.
    case exchange = 8
  }

  /// Amounts by account: balances, or a posting.
  public struct Amounts: Equatable, Sendable, BitwiseCopyable {
    var cash = Money.zero
    var inventory = Money.zero
    var capital = Money.zero
    var realised = Money.zero
    var fees = Money.zero
    var variation = Money.zero
    var income = Money.zero
    var financing = Money.zero
    var exchange = Money.zero

    public subscript(account: Account) -> Money {
      get {
        switch account {
        case .cash: cash
        case .inventory: inventory
        case .capital: capital
        case .realised: realised
        case .fees: fees
        case .variation: variation
        case .income: income
        case .financing: financing
        case .exchange: exchange
        }
      }
      set {
        switch account {
        case .cash: cash = newValue
        case .inventory: inventory = newValue
        case .capital: capital = newValue
        case .realised: realised = newValue
        case .fees: fees = newValue
        case .variation: variation = newValue
        case .income: income = newValue
        case .financing: financing = newValue
        case .exchange: exchange = newValue
        }
      }
    }

    public var sum: Money {
      cash + inventory + capital + realised + fees + variation + income + financing + exchange
    }

    var isInRange: Bool {
      func fits(_ amount: Money) -> Bool { amount.magnitude.raw <= Money.limit }
      return fits(cash) && fits(inventory) && fits(capital) && fits(realised) && fits(fees)
        && fits(variation) && fits(income) && fits(financing) && fits(exchange)
    }

    static func + (a: Self, b: Self) -> Self {
      Amounts(
        cash: a.cash + b.cash, inventory: a.inventory + b.inventory,
        capital: a.capital + b.capital, realised: a.realised + b.realised, fees: a.fees + b.fees,
        variation: a.variation + b.variation, income: a.income + b.income,
        financing: a.financing + b.financing, exchange: a.exchange + b.exchange)
    }

    static func - (a: Self, b: Self) -> Self {
      Amounts(
        cash: a.cash - b.cash, inventory: a.inventory - b.inventory,
        capital: a.capital - b.capital, realised: a.realised - b.realised, fees: a.fees - b.fees,
        variation: a.variation - b.variation, income: a.income - b.income,
        financing: a.financing - b.financing, exchange: a.exchange - b.exchange)
    }

    func encode(to out: inout ByteBuffer) {
      for account in Account.allCases { out.append(self[account].raw) }
    }

    init(
      cash: Money = .zero, inventory: Money = .zero, capital: Money = .zero,
      realised: Money = .zero, fees: Money = .zero, variation: Money = .zero,
      income: Money = .zero, financing: Money = .zero, exchange: Money = .zero
    ) {
      self.cash = cash
      self.inventory = inventory
      self.capital = capital
      self.realised = realised
      self.fees = fees
      self.variation = variation
      self.income = income
      self.financing = financing
      self.exchange = exchange
    }

    init(_ input: inout ByteReader) throws(Damage) {
      self.init()
      for account in Account.allCases { self[account] = try input.readBalance() }
    }
  }

  /// The books of one currency.
  public struct Book: Equatable, Sendable {
    public let currency: String
    /// All that was posted, pending or not.
    public fileprivate(set) var balances = Amounts()
    /// What of the balances has not settled. Sums to zero too.
    public fileprivate(set) var pending = Amounts()
    /// What of the pending cash is to be paid, not below 0.
    public fileprivate(set) var owed = Money.zero

    public subscript(account: Account) -> Money { balances[account] }

    /// A balance without what is pending.
    public func posted(_ account: Account) -> Money { balances[account] - pending[account] }

    /// Settled cash that no pending payment needs.
    public var free: Money { posted(.cash) - owed }

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
  /// - Parameter isPending: whether they still have to settle.
  /// - Precondition: the ledger admits them.
  mutating func post(_ amounts: Amounts, _ currency: String, isPending: Bool = false) {
    precondition(amounts.sum == .zero, "a posting must balance")
    let index = index(of: currency) ?? books.count
    if index == books.count { books.append(Book(currency: currency)) }
    books[index].balances = books[index].balances + amounts
    guard isPending else { return }
    books[index].pending = books[index].pending + amounts
    if amounts.cash < .zero { books[index].owed -= amounts.cash }
  }

  /// Posts amounts that sum to zero and settle at once, if all balances stay in their range.
  /// - Returns: false, with nothing changed, if one would not.
  mutating func take(_ amounts: Amounts, _ currency: String) -> Bool {
    guard let index = index(of: currency) else {
      guard amounts.isInRange else { return false }
      post(amounts, currency)
      return true
    }
    precondition(amounts.sum == .zero, "a posting must balance")
    let balances = books[index].balances + amounts
    guard balances.isInRange else { return false }
    books[index].balances = balances
    return true
  }

  /// Pending amounts become posted ones.
  /// - Parameter owed: what of them was to be paid.
  mutating func settle(_ amounts: Amounts, owed: Money, _ currency: String) {
    guard let index = index(of: currency) else { return }
    books[index].pending = books[index].pending - amounts
    books[index].owed -= owed
  }

  private func index(of currency: String) -> Int? {
    for index in books.indices where books[index].currency == currency { return index }
    return nil
  }

  func encode(to out: inout ByteBuffer) {
    out.append(UInt16(books.count))
    for book in books {
      out.append(string: book.currency)
      book.balances.encode(to: &out)
      book.pending.encode(to: &out)
      out.append(book.owed.raw)
    }
  }

  init(_ input: inout ByteReader) throws(Damage) {
    for _ in 0..<(try input.read(UInt16.self)) {
      var book = Book(currency: try input.readString())
      book.balances = try Amounts(&input)
      book.pending = try Amounts(&input)
      book.owed = try input.readBalance()
      books.append(book)
    }
  }
}

extension ByteReader {
  /// Takes an amount that books accept.
  @_lifetime(self: copy self)
  mutating func readBalance() throws(Damage) -> Money {
    let start = offset
    let raw = try read(Int128.self)
    guard raw.magnitude <= Money.limit.magnitude else {
      throw Damage(at: start, "a balance out of range")
    }
    return Money(raw: raw)
  }
}
