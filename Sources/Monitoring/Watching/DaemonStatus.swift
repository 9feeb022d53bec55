import Alerting
import Foundation
import Sequencing

/// What the daemon's control socket says to `status` (docs/live.md), as far as it is watched.
struct DaemonStatus: Equatable, Sendable {
  /// A latency, as counts up to bounds.
  struct Latency: Equatable, Sendable {
    var count: UInt64 = 0
    /// In nanoseconds.
    var sum: UInt64 = 0
    /// Ascending; how many were at most so many nanoseconds.
    var buckets: [(bound: UInt64, count: UInt64)] = []

    static func == (a: Self, b: Self) -> Bool {
      a.count == b.count && a.sum == b.sum && a.buckets.elementsEqual(b.buckets, by: ==)
    }
  }

  var state = ""
  var sequence: UInt64 = 0
  var durable: UInt64 = 0
  var stall: String?
  var commits: UInt64 = 0
  var halts = 0
  var kills = 0
  var openOrders: UInt64 = 0
  var inboxDepth: UInt64 = 0
  var inboxDeepest: UInt64 = 0
  var inboxCapacity: UInt64 = 0
  var conflated: UInt64 = 0
  private var latencies: [Stage: Latency] = [:]

  /// How long a stage takes.
  subscript(stage: Stage) -> Latency { latencies[stage] ?? Latency() }

  var reading: Reading.Daemon {
    Reading.Daemon(
      sequence: sequence, durable: durable, stall: stall, inboxDepth: inboxDepth,
      inboxCapacity: inboxCapacity)
  }

  init() {}

  /// - Parameter fields: the object `status` of an answer; what is missing is 0.
  init(_ fields: [String: Any]) {
    func number(_ name: String, _ fields: [String: Any]) -> UInt64 {
      (fields[name] as? NSNumber)?.uint64Value ?? 0
    }
    func latency(_ name: String) -> Latency {
      guard let own = fields[name] as? [String: Any] else { return Latency() }
      let buckets = (own["buckets"] as? [String: String] ?? [:]).compactMap { bound, count in
        UInt64(bound).flatMap { bound in UInt64(count).map { (bound: bound, count: $0) } }
      }
      return Latency(
        count: number("count", own), sum: number("sum", own),
        buckets: buckets.sorted { $0.bound < $1.bound })
    }
    state = fields["state"] as? String ?? ""
    sequence = number("seq", fields)
    durable = number("durable_seq", fields)
    stall = fields["stall"] as? String
    commits = number("commits", fields)
    halts = (fields["halts"] as? [Any])?.count ?? 0
    kills = (fields["kills"] as? [String: Any])?.count ?? 0
    openOrders = number("open_orders", fields)
    inboxDepth = number("inbox_depth", fields)
    inboxDeepest = number("inbox_deepest", fields)
    inboxCapacity = number("inbox_capacity", fields)
    conflated = number("conflated", fields)
    for stage in Stage.allCases { latencies[stage] = latency(stage.name) }
  }
}
