import Events
import Journaling
import Trading

/// What led to a balance: each entry that moved it, in order, with what it moved and what was there then.
public struct BalanceHistory: Sendable {
  public struct Posting: Sendable {
    public var sequence: UInt64
    public var time: Instant
    /// Sequence of the entry that caused it; 0 for none.
    public var cause: UInt64
    /// The kind in a word, and the entry in a few: known after `describe`.
    public internal(set) var label = ""
    public internal(set) var text = ""
    /// Debits are positive.
    public var change: Money
    public var balance: Money
    /// What of the balance has not settled.
    public var pending: Money
  }

  /// Of the account whose balance it is.
  public let account: String
  public let currency: String
  public let ledger: Ledger.Account
  public private(set) var postings: [Posting] = []
  private var balance = Money.zero
  private var pending = Money.zero
  /// Names of the accounts that there are, once a configuration has come.
  public private(set) var accounts: [String] = []

  /// - Parameter ledger: which of the account's balances.
  public init(of account: String, _ currency: String, _ ledger: Ledger.Account = .cash) {
    self.account = account
    self.currency = currency
    self.ledger = ledger
  }

  /// Looks at the books after an entry was applied; to be called after each one that is no tick.
  public mutating func note(_ engine: borrowing Engine, _ header: EntryHeader) {
    let portfolio = engine.market.portfolio
    if accounts.count != portfolio.accounts.count { accounts = portfolio.accounts.map(\.name) }
    guard let index = accounts.firstIndex(of: account),
      let book = portfolio.ledger(AccountID(UInt16(index)))[currency]
    else { return }
    let (balance, pending) = (book[ledger], book.pending[ledger])
    guard balance != self.balance || pending != self.pending else { return }
    postings.append(
      Posting(
        sequence: header.sequence, time: header.receiveTime, cause: header.cause,
        change: balance - self.balance, balance: balance, pending: pending))
    (self.balance, self.pending) = (balance, pending)
  }

  /// Says in words what the last entries were.
  /// - Parameter count: how many are kept; all others are forgotten.
  /// - Throws: `JournalError` if the journal is damaged.
  public mutating func describe(last count: Int, in reader: JournalReader) throws(JournalError) {
    postings.removeFirst(max(0, postings.count - count))
    var entries: [Entry] = []
    for posting in postings {
      if let entry = try reader.entry(posting.sequence) { entries.append(entry) }
    }
    let glossary = try Glossary(reader, of: entries)
    for (index, entry) in entries.enumerated() {
      postings[index].label = glossary.label(entry.event)
      postings[index].text = glossary.text(entry)
    }
  }
}
