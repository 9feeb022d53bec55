import Events
import Journaling
import Trading
import Venues

/// The core of a live run, without a thread of its own: each `turn` takes what the inbox has through the
/// same `step` as a backtest, and hands the batch to the journal thread when that is free.
struct LiveCore: ~Copyable {
  /// Who did what the daemon does by itself.
  static let subject = "daybook"
  /// The core waits for the journal thread when its batch is larger.
  private static let largestBatch = 4 << 20
  /// How far the clock may jump against the steady one.
  private static let largestJump: Int64 = 1_000_000_000
  /// Between two looks at how the core is, in nanoseconds.
  private static let statusInterval: Int64 = 50_000_000
  /// Between two measurements of the clock's offset, in nanoseconds.
  private static let readingInterval: Int64 = 60_000_000_000

  private(set) var sequencer: Sequencer
  private var cargo = Cargo()
  private var content = Inbox.Content()
  /// When it was taken.
  private var taken = Instant.epoch
  private let inbox: Inbox
  private let journal: JournalThread
  private let board: LiveBoard
  private let clock: LiveClock
  private let settings: LiveSettings
  /// Time of day minus steady clock, as it was last.
  private var offset: Int64
  private var lastSnapshot: (sequence: UInt64, steady: Int64)
  private var nextStatus: Int64 = 0
  /// When the clock's offset is measured next; at once at the start.
  private var nextReading = Int64.min
  private var shownInstruments = 0
  /// Orders that venues were asked about as they did not know them, and have not answered.
  private var askedAbout: [OrderID] = []
  /// Instruments that were split, delisted, exercised or assigned in this life: not only fills moved what is
  /// held of them.
  private var moved: [InstrumentID] = []

  init(
    _ sequencer: consuming Sequencer, _ inbox: Inbox, _ journal: JournalThread,
    _ board: LiveBoard, _ settings: LiveSettings, _ clock: LiveClock
  ) {
    let now = clock.steady()
    offset = clock.now().nanoseconds - now
    lastSnapshot = (sequencer.sequence, now)
    cargo.batch.begin(at: sequencer.sequence + 1)
    self.sequencer = sequencer
    self.inbox = inbox
    self.journal = journal
    self.board = board
    self.settings = settings
    self.clock = clock
  }

  /// Takes all that has come, wakes the engine if it is time, and hands over.
  /// - Returns: nanoseconds until there is something to do without anything coming.
  mutating func turn() -> Int64 {
    inbox.take(into: &content)
    let (now, steady) = (clock.now(), clock.steady())
    taken = now
    if cargo.isEmpty { cargo.begun = steady }
    checkClock(now, steady)
    if steady >= nextReading { readClock(now, steady) }
    stepContent()
    wakeEngine(before: now.advanced(by: 1))
    if !cargo.batch.commands.isEmpty { cargo.isUrgent = true }
    // Whoever is told that an act is durable may look at once.
    show(steady, isForced: content.others.contains { $0.receipt != 0 })
    while !handOver(steady), cargo.batch.byteCount >= Self.largestBatch {
      inbox.bell.wait(100_000_000)
    }
    return pause(now, steady)
  }

  /// Venues that have open orders of ours, ascending.
  var venuesWithOrders: [VenueID] { sequencer.engine.venuesWithOrders }

  /// Steps an observation of the daemon's own.
  mutating func step(_ observation: Observation) {
    let now = clock.now()
    taken = now
    take(observation, event: now, receive: now)
    cargo.isUrgent = true
  }

  /// Hands over what there is and waits until the journal thread took it, with a snapshot if asked.
  mutating func flush(snapshot: Bool) {
    if snapshot { lastSnapshot = (0, .min / 2) }
    cargo.isUrgent = true
    while !cargo.isEmpty, !handOver(clock.steady()) { inbox.bell.wait(100_000_000) }
    show(clock.steady(), isForced: true)
  }

  private mutating func stepContent() {
    var next = 0
    for index in content.ticks.indices {
      while next < content.others.count, content.others[next].position <= index {
        stepOther(next)
        next += 1
      }
      let item = content.ticks[index]
      wakeEngine(before: item.receive)
      let commands = cargo.batch.commands.count
      sequencer.step(item.tick, event: item.event, at: item.receive, into: &cargo.batch)
      if cargo.batch.commands.count != commands { noteDecision(item.receive) }
    }
    while next < content.others.count {
      stepOther(next)
      next += 1
    }
    if content.conflatedCount > 0 { tellConflation() }
  }

  private mutating func stepOther(_ index: Int) {
    let item = content.others[index]
    wakeEngine(before: item.receive)
    switch item.matter {
    case .observation(let observation):
      take(observation, event: item.event, receive: item.receive, receipt: item.receipt)
      if case .signal = observation { return }
    case .statement(let statement, let venues):
      let taken = VenueReconciliation.taken(
        statement, of: venues, leavingOut: moved, sequencer)
      take(.statement(taken), event: item.event, receive: item.receive)
    }
    cargo.isUrgent = true
  }

  private mutating func take(
    _ observation: Observation, event: Instant, receive: Instant, receipt: UInt64 = 0
  ) {
    let commands = cargo.batch.commands.count
    if receipt != 0 { cargo.receipts.append((receipt, sequencer.sequence + 1)) }
    sequencer.step(observation, event: event, at: receive, into: &cargo.batch)
    if cargo.batch.commands.count != commands { noteDecision(receive) }
    switch observation {
    case .report(let report): ask(report)
    case .connection(let change):
      askedAbout.removeAll()
      if change.state == .connected { ask(change.venue) }
    case .corporateAction(let action) where [.split, .delisting].contains(action.action):
      moved.append(action.instrument)
    case .optionNotice(let notice): moved.append(notice.instrument)
    default: break
    }
  }

  /// A venue that does not know an order is asked about it, once until it answers.
  private mutating func ask(_ report: VenueReport) {
    if case .status = report.outcome { askedAbout.removeAll { $0 == report.order } }
    guard sequencer.engine.isToBeAskedAbout(report), !askedAbout.contains(report.order),
      let order = sequencer.engine.market.orders[report.order],
      let venue = sequencer.engine.market.instrument(order.ticket.instrument)?.venue
    else { return }
    askedAbout.append(report.order)
    cargo.questions.append((venue, [report.order]))
  }

  /// A venue that is there again is asked about all orders that are open at it: they may have changed while nobody
  /// listened, and it may have forgotten them.
  private mutating func ask(_ venue: VenueID) {
    let orders = sequencer.engine.openOrders(at: venue).map(\.id)
    if !orders.isEmpty { cargo.questions.append((venue, orders)) }
  }

  private mutating func noteDecision(_ receive: Instant) {
    cargo.decided.append(Way(receive: receive, taken: taken, decided: clock.now()))
  }

  @inline(__always)
  private mutating func wakeEngine(before time: Instant) {
    if sequencer.engine.wakes(before: time) { wake(before: time) }
  }

  private mutating func wake(before time: Instant) {
    while let moment = sequencer.engine.nextWake, moment < time {
      take(.timer(.engine), event: moment, receive: moment)
      // An engine that asks for a moment that has come would stop time.
      precondition(
        sequencer.engine.nextWake ?? .distantFuture > moment, "the engine was woken in vain")
    }
  }

  /// One entry an instrument says how many of its quotes a later one replaced.
  private mutating func tellConflation() {
    for (index, count) in content.conflated.enumerated() where count > 0 {
      let quality = DataQuality(
        issue: .conflated, instrument: InstrumentID(UInt16(index)), actual: UInt64(count),
        detail: "\(count) quotes were replaced by later ones before they were looked at")
      take(.dataQuality(quality), event: sequencer.time, receive: sequencer.time)
    }
  }

  /// Prices and timeouts mean nothing after the clock has jumped.
  private mutating func checkClock(_ now: Instant, _ steady: Int64) {
    let latest = now.nanoseconds - steady
    guard (latest - offset).magnitude > UInt64(Self.largestJump) else {
      offset = latest
      return
    }
    // We may have been off the core between the two readings: then it is no jump.
    let (before, again, after) = (clock.steady(), clock.now(), clock.steady())
    guard after - before < Self.largestJump / 2 else { return }
    let jump = again.nanoseconds - before - offset
    offset = again.nanoseconds - before
    guard jump.magnitude > UInt64(Self.largestJump) else { return }
    let tenths = jump / 100_000_000
    let text = "\(tenths / 10).\(abs(tenths % 10)) s"
    take(
      .operatorAct(
        OperatorAct(
          act: .halt, scope: .all, subject: Self.subject, reason: "the clock jumped by \(text)")),
      event: now, receive: now)
    cargo.isUrgent = true
  }

  /// Records how far the clock is from what it is kept to, once a minute.
  private mutating func readClock(_ now: Instant, _ steady: Int64) {
    nextReading = steady + Self.readingInterval
    guard let reading = clock.reading() else { return }
    take(.clockReading(reading), event: now, receive: now)
    board.change { $0.clock = reading }
  }

  /// - Returns: whether there is nothing left to hand over, or no need to yet.
  private mutating func handOver(_ steady: Int64) -> Bool {
    guard !cargo.isEmpty else { return true }
    let isDue =
      cargo.isUrgent || cargo.batch.byteCount >= Backtest.blockSize
      || steady - cargo.begun >= settings.linger
    guard isDue, journal.isFree else { return false }
    let sequence = sequencer.sequence
    if sequence - lastSnapshot.sequence >= settings.snapshotEntries
      || steady - lastSnapshot.steady >= settings.snapshotInterval
    {
      var state = ByteBuffer(capacity: 1 << 16)
      sequencer.engine.encodeState(to: &state)
      cargo.snapshot = state.array
      lastSnapshot = (sequence, steady)
    }
    guard let empty = journal.exchange(cargo, next: sequence + 1) else { return false }
    cargo = empty
    return true
  }

  private func pause(_ now: Instant, _ steady: Int64) -> Int64 {
    var pause: Int64 = 100_000_000
    if let wake = sequencer.engine.nextWake { pause = min(pause, wake.since(now)) }
    if !cargo.isEmpty, !cargo.isUrgent {
      pause = min(pause, settings.linger - (steady - cargo.begun))
    }
    return max(pause, 1)
  }

  private mutating func show(_ steady: Int64, isForced: Bool) {
    guard isForced || steady >= nextStatus else { return }
    nextStatus = steady + Self.statusInterval
    let (sequence, time) = (sequencer.sequence, sequencer.time)
    let (halts, tally) = (sequencer.engine.halts, sequencer.engine.tally)
    let open = sequencer.engine.market.orders.open.count
    let last = sequencer.engine.market.orders.lastID
    let kills = sequencer.engine.openKills
    let instructions = sequencer.engine.instructions
    let breakers = sequencer.engine.blockingBreakers
    let instruments = sequencer.engine.market.instruments.compactMap { $0 }
    let names = sequencer.engine.strategyNames
    let accounts = sequencer.engine.market.portfolio.accounts.map(\.name)
    let isNew = instruments.count != shownInstruments
    shownInstruments = instruments.count
    board.change { status in
      (status.sequence, status.time) = (sequence, time)
      (status.halts, status.breakers, status.kills) = (halts, breakers, kills)
      (status.tally, status.openOrders, status.lastOrder) = (tally, open, last)
      status.instructions = instructions
      if isNew { status.instruments = instruments }
      if status.strategies.count != names.count { status.strategies = names }
      if status.accounts.count != accounts.count { status.accounts = accounts }
    }
  }
}
