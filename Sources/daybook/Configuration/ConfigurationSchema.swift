import Configuring
import Events
import Trading

/// What a configuration may say, as people read it. The checks themselves are where the values are
/// used; tests hold the two against each other.
enum ConfigurationSchema {
  enum Form: String {
    case text
    case integer = "whole number"
    case number
    case flag = "true or false"
    case list
    case money = "money \"50000 USD\""
    case moneyList = "money, or a list of it"
    case duration = "duration \"200us\""
    case percent = "percentage \"5 %\""
    case rate = "rate \"0.1 %\", \"2 bp\", or money a unit"
    case distance = "distance \"1 %\", \"20 ticks\""
    case fee = "money \"0.003 USD\" or rate \"2 bp\""
    case perSecond = "rate \"100/s\""
    case threshold = "percentage, duration or number, by the watch"
    case move = "move \"-20 %\""
  }

  struct Key {
    /// Dotted; `NAME`, `ROOT`, `SYMBOL`, `VENUE` stand for names of the user's.
    var key: String
    var form: Form
    /// As written; `–` if the key must be there, empty if nothing is meant without it.
    var standard: String
    var meaning: String
    /// The kind of strategy that has the key; nil for all.
    var kind: String?

    init(_ key: String, _ form: Form, _ standard: String, _ meaning: String, kind: String? = nil) {
      self.key = key
      self.form = form
      self.standard = standard
      self.meaning = meaning
      self.kind = kind
    }
  }

  static let keys: [Key] =
    account("account.") + account("account.NAME.") + [
      Key("margin.SYMBOL.initial", .fee, "–", "to open, of the value or a unit; not with tiers"),
      Key("margin.SYMBOL.maintenance", .fee, "–", "to keep; not with tiers"),
      Key("margin.SYMBOL.tiers", .list, "", "by value: \"0: 1 % / 0.5 %\", …"),
      Key("interest.CURRENCY.credit", .percent, "0 %", "a year, on cash that is held"),
      Key("interest.CURRENCY.debit", .percent, "0 %", "a year, on cash that is owed"),
      Key("interest.CURRENCY.day_count", .text, "act/360", "days over days: act/360 or act/365"),
      Key("interest.CURRENCY.decimals", .integer, "12", "to which each day's interest is rounded"),
      Key("borrow.SYMBOL.rate", .percent, "–", "a year, on shares sold short; others: all others"),
      Key("borrow.SYMBOL.day_count", .text, "act/360", "days over days: act/360 or act/365"),
      Key("borrow.SYMBOL.decimals", .integer, "12", "to which each day's fee is rounded"),
      Key("rate.CURRENCY", .text, "", "instrument whose price it is worth, or observed"),
      Key("run.seed", .integer, "0", "seed of every random choice of the run"),
      Key("run.calendar", .text, "", "at whose sessions' closes days end: XNYS, CMES, 24/7, …"),
      Key("run.benchmark", .text, "", "the instrument that the report measures the run against"),
      Key("run.risk_free", .percent, "0 %", "risk-free rate a year, for the report"),
      Key("calendar.VENUE", .text, "", "the calendar that a venue keeps: XNYS, CMES, 24/7, …"),
      Key(
        "continuous.ROOT.roll", .text, "carry",
        "what becomes of positions: carry, close or hold"),
      Key(
        "continuous.ROOT.adjust", .text, "difference",
        "what strategies see of prices: difference, ratio or none"),
      Key("continuous.ROOT.days", .integer, "1", "before its expiry on which a contract is left"),
      Key("continuous.ROOT.expiry.SYMBOL", .text, "", "of a contract: \"2013-12-20\""),
    ] + live + alerts + risk + orders + exchange + strategy + execution + route

  private static let live: [Key] = [
    Key("live.durability", .text, "group", "what waits for the disk: none, group or each"),
    Key("live.linger", .duration, "5ms", "how long ticks alone wait to be recorded with others"),
    Key("live.inbox", .integer, "65536", "most ticks that wait for the core"),
    Key("live.snapshot_entries", .integer, "1000000", "entries between two snapshots"),
    Key("live.snapshot_interval", .duration, "1m", "time between two snapshots"),
    Key("live.stale_after", .duration, "1s", "orders recorded later than that are not sent"),
    Key("live.reconcile_every", .duration, "1m", "time between two statements that venues give"),
    Key("live.venues", .list, "", "addresses of venue processes, 127.0.0.1:7401; none: built in"),
    Key("live.speed", .integer, "1", "times the clock's pace of the built-in exchange's traders"),
  ]

  static func limits(_ prefix: String) -> [Key] {
    [
      Key(prefix + "order.max_quantity", .number, "", "largest quantity of an order"),
      Key(prefix + "order.max_notional", .money, "", "largest value of an order"),
      Key(prefix + "order.price_collar", .percent, "", "farthest price from the market"),
      Key(prefix + "position.max_quantity", .number, "", "largest position, long or short"),
    ]
  }

  private static func account(_ prefix: String) -> [Key] {
    [
      Key(prefix + "cash", .moneyList, "", "starting cash, one amount for each currency"),
      Key(prefix + "currency", .text, "", "what its worth is told in"),
      Key(prefix + "lots", .text, "average", "which are closed: average, fifo, lifo or hifo"),
      Key(prefix + "settlement", .text, "trade", "when cash counts: trade, or calendar"),
      Key(prefix + "margin", .text, "none", "what must be there: none, reg-t or table"),
      Key(prefix + "parent", .text, "", "the account that it is a part of"),
      Key(
        prefix + "liquidation", .text, "none",
        "how long a margin call may stay unmet before positions are closed: 0s, 4d"),
      Key(prefix + "liquidation_fee", .percent, "0 %", "of the value of what that closes"),
      Key(
        prefix + "currencies", .text, "position",
        "what a trade in a currency pair is: position, or exchange of cash"),
      Key(prefix + "charges", .flag, "true", "whether [interest] and [borrow] hold for it"),
    ]
  }

  private static let orders: [Key] = [
    Key("orders.native", .list, "all", "kinds of orders that venues know; the core does the rest"),
    Key(
      "orders.trigger", .text, "by the market",
      "what conditions watch: last, bid-ask, mid or mark"),
  ]

  private static let execution: [Key] = [
    Key(
      "execution.NAME.algorithm", .text, "–",
      "twap, vwap, pov, shortfall, iceberg, pairs or route"),
    Key("execution.NAME.duration", .duration, "–", "from start to end; an iceberg may go without"),
    Key("execution.NAME.slices", .integer, "", "parts in time; twap and shortfall need it"),
    Key("execution.NAME.style", .text, "take", "take, or join the best price first"),
    Key("execution.NAME.participation", .percent, "", "largest share of the volume traded"),
    Key("execution.NAME.minimum", .number, "a lot", "smallest child"),
    Key("execution.NAME.pause", .duration, "a tenth of a slice", "after a child that did not fill"),
    Key("execution.NAME.patience", .percent, "90 %", "share of a slice that a child may rest"),
    Key("execution.NAME.curve", .list, "", "weights of the volume curve, for vwap"),
    Key("execution.NAME.rate", .percent, "", "share of the volume, for pov"),
    Key("execution.NAME.display", .number, "", "shown at a time, for iceberg"),
    Key("execution.NAME.aversion", .number, "", "to risk, per unit of money, for shortfall"),
    Key("execution.NAME.volatility", .number, "", "money a unit and square root of an hour"),
    Key("execution.NAME.impact", .number, "", "temporary, money a unit for each unit an hour"),
    Key("execution.NAME.permanent", .number, "0", "money a unit for each unit"),
    Key("execution.NAME.instrument", .text, "", "the second leg, for pairs"),
    Key("execution.NAME.ratio", .number, "", "units of the second leg a unit of the first"),
  ]

  private static let route: [Key] = [
    Key("route.NAME.instruments", .list, "–", "VENUE:SYMBOL, which are one market"),
    Key("route.NAME.rounds", .integer, "1", "how often a quantity is routed before a pause"),
    Key("route.NAME.latency_cost", .money, "", "what a unit costs more for each second"),
    Key("route.NAME.miss_cost", .money, "", "what a unit costs more that is not filled"),
    Key("route.NAME.fee.VENUE", .fee, "", "of a taker there"),
    Key("route.NAME.latency.VENUE", .duration, "0ns", "from sending to taking effect there"),
  ]

  private static let strategy: [Key] = [
    Key("strategy.NAME.kind", .text, "–", "ema-cross, market-maker, signal-follower, manual"),
    Key(
      "strategy.NAME.instruments", .list, "–",
      "SYMBOL or VENUE:SYMBOL, or ES.c.0, a root's futures as one"),
    Key(
      "strategy.NAME.clock", .text, "quote",
      "quote, trade, or bars: bar:1m, bar:1m@XNYS, bar:100t, …"),
    Key("strategy.NAME.account", .text, "main", "the account it trades for"),
    Key("strategy.NAME.position.SYMBOL", .text, "", "what it holds from the start: \"1 @ 99.5\""),
    Key("strategy.NAME.size", .number, "–", "quantity of an order"),
    Key("strategy.NAME.execution", .text, "", "the plan by which its orders are worked"),
    Key("strategy.NAME.bracket.take_profit", .distance, "", "limit of each entry's exit"),
    Key("strategy.NAME.bracket.stop_loss", .distance, "", "stop of each entry's exit"),
    Key("strategy.NAME.fast", .integer, "–", "length of the fast average", kind: "ema-cross"),
    Key("strategy.NAME.slow", .integer, "–", "length of the slow average", kind: "ema-cross"),
    Key("strategy.NAME.mode", .text, "flip", "flip, target or long", kind: "ema-cross"),
    Key(
      "strategy.NAME.spread", .integer, "–", "ticks from the centre to each side",
      kind: "market-maker"),
    Key(
      "strategy.NAME.skew", .integer, "1", "ticks the centre moves per size held",
      kind: "market-maker"),
    Key(
      "strategy.NAME.max_position", .number, "–", "beyond it the adding side is withdrawn",
      kind: "market-maker"),
    Key(
      "strategy.NAME.requote", .integer, "1", "ticks before an order is moved",
      kind: "market-maker"),
    Key(
      "strategy.NAME.enter", .number, "–", "score above which it enters", kind: "signal-follower"),
    Key(
      "strategy.NAME.exit", .number, "–", "score within which it leaves", kind: "signal-follower"),
    Key("strategy.NAME.model", .text, "", "the only model listened to", kind: "signal-follower"),
  ]

  /// Checks that values of the file have the type their key wants: a number is not a string.
  static func checkTypes(_ file: ConfigurationFile) throws(ConfigurationError) {
    for (key, type) in file.types {
      guard let known = keys.first(where: { matches(key, $0.key) }) else { continue }
      guard !known.form.accepts(type) else { continue }
      throw ConfigurationError(
        key, "is a \(type.name), not a \(known.form.rawValue)",
        advice: known.form.accepts(.text)
          ? "put it in quotes" : type == .text ? "write it without quotes" : "")
    }
  }

  /// For a key that is missing, the mistyped key that stands in its place, if there is one.
  static func mistyped(_ error: ConfigurationError, in items: ConfigurationItems)
    -> ConfigurationError?
  {
    guard error.what == "is missing", let point = error.key.lastIndex(of: ".") else { return nil }
    let table = error.key[...point]
    let wanted = String(error.key[error.key.index(after: point)...])
    for item in items.items where item.key.hasPrefix(table) {
      let word = String(item.key.dropFirst(table.count))
      if !keys.contains(where: { matches(item.key, $0.key) }),
        ConfigurationError.nearest(to: word, among: [wanted]) != nil
      {
        return ConfigurationError(
          item.key, "is not a known key", advice: "did you mean `\(wanted)`?")
      }
    }
    return nil
  }

  private static func matches(_ key: String, _ pattern: String) -> Bool {
    let (key, pattern) = (key.split(separator: "."), pattern.split(separator: "."))
    guard key.count == pattern.count else { return false }
    return zip(key, pattern).allSatisfy {
      $0 == $1 || ["CURRENCY", "NAME", "ROOT", "SYMBOL", "VENUE"].contains($1)
    }
  }
}

extension ValueType {
  fileprivate var name: String {
    switch self {
    case .text: "string"
    case .integer: "whole number"
    case .decimal: "decimal number"
    case .flag: "true or false"
    case .list: "list"
    }
  }
}

extension ConfigurationSchema.Form {
  func accepts(_ type: ValueType) -> Bool {
    switch self {
    case .text, .money, .duration, .percent, .rate, .perSecond, .distance, .fee: type == .text
    case .moneyList, .list: type == .text || type == .list
    case .integer: type == .integer
    // A string is exact whatever its length.
    case .number: type == .integer || type == .decimal || type == .text
    case .flag: type == .flag
    case .move: type == .text
    case .threshold: type == .text || type == .integer || type == .decimal
    }
  }
}
