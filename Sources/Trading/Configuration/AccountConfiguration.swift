import Events

/// An account as configured: `[account]` is the first, `[account.NAME]` the others, in order of their names.
public struct AccountConfiguration: Sendable {
  public var account: Account
  /// Starting cash by currency, in ascending order of currency.
  public var cash: [(currency: String, amount: Money)]
  /// Dotted path of its table.
  private var path: String

  func key(_ name: String) -> String { "\(path).\(name)" }

  /// The most accounts a run can have.
  static let maxAccounts = 1000

  /// - Throws: `ConfigurationError` for an unknown key or a value that does not fit.
  static func all(_ items: [ConfigurationItems.Item]) throws(ConfigurationError)
    -> [AccountConfiguration]
  {
    let own = items.filter { !$0.key.contains(".") }
    let tables = try Configuration.named("account", items.filter { $0.key.contains(".") })
    guard tables.count < maxAccounts else {
      throw ConfigurationError("account", "has \(tables.count) accounts, at most 999 can run")
    }
    var parents: [String?] = []
    var all: [AccountConfiguration] = []
    var table = Parameters(path: "account", own)
    all.append(try AccountConfiguration("main", &table, &parents))
    for one in tables {
      guard one.name != "main" else {
        throw ConfigurationError(
          "account.main", "is the name of the account without one", advice: "write [account]")
      }
      var table = Parameters(path: "account.\(one.name)", one.items)
      all.append(try AccountConfiguration(one.name, &table, &parents))
    }
    for (index, parent) in parents.enumerated() {
      guard let parent else { continue }
      guard let id = all.firstIndex(where: { $0.account.name == parent }) else {
        throw ConfigurationError(all[index].key("parent"), "there is no account `\(parent)`")
      }
      all[index].account.parent = AccountID(UInt16(id))
    }
    try checkParents(all)
    return all
  }

  /// No account is a part of itself, however far about.
  private static func checkParents(_ all: [AccountConfiguration]) throws(ConfigurationError) {
    for one in all {
      var next = one.account.parent
      for _ in all {
        guard let parent = next else { break }
        next = all[Int(parent.raw)].account.parent
      }
      if next != nil { throw ConfigurationError(one.key("parent"), "leads back to the account") }
    }
  }

  private init(_ name: String, _ table: inout Parameters, _ parents: inout [String?])
    throws(ConfigurationError)
  {
    path = table.path
    account = Account(name)
    cash = try Self.cash(&table)
    if let currency = table.text("currency") {
      guard Configuration.isCurrency(currency) else {
        throw table.error("currency", "`\(currency)` is not a currency", advice: "write USD")
      }
      account.currency = currency
    }
    account.lots = try table.word("lots", default: .average)
    account.settlement = try table.word("settlement", default: .trade)
    account.margin = try table.word("margin", default: .exempt)
    try Self.liquidation(&account, &table)
    account.currencies = try table.word("currencies", default: .position)
    account.isCharged = try table.flag("charges", default: true)
    parents.append(table.text("parent"))
    try table.finish()
  }

  private static func liquidation(_ account: inout Account, _ table: inout Parameters)
    throws(ConfigurationError)
  {
    if table.peek("liquidation") == "none" {
      _ = table.text("liquidation")
    } else if table.has("liquidation") {
      account.liquidation = try table.duration("liquidation", default: 0)
      guard account.margin != .exempt else {
        throw table.error(
          "liquidation", "needs a margin that can be missed",
          advice: "add margin = \"reg-t\" or \"table\"")
      }
    }
    guard let fee = try table.percent("liquidation_fee") else { return }
    guard account.liquidation != nil else {
      throw table.error(
        "liquidation_fee", "is for liquidations, and there are none",
        advice: "add liquidation = \"0s\"")
    }
    account.liquidationFee = fee
  }

  private static func cash(_ table: inout Parameters) throws(ConfigurationError)
    -> [(currency: String, amount: Money)]
  {
    var cash: [(currency: String, amount: Money)] = []
    if let text = table.text("cash") {
      for part in text.split(separator: ",", omittingEmptySubsequences: false) {
        var one = Parameters(
          path: table.path, [ConfigurationItems.Item(key: "cash", value: String(part))])
        guard let (amount, currency) = try one.money("cash") else { continue }
        guard amount >= .zero else { throw table.error("cash", "`\(text)` is below 0") }
        guard !cash.contains(where: { $0.currency == currency }) else {
          throw table.error("cash", "names \(currency) twice")
        }
        cash.append((currency, amount))
      }
    }
    return cash.sorted { $0.currency < $1.currency }
  }

  /// The account that a strategy names; the first if it names none.
  static func named(_ name: String?, among all: [AccountConfiguration], _ table: Parameters)
    throws(ConfigurationError) -> AccountID
  {
    guard let name else { return .main }
    guard let id = all.firstIndex(where: { $0.account.name == name }) else {
      let near = ConfigurationError.nearest(to: name, among: all.map(\.account.name))
      throw table.error(
        "account", "there is no table [account.\(name)]",
        advice: near.map { "did you mean `\($0)`?" } ?? "add it")
    }
    return AccountID(UInt16(id))
  }
}

extension Configuration {
  static func isCurrency(_ name: String) -> Bool {
    !name.isEmpty
      && name.utf8.allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
  }

  /// `rate.EUR = "EURUSD"`, the price of that instrument, or `"observed"`.
  static func rates(_ items: [ConfigurationItems.Item]) throws(ConfigurationError)
    -> [(currency: String, source: String)]
  {
    var rates: [(currency: String, source: String)] = []
    for item in items {
      guard isCurrency(item.key) else {
        throw ConfigurationError(
          "rate.\(item.key)", "`\(item.key)` is not a currency", advice: "write rate.EUR")
      }
      guard !item.value.isEmpty else {
        throw ConfigurationError(
          "rate.\(item.key)", "names nothing",
          advice: "write an instrument such as \"EURUSD\", or \"observed\"")
      }
      rates.append((item.key, item.value))
    }
    return rates
  }

  /// What is told in one currency needs rates for all others that its cash is in.
  func checkRates() throws(ConfigurationError) {
    for (id, account) in accounts.enumerated() {
      guard let currency = account.account.currency else { continue }
      for part in accounts.indices where isPart(part, of: id) {
        for (other, _) in accounts[part].cash where other != currency {
          let isKnown = rates.contains { $0.currency == other || $0.currency == currency }
          guard !isKnown else { continue }
          throw ConfigurationError(
            "rate.\(other)", "is missing: account `\(account.account.name)` is told in \(currency)",
            advice: "name an instrument such as \"\(other)\(currency)\", or \"observed\"")
        }
      }
    }
  }

  private func isPart(_ part: Int, of id: Int) -> Bool {
    var next: Int? = part
    while let one = next, one != id { next = accounts[one].account.parent.map { Int($0.raw) } }
    return next == id
  }

  /// Cash that settles by calendars needs some.
  func checkSettlement() throws(ConfigurationError) {
    guard calendars.isEmpty,
      let account = accounts.first(where: { $0.account.settlement == .calendar })
    else { return }
    throw ConfigurationError(
      account.key("settlement"), "needs the venues' calendars",
      advice: "add [calendar] with a line such as XNAS = \"XNYS\"")
  }
}

/// A position that a strategy holds when the run begins: `strategy.NAME.position.SYMBOL = "1 @ 1600"`.
public struct OpeningPosition: Equatable, Sendable {
  /// `SYMBOL` or `VENUE:SYMBOL`.
  public var instrument: String
  /// Signed.
  public var quantity: Decimal
  /// The average price that it had cost.
  public var price: Decimal

  /// Takes the positions out of a strategy's table.
  static func split(_ items: [ConfigurationItems.Item], of name: String)
    throws(ConfigurationError) -> (openings: [OpeningPosition], rest: [ConfigurationItems.Item])
  {
    let prefix = "position."
    var (openings, rest): ([OpeningPosition], [ConfigurationItems.Item]) = ([], [])
    for item in items {
      guard item.key.hasPrefix(prefix), item.key != prefix else {
        rest.append(item)
        continue
      }
      let words = item.value.split(separator: " ")
      guard words.count == 3, words[1] == "@", let quantity = Decimal(String(words[0])),
        let price = Decimal(String(words[2])), quantity.mantissa != 0
      else {
        throw ConfigurationError(
          "strategy.\(name).\(item.key)", "`\(item.value)` is not a position",
          advice: "write \"-2 @ 4800.25\"")
      }
      openings.append(
        OpeningPosition(
          instrument: String(item.key.dropFirst(prefix.count)), quantity: quantity, price: price))
    }
    return (openings, rest)
  }
}
