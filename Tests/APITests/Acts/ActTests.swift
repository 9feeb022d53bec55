import Foundation
import Glibc
import NIOCore
import Projections
import Scenarios
import Testing

@testable import API

/// Acts against a real server, and a listener in the daemon's place.
struct ActTests {
  /// A server over a copy of the run, so that each test has a control socket of its own.
  private static func with(
    answer: @escaping @Sendable ([String: String]) -> String? = { _ in nil },
    _ body: (TestServer, Daemon) async throws -> Void
  ) async throws {
    let folder = try JournalFolder()
    try FileManager.default.copyItem(atPath: SharedRun.own.path, toPath: folder.path("run"))
    let daemon = try Daemon(folder.path("run"), answer: answer)
    defer { daemon.stop() }
    try await TestServer.with(folder.path("run"), actPatience: .milliseconds(300)) { server in
      try await body(server, daemon)
    }
  }

  private static func post(
    _ server: TestServer, _ path: String, _ body: String?, as subject: String, _ role: Role,
    key: String? = nil, method: String = "POST"
  ) async throws -> Client.Answer {
    let token = try await server.token(subject, role)
    return try await Client.request(
      method, path, port: server.port,
      headers: [
        ("authorization", "Bearer \(token)"), ("idempotency-key", key ?? UUID().uuidString),
      ], body: body)
  }

  private static let halt = #"{"scope":"strategy cross","reason":"news"}"#

  @Test func `a halt is asked for in the name of the token's subject`() async throws {
    try await Self.with { server, daemon in
      let answer = try await Self.post(server, "/api/v1/halts", Self.halt, as: "ann", .trader)
      #expect(answer.status == 202)
      #expect(answer.sequence == 1001 && answer.json["status"] as? String == "recorded")
      #expect(
        daemon.requests == [
          [
            "op": "act", "act": "halt", "scope": "strategy cross", "reason": "news",
            "subject": "ann",
          ]
        ])
      _ = try await Self.post(
        server, "/api/v1/kills", #"{"scope":"all","reason":"x"}"#, as: "root", .admin)
      #expect(daemon.requests.last?["act"] == "kill")
      #expect(daemon.requests.last?["subject"] == "root")
    }
  }

  @Test func `an order is cancelled by its id, if the journal has it`() async throws {
    try await Self.with { server, daemon in
      let answer = try await Self.post(
        server, "/api/v1/orders/ord-1", nil, as: "ann", .trader, method: "DELETE")
      #expect(answer.status == 202)
      #expect(daemon.requests.last?["act"] == "cancel")
      #expect(daemon.requests.last?["scope"] == "order ord-1")
      let unknown = try await Self.post(
        server, "/api/v1/orders/ord-999999", nil, as: "ann", .trader, method: "DELETE")
      #expect(unknown.status == 404 && daemon.requests.count == 1)
    }
  }

  @Test func `an order is cancelled by the name that a person gave it`() async throws {
    try await Self.with(answer: { request in
      switch request["scope"] {
      case "order hedge-8":
        #"{"ok":false,"error":{"code":"unknown_order","what":"there is no order `hedge-8`"}}"#
      case "order hedge-9": #"{"ok":false,"error":{"code":"refused_order","what":"refused"}}"#
      default: nil
      }
    }) { server, daemon in
      for (name, status) in [
        ("hedge-7", 202), ("hedge-8", 404), ("hedge-9", 409), ("ord-x", 400),
      ] {
        let answer = try await Self.post(
          server, "/api/v1/orders/\(name)", nil, as: "ann", .trader, method: "DELETE")
        #expect(answer.status == status, "\(name)")
      }
      #expect(daemon.requests.first?["scope"] == "order hedge-7")
    }
  }

  @Test func `an order of a person is passed on with its name and subject`() async throws {
    try await Self.with { server, daemon in
      let body =
        #"{"strategy":"cross","instrument":"IDX","side":"buy","quantity":"1","type":"limit","#
        + #""price":"4800.25","reason":"hedge"}"#
      let answer = try await Self.post(
        server, "/api/v1/orders/hedge-1", body, as: "ann", .trader)
      #expect(answer.status == 202 && answer.sequence == 1001)
      #expect(
        daemon.requests == [
          [
            "op": "order", "id": "hedge-1", "subject": "ann", "strategy": "cross",
            "instrument": "IDX", "side": "buy", "quantity": "1", "type": "limit",
            "price": "4800.25", "reason": "hedge",
          ]
        ])
      let viewer = try await Self.post(
        server, "/api/v1/orders/hedge-2", body, as: "vic", .viewer)
      #expect(viewer.status == 403 && daemon.requests.count == 1)
      let unknown = try await Self.post(
        server, "/api/v1/orders/hedge-3", #"{"strategy":"cross","colour":"red"}"#, as: "ann",
        .trader)
      #expect(unknown.status == 422 && daemon.requests.count == 1)
    }
  }

  @Test func `a signal is passed on as it is`() async throws {
    try await Self.with { server, daemon in
      let body = #"{"instrument":"IDX","score":"0.7","model":"m","version":"1"}"#
      let answer = try await Self.post(
        server, "/api/internal/v1/signals/generate", body, as: "ann", .analyst)
      #expect(answer.status == 202)
      #expect(
        daemon.requests == [
          ["op": "signal", "instrument": "IDX", "score": "0.7", "model": "m", "version": "1"]
        ])
    }
  }

  @Test func `what the daemon refuses is told in its words`() async throws {
    try await Self.with(answer: { request in
      request["scope"] == "strategy nobody"
        ? #"{"ok":false,"error":{"code":"unknown_scope","what":"no strategy `nobody`"}}"#
        : #"{"ok":false,"error":{"code":"stalled","what":"the disk is full"}}"#
    }) { server, _ in
      let unknown = try await Self.post(
        server, "/api/v1/halts", #"{"scope":"strategy nobody","reason":"x"}"#, as: "ann", .trader)
      #expect(unknown.status == 422 && unknown.code == "unknown_scope")
      #expect(unknown.json["detail"] as? String == "no strategy `nobody`")
      let stalled = try await Self.post(server, "/api/v1/halts", Self.halt, as: "ann", .trader)
      #expect(stalled.status == 503 && stalled.json["retryable"] as? Bool == true)
    }
  }

  @Test func `a daemon that is not there, silent or garbled is told apart`() async throws {
    try await Self.with(answer: { $0["scope"] == "all" ? "" : "gibberish" }) { server, daemon in
      let silent = try await Self.post(
        server, "/api/v1/halts", #"{"scope":"all","reason":"x"}"#, as: "ann", .trader, key: "k")
      #expect(silent.status == 504 && silent.code == "in_doubt")
      #expect(silent.json["retryable"] as? Bool == false)
      // In doubt it is not done again.
      let again = try await Self.post(
        server, "/api/v1/halts", #"{"scope":"all","reason":"x"}"#, as: "ann", .trader, key: "k")
      #expect(again.status == 504 && daemon.requests.count == 1)
      let garbled = try await Self.post(server, "/api/v1/halts", Self.halt, as: "ann", .trader)
      #expect(garbled.status == 502 && garbled.code == "daemon_garbled")
      daemon.stop()
      try FileManager.default.removeItem(atPath: server.journal + "/control.sock")
      let gone = try await Self.post(
        server, "/api/v1/halts", Self.halt, as: "ann", .trader, key: "g")
      #expect(gone.status == 503 && gone.code == "daemon_unreachable")
      #expect(gone.headers["retry-after"] != nil)
    }
  }

  @Test func `the same key does once, and only for the same request and person`() async throws {
    try await Self.with { server, daemon in
      let first = try await Self.post(
        server, "/api/v1/halts", Self.halt, as: "ann", .trader, key: "k")
      let second = try await Self.post(
        server, "/api/v1/halts", Self.halt, as: "ann", .trader, key: "k")
      #expect(first.body == second.body && second.status == 202)
      #expect(second.headers["idempotency-replayed"] == "true")
      #expect(daemon.requests.count == 1)
      let other = try await Self.post(
        server, "/api/v1/halts", #"{"scope":"all","reason":"news"}"#, as: "ann", .trader, key: "k")
      #expect(other.status == 422 && other.code == "idempotency_key_reused")
      let person = try await Self.post(
        server, "/api/v1/halts", Self.halt, as: "bob", .trader, key: "k")
      #expect(person.status == 202 && daemon.requests.count == 2)
      let token = try await server.token("ann", .trader)
      let missing = try await Client.request(
        "POST", "/api/v1/halts", port: server.port, headers: [("authorization", "Bearer \(token)")],
        body: Self.halt)
      #expect(missing.status == 400 && missing.code == "no_idempotency_key")
    }
  }

  @Test func `while an act is under way the same key is told to wait`() async throws {
    let folder = try JournalFolder()
    let idempotency = Idempotency(ActShelf(folder.path("api.sqlite"), Pools()))
    let key = Idempotency.Key(subject: "ann", key: "k")
    let answer = try await idempotency.once(key, "a", at: 0) { () async throws(Problem) in
      do throws(Problem) {
        _ = try await idempotency.once(key, "a", at: 0) { () throws(Problem) in Answer(.null) }
        Issue.record("it was done twice")
      } catch {
        #expect(error.status == 409 && error.code == "in_flight" && error.isRetryable)
      }
      return Answer(.bool(true))
    }
    #expect(answer.text == "true")
    // After a day the key is free.
    let later = try await idempotency.once(key, "b", at: Idempotency.life + 1) {
      () throws(Problem) in Answer(.bool(false))
    }
    #expect(later.text == "false")
  }

  @Test func `a key is known after a restart, and in doubt if its act was not answered`()
    async throws
  {
    let folder = try JournalFolder()
    let key = Idempotency.Key(subject: "ann", key: "k")
    let cut = Idempotency.Key(subject: "ann", key: "cut")
    do {
      let shelf = ActShelf(folder.path("api.sqlite"), Pools())
      let answer = try await Idempotency(shelf).once(key, "a", at: 0) { () throws(Problem) in
        Answer(.string("done"), status: 202)
      }
      #expect(answer.status == 202)
      // The process dies between the act and its answer.
      let known = try await shelf.use { (store) throws(ActStoreError) in
        try store.begin(cut, "a", at: 0, life: 10, most: 10)
      }
      #expect(known == .new)
    }
    let idempotency = Idempotency(ActShelf(folder.path("api.sqlite"), Pools()))
    let again = try await idempotency.once(key, "a", at: 1) { () throws(Problem) in
      Issue.record("it was done twice")
      return Answer(.null)
    }
    #expect(again.status == 202 && again.text == #""done""#)
    #expect(again.headers.contains(Header("idempotency-replayed", "true")))
    for (key, request, status, code) in [
      (key, "b", 422, "idempotency_key_reused"), (cut, "a", 504, "in_doubt"),
    ] {
      do throws(Problem) {
        _ = try await idempotency.once(key, request, at: 1) { () throws(Problem) in Answer(.null) }
        Issue.record("it was done")
      } catch { #expect(error.status == status && error.code == code) }
    }
  }

  @Test func `where keys cannot be kept, acts are refused but for those that stop`() async throws {
    let folder = try JournalFolder()
    let idempotency = Idempotency(ActShelf(folder.path("nowhere/api.sqlite"), Pools()))
    let key = Idempotency.Key(subject: "ann", key: "k")
    do throws(Problem) {
      _ = try await idempotency.once(key, "a", at: 0) { () throws(Problem) in Answer(.null) }
      Issue.record("it was done")
    } catch { #expect(error.status == 503 && error.code == "acts_unavailable") }
    let halt = try await idempotency.once(key, "a", at: 0, mayRepeat: true) { () throws(Problem) in
      Answer(.bool(true))
    }
    #expect(halt.text == "true")
  }

  @Test func `an alert is acknowledged by a note that names it`() async throws {
    let folder = try JournalFolder()
    _ = try folder.write(Scene.told(), to: "run")
    let daemon = try Daemon(folder.path("run"))
    defer { daemon.stop() }
    try await TestServer.with(folder.path("run")) { server in
      let alerts = try await server.get("/api/internal/v1/alerts")
      let seen = alerts.data.compactMap { $0["acknowledged"] as? [String: Any] }
      #expect(seen.count == 1 && seen.first?["subject"] as? String == "ann")
      let open = try #require(
        alerts.data.first { $0["acknowledged"] == nil }?["seq"] as? Int)
      let path = "/api/internal/v1/alerts/\(open)/acknowledgements"
      let done = try await Self.post(server, path, #"{"note":"mended"}"#, as: "bob", .risk)
      #expect(done.status == 202)
      #expect(
        daemon.requests == [
          [
            "op": "act", "act": "note", "scope": "all",
            "reason": "acknowledged #\(open): mended", "subject": "bob",
          ]
        ])
      for (place, status, code) in [("1", 404, "unknown_alert"), ("x", 404, "unknown_alert")] {
        let wrong = try await Self.post(
          server, "/api/internal/v1/alerts/\(place)/acknowledgements", "{}", as: "bob", .risk)
        #expect(wrong.status == status && wrong.code == code)
      }
    }
  }

  @Test func `the daemon is reached in a folder whose path is longer than a socket's may be`()
    async throws
  {
    let folder = try JournalFolder()
    let deep = folder.path(String(repeating: "deep/", count: 30))
    try FileManager.default.createDirectory(atPath: deep, withIntermediateDirectories: true)
    let journal = deep + "run"
    try FileManager.default.copyItem(atPath: SharedRun.own.path, toPath: journal)
    let short = try JournalFolder()
    try FileManager.default.createDirectory(
      atPath: short.path("s"), withIntermediateDirectories: true)
    let daemon = try Daemon(short.path("s"))
    defer { daemon.stop() }
    // A name of a socket is its file: it answers under any name of that.
    #expect(link(short.path("s/control.sock"), journal + "/control.sock") == 0)
    try await TestServer.with(journal) { server in
      let answer = try await Self.post(server, "/api/v1/halts", Self.halt, as: "ann", .trader)
      #expect(answer.status == 202 && daemon.requests.count == 1)
    }
  }

  @Test(arguments: [
    ("", 400, "not_an_object"), ("[]", 400, "not_an_object"), ("{", 400, "not_an_object"),
    (#"{"scope":"all","reason":"x","scope":"strategy cross"}"#, 400, "repeated_key"),
    (#"{"scope":"all"}"#, 422, "bad_body"), (#"{"scope":1,"reason":"x"}"#, 422, "bad_body"),
    (#"{"scope":"all","reason":"x","more":"y"}"#, 422, "bad_body"),
    (#"{"scope":"all","reason":""}"#, 422, "bad_body"),
    (#"{"scope":"all","reason":"a\nb"}"#, 422, "bad_body"),
    (String(repeating: "[", count: 20_000), 400, "not_an_object"),
  ])
  func `a body that is wrong is refused with every fault`(
    _ body: String, _ status: Int, _ code: String
  ) async throws {
    try await Self.with { server, daemon in
      let answer = try await Self.post(server, "/api/v1/halts", body, as: "ann", .trader)
      #expect(answer.status == status && answer.code == code)
      #expect(status != 422 || (answer.json["errors"] as? [Any])?.isEmpty == false)
      #expect(daemon.requests.isEmpty)
    }
  }
}
