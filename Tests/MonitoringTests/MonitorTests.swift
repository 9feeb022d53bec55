import Alerting
import Events
import Foundation
import Journaling
import Logging
import NIOPosix
import Scenarios
import Sequencing
import Serving
import Strategies
import Testing
import Trading
import Venues

@testable import Monitoring

/// The monitor beside a real daemon that trades on paper.
@Suite(.serialized) struct MonitorTests {
  struct Timeout: Error { var what: String }

  private static let configuration = ConfigurationItems(
    lines: """
      account.cash=1000000 USD
      risk.order.max_rate=20/s
      strategy.cross.kind=ema-cross
      strategy.cross.instruments=IDX
      strategy.cross.clock=quote
      strategy.cross.fast=4
      strategy.cross.slow=9
      strategy.cross.size=1
      strategy.cross.mode=flip
      """)

  private static func daemon(_ folder: JournalFolder) throws -> Daemon {
    var setup = Daemon.Setup(
      journal: folder.path("run"), configuration: configuration,
      exchange: ExchangeConfiguration(seed: 1), seed: 1, catalog: Catalog.shipped)
    setup.settings.durability = .none
    setup.speed = 20
    return try Daemon.start(setup, key: SigningKey.create())
  }

  /// Looks until it is so.
  private static func until(_ what: String, _ isSo: () throws -> Bool) async throws {
    for _ in 0..<4500 {
      if try isSo() { return }
      try await Task.sleep(nanoseconds: 20_000_000)
    }
    throw Timeout(what: what)
  }

  private static func act(_ folder: JournalFolder, _ act: String, _ reason: String) throws -> UInt64
  {
    try ControlClient.connect(to: folder.path("run")).act([
      ("op", "act"), ("act", act), ("scope", "all"), ("subject", "ann"), ("reason", reason),
    ])
  }

  private static func monitor(_ folder: JournalFolder, _ settings: Monitor.Settings) throws
    -> Monitor
  {
    try Monitor(
      try JournalReader.open(at: folder.path("run")), settings, Monitor.Outside(),
      group: MultiThreadedEventLoopGroup.singleton,
      log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  /// Settings that tell a receiver everything; the secret is in a file of the folder.
  private static func settings(_ folder: JournalFolder, _ receiver: Receiver) throws
    -> Monitor.Settings
  {
    try "hunter2\n".write(toFile: folder.path("secret"), atomically: true, encoding: .utf8)
    var settings = Monitor.Settings(folder: String(folder.path("secret").dropLast(7)))
    settings.alerts.sinks = [
      SinkSettings(
        name: "webhook.ops",
        way: .webhook(url: "http://127.0.0.1:\(receiver.port)/", secret: .file("secret")),
        least: .info)
    ]
    // A full disk, wherever the test runs.
    settings.alerts.diskShare = 1_000_000
    settings.alerts.clockOffset = 0
    settings.traces = TraceSettings(
      endpoint: "http://127.0.0.1:\(receiver.port)/v1/traces", oneIn: 1)
    return settings
  }

  private static func told(_ receiver: Receiver) throws -> [String] {
    try receiver.requests.filter { $0.uri == "/" }.map { request in
      let object = try JSONSerialization.jsonObject(with: Data(request.body.utf8))
      let message = try #require(object as? [String: Any])
      let alert = try #require(message["alert"] as? [String: Any])
      return "\(message["occasion"] ?? "") \(alert["id"] ?? "")"
    }
  }

  @Test func `alerts are told, acknowledged, journaled, and known to the next process`()
    async throws
  {
    let folder = try JournalFolder()
    let daemon = try Self.daemon(folder)
    let receiver = try await Receiver.start()
    let settings = try Self.settings(folder, receiver)
    let monitor = try Self.monitor(folder, settings)
    monitor.start()
    try await Self.until("the disk") { try Self.told(receiver).contains("opened disk.low") }
    try await Self.until("its note") { monitor.alerts.book["disk.low"]?.sequence != 0 }
    _ = try Self.act(folder, "halt", "a drill")
    try await Self.until("the halt") {
      try Self.told(receiver).contains("opened trading.halted:all")
    }
    let note = AlertNote.acknowledged(key: "trading.halted:all", note: "it is me")
    let sequence = try Self.act(folder, "note", note.text)
    try await Self.until("the acknowledgement") {
      try Self.told(receiver).contains("acknowledged trading.halted:all")
    }
    let seen = try #require(monitor.alerts.book["trading.halted:all"])
    #expect(seen.acknowledgement?.subject == "ann" && seen.acknowledgement?.sequence == sequence)
    await monitor.stop()

    let again = try Self.monitor(folder, settings)
    again.start()
    try await Self.until("the head") { again.alerts.isReady }
    #expect(again.alerts.book["trading.halted:all"] == seen)
    #expect(again.alerts.book["disk.low"]?.stage == .open)
    try await Self.until("the reminder") {
      try Self.told(receiver).contains("reminder disk.low")
    }
    #expect(try !Self.told(receiver).contains("reminder trading.halted:all"))
    _ = try Self.act(folder, "resume", "over")
    try await Self.until("the end") {
      try Self.told(receiver).contains("resolved trading.halted:all")
    }
    await again.stop()
    _ = daemon.stop(subject: "test", reason: "over")
    let notes = try JournalReader.open(at: folder.path("run")).entries().compactMap { entry in
      guard case .observation(.operatorAct(let act)) = entry.event, act.act == .note else {
        return nil as String?
      }
      return "\(act.subject): \(act.reason)"
    }
    #expect(notes.contains { $0.hasPrefix("daybook-api: alert opened disk.low warning: ") })
    #expect(notes.contains("ann: alert acknowledged trading.halted:all: it is me"))
    try await receiver.stop()
  }

  @Test func `lives of orders go to a collector, and figures say how many`() async throws {
    let folder = try JournalFolder()
    let daemon = try Self.daemon(folder)
    let receiver = try await Receiver.start()
    let monitor = try Self.monitor(folder, try Self.settings(folder, receiver))
    monitor.start()
    try await Self.until("spans") { receiver.requests.contains { $0.uri == "/v1/traces" } }
    _ = daemon.stop(subject: "test", reason: "over")
    let request = try #require(receiver.requests.first { $0.uri == "/v1/traces" })
    let document = try #require(
      try JSONSerialization.jsonObject(with: Data(request.body.utf8)) as? [String: Any])
    let resource = try #require((document["resourceSpans"] as? [[String: Any]])?.first)
    let scope = try #require((resource["scopeSpans"] as? [[String: Any]])?.first)
    let spans = try #require(scope["spans"] as? [[String: Any]])
    let reader = try JournalReader.open(at: folder.path("run"))
    let prefix = reader.meta.id.description.prefix(16)
    let root = try #require(spans.first { $0["parentSpanId"] == nil })
    for span in spans {
      let trace = try #require(span["traceId"] as? String)
      #expect(trace.count == 32 && trace.hasPrefix(prefix))
      #expect((span["spanId"] as? String)?.count == 16)
      let start = try #require((span["startTimeUnixNano"] as? String).flatMap(Int64.init))
      let end = try #require((span["endTimeUnixNano"] as? String).flatMap(Int64.init))
      #expect(start > 0 && end >= start)
    }
    let attributes = try #require(root["attributes"] as? [[String: Any]])
    let name = try #require(attributes.first { $0["key"] as? String == "daybook.order" })
    let order = try #require((name["value"] as? [String: String])?["stringValue"])
    let number = try #require(UInt64(order.dropFirst(4)))
    #expect(try !reader.sequences(ofOrder: number).isEmpty, "the journal has it")
    try await Self.until("the end") { monitor.alerts.sequence == (try? reader.lastSequence()) }
    let counts = try reader.entries().reduce(into: [String: Int]()) {
      $0[$1.event.kind.name, default: 0] += 1
    }
    let figures = monitor.metrics
    for (kind, count) in counts {
      #expect(figures.contains("daybook_entries_total{kind=\"\(kind)\"} \(count)\n"))
    }
    #expect(figures.contains("daybook_orders_total \(counts["submitted"] ?? 0)\n"))
    await monitor.stop()
    try await receiver.stop()
  }

  @Test func `the status has counts that become histograms`() async throws {
    let folder = try JournalFolder()
    let daemon = try Self.daemon(folder)
    let receiver = try await Receiver.start()
    let monitor = try Self.monitor(folder, try Self.settings(folder, receiver))
    monitor.start()
    try await Self.until("orders") { (monitor.probed?.status?[.send].count ?? 0) > 0 }
    let status = try #require(monitor.probed?.status)
    for stage in Stage.allCases { #expect(status[stage].count > 0, "\(stage.name)") }
    // An entry's stages add up, but for the digits that a histogram drops.
    let (queue, step, decision) = (status[.queue], status[.step], status[.decision])
    #expect(queue.count == decision.count && step.count == decision.count)
    let sum = Double(queue.sum + step.sum)
    #expect(abs(sum - Double(decision.sum)) <= 0.03 * sum + 1000)
    #expect(status[.decision].buckets.count == LatencyFigures.bounds.count)
    #expect(
      zip(status[.release].buckets, status[.release].buckets.dropFirst()).allSatisfy {
        $0.count <= $1.count && $0.bound < $1.bound
      })
    #expect(status[.release].buckets.last?.count == status[.release].count)
    #expect(status[.release].sum > 0)
    let lines = monitor.metrics.split(separator: "\n")
    #expect(lines.contains("daybook_up 1"))
    #expect(lines.contains { $0.hasPrefix("daybook_release_seconds_bucket{le=\"+Inf\"} ") })
    _ = daemon.stop(subject: "test", reason: "over")
    try await Self.until("nobody") { monitor.probed?.status == nil }
    #expect(monitor.metrics.contains("daybook_up 0\n"))
    #expect(!monitor.metrics.contains("daybook_seq "), "what is not known is not there")
    await monitor.stop()
    try await receiver.stop()
  }

  @Test(arguments: [
    (Secret.environment("DAYBOOK_NOT_SET_ANYWHERE"), "is not set"),
    (.file("nothing-here"), "cannot be read"), (.file("empty"), "is empty"),
  ])
  func `a secret that is not there is told at the start, with its key`(
    _ secret: Secret, _ says: String
  ) async throws {
    let folder = try JournalFolder()
    _ = try folder.write([], to: "run")
    try "\n".write(toFile: folder.path("empty"), atomically: true, encoding: .utf8)
    var settings = Monitor.Settings(folder: String(folder.path("empty").dropLast(6)))
    settings.alerts.sinks = [
      SinkSettings(name: "chat.desk", way: .chat(url: secret), least: .warning)
    ]
    let error = try #require(throws: MonitorError.self) {
      _ = try Self.monitor(folder, settings)
    }
    guard case .secret("alerts.chat.desk.url", let why) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(why.contains(says))
  }
}
