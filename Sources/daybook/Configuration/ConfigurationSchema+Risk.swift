// What configurations may say of the gate (docs/risk.md).
extension ConfigurationSchema {
  static let risk: [Key] =
    limits("risk.") + [
      Key("risk.order.max_rate", .perSecond, "", "most orders and replacements a second"),
      Key("risk.currency", .text, "that of the limits", "in which values are added up"),
      Key("risk.officers", .list, "anybody", "who may change limits and release breakers"),
      Key("risk.restricted", .list, "", "instruments that nobody may trade"),
      Key("risk.require_owner", .flag, "false", "orders need a strategy with an owner"),
      Key("risk.short.locate", .flag, "false", "short sales of shares need a locate"),
      Key("risk.short.price_test", .flag, "false", "restricted short sales above the best bid"),
      Key(
        "risk.order.duplicate_window", .duration, "", "the same order again is refused within it"),
      Key("risk.order.no_self_match", .flag, "false", "no order that would trade with our own"),
      Key("risk.order.period", .duration, "", "of risk.order.period_collar"),
      Key(
        "risk.order.period_collar", .percent, "", "farthest price from the market a period ago"),
      Key("risk.sampling", .duration, "1s", "between two looks at what everything is worth"),
      Key("risk.record_use", .flag, "false", "record with each order how much of limits it uses"),
    ] + scope("risk.", .firm) + limits("risk.instrument.SYMBOL.") + [
      Key("risk.instrument.SYMBOL.short.located", .number, "0", "quantity that may be sold short")
    ] + scope("risk.instrument.SYMBOL.", .instrument) + scope("risk.account.NAME.", .account)
    + scope("risk.strategy.NAME.", .strategy) + [
      Key("risk.strategy.NAME.permitted", .list, "all", "instruments that it may trade"),
      Key("risk.strategy.NAME.restricted", .list, "", "instruments that it may not trade"),
      Key("risk.strategy.NAME.owner", .text, "", "the person who answers for it"),
    ] + limits("risk.account.NAME.") + limits("risk.strategy.NAME.") + breaker + dynamic + models

  private enum Kind { case firm, account, strategy, instrument }

  private static func scope(_ prefix: String, _ kind: Kind) -> [Key] {
    var keys = [
      Key(prefix + "exposure.max_gross", .money, "", "of positions and open orders, added up"),
      Key(prefix + "exposure.max_net", .money, "", "the same with their signs"),
      Key(prefix + "orders.max_open", .integer, "", "most open orders"),
      Key(prefix + "loss.max_day", .money, "", "largest loss since midnight UTC"),
      Key(prefix + "loss.max_rolling", .money, "", "largest loss within loss.window"),
      Key(prefix + "loss.window", .duration, "", "of loss.max_rolling"),
    ]
    if kind == .firm || kind == .account {
      keys += [
        Key(prefix + "exposure.max_leverage", .number, "", "gross exposure over equity"),
        Key(prefix + "exposure.max_concentration", .percent, "", "one instrument over equity"),
        Key(prefix + "drawdown.max", .percent, "", "largest loss from the highest equity"),
        Key(prefix + "margin.max_use", .percent, "", "initial margin over equity"),
        Key(prefix + "cash.cover", .text, "", "which cash covers purchases: traded or settled"),
      ]
    }
    guard kind != .instrument else { return keys }
    if kind != .firm {
      keys.append(Key(prefix + "order.max_rate", .perSecond, "", "most orders a second"))
    }
    return keys + [
      Key(prefix + "orders.max_cancel_rate", .perSecond, "", "most cancels a second"),
      Key(prefix + "orders.max_message_ratio", .number, "", "messages for each fill of a day"),
      Key(prefix + "orders.free_messages", .integer, "0", "messages of a day that do not count"),
    ]
  }

  private static let breaker: [Key] = [
    Key(
      "risk.breaker.NAME.watch", .text, "–",
      "price-move, volatility, spread, staleness, rejects, fill-price, signal-score, signal-rate, "
        + "executions, loss or exposure"),
    Key("risk.breaker.NAME.reduce_at", .threshold, "", "beyond it orders may only reduce"),
    Key("risk.breaker.NAME.halt_at", .threshold, "", "beyond it there are no orders"),
    Key("risk.breaker.NAME.window", .duration, "", "of moves and counts"),
    Key("risk.breaker.NAME.release", .text, "manual", "or after a duration"),
    Key("risk.breaker.NAME.instruments", .list, "", "each watched apart"),
    Key("risk.breaker.NAME.strategies", .list, "", "each watched apart"),
  ]

  private static let dynamic: [Key] = [
    Key("risk.dynamic.NAME.limits", .list, "–", "keys below risk. that it scales"),
    Key("risk.dynamic.NAME.watch", .text, "–", "volatility or drawdown"),
    Key("risk.dynamic.NAME.instrument", .text, "", "whose volatility"),
    Key("risk.dynamic.NAME.target", .percent, "", "yearly volatility that limits hold whole up to"),
    Key("risk.dynamic.NAME.floor", .percent, "", "least factor of volatility"),
    Key("risk.dynamic.NAME.step", .percent, "5 %", "factors of volatility are multiples of it"),
    Key("risk.dynamic.NAME.interval", .duration, "1m", "between samples of the mark"),
    Key("risk.dynamic.NAME.window", .duration, "1h", "for which samples count"),
    Key("risk.dynamic.NAME.year", .duration, "365d", "trading time of a year"),
    Key("risk.dynamic.NAME.account", .text, "the firm", "whose drawdown"),
    Key("risk.dynamic.NAME.strategy", .text, "the firm", "whose drawdown"),
    Key("risk.dynamic.NAME.steps", .list, "", "beyond which loss which factor: \"5 %: 75 %\", …"),
    Key("risk.dynamic.NAME.hold", .duration, "1m", "after a change in which no factor rises"),
  ]

  private static let models: [Key] = [
    Key("risk.var.method", .text, "historical", "historical, parametric or monte-carlo"),
    Key("risk.var.interval", .duration, "1m", "between two returns"),
    Key("risk.var.window", .integer, "250", "returns that are kept"),
    Key("risk.var.minimum", .integer, "30", "returns before a limit binds"),
    Key("risk.var.confidence", .percent, "99 %", "share of losses that are smaller"),
    Key("risk.var.max", .money, "", "largest value at risk"),
    Key("risk.var.max_shortfall", .money, "", "largest mean loss beyond it"),
    Key("risk.var.seed", .integer, "0", "of monte-carlo"),
    Key("risk.var.scenarios", .integer, "1000", "of monte-carlo"),
    Key("risk.stress.max", .money, "", "largest loss in a stress scenario"),
    Key("risk.stress.NAME.others", .move, "0 %", "move of instruments without one of their own"),
    Key("risk.stress.NAME.SYMBOL", .move, "", "move of an instrument"),
  ]
}
