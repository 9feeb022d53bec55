import Events

/// Who trades in a run: strategies, and the accounts that they trade for.
struct Roster: Sendable {
  /// By strategy id.
  var strategies: [String] = []
  /// By account id.
  var accounts: [String] = []
  /// By account id.
  var models: [MarginModel] = []
  /// By strategy id: its account.
  var owners: [AccountID] = []

  /// The strategies of an account, one bit each.
  func members(of account: AccountID) -> UInt64 {
    var members: UInt64 = 0
    for (index, owner) in owners.enumerated() where owner == account && index < 64 {
      members |= 1 << UInt64(index)
    }
    return members
  }
}

extension Engine {
  var roster: Roster {
    Roster(
      strategies: strategies.map(\.name), accounts: market.portfolio.accounts.map(\.name),
      models: market.portfolio.accounts.map(\.margin), owners: market.portfolio.owners)
  }
}
