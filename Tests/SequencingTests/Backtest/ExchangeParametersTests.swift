import Events
import Sequencing
import Testing
import Trading
import Venues

/// What a configuration's table `venue` means, and what it may not say.
@Suite struct ExchangeParametersTests {
  static func read(_ lines: String) throws(ConfigurationError) -> ExchangeConfiguration {
    try ExchangeConfiguration(ConfigurationItems(lines: lines), seed: 1)
  }

  @Test(arguments: [
    ("", "fees", "none"),
    ("venue.taker_fee=0.1 %", "fees", "maker-taker: makers 0 bp; takers 10 bp"),
    (
      "venue.maker_fee=-0.002 USD\nvenue.taker_fee=0.003 USD", "fees",
      "maker-taker: makers -0.002 a unit; takers 0.003 a unit"
    ),
    (
      "venue.fees=us-option\nvenue.fee_per_order=0.5 USD", "fees",
      "us-option + per order: 0.25 a unit at prices below 0.05"
    ),
    (
      "venue.fee_per_unit=0.85 USD\nvenue.fee_minimum=1 USD\nvenue.fee_maximum=0.5 %\n"
        + "venue.fee_rounding=up 2", "fees",
      "per unit: 0.85 a unit rounded up to 2 decimals; an order at least 1, at most 0.5 %"
    ),
    (
      "venue.fee_tiers=0: 0.1 % / 0.2 %, 50000: 8 bp / 16 bp\nvenue.fee_in_base=true", "fees",
      "tiers: makers 10 bp at 30-day volumes from 0 below 50000; takers 20 bp at 30-day volumes from"
        + " 0 below 50000; makers 8 bp at 30-day volumes from 50000; takers 16 bp at 30-day volumes"
        + " from 50000; buys pay in what they buy"
    ),
    ("venue.latency=200us\nvenue.jitter=5us", "entry_latency", "200us + 0 to 5us"),
    ("venue.latency=200us\nvenue.feed_latency=recorded", "feed_latency", "as recorded"),
    ("venue.feed_latency=1ms\nvenue.feed_jitter=1us", "feed_latency", "1ms + 0 to 1us"),
    (
      "venue.entry_quantiles=0 %: 1us, 99.9 %: 2ms, 100 %: 1s", "entry_latency",
      "quantiles 0 % 1us, 99.9 % 2ms, 100 % 1s"
    ),
    ("venue.response_latencies=1us,3us,2us", "response_latency", "3 recorded, at most 3us"),
    ("venue.slippage=2 ticks", "slippage", "2 ticks"),
    ("venue.slippage=0.05 %", "slippage", "0.05 %"),
    ("venue.slippage=2.5 bp", "slippage", "0.025 %"),
    (
      "venue.slippage=volume-share\nvenue.slippage_limit=10 %", "slippage",
      "volume-share: impact 0.1, at most 10 % of the volume"
    ),
    (
      "venue.slippage=square-root\nvenue.slippage_volatility=2 %\nvenue.slippage_volume=1000000",
      "slippage", "square-root: coefficient 1, volatility 2 % and volume 1000000 a day"
    ),
    (
      "venue.reject_rate=0.1 %\nvenue.throttle=50/s\nvenue.throttle_excess=delay", "faults",
      "0.1 % of orders rejected; 50 messages a second, then delay"
    ),
    (
      "venue.outages=2026-01-05T14:30:00Z 5m\nvenue.repeat_fills=2", "faults",
      "outage 2026-01-05T14:30:00.000000000Z to 2026-01-05T14:35:00.000000000Z; 2 fills repeated on "
        + "reconnection"
    ),
    (
      "venue.outage_interval=6h\nvenue.outage_length=30s\nvenue.cancel_on_disconnect=true",
      "faults",
      "outages of 30s, each 6h on average; orders cancelled on disconnection"
    ),
    (
      "venue.XNAS.fees=us-equity, us-access\nvenue.latency=1s", "XNAS.fees", "us-equity + us-access"
    ),
    ("venue.SIM.jitter=1us\nvenue.latency=1s", "SIM.entry_latency", "0ns + 0 to 1us"),
    ("venue.instrument.BRK.B.fees=none", "instrument.BRK.B.fees", "none"),
    ("venue.instrument.XNAS:A.slippage=1 tick", "instrument.XNAS:A.slippage", "1 ticks"),
  ])
  func `a model is what the keys say`(_ lines: String, _ name: String, _ text: String) throws {
    let models = try Self.read(lines).models
    let model = try #require(models.first { $0.name == name })
    #expect(model.text.hasPrefix(text), "\(model.text)")
  }

  @Test func `what a venue or an instrument says goes before what is general`() throws {
    let read = try Self.read(
      """
      venue.taker_fee=10 bp
      venue.XNAS.taker_fee=20 bp
      venue.instrument.XNAS:A.taker_fee=40 bp
      venue.instrument.A.taker_fee=30 bp
      """)
    #expect(read.venues.map(\.name) == ["XNAS"])
    // The one that names its venue is looked at last, so it holds.
    #expect(read.exceptions.map(\.instrument) == ["A", "XNAS:A"])
    #expect(read.venues[0].latency == nil)
  }

  @Test(arguments: [
    ("venue.fees=us-equty", "venue.fees", "did you mean `us-equity`?"),
    ("venue.fees=us-equity,us-equity", "venue.fees", "names us-equity twice"),
    ("venue.fees=us-equity,us-option", "venue.fees", "bounds an order's fee twice"),
    ("venue.fees=us-equity\nvenue.fee_per_unit=1 USD", "venue.fees", "twice"),
    ("venue.fees=none\nvenue.taker_fee=1 bp", "venue.fees", "keep one of them"),
    ("venue.taker_fee=1", "venue.taker_fee", "is not a rate"),
    ("venue.taker_fee=10001 bp", "venue.fees", "beyond 10000 basis points"),
    ("venue.taker_fee=1 bp\nvenue.fee_per_unit=1 USD", "venue.fee_per_unit", "cannot stand beside"),
    (
      "venue.taker_fee=1 bp\nvenue.fee_tiers=0: 1 % / 1 %", "venue.fee_tiers", "cannot stand beside"
    ),
    ("venue.fee_tiers=5: 1 % / 1 %", "venue.fee_tiers", "do not ascend from 0"),
    ("venue.fee_tiers=0: 1 %", "venue.fee_tiers", "is not a tier"),
    ("venue.fee_minimum=1 USD", "venue.fee_minimum", "it goes with fee_per_unit"),
    ("venue.fee_per_unit=1 USD\nvenue.fee_minimum=1 EUR", "venue.fee_minimum", "is in EUR"),
    ("venue.fee_rounding=up 2", "venue.fee_rounding", "rounds nothing"),
    ("venue.taker_fee=1 bp\nvenue.fee_rounding=up", "venue.fee_rounding", "is not a rounding"),
    ("venue.fee_in_base=true", "venue.fee_in_base", "has no fee to take"),
    ("venue.fee_per_unit=1 USD\nvenue.fee_in_base=true", "venue.fees", "only a fee on the value"),
    ("venue.latency=1s\nvenue.entry_latency=1s", "venue.latency", "is given twice"),
    ("venue.latency=2d", "venue", "is not between 0 and a day"),
    (
      "venue.entry_latency=1s\nvenue.entry_quantiles=0 %: 1s, 100 %: 2s", "venue.entry_quantiles",
      "beside"
    ),
    ("venue.entry_quantiles=0 %: 1s, 50 %: 2s", "venue.entry_quantiles", "from 0 % to 100 %"),
    ("venue.entry_quantiles=0 %: 1s, 100: 2s", "venue.entry_quantiles", "is not a quantile"),
    ("venue.entry_latencies=1s, fast", "venue.entry_latencies", "`fast` is not a duration"),
    ("venue.feed_latency=late", "venue.feed_latency", "write recorded"),
    ("venue.feed_latency=recorded\nvenue.feed_jitter=1us", "venue.feed_jitter", "cannot be added"),
    ("venue.slippage=some", "venue.slippage", "is no slippage"),
    ("venue.slippage=-1 ticks", "venue.slippage", "not 0 to 1000000 ticks"),
    ("venue.slippage=1 bp\nvenue.slippage_impact=1", "venue.slippage_impact", "does not go with"),
    ("venue.slippage=square-root", "venue.slippage", "needs a day's volatility and volume"),
    ("venue.reject_rate=101 %", "venue.reject_rate", "is above 100 %"),
    ("venue.throttle=0/s", "venue.throttle", "is not a rate"),
    ("venue.throttle_excess=delay", "venue.throttle_excess", "has no throttle"),
    ("venue.outages=today 5m", "venue.outages", "is not an outage"),
    ("venue.outage_length=5m", "venue.outage_interval", "is missing"),
    ("venue.repeat_fills=1", "venue.repeat_fills", "has no disconnection"),
    ("venue.XNAS.latensy=1s", "venue.XNAS.latensy", "did you mean `latency`?"),
    ("venue.instrument.A.latency=1s", "venue.instrument.A.latency", "is not a known key"),
    ("venue.instrument.fees=none", "venue.instrument.fees", "is not a known key"),
  ])
  func `what cannot be is an error that says where and what to do`(
    _ lines: String, _ key: String, _ says: String
  ) throws {
    let error = try #require(throws: ConfigurationError.self) { try Self.read(lines) }
    #expect(error.key == key)
    #expect("\(error.what); \(error.advice)".contains(says), "\(error.what); \(error.advice)")
  }
}
