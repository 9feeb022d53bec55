import Events
import Foundation
import Journaling
import Sequencing
import Synchronization
import Trading

/// The live threads: inbox, core and journal, with a venue that fills each order at once.
///
/// The quotes are offered by this thread, so that three threads and the one that hashes share the machine's
/// cores: where it has two, the tails are the scheduler's.
enum LiveBenchmark {
  /// Answers orders with fills at the price that was last offered.
  private final class Filler: Outlet {
    private let inbox = Mutex<Inbox?>(nil)
    private let lastQuote = Mutex(
      Quote(
        instrument: InstrumentID(0), bid: .none, ask: .none, bidSize: .zero, askSize: .zero))
    private let last = Atomic<UInt64>(0)

    /// Sequence of the newest receipt.
    var acknowledged: UInt64 { last.load(ordering: .acquiring) }

    func connect(to inbox: Inbox) { self.inbox.withLock { $0 = inbox } }
    func show(_ quote: Quote) { lastQuote.withLock { $0 = quote } }

    func send(_ commands: [Command]) {
      guard let inbox = inbox.withLock({ $0 }) else { return }
      let quote = lastQuote.withLock { $0 }
      let now = LiveClock.system.now()
      for case .submit(let ticket) in commands {
        let fill = Fill(
          id: ticket.order.raw, price: ticket.side == .buy ? quote.ask : quote.bid,
          quantity: ticket.quantity, fee: .zero, feeCurrency: "USD", liquidity: .taker)
        for outcome in [VenueReport.Outcome.accepted(venueOrder: ""), .filled(fill)] {
          inbox.put(
            .report(VenueReport(order: ticket.order, outcome)), event: now, receive: now)
        }
      }
    }

    func ask(_ orders: [OrderID], at venue: VenueID) {}

    func acknowledge(_ receipt: UInt64, sequence: UInt64) {
      last.store(receipt, ordering: .releasing)
    }
  }

  /// A run on a new journal, and its venue.
  private final class Rig {
    let run: LiveRun
    let filler = Filler()
    private let path: String
    private let bench: Bench
    private var receipts: UInt64 = 0

    init(_ bench: Bench, _ durability: Durability, capacity: Int = 65_536) throws {
      self.bench = bench
      path = bench.path("live")
      let journal = try Journal.create(
        at: path, meta: RecordedMarket.meta, durability: durability,
        options: JournalOptions(mapSize: 1 << 30))
      let setup = RecordedMarket.setup(fast: 10, slow: 50)
      var settings = LiveSettings()
      settings.inboxCapacity = capacity
      settings.snapshotEntries = 1 << 60
      run = LiveRun(
        Sequencer(engine: Engine(catalog: setup.catalog)), journal: journal, key: nil,
        outlet: filler, settings: settings)
      filler.connect(to: run.inbox)
      let start = RunStart(
        mode: .live, seed: 1, engine: Engine.version, strategies: "", source: "benchmark")
      guard run.start(start, setup.configuration) else { throw BenchError("no threads") }
      let now = LiveClock.system.now()
      run.inbox.put(.instrument(RecordedMarket.instrument), event: now, receive: now)
      settle()
    }

    /// Waits until all that was brought is durable.
    func settle() {
      receipts += 1
      let now = LiveClock.system.now()
      run.inbox.put(
        .operatorAct(OperatorAct(act: .note, scope: .all, subject: "", reason: "")), event: now,
        receive: now, receipt: receipts)
      while filler.acknowledged < receipts { usleep(100) }
    }

    @inline(__always)
    func offer(_ tick: MarketEvent, _ time: Int64) {
      let moment = Instant(nanoseconds: time)
      run.inbox.put(tick, event: moment, receive: moment)
      if case .quote(let quote) = tick { filler.show(quote) }
    }

    func finish() {
      run.finish(RunStop(why: .finished))
      bench.remove(path)
    }
  }

  static func run(_ bench: Bench) throws {
    for durability in [Durability.none, .group, .each] { try offered(bench, durability) }
    try sustained(bench)
    try burst(bench)
  }

  private static func wallClock() -> Int64 { LiveClock.system.now().nanoseconds }

  /// A million ticks a second for a second; those that are due are offered at once.
  private static func offered(_ bench: Bench, _ durability: Durability) throws {
    let events = bench.quotes.events
    let rig = try Rig(bench, durability)
    let start = wallClock()
    var index = 0
    while index < events.count {
      let due = Int((wallClock() - start) / 1_000)
      while index < min(due, events.count) {
        // Latency counts from when a tick was due.
        rig.offer(events[index].event, start + Int64(index) * 1_000)
        index += 1
      }
    }
    rig.settle()
    usleep(300_000)
    rig.settle()
    let status = rig.run.status
    let name = "1 M ticks/s, \(durability.rawValue)"
    bench.report("\(name): tick to decision, p50", Double(status[.decision].p50), "ns")
    bench.report("\(name): p99", Double(status[.decision].p99), "ns")
    bench.report("\(name): p99.9", Double(status[.decision].p999), "ns", goal: .atMost(1_000_000))
    bench.report("\(name): tick to release, p50", Double(status[.release].p50), "ns")
    bench.report("\(name): release, p99", Double(status[.release].p99), "ns")
    bench.report("\(name): orders", Double(status.tally.orders), "")
    bench.report("\(name): quotes conflated", Double(rig.run.inbox.conflatedQuotes), "")
    rig.finish()
  }

  /// As many as go through, without a quote conflated.
  private static func sustained(_ bench: Bench) throws {
    let events = bench.quotes.events
    let capacity = 1 << 20
    let rig = try Rig(bench, .group, capacity: capacity)
    let start = wallClock()
    for (index, tick) in events.enumerated() {
      rig.offer(tick.event, wallClock())
      if index & 1023 == 0 {
        while rig.run.inbox.depth > capacity / 4 { usleep(50) }
      }
    }
    rig.settle()
    let seconds = Double(wallClock() - start) / 1e9
    precondition(rig.run.inbox.conflatedQuotes == 0)
    bench.report(
      "sustained through inbox, core and journal", Double(events.count) / seconds / 1e6,
      "M ticks/s", goal: .atLeast(1))
    rig.finish()
  }

  /// 100,000 ticks a second, then a hundred times as many for a million ticks, then again 100,000.
  private static func burst(_ bench: Bench) throws {
    let events = bench.quotes.events
    let rig = try Rig(bench, .group)
    func pace(_ range: Range<Int>, every interval: Int64) {
      let start = wallClock()
      for index in range {
        while wallClock() - start < Int64(index - range.lowerBound) * interval {}
        rig.offer(events[index].event, wallClock())
      }
    }
    pace(0..<20_000, every: 10_000)
    let before = rig.run.inbox.conflatedQuotes
    pace(20_000..<events.count, every: 100)
    let end = wallClock()
    rig.settle()
    let recovery = wallClock() - end
    let conflated = rig.run.inbox.conflatedQuotes - before
    bench.report(
      "burst of 10 M ticks/s offered: conflated",
      Double(conflated) * 100 / Double(events.count - 20_000), "%")
    bench.report("burst: all durable after its end", Double(recovery) / 1e6, "ms")
    bench.report("burst: deepest queue", Double(rig.run.inbox.deepestQueue), "ticks")
    rig.finish()
  }
}
