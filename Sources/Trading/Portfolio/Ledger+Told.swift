import Events

extension Ledger.Account {
  /// Whether a balance is told with the sign turned: the books are debits, but people read gains without a sign and
  /// losses with a minus. What is held, and fees paid, are told as they are.
  fileprivate var isTurned: Bool {
    switch self {
    case .cash, .inventory, .fees: false
    case .capital, .realised, .variation, .income, .financing, .exchange: true
    }
  }
}

extension Ledger.Book {
  /// A balance as people are told it, with the signs of `Valuation`: a profit without, a loss with a minus.
  public func told(_ account: Ledger.Account) -> Money {
    account.isTurned ? -self[account] : self[account]
  }
}
