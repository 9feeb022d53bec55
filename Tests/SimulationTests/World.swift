import Events
import Journaling
import Scenarios
import Sequencing
import Trading
import Venues

/// Live operation in small, by a seed: a market, a venue behind a faulty line, and a process that steps,
/// commits, sends, and dies between any two of these.
final class World {
  struct Failure: Error, CustomStringConvertible {
    var description: String
    init(_ text: String) { description = text }
  }

  /// Every other world has venues that know nothing but market and limit orders, and strategies whose orders
  /// algorithms work or that have brackets.
  static func configuration(seed: UInt64) -> ConfigurationItems {
    ConfigurationItems(
      Rehearsal.configuration.items
        + ConfigurationItems(
          lines: """
            strategy.chance.kind=scripted
            strategy.chance.name=chance
            strategy.chance.instruments=ALFA,IDX,COINUSD
            strategy.chance.log=false
            risk.order.max_rate=20/s
            orders.native=\(seed % 2 == 0 ? "all" : "none")
            """
        ).items + (seed % 4 < 2 ? [] : handling.items)
        + (hasRisk(seed) ? risk.items : []))
  }

  private static let handling = ConfigurationItems(
    lines: """
      execution.slow.algorithm=twap
      execution.slow.duration=2s
      execution.slow.slices=3
      execution.slow.style=join
      execution.slow.pause=50ms
      strategy.cross.execution=slow
      strategy.cross.bracket.stop_loss=4 ticks
      strategy.signals.bracket.take_profit=0.01 %
      strategy.signals.bracket.stop_loss=0.01 %
      """)
  /// Every third world has all rules of the gate, breakers, value at risk, and limits that change and
  /// are scaled.
  static func hasRisk(_ seed: UInt64) -> Bool { seed % 3 == 1 }

  private static let risk = ConfigurationItems(
    lines: """
      risk.currency=USD
      risk.officers=world
      risk.record_use=true
      risk.exposure.max_gross=400000 USD
      risk.exposure.max_net=300000 USD
      risk.exposure.max_leverage=2
      risk.exposure.max_concentration=60 %
      risk.orders.max_open=60
      risk.orders.max_cancel_rate=15/s
      risk.orders.max_message_ratio=30
      risk.orders.free_messages=400
      risk.loss.max_day=20000 USD
      risk.loss.max_rolling=9000 USD
      risk.loss.window=10s
      risk.drawdown.max=20 %
      risk.order.duplicate_window=20ms
      risk.order.no_self_match=true
      risk.order.period=5s
      risk.order.period_collar=3 %
      risk.sampling=50ms
      risk.strategy.chance.exposure.max_gross=300000 USD
      risk.strategy.chance.owner=world
      risk.instrument.IDX.orders.max_open=20
      risk.breaker.move.watch=price-move
      risk.breaker.move.instruments=ALFA,IDX,COINUSD
      risk.breaker.move.window=2s
      risk.breaker.move.reduce_at=0.02 %
      risk.breaker.move.halt_at=0.2 %
      risk.breaker.move.release=500ms
      risk.breaker.quiet.watch=staleness
      risk.breaker.quiet.instruments=ALFA,IDX
      risk.breaker.quiet.reduce_at=300ms
      risk.breaker.quiet.release=100ms
      risk.breaker.rejects.watch=rejects
      risk.breaker.rejects.reduce_at=3
      risk.breaker.rejects.window=5s
      risk.breaker.rejects.release=300ms
      risk.breaker.fills.watch=executions
      risk.breaker.fills.strategies=chance
      risk.breaker.fills.reduce_at=6
      risk.breaker.fills.window=1s
      risk.breaker.fills.release=200ms
      risk.breaker.use.watch=exposure
      risk.breaker.use.reduce_at=80 %
      risk.breaker.use.release=200ms
      risk.dynamic.calm.watch=volatility
      risk.dynamic.calm.instrument=ALFA
      risk.dynamic.calm.interval=50ms
      risk.dynamic.calm.window=500ms
      risk.dynamic.calm.target=5 %
      risk.dynamic.calm.floor=20 %
      risk.dynamic.calm.hold=200ms
      risk.dynamic.calm.limits=exposure.max_gross, strategy.chance.exposure.max_gross
      risk.dynamic.losing.watch=drawdown
      risk.dynamic.losing.steps=0.001 %: 80 %, 0.01 %: 60 %
      risk.dynamic.losing.hold=100ms
      risk.dynamic.losing.limits=exposure.max_net, exposure.max_gross
      risk.var.method=monte-carlo
      risk.var.interval=100ms
      risk.var.window=20
      risk.var.minimum=5
      risk.var.scenarios=100
      risk.var.max=50000 USD
      risk.stress.max=200000 USD
      risk.stress.crash.others=-20 %
      """)

  /// Somebody changes a limit, at once or from a moment to come, releases breakers, or may not.
  private func officer() -> Observation {
    let subject = random.oneIn(4) ? "stranger" : "world"
    if random.oneIn(3) {
      return .operatorAct(
        OperatorAct(act: .enable, scope: .all, subject: subject, reason: "whim"))
    }
    let limits = [
      ("risk.order.max_quantity", "\(5 + random.below(9))"), ("risk.order.max_quantity", ""),
      ("risk.exposure.max_gross", "\(1 + random.below(5))00000 USD"),
      ("risk.orders.max_open", "\(20 + random.below(60))"), ("risk.var.window", "nonsense"),
      ("risk.order.max_rate", "\(5 + random.below(30))/s"),
    ]
    let (key, value) = limits[random.below(limits.count)]
    let later = time.advanced(by: Int64(random.below(900)) * 1_000_000)
    return .limitChange(
      LimitChange(
        key: key, value: value, author: subject, reason: "whim",
        effective: random.oneIn(2) ? .epoch : later))
  }

  static let catalog = Rehearsal.catalog
  static let steps = 220

  let seed: UInt64
  let folder: JournalFolder
  private let feed: [TimedObservation]
  private var random: SeededRandom
  private(set) var link: VenueLink
  private(set) var sequencer: Sequencer
  private var batch: Batch
  private var journal: Journal?
  /// Sequence of the last entry whose commit returned.
  private(set) var acknowledged: UInt64 = 0
  private(set) var crashes = 0
  /// The number the next report must have, as stepped and as recorded.
  private var expected = 0
  private var recorded = 0
  private var time: Instant
  /// Definitions the venue has sent; it sends those again that died with the process.
  private var defined: [Instrument] = []

  init(seed: UInt64, feed: [TimedObservation]) throws {
    self.seed = seed
    self.feed = feed
    folder = try JournalFolder()
    random = SeededRandom(seed: seed, stream: 78)
    link = VenueLink(seed: seed, odds: [4, 12, 1_000_000][Int(seed % 3)])
    sequencer = Sequencer(engine: Engine(catalog: Self.catalog))
    batch = Batch(startingAt: 1)
    journal = try folder.create("j")
    time = feed[0].time
  }

  func reader() throws -> JournalReader { try JournalReader.open(at: folder.path("j")) }

  /// Plays the market through, then halts, and waits until all is quiet.
  func run() throws {
    step(.configuration(Self.configuration(seed: seed)))
    try open()
    for one in feed.dropFirst(openingCount).prefix(Self.steps) {
      time = max(time, one.time)
      // Time for what is due by time alone.
      if random.oneIn(10) { time = time.advanced(by: Int64(random.below(400)) * 1_000_000) }
      try turn(one.observation)
    }
    let halt = OperatorAct(
      act: Self.hasRisk(seed) ? .kill : .halt, scope: .all, subject: "world", reason: "the end")
    step(.operatorAct(halt))
    // A cancel that died with the process is asked for again, as an operator would.
    for _ in 0..<40 {
      try commitAndSend()
      try settle()
      let open = sequencer.engine.market.orders.open
      if open.isEmpty { break }
      for order in open where order.awaitsAnswer { link.query(order.id, at: time) }
      try settle()
      step(
        .operatorAct(OperatorAct(act: .cancel, scope: .all, subject: "world", reason: "again")))
    }
    try commitAndSend()
  }

  /// The definitions and the books as the markets open, in which nothing can be traded yet.
  private func open() throws {
    for one in feed.prefix(openingCount) {
      time = max(time, one.time)
      show(one.observation)
      step(one.observation)
    }
    try commitAndSend()
  }

  private var openingCount: Int { feed.prefix { $0.time <= feed[3].time }.count }

  /// The venue learns what happens on its market.
  private func show(_ observation: Observation) {
    switch observation {
    case .instrument(let instrument):
      link.define(instrument)
      defined.append(instrument)
    case .market(let tick): link.apply(tick, at: time)
    default: break
    }
  }

  /// One event of the market, what arrived by then, and perhaps a whim, a commit, a crash.
  private func turn(_ observation: Observation) throws {
    try pass(at: time)
    show(observation)
    step(observation)
    if random.oneIn(6) { step(whim()) }
    if Self.hasRisk(seed), random.oneIn(12) { step(officer()) }
    try perhapsCrash()
    if !random.oneIn(3) { try commitAndSend() }
    if random.oneIn(40) { try snapshot() }
    try perhapsCrash()
  }

  private func step(_ observation: Observation) {
    sequencer.step(observation, event: time, at: time, into: &batch)
  }

  /// Wakes the engine if it asked for that; now and then the timer is forgotten, and the next entry has to
  /// do.
  private func wake() {
    guard let moment = sequencer.engine.nextWake, moment <= time, !random.oneIn(4) else { return }
    step(.timer(.engine))
  }

  /// Takes the reports that have arrived.
  private func pass(at time: Instant) throws {
    wake()
    link.advance(to: time)
    while let item = link.next(by: time) {
      if item.number > expected {
        // One is missing: everything from it on is asked for again.
        let gap = DataQuality(
          issue: .gap, instrument: .none, expected: UInt64(expected),
          actual: UInt64(item.number), detail: "reports")
        step(.dataQuality(gap))
        link.resend(from: expected, at: time)
        continue
      }
      // A repeated number is passed on all the same: the engine must bear it.
      sequencer.step(.report(item.report), event: item.event, at: time, into: &batch)
      expected = max(expected, item.number + 1)
      if random.oneIn(30) { try perhapsCrash() }
    }
  }

  /// A scripted strategy's order, cancel or replacement.
  private func whim() -> Observation {
    let id = InstrumentID(UInt16(random.below(3)))
    let market = sequencer.engine.market.best(id)
    let tick = sequencer.engine.market.instrument(id)?.tickSize.raw ?? 1
    let near = market.bid.isNone ? 1000 * tick : market.bid.raw
    let price = near + tick * Int64(random.below(9) - 4)
    let quantity = 1 + random.below(12)
    let order = 1 + random.below(Int(sequencer.engine.market.orders.lastID.raw) + 1)
    let (above, below) = (price + 5 * tick, price - 5 * tick)
    let sides = random.oneIn(2) ? ("buy", "sell") : ("sell", "buy")
    let (better, worse) = sides.0 == "buy" ? (above, below) : (below, above)
    let scripts = [
      "bracket \(sides.0) \(quantity) @ \(price) | \(sides.1) \(quantity) @ \(better)"
        + " | \(sides.1) \(quantity) stop \(worse)",
      "oco buy \(quantity) @ \(below) | buy \(quantity) stop \(above)",
      "sell \(quantity) trail \(3 * tick)", "buy \(quantity) touch \(below)",
      "buy \(2 * quantity) @ \(price) show \(quantity)",
      "execute \(sides.0) \(quantity) twap 3s slices 4 style 1 pause 0.05",
      "execute \(sides.0) \(quantity) pov 4s rate 0.3 pause 0.05",
      "execute \(sides.0) \(2 * quantity) @ \(price) iceberg 3s display \(quantity) pause 0.05",
      "execute \(sides.0) \(quantity) pairs 3s instrument 1 ratio 1 slices 2 pause 0.05",
      "buy \(quantity) @ \(price)", "sell \(quantity) @ \(price)", "buy \(quantity)",
      "sell \(quantity)", "target \(quantity - 6)", "cancel \(order)",
      "replace \(order) \(quantity) @ \(price)", "buy \(quantity) @ \(price) ioc",
    ]
    return .signal(
      Signal(
        instrument: id, score: 0, model: scripts[random.below(scripts.count)], version: "chance"))
  }

  /// Commits; then the commands go out one by one, and the process may die before any of them.
  private func commitAndSend() throws {
    let commands = try batch.commit(to: &journal!)
    acknowledged = sequencer.sequence
    recorded = expected
    for command in commands {
      if crashes < 6, random.oneIn(60) { return try crash() }
      link.receive(command, at: time)
    }
  }

  private func snapshot() throws {
    guard batch.entryCount == 0 else { return }
    var state = ByteBuffer()
    sequencer.engine.encodeState(to: &state)
    let sequence = sequencer.sequence
    try state.withBytes { (bytes) throws(JournalError) in
      _ = try journal!.writeSnapshot(at: sequence, version: Engine.stateVersion, state: bytes)
    }
  }

  private func perhapsCrash() throws {
    if crashes < 6, random.oneIn(70) { try crash() }
  }

  /// The process dies and starts again; the venue has gone on meanwhile.
  private func crash() throws {
    crashes += 1
    journal = nil
    let recovery = try Recovery.run(try reader(), catalog: Self.catalog)
    guard recovery.sequence == acknowledged else {
      throw Failure("recovered #\(recovery.sequence), acknowledged was #\(acknowledged)")
    }
    let unanswered = recovery.unanswered
    sequencer = recovery.resume()
    journal = try Journal.open(
      at: folder.path("j"), durability: .none, options: JournalOptions(mapSize: 4 << 20))
    batch = Batch(startingAt: sequencer.sequence + 1)
    if sequencer.engine.strategyNames.isEmpty {
      step(.configuration(Self.configuration(seed: seed)))
    }
    for instrument in defined where sequencer.engine.market.instrument(instrument.id) == nil {
      step(.instrument(instrument))
    }
    time = time.advanced(by: Int64(random.below(30)) * 1_000_000)
    for venue in 0..<3 as Range<UInt16> {
      step(.connection(ConnectionChange(venue: VenueID(venue), state: .disconnected)))
      step(.connection(ConnectionChange(venue: VenueID(venue), state: .connected)))
    }
    expected = recorded
    link.resend(from: recorded, at: time)
    for order in unanswered { link.query(order, at: time) }
  }

  /// Lets time pass until nothing is on its way.
  private func settle() throws {
    for _ in 0..<200 {
      time = time.advanced(by: 20_000_000)
      try pass(at: time)
      try commitAndSend()
      guard link.isQuiet else { continue }
      if expected == link.said.count { return }
      // A heartbeat tells that the last report was lost.
      link.resend(from: expected, at: time)
    }
    throw Failure("the line never becomes quiet")
  }
}
