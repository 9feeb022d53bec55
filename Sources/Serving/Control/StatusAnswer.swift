import Events
import Sequencing
import Trading

extension LiveStatus {
  /// The answer to `status`, as docs/live.md has it.
  func answer(_ facts: DaemonFacts, _ inbox: Inbox) -> JSONLine {
    var line = JSONLine()
    line.field("ok", true)
    line.field("status", object: status(facts, inbox))
    return line
  }

  private func status(_ facts: DaemonFacts, _ inbox: Inbox) -> JSONLine {
    var line = JSONLine()
    line.field("state", facts.state(self))
    line.field("mode", "paper")
    line.field("pid", facts.process)
    line.field("started", facts.started)
    line.field("journal_id", facts.journal)
    line.field("seq", sequence)
    line.field("time", time)
    line.field("durable_seq", durable)
    line.field("durability", facts.durability)
    line.field("stall", stall)
    line.field("commits", commits)
    line.field("halts", list: halts.map(text))
    line.field("kills", kills.map { (text($0.scope), "\($0.open)") })
    line.field("venues", venues.map { ($0.name, $0.trouble ?? "connected") })
    line.field("open_orders", openOrders)
    line.field("bars", tally.bars)
    line.field("signals", tally.signals)
    line.field("intents", tally.intents)
    line.field("refused", tally.refused.reduce(0, +))
    line.field("orders", tally.orders)
    line.field("fills", tally.fills)
    line.field("alerts", tally.alerts)
    line.field("inbox_depth", inbox.depth)
    line.field("inbox_deepest", inbox.deepestQueue)
    line.field("inbox_capacity", inbox.capacity)
    line.field("conflated", inbox.conflatedQuotes)
    line.field("clock_offset_ns", clock.map { "\($0.offset)" })
    line.field("clock_error_ns", clock.map { "\($0.error)" })
    line.field("clock_synchronised", clock?.isSynchronised ?? false)
    for stage in Stage.allCases { line.field(stage.name, object: self[stage].line) }
    line.field("strategies", list: strategies)
    line.field("accounts", list: accounts)
    line.field("instruments", list: instruments.map(\.fullName))
    return line
  }
}

extension LatencyFigures {
  fileprivate var line: JSONLine {
    var line = JSONLine()
    line.field("count", count)
    line.field("p50", p50)
    line.field("p99", p99)
    line.field("p999", p999)
    line.field("max", max)
    line.field("sum", sum)
    line.field("buckets", zip(Self.bounds, buckets).map { (String($0), String($1)) })
    return line
  }
}

/// What does not change while a daemon runs.
struct DaemonFacts: Sendable {
  var process: Int32
  var started: Instant
  var journal: String
  var durability: String
  var isStopping = false

  /// One word for how it is.
  func state(_ status: LiveStatus) -> String {
    if isStopping { return "stopping" }
    if status.stall != nil { return "stalled" }
    return status.halts.isEmpty ? "trading" : "halted"
  }
}
