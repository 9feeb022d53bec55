import Events
import Histogram
import Synchronization

/// The way of an order through the daemon, from the bytes that led to it to the bytes that it left as. Only what
/// led to commands is measured.
public enum Stage: String, CaseIterable, Sendable {
  /// From the moment in which bytes were read until the core took what they say: decoding, and the inbox.
  case queue
  /// From then to the decision.
  case step
  /// Both together: from the receive time to the decision.
  case decision
  /// From the decision until it was durable by the policy and handed to the gateway.
  case commit
  /// All together: from the receive time until it was handed to the gateway.
  case release
  /// From then until its bytes were in the socket, or the built-in exchange had it.
  case send

  /// As `status` names it.
  public var name: String { rawValue + "_ns" }
}

/// Latencies in nanoseconds, each to two digits, up to an hour. Belongs to one thread.
public struct LatencyHistogram: ~Copyable {
  private var histogram = Histogram<UInt64>(
    highestTrackableValue: 3_600_000_000_000, numberOfSignificantValueDigits: .two)

  public init() {}

  /// Counts one; what is below nothing, as clocks are set back, counts as nothing.
  public mutating func record(_ nanoseconds: Int64) {
    _ = histogram.record(UInt64(max(nanoseconds, 0)))
  }

  /// O(values that were recorded).
  public var figures: LatencyFigures { LatencyFigures(histogram) }
}

/// What the journal thread sees of each stage.
struct StageHistograms: ~Copyable {
  private var queue = LatencyHistogram()
  private var step = LatencyHistogram()
  private var decision = LatencyHistogram()
  private var commit = LatencyHistogram()
  private var release = LatencyHistogram()

  /// Takes note of an entry whose commands leave at `now`.
  mutating func record(_ way: Way, at now: Instant) {
    queue.record(way.taken.since(way.receive))
    step.record(way.decided.since(max(way.taken, way.receive)))
    decision.record(way.decided.since(way.receive))
    commit.record(now.since(way.decided))
    release.record(now.since(way.receive))
  }

  /// Of all but the last stage, which gateways see.
  var figures: [(stage: Stage, figures: LatencyFigures)] {
    [
      (.queue, queue.figures), (.step, step.figures), (.decision, decision.figures),
      (.commit, commit.figures), (.release, release.figures),
    ]
  }
}

/// When an entry that led to commands came by.
struct Way {
  /// When its bytes were read.
  var receive: Instant
  /// When the core took it.
  var taken: Instant
  /// When its commands were decided.
  var decided: Instant
}

/// How long gateways take from being handed a command until it is out. They tell, whoever shows figures asks.
public final class SendLatency: Sendable {
  private let histogram = Mutex(LatencyHistogram())

  public init() {}

  public func record(_ nanoseconds: Int64, count: Int) {
    histogram.withLock { for _ in 0..<count { $0.record(nanoseconds) } }
  }

  public var figures: LatencyFigures { histogram.withLock { $0.figures } }
}
