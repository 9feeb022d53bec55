import Events
import Histogram
import Synchronization
import Trading

/// Percentiles of a latency in nanoseconds; 0 while there is none.
public struct LatencyFigures: Equatable, Sendable {
  public var count: UInt64 = 0
  public var p50: UInt64 = 0
  public var p99: UInt64 = 0
  public var p999: UInt64 = 0
  public var max: UInt64 = 0
  /// Of all, as exact as the histogram: to two digits.
  public var sum: UInt64 = 0
  /// How many were at most as long as each of `bounds`.
  public var buckets = [UInt64](repeating: 0, count: LatencyFigures.bounds.count)

  /// Bounds of the buckets in nanoseconds, ascending.
  public static let bounds: [UInt64] = [
    10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000, 5_000_000,
    10_000_000, 20_000_000, 50_000_000, 100_000_000, 200_000_000, 500_000_000, 1_000_000_000,
    10_000_000_000,
  ]

  /// O(values that were recorded).
  init(_ histogram: Histogram<UInt64>) {
    guard histogram.totalCount > 0 else { return }
    count = histogram.totalCount
    for item in histogram.recordedValues() {
      sum &+= item.value &* item.count
      if let index = Self.bounds.firstIndex(where: { item.value <= $0 }) {
        buckets[index] += item.count
      }
    }
    for index in buckets.indices.dropFirst() { buckets[index] += buckets[index - 1] }
    p50 = histogram.valueAtPercentile(50)
    p99 = histogram.valueAtPercentile(99)
    p999 = histogram.valueAtPercentile(99.9)
    max = histogram.max
  }

  public init() {}
}

/// How a live run is, as its threads last said it.
public struct LiveStatus: Sendable {
  /// Sequence and receive time of the entry made last.
  public var sequence: UInt64 = 0
  public var time = Instant.epoch
  /// Sequence up to which everything is durable by the run's policy.
  public var durable: UInt64 = 0
  /// What is halted, in the order in which it was.
  public var halts: [Scope] = []
  /// Breakers that keep orders from being sent, in order of their names and scopes.
  public var breakers: [Engine.BreakerState] = []
  /// Kills that are under way, and how many orders each still has open.
  public var kills: [(scope: Scope, open: Int)] = []
  public var openOrders = 0
  /// The order that was made last.
  public var lastOrder = OrderID.none
  /// People's names for their orders.
  public var instructions = Instructions()
  public var tally = Tally()
  /// Names by id.
  public var strategies: [String] = []
  public var accounts: [String] = []
  public var instruments: [Instrument] = []
  /// Commits so far.
  public var commits: UInt64 = 0
  /// Why nothing can be recorded, while that is so.
  public var stall: String?
  /// The clock's offset, as measured last.
  public var clock: ClockReading?
  private var latencies: [Stage: LatencyFigures] = [:]

  /// The ways to venues, and why nothing can be traded through each; nil where it can.
  public var venues: [(name: String, trouble: String?)] = []

  /// How long a stage takes.
  public subscript(stage: Stage) -> LatencyFigures {
    get { latencies[stage] ?? LatencyFigures() }
    set { latencies[stage] = newValue }
  }

  public init() {}

  /// How an engine is that nothing runs.
  public init(_ engine: borrowing Engine) {
    halts = engine.halts
    breakers = engine.blockingBreakers
    lastOrder = engine.market.orders.lastID
    instructions = engine.instructions
    strategies = engine.strategyNames
    accounts = engine.market.portfolio.accounts.map(\.name)
    instruments = engine.market.instruments.compactMap { $0 }
  }
}

/// Where the threads say how they are and others read it.
final class LiveBoard: Sendable {
  private let status = Mutex(LiveStatus())

  func read() -> LiveStatus { status.withLock { $0 } }
  func change(_ body: (inout LiveStatus) -> Void) { status.withLock { body(&$0) } }
}
