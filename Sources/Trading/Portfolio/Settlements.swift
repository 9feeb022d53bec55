import Events

/// Cash that is on its way, by the moment at which it settles.
struct Settlements: Equatable, Sendable {
  /// What settles at one moment in one account and currency.
  struct Item: Equatable, Sendable {
    var moment: Instant
    var account: AccountID
    var currency: String
    var amounts: Ledger.Amounts
    /// What of the cash is to be paid.
    var owed: Money
  }

  /// In order of moments, those of one moment in order of first use.
  private(set) var items: [Item] = []

  /// When the next settles, or the end of time.
  var next: Instant { items.first?.moment ?? .distantFuture }

  /// Adds amounts to what settles at a moment. O(moments after it).
  mutating func add(
    _ amounts: Ledger.Amounts, at moment: Instant, _ account: AccountID, _ currency: String
  ) {
    var place = items.count
    while place > 0, items[place - 1].moment > moment { place -= 1 }
    let owed = amounts.cash < .zero ? -amounts.cash : .zero
    var index = place
    while index > 0, items[index - 1].moment == moment {
      index -= 1
      if items[index].account == account, items[index].currency == currency {
        items[index].amounts = items[index].amounts + amounts
        items[index].owed += owed
        return
      }
    }
    items.insert(
      Item(moment: moment, account: account, currency: currency, amounts: amounts, owed: owed),
      at: place)
  }

  /// Takes out what settles first in an account and currency.
  mutating func take(_ account: AccountID, _ currency: String) -> Item? {
    guard
      let index = items.firstIndex(where: { $0.account == account && $0.currency == currency })
    else { return nil }
    return items.remove(at: index)
  }

  func encode(to out: inout ByteBuffer) {
    out.append(UInt32(items.count))
    for item in items {
      out.append(item.moment.nanoseconds)
      out.append(item.account.raw)
      out.append(string: item.currency)
      item.amounts.encode(to: &out)
      out.append(item.owed.raw)
    }
  }

  init() {}

  init(_ input: inout ByteReader) throws(Damage) {
    for _ in 0..<(try input.read(UInt32.self)) {
      let moment = Instant(nanoseconds: try input.read(Int64.self))
      guard moment >= items.last?.moment ?? moment else {
        throw Damage(at: input.offset, "settlements are not in order")
      }
      items.append(
        Item(
          moment: moment, account: AccountID(try input.read(UInt16.self)),
          currency: try input.readString(), amounts: try Ledger.Amounts(&input),
          owed: Money(raw: try input.read(Int128.self))))
    }
  }
}
