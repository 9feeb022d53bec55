import Events
import Trading

/// What the gate costs an order: an engine takes orders with its limits and without, and the difference is the
/// limits' part. Each order is cancelled by the venue before the next, so that quantities change twice an order.
enum RiskBenchmark {
  private static let orders = 20_000
  private static let start = Instant(nanoseconds: 1_700_000_000_000_000_000)

  /// Limits of every width that nothing reaches, also where an account goes short.
  static let open = """
    risk.order.max_quantity=1000000
    risk.order.max_notional=1000000000 USD
    risk.order.price_collar=50 %
    risk.order.max_rate=1000000/s
    risk.position.max_quantity=1000000000
    risk.exposure.max_gross=1000000000000 USD
    risk.exposure.max_net=1000000000000 USD
    risk.exposure.max_leverage=1000000
    risk.exposure.max_concentration=100000 %
    risk.orders.max_open=100000
    risk.orders.max_cancel_rate=1000000/s
    risk.orders.max_message_ratio=1000
    risk.orders.free_messages=1000000000
    risk.order.no_self_match=true
    risk.order.period=10s
    risk.order.period_collar=90 %
    risk.loss.max_day=1000000000 USD
    risk.loss.max_rolling=1000000000 USD
    risk.loss.window=1h
    risk.drawdown.max=99 %
    risk.breaker.rejects.watch=rejects
    risk.breaker.rejects.halt_at=100
    risk.breaker.rejects.window=1m
    """

  /// All rules.
  private static let all =
    open + """

      risk.order.duplicate_window=1us
      risk.short.locate=true
      risk.short.price_test=true
      risk.require_owner=true
      risk.strategy.a.owner=ann
      risk.strategy.a.exposure.max_gross=1000000000000 USD
      """

  private static let valueAtRisk = """
    risk.currency=USD
    risk.var.interval=1m
    risk.var.window=250
    risk.var.max=1000000000000 USD
    """

  static func run(_ bench: Bench) {
    let alone = cost("", positions: 1, bench)
    bench.report("order and its cancel, no limits", alone, "ns")
    bench.report(
      "gate, all rules, 1 position", cost(all, positions: 1, bench) - alone, "ns")
    bench.report(
      "gate, all rules, 100 positions", cost(all, positions: 100, bench) - alone, "ns")
    let whole = cost(all + "\n" + valueAtRisk, positions: 100, bench)
    let bare = cost("", positions: 100, bench)
    bench.report(
      "gate, all rules and VaR, 100 positions", (whole - bare) / 1000, "us", goal: Goal.atMost(10))
    let (moved, quotes) = (
      cost(all + "\n" + valueAtRisk, positions: 100, isMoving: true, bench),
      cost("", positions: 100, isMoving: true, bench)
    )
    bench.report(
      "the same, each mark moved between orders", (moved - quotes) / 1000, "us",
      goal: Goal.atMost(10))
    for (positions, goal) in [(10, nil), (100, Goal.atMost(10)), (1000, nil)] as [(Int, Goal?)] {
      let bare = cost("", positions: positions, bench)
      let whole = cost(valueAtRisk, positions: positions, bench)
      bench.report(
        "VaR, 250 moments, \(positions) positions", (whole - bare) / 1000, "us", goal: goal)
    }
  }

  /// Nanoseconds that an order and its cancel take.
  /// - Parameter isMoving: whether each instrument has another quote before each order, which counts.
  private static func cost(
    _ risk: String, positions: Int, isMoving: Bool = false, _ bench: Bench
  ) -> Double {
    median(
      (0..<bench.rounds).map { _ in
        var desk = Desk(risk, positions: positions, from: start)
        return timed { desk.trade(orders, isMoving: isMoving) }.cpu / Double(orders) * 1e9
      })
  }

  /// An engine with positions, and a clock.
  private struct Desk: ~Copyable {
    private var engine: Engine
    private var time: Instant
    private var sequence: UInt64 = 0
    private let instruments: Int

    init(_ risk: String, positions: Int, from start: Instant) {
      engine = Engine(catalog: [StrategyKind(name: "every", version: "1", type: EverySignal.self)])
      (time, instruments) = (start, positions)
      let symbols = (0..<positions).map { "S\($0)" }.joined(separator: ",")
      let lines = """
        account.cash=1000000000 USD
        strategy.a.kind=every
        strategy.a.instruments=\(symbols)
        \(risk)
        """
      step(.configuration(Self.items(lines)))
      for id in 0..<UInt16(positions) {
        step(
          .instrument(
            Instrument(
              id: InstrumentID(id), venueName: "XNAS", symbol: "S\(id)", kind: .equity,
              currency: "USD", priceScale: 2, quantityScale: 0)))
      }
      quote(round: 0)
      for id in 0..<UInt16(positions) { buy(InstrumentID(id)) }
      // A return each minute, until the window is full.
      for round in 1...260 {
        time = time.advanced(by: Nanoseconds.minute)
        quote(round: round)
      }
      time = time.advanced(by: 2 * Nanoseconds.second)
      quote(round: 0)
    }

    private static func items(_ lines: String) -> ConfigurationItems {
      ConfigurationItems(
        lines.split(separator: "\n").map { line in
          let parts = line.split(separator: "=", maxSplits: 1).map(String.init)
          return ConfigurationItems.Item(key: parts[0], value: parts[1])
        })
    }

    private mutating func quote(round: Int) {
      for id in 0..<UInt16(instruments) {
        let price = Int64(10_000 + (round * 37 + Int(id) * 11) % 199)
        step(
          .market(
            .quote(
              Quote(
                instrument: InstrumentID(id), bid: Price(price), ask: Price(price + 1),
                bidSize: Quantity(100), askSize: Quantity(100)))))
      }
    }

    private mutating func buy(_ id: InstrumentID) {
      signal(id)
      let order = engine.market.orders.lastID
      let fill = Fill(
        id: order.raw, price: Price(10_000), quantity: Quantity(100), fee: .zero,
        feeCurrency: "USD", liquidity: .taker)
      step(.report(VenueReport(order: order, .filled(fill))))
    }

    private mutating func signal(_ id: InstrumentID) {
      step(.signal(Signal(instrument: id, score: 0, model: "", version: "")))
    }

    /// Takes orders, each cancelled by the venue.
    mutating func trade(_ count: Int, isMoving: Bool) {
      let before = engine.market.orders.lastID.raw
      for index in 0..<count {
        time = time.advanced(by: 10_000)
        if isMoving { quote(round: index) }
        signal(InstrumentID(UInt16(index % instruments)))
        let order = engine.market.orders.lastID
        step(.report(VenueReport(order: order, .cancelled(.immediate, text: ""))))
      }
      precondition(
        engine.market.orders.lastID.raw == before + UInt64(count), "an order was refused")
    }

    private mutating func step(_ observation: Observation) {
      sequence += 1
      engine.apply(
        observation, EntryHeader(sequence: sequence, eventTime: time, receiveTime: time))
      while let made = engine.decide() {
        sequence += 1
        engine.apply(
          made,
          EntryHeader(
            sequence: sequence, eventTime: time, receiveTime: time, cause: engine.deciding))
      }
    }
  }
}

/// Buys 100 of what a signal names.
struct EverySignal: Strategy {
  init(_ parameters: inout Parameters) {}

  mutating func onSignal(_ signal: Signal, in market: borrowing Market) -> Intent {
    .order(.market(signal.instrument, .buy, Quantity(100)), because: Reason("told"))
  }
}
