// What configurations may say of the simulated exchange.
extension ConfigurationSchema {
  /// The general keys, the same for one venue, and what an instrument has of them.
  static let exchange: [Key] = {
    var keys: [Key] = []
    for prefix in ["venue.", "venue.NAME."] {
      keys += fills(prefix)
      keys.append(
        Key(
          prefix + "overflow", .text, "fill-at-top",
          "beyond the best quote: fill-at-top or cancel"))
      keys += latency(prefix)
      keys += fees(prefix)
      keys += slippage(prefix)
      keys += faults(prefix)
    }
    keys.append(
      Key(
        "venue.NAME.market_data", .text, "", "the recorded venue whose market data it shows too"))
    let instrument = "venue.instrument.SYMBOL."
    return keys + fills(instrument) + fees(instrument) + slippage(instrument) + matching
  }()

  private static let matching: [Key] = [
    Key(
      "venue.queue", .text, "exact",
      "where makers stand: exact, risk-averse, power-1 to power-3, logarithmic"),
    Key("venue.allocation", .text, "price-time", "of trades at a price: price-time, pro-rata, cme"),
    Key(
      "venue.self_trades", .text, "none",
      "none, cancel-newest, cancel-oldest, cancel-both or decrement"),
    Key("venue.bar_path", .text, "by-distance", "of a bar's prices, or low-first, high-first"),
    Key("venue.participation", .percent, "no bound", "most of a bar's volume that we fill"),
  ]

  private static func fills(_ prefix: String) -> [Key] {
    [
      Key(
        prefix + "fill_model", .text, "automatic",
        "automatic, book, touch, bar-next-open, bar-last-close or lean")
    ]
  }

  private static func latency(_ prefix: String) -> [Key] {
    [
      Key(prefix + "latency", .duration, "0ns", "of messages each way"),
      Key(prefix + "entry_latency", .duration, "latency", "from sending to taking effect"),
      Key(prefix + "response_latency", .duration, "latency", "from a venue's event to its report"),
      Key(prefix + "jitter", .duration, "0ns", "random part added to each message"),
      Key(prefix + "entry_quantiles", .list, "", "drawn from a distribution: \"50 %: 1ms\", …"),
      Key(prefix + "response_quantiles", .list, "", "the same for reports"),
      Key(prefix + "entry_latencies", .list, "", "measured ones, played in their order"),
      Key(prefix + "response_latencies", .list, "", "the same for reports"),
      Key(
        prefix + "feed_latency", .duration, "0ns",
        "by which market data come later, or recorded: as receive and event times say"),
      Key(prefix + "feed_jitter", .duration, "0ns", "random part added to feed_latency"),
      Key(prefix + "feed_quantiles", .list, "", "as entry_quantiles, for market data"),
      Key(prefix + "feed_latencies", .list, "", "as entry_latencies, for market data"),
    ]
  }

  private static func fees(_ prefix: String) -> [Key] {
    [
      Key(prefix + "fees", .list, "none", "schedules by name, which add up with the keys below"),
      Key(prefix + "maker_fee", .rate, "", "for resting orders; negative is a rebate"),
      Key(prefix + "taker_fee", .rate, "", "for crossing orders"),
      Key(prefix + "fee_tiers", .list, "", "by 30-day volume: \"50000: 0.14 % / 0.24 %\", …"),
      Key(prefix + "fee_per_unit", .money, "", "for each share or contract"),
      Key(prefix + "fee_minimum", .money, "", "least fee of an order, with fee_per_unit"),
      Key(prefix + "fee_maximum", .percent, "", "most of an order's value, with fee_per_unit"),
      Key(prefix + "fee_per_order", .money, "", "once an order, with its first fill"),
      Key(prefix + "fee_rounding", .text, "nearest 12", "nearest, up or down, and decimals"),
      Key(prefix + "fee_in_base", .flag, "false", "buys pay in what they buy"),
    ]
  }

  private static func slippage(_ prefix: String) -> [Key] {
    [
      Key(
        prefix + "slippage", .text, "none",
        "of crossing orders: none, \"2 ticks\", \"5 bp\", volume-share or square-root"),
      Key(prefix + "slippage_impact", .number, "0.1", "of volume-share"),
      Key(prefix + "slippage_limit", .percent, "2.5 %", "largest share of volume-share"),
      Key(prefix + "slippage_volume", .number, "", "of a day; of volume-share where no bar says"),
      Key(prefix + "slippage_coefficient", .number, "1", "of square-root"),
      Key(prefix + "slippage_volatility", .percent, "", "of a day, of square-root"),
    ]
  }

  private static func faults(_ prefix: String) -> [Key] {
    [
      Key(prefix + "reject_rate", .percent, "0 %", "new orders rejected at random"),
      Key(prefix + "throttle", .perSecond, "", "most messages in any second"),
      Key(prefix + "throttle_excess", .text, "reject", "what becomes of more: reject or delay"),
      Key(prefix + "outages", .list, "", "without connection: \"2026-01-05T14:30:00Z 5m\", …"),
      Key(prefix + "outage_interval", .duration, "", "mean time between outages by the seed"),
      Key(prefix + "outage_length", .duration, "", "length of outages by the seed"),
      Key(
        prefix + "cancel_on_disconnect", .flag, "false", "whether an outage cancels our orders"),
      Key(prefix + "repeat_fills", .integer, "0", "fills that come again after an outage"),
    ]
  }
}
