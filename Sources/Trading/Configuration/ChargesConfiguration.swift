import Events

/// How a rate for a year becomes one for days: actual days over the days of a year.
public enum DayCount: String, Sendable, CaseIterable {
  /// Of dollars, euros, yen: the money market's convention.
  case actual360 = "act/360"
  /// Of sterling and others.
  case actual365 = "act/365"

  var year: UInt16 { self == .actual360 ? 360 : 365 }
}

/// What is charged by the day: `[interest.USD]` on cash of a currency, `[borrow.SYMBOL]` for short positions.
public struct Charges: Equatable, Sendable {
  public struct Interest: Equatable, Sendable {
    public var currency: String
    /// A year, × 10^6: earned on what is held.
    public var credit: Int64
    /// Paid on what is owed.
    public var debit: Int64
    public var dayCount: DayCount
    /// Digits after the point to which each booking is rounded, half to even.
    public var decimals: Int
  }

  public struct Borrow: Equatable, Sendable {
    /// `SYMBOL` or `VENUE:SYMBOL`; `others` for those that have no row.
    public var name: String
    /// A year, × 10^6, of the value at the mark.
    public var rate: Int64
    public var dayCount: DayCount
    public var decimals: Int
  }

  public private(set) var interest: [Interest] = []
  public private(set) var borrow: [Borrow] = []

  public var isEmpty: Bool { interest.isEmpty && borrow.isEmpty }

  public init() {}

  /// - Throws: `ConfigurationError` for an unknown key or a value that does not fit.
  init(interest: [ConfigurationItems.Item], borrow: [ConfigurationItems.Item])
    throws(ConfigurationError)
  {
    for row in try Configuration.named("interest", interest) {
      var table = Parameters(path: "interest.\(row.name)", row.items)
      guard Configuration.isCurrency(row.name) else {
        throw ConfigurationError(
          table.path, "`\(row.name)` is not a currency", advice: "write [interest.USD]")
      }
      self.interest.append(
        Interest(
          currency: row.name, credit: try table.percent("credit") ?? 0,
          debit: try table.percent("debit") ?? 0,
          dayCount: try table.word("day_count", default: .actual360),
          decimals: try Self.decimals(&table)))
      try table.finish()
    }
    for row in try Configuration.named("borrow", borrow) {
      var table = Parameters(path: "borrow.\(row.name)", row.items)
      guard let rate = try table.percent("rate") else {
        throw table.error("rate", "is missing", advice: "write rate = \"0.3 %\"")
      }
      self.borrow.append(
        Borrow(
          name: row.name, rate: rate, dayCount: try table.word("day_count", default: .actual360),
          decimals: try Self.decimals(&table)))
      try table.finish()
    }
  }

  private static func decimals(_ table: inout Parameters) throws(ConfigurationError) -> Int {
    Int(
      try table.integer(
        "decimals", in: 0...Int64(Money.scale), default: Int64(Money.scale)))
  }

  func interest(_ currency: String) -> Interest? { interest.first { $0.currency == currency } }

  /// What holds for shares of an instrument that are borrowed.
  func borrow(_ instrument: Instrument) -> Borrow? {
    borrow.first { instrument.names.contains($0.name) } ?? borrow.first { $0.name == "others" }
  }
}
