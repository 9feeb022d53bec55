import Events

/// What was traded in the 30 UTC days before the present one, by currency. Days are counted whole: a tier
/// changes at midnight. Noting a fill is O(currencies), a new day O(30).
struct TradedVolume {
  private struct Account {
    var currency: String
    var day: Int
    var today = Money.zero
    /// Days before, oldest first.
    var past: [(day: Int, value: Money)] = []
    var sum = Money.zero

    mutating func turn(to day: Int) {
      guard day > self.day else { return }
      if today > .zero { past.append((self.day, today)) }
      past.removeAll { $0.day < day - TradedVolume.days }
      sum = past.reduce(.zero) { Money(raw: min(($0 + $1.value).raw, Money.limit)) }
      (self.day, today) = (day, .zero)
    }
  }

  static let days = 30

  private var accounts: [Account] = []

  mutating func note(_ value: Money, _ currency: String, at time: Instant) {
    let index = account(currency, at: time)
    accounts[index].today = Money(raw: min((accounts[index].today + value).raw, Money.limit))
  }

  /// Traded value of the 30 days before the day of `time`.
  mutating func sum(_ currency: String, at time: Instant) -> Money {
    accounts[account(currency, at: time)].sum
  }

  private mutating func account(_ currency: String, at time: Instant) -> Int {
    let day = time.date.daysSinceEpoch
    let known = accounts.firstIndex { $0.currency == currency }
    let index = known ?? accounts.count
    if known == nil { accounts.append(Account(currency: currency, day: day)) }
    accounts[index].turn(to: day)
    return index
  }
}
