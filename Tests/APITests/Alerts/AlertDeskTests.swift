import Events
import Foundation
import Journaling
import Scenarios
import Testing

@testable import API

/// Alerts over HTTP: what is open, and what people do about it.
struct AlertDeskTests {
  private static let instant = Instant(nanoseconds: 1_767_623_400_000_000_000)

  /// A journal whose run goes on, with a halt in it.
  private static func journal(_ folder: JournalFolder) throws -> String {
    let events: [Event] = [
      .observation(
        .runStarted(
          RunStart(mode: .live, seed: 1, engine: "test", strategies: "", source: "test"))),
      .observation(
        .operatorAct(OperatorAct(act: .halt, scope: .all, subject: "ann", reason: "a drill"))),
      .decision(.halted(.all, reason: "a drill")),
    ]
    let entries = events.enumerated().map { index, event in
      Entry(
        header: EntryHeader(
          sequence: UInt64(index + 1), eventTime: instant, receiveTime: instant,
          cause: index == 2 ? 2 : 0), event: event)
    }
    _ = try folder.write(entries, to: "run")
    return folder.path("run")
  }

  private static func alerts(_ server: TestServer) async throws -> [[String: Any]] {
    for _ in 0..<500 {
      let answer = try await server.get("/api/internal/v1/alerts", as: .viewer)
      let alerts = answer.json["alerts"] as? [[String: Any]] ?? []
      if answer.json["alerts_ready"] as? Bool == true { return alerts }
      try await Task.sleep(nanoseconds: 10_000_000)
    }
    return []
  }

  private static func post(
    _ server: TestServer, _ path: String, _ body: String, _ role: Role = .trader
  ) async throws -> Client.Answer {
    let token = try await server.token("ann", role)
    return try await Client.request(
      "POST", "/api/internal/v1/alerts/" + path, port: server.port,
      headers: [
        ("authorization", "Bearer \(token)"), ("idempotency-key", UUID().uuidString),
      ], body: body)
  }

  @Test func `what is open is listed beside the entries`() async throws {
    let folder = try JournalFolder()
    try await TestServer.with(try Self.journal(folder)) { server in
      let alerts = try await Self.alerts(server)
      let halted = try #require(alerts.first { $0["id"] as? String == "trading.halted:all" })
      #expect(halted["state"] as? String == "open" && halted["severity"] as? String == "warning")
      #expect(halted["seq"] as? Int == 3 && halted["detail"] as? String == "a drill")
      let answer = try await server.get("/api/internal/v1/alerts")
      #expect(answer.data.map { $0["kind"] as? String } == ["halted"])
      #expect(answer.json["silences"] as? [String] == [])
    }
  }

  @Test func `an acknowledgement and a silence are notes in the caller's name`() async throws {
    let folder = try JournalFolder()
    let journal = try Self.journal(folder)
    let daemon = try Daemon(journal)
    defer { daemon.stop() }
    try await TestServer.with(journal) { server in
      _ = try await Self.alerts(server)
      for role in [Role.trader, .risk, .admin] {
        let done = try await Self.post(
          server, "trading.halted:all/acknowledgements", #"{"note":"it is me"}"#, role)
        #expect(done.status == 202 && done.sequence != nil)
      }
      let silence = try await Self.post(
        server, "feed.stale/silences", #"{"for":"2h","note":"maintenance"}"#)
      #expect(silence.status == 202)
      let notes = daemon.requests.filter { $0["act"] == "note" && $0["subject"] == "ann" }
      #expect(
        notes.prefix(3).map { $0["reason"] }
          == Array(repeating: "alert acknowledged trading.halted:all: it is me", count: 3))
      #expect(notes.last?["reason"]?.hasPrefix("alert silenced feed.stale until 2") == true)
      #expect(notes.last?["reason"]?.hasSuffix("Z: maintenance") == true)
    }
  }

  @Test(arguments: [
    ("disk.low/acknowledgements", #"{"note":""}"#, Role.trader, 404, "unknown_alert"),
    ("nothing/silences", #"{"for":"1h","note":""}"#, .trader, 404, "unknown_alert"),
    ("feed.stale/silences", #"{"for":"8d","note":""}"#, .trader, 422, "bad_body"),
    ("feed.stale/silences", #"{"for":"0s","note":""}"#, .trader, 422, "bad_body"),
    ("feed.stale/silences", #"{"for":"for ever","note":""}"#, .trader, 422, "bad_body"),
    ("feed.stale/silences", #"{"note":""}"#, .trader, 422, "bad_body"),
    ("feed.stale/silences", #"{"for":"1h","note":"a\nb"}"#, .trader, 422, "bad_body"),
    ("trading.halted:all/acknowledgements", #"{"note":""}"#, .viewer, 403, "forbidden"),
    ("trading.halted:all/acknowledgements", #"{"note":""}"#, .auditor, 403, "forbidden"),
  ])
  func `what cannot be done is refused`(
    _ path: String, _ body: String, _ role: Role, _ status: Int, _ code: String
  ) async throws {
    let folder = try JournalFolder()
    try await TestServer.with(try Self.journal(folder)) { server in
      _ = try await Self.alerts(server)
      let answer = try await Self.post(server, path, body, role)
      #expect(answer.status == status && answer.code == code, "\(answer.body)")
    }
  }

  @Test func `figures need no token from this machine, and a good one if there is one`()
    async throws
  {
    let folder = try JournalFolder()
    try await TestServer.with(try Self.journal(folder)) { server in
      _ = try await Self.alerts(server)
      let answer = try await Client.request("GET", "/metrics", port: server.port)
      #expect(answer.status == 200)
      #expect(answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
      #expect(answer.body.contains("daybook_entries_total{kind=\"halted\"} 1\n"))
      #expect(answer.body.contains("\ndaybook_up 0\n"))
      let route = try #require(server.server.routes.first { $0.path == "/metrics" })
      #expect(route.permission == nil && route.remotePermission == .readTrading)
    }
  }

  @Test func `who is of this machine is told by the address alone`() throws {
    for (peer, isLocal) in [
      ("127.0.0.1", true), ("127.9.9.9", true), ("::1", true), ("local", true),
      ("10.0.0.1", false), ("::ffff:10.0.0.1", false), ("192.168.127.1", false), ("", false),
    ] {
      let call = Call(
        method: "GET", target: try Target("/metrics"),
        headers: [Header("x-forwarded-for", "127.0.0.1")], body: [], peer: peer)
      #expect(call.isLocal == isLocal, "\(peer)")
    }
  }
}
