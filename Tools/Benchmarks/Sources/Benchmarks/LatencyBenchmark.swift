import Events
import Foundation
import Journaling
import Sequencing
import Trading

/// From a tick's arrival to the decisions it leads to, in one process, a tick each microsecond.
///
/// Latency counts from the moment a tick was due, so that a stall is charged to every tick that had to
/// wait for it; on a machine that does other things that is the scheduler's figure, so what the engine
/// takes once it has the tick is shown too, and how late the same pace is with nothing to do. As when live, another
/// thread records one batch while the core fills the next.
enum LatencyBenchmark {
  /// The thread that records, and the batch that it has.
  private final class Recording: @unchecked Sendable {
    private var journal: Journal
    private var batch = Batch(startingAt: 1)
    private let full = DispatchSemaphore(value: 0)
    private let free = DispatchSemaphore(value: 1)
    private var isLast = false

    init(_ journal: consuming Journal) {
      self.journal = journal
      Thread.detachNewThread { [self] in
        while true {
          full.wait()
          defer { free.signal() }
          if isLast { return }
          do { _ = try self.batch.commit(to: &self.journal) } catch {
            fatalError("recording: \(error)")
          }
        }
      }
    }

    /// Takes a full batch and gives an empty one.
    func exchange(_ other: inout Batch, next sequence: UInt64) {
      free.wait()
      swap(&batch, &other)
      other.begin(at: sequence)
      full.signal()
    }

    /// Waits until all is recorded, and ends the thread.
    func finish() {
      free.wait()
      isLast = true
      full.signal()
      free.wait()
      // A semaphore ends as it began.
      free.signal()
    }
  }

  private static let interval: Int64 = 1_000
  private static let rounds = 5

  /// What a round took.
  private struct Round {
    /// From when a tick was due: all, and those that led to an order.
    var (all, decided) = (Histogram(), Histogram())
    /// Those that led to an order, from when they were taken.
    var alone = Histogram()
    /// The same pace with nothing to do.
    var idle = Histogram()
  }

  static func run(_ bench: Bench) throws {
    let events = bench.quotes.events
    let setup = RecordedMarket.setup(fast: 10, slow: 50)
    // What other benchmarks wrote is not brought to the disk meanwhile.
    sync()
    // As the daemon does.
    ResidentMemory.prepare()
    let all = try (0..<rounds).map { _ in try round(bench, events, setup) }
    // The middle one by its tail, which neighbours move most.
    let ordered = all.sorted { $0.decided.quantile(0.99) < $1.decided.quantile(0.99) }
    let middle = ordered[rounds / 2]
    bench.report("nothing to do, p50", middle.idle.quantile(0.5), "ns")
    bench.report("nothing to do, p99", middle.idle.quantile(0.99), "ns")
    bench.report("nothing to do, later than 2 us", middle.idle.percent(above: 2_000), "%")
    report(bench, "any tick", middle.all, goals: (nil, nil))
    report(bench, "tick to order", middle.decided, goals: (500, 2_000))
    bench.report("tick to order, later than 2 us", middle.decided.percent(above: 2_000), "%")
    bench.report(
      "tick to order, p99, least of \(rounds) rounds", ordered[0].decided.quantile(0.99), "ns")
    report(bench, "tick to order, once taken", middle.alone, goals: (500, 2_000))
  }

  private static func round(
    _ bench: Bench, _ events: [TimedEvent], _ setup: Backtest.Setup
  ) throws -> Round {
    let path = bench.path("latency")
    defer { bench.remove(path) }
    let recording = Recording(
      try Journal.create(
        at: path, meta: RecordedMarket.meta, durability: .none,
        options: JournalOptions(mapSize: 1 << 30)))
    var sequencer = Sequencer(engine: RecordedMarket.engine(setup))
    var batch = Batch(startingAt: 1)
    var round = Round()
    var due = now() + interval
    for tick in events {
      var taken = now()
      while taken < due { taken = now() }
      let time = Instant(nanoseconds: tick.time)
      let orders = sequencer.engine.tally.orders
      sequencer.step(tick.event, event: time, at: time, into: &batch)
      let done = now()
      let latency = done - due
      round.all.record(latency)
      due += interval
      if sequencer.engine.tally.orders != orders {
        round.decided.record(latency)
        round.alone.record(done - taken)
        if case .quote(let quote) = tick.event { fill(quote, time, &sequencer, &batch) }
      }
      if batch.entryCount >= 60_000 {
        recording.exchange(&batch, next: sequencer.sequence + 1)
      }
    }
    recording.finish()
    precondition(round.decided.count > 0)
    round.idle = pace(events.count)
    return round
  }

  /// How late the moments come that ticks are due at: below this no tick can be taken.
  private static func pace(_ count: Int) -> Histogram {
    var late = Histogram()
    var due = now() + interval
    for _ in 0..<count {
      var taken = now()
      while taken < due { taken = now() }
      late.record(taken - due)
      due += interval
    }
    return late
  }

  /// The venue's answer to the order just sent.
  static func fill(
    _ quote: Quote, _ time: Instant, _ sequencer: inout Sequencer, _ batch: inout Batch
  ) {
    let id = sequencer.engine.market.orders.lastID
    guard let ticket = sequencer.engine.market.orders[id]?.ticket else { return }
    let fill = Fill(
      id: id.raw, price: ticket.side == .buy ? quote.ask : quote.bid, quantity: ticket.quantity,
      fee: .zero, feeCurrency: "USD", liquidity: .taker)
    for outcome in [VenueReport.Outcome.accepted(venueOrder: "SIM"), .filled(fill)] {
      sequencer.step(
        .report(VenueReport(order: id, outcome)), event: time, at: time, into: &batch)
    }
  }

  private static func report(
    _ bench: Bench, _ name: String, _ histogram: Histogram, goals: (p50: Double?, p99: Double?)
  ) {
    bench.report("\(name), p50", histogram.quantile(0.5), "ns", goal: goals.p50.map { .atMost($0) })
    bench.report(
      "\(name), p99", histogram.quantile(0.99), "ns", goal: goals.p99.map { .atMost($0) })
    bench.report("\(name), p99.9", histogram.quantile(0.999), "ns")
    bench.report("\(name), largest", Double(histogram.largest), "ns")
  }
}
