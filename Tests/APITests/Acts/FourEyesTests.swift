import Foundation
import Projections
import Scenarios
import Testing

@testable import API

/// What needs two persons.
struct FourEyesTests {
  private static func with(_ body: (TestServer, Daemon) async throws -> Void) async throws {
    let folder = try JournalFolder()
    try FileManager.default.copyItem(atPath: SharedRun.own.path, toPath: folder.path("run"))
    let daemon = try Daemon(folder.path("run"))
    defer { daemon.stop() }
    try await TestServer.with(folder.path("run")) { server in try await body(server, daemon) }
  }

  private static func ask(
    _ server: TestServer, _ method: String, _ path: String, _ body: String? = nil,
    as subject: String, _ role: Role
  ) async throws -> Client.Answer {
    let token = try await server.token(subject, role)
    return try await Client.request(
      method, path, port: server.port,
      headers: [("authorization", "Bearer \(token)"), ("idempotency-key", UUID().uuidString)],
      body: body)
  }

  private static let limit =
    #"{"key":"order.max_quantity","scope":"all","value":"500","reason":"calm"}"#

  @Test func `a limit changes in the name of two persons`() async throws {
    try await Self.with { server, daemon in
      let path = "/api/internal/v1/risk/limits"
      let asked = try await Self.ask(server, "POST", path, Self.limit, as: "ann", .trader)
      #expect(asked.status == 202 && asked.json["status"] as? String == "proposed")
      let name = try #require(asked.json["proposal"] as? String)
      #expect(daemon.requests.isEmpty)
      let list = try await Self.ask(server, "GET", "/api/v1/proposals", as: "eve", .auditor)
      #expect(list.data.first?["proposal"] as? String == name)
      #expect(list.data.first?["value"] as? String == "500")
      let approval = "/api/v1/proposals/\(name)/approvals"
      let trader = try await Self.ask(server, "POST", approval, "{}", as: "bob", .trader)
      #expect(trader.status == 403 && trader.code == "forbidden")
      let done = try await Self.ask(server, "POST", approval, "{}", as: "bob", .risk)
      #expect(done.status == 202 && done.sequence == 1001)
      #expect(
        daemon.requests == [
          [
            "op": "limit", "key": "risk.order.max_quantity", "value": "500",
            "reason": "calm", "subject": "ann, approved by bob",
          ]
        ])
      let again = try await Self.ask(server, "POST", approval, "{}", as: "cid", .risk)
      #expect(again.status == 404 && again.code == "unknown_proposal")
    }
  }

  @Test func `the same person twice is refused`() async throws {
    try await Self.with { server, daemon in
      let asked = try await Self.ask(
        server, "POST", "/api/v1/resumes", #"{"scope":"all","reason":"done"}"#, as: "ann", .risk)
      let name = try #require(asked.json["proposal"] as? String)
      let own = try await Self.ask(
        server, "POST", "/api/v1/proposals/\(name)/approvals", "{}", as: "ann", .risk)
      #expect(own.status == 403 && own.code == "same_person")
      #expect(daemon.requests.isEmpty)
      let other = try await Self.ask(
        server, "POST", "/api/v1/proposals/\(name)/approvals", "{}", as: "bob", .risk)
      #expect(other.status == 202)
      #expect(daemon.requests.first?["act"] == "resume")
      #expect(daemon.requests.first?["subject"] == "ann, approved by bob")
    }
  }

  @Test func `a proposal can be withdrawn`() async throws {
    try await Self.with { server, daemon in
      let asked = try await Self.ask(
        server, "POST", "/api/v1/resumes", #"{"scope":"all","reason":"x"}"#, as: "ann", .trader)
      let name = try #require(asked.json["proposal"] as? String)
      let gone = try await Self.ask(
        server, "DELETE", "/api/v1/proposals/\(name)", as: "ann", .trader)
      #expect(gone.status == 200)
      let late = try await Self.ask(
        server, "POST", "/api/v1/proposals/\(name)/approvals", "{}", as: "bob", .risk)
      #expect(late.status == 404 && daemon.requests.isEmpty)
    }
  }

  @Test func `a limit that could not be so is refused before anybody approves it`() async throws {
    try await Self.with { server, _ in
      let path = "/api/internal/v1/risk/limits/validate"
      let fine = try await Self.ask(
        server, "POST", path, #"{"key":"order.max_notional","scope":"all","value":"5 USD"}"#,
        as: "ann", .analyst)
      #expect(fine.status == 200 && fine.json["valid"] as? Bool == true)
      #expect(fine.json["current"] as? String == "2000000 USD")
      for (key, value) in [
        ("order.max_notional", "five"), ("strategy.nobody.orders.max_open", "5"),
        ("order.max_size", "5"), ("currency", "EUR"), ("order.max_notional", "5 XYZ"),
        ("instrument.NEWCO.order.max_quantity", "5"),
      ] {
        let body = "{\"key\":\"\(key)\",\"scope\":\"all\",\"value\":\"\(value)\"}"
        let wrong = try await Self.ask(server, "POST", path, body, as: "ann", .analyst)
        #expect(wrong.status == 422 && wrong.code == "bad_limit", "\(key)")
        #expect((wrong.json["errors"] as? [[String: Any]])?.first?["what"] is String)
      }
      let asked = try await Self.ask(
        server, "POST", "/api/internal/v1/risk/limits",
        #"{"key":"order.max_notional","scope":"all","value":"five","reason":"x"}"#, as: "ann", .risk
      )
      #expect(asked.status == 422)
    }
  }

  @Test(arguments: [
    ("/api/v1/resumes", #"{"scope":"strategy crss","reason":"x"}"#, "unknown_scope", "scope"),
    ("/api/v1/resumes", #"{"scope":"everything","reason":"x"}"#, "unknown_scope", "scope"),
    (
      "/api/internal/v1/risk/limits",
      #"{"key":"order.max_quantity","scope":"all","value":"5","reason":"x","at":"soon"}"#,
      "bad_value", "at"
    ),
  ])
  func `what could not be carried out is refused when it is proposed`(
    _ path: String, _ body: String, _ code: String, _ field: String
  ) async throws {
    try await Self.with { server, _ in
      let asked = try await Self.ask(server, "POST", path, body, as: "ann", .risk)
      #expect(asked.status == 422 && asked.code == code)
      #expect((asked.json["errors"] as? [[String: Any]])?.first?["name"] as? String == field)
      let list = try await Self.ask(server, "GET", "/api/v1/proposals", as: "eve", .auditor)
      #expect(list.data.isEmpty)
    }
  }

  @Test func `who approves a resume learns what it ended and what is left`() async throws {
    let folder = try JournalFolder()
    try FileManager.default.copyItem(atPath: SharedRun.own.path, toPath: folder.path("run"))
    let daemon = try Daemon(folder.path("run")) { _ in
      #"{"ok":true,"seq":7,"ended":["all"],"halts":["strategy cross"],"breakers":[]}"#
    }
    defer { daemon.stop() }
    try await TestServer.with(folder.path("run")) { server in
      let asked = try await Self.ask(
        server, "POST", "/api/v1/resumes", #"{"scope":"all","reason":"done"}"#, as: "ann", .risk)
      let name = try #require(asked.json["proposal"] as? String)
      let done = try await Self.ask(
        server, "POST", "/api/v1/proposals/\(name)/approvals", "{}", as: "bob", .risk)
      #expect(done.status == 202 && done.json["ended"] as? [String] == ["all"])
      #expect(done.json["halts"] as? [String] == ["strategy cross"])
    }
  }

  @Test func `a scope's limit has the configuration's key, and can be taken away`() async throws {
    try await Self.with { server, daemon in
      for (body, key) in [
        (
          #"{"key":"orders.max_open","scope":"strategy cross","value":"5","reason":"x"}"#,
          "risk.strategy.cross.orders.max_open"
        ),
        (
          #"{"key":"risk.order.max_quantity","scope":"all","value":"","reason":"x"}"#,
          "risk.order.max_quantity"
        ),
      ] {
        let asked = try await Self.ask(
          server, "POST", "/api/internal/v1/risk/limits", body, as: "ann", .risk)
        let name = try #require(asked.json["proposal"] as? String)
        let done = try await Self.ask(
          server, "POST", "/api/v1/proposals/\(name)/approvals", "{}", as: "bob", .risk)
        #expect(done.status == 202)
        #expect(daemon.requests.last?["key"] == key)
      }
    }
  }

  @Test func `a proposal is too old after a quarter of an hour`() async throws {
    let folder = try JournalFolder()
    let proposals = Proposals(shelf: ActShelf(folder.path("api.sqlite"), Pools()))
    let one = try await proposals.add(.resume(scope: "all"), reason: "x", by: "ann", at: 0)
    #expect(try await proposals.waiting(at: Proposals.life - 1).map(\.id) == [one.id])
    #expect(try await proposals.waiting(at: Proposals.life).isEmpty)
  }

  @Test func `proposals wait over a restart, and one that was under way is offered no more`()
    async throws
  {
    let folder = try JournalFolder()
    let limit = Proposal.Act.limit(key: "risk.order.max_quantity", value: "5", at: nil)
    do {
      let shelf = ActShelf(folder.path("api.sqlite"), Pools())
      let proposals = Proposals(shelf: shelf)
      let one = try await proposals.add(.resume(scope: "all"), reason: "x", by: "ann", at: 0)
      _ = try await proposals.add(limit, reason: "calm", by: "ann", at: 1)
      // The process dies while the first is carried out.
      let isTaken = try await shelf.use { (store) throws(ActStoreError) in try store.take(one.id) }
      #expect(isTaken)
    }
    let proposals = Proposals(shelf: ActShelf(folder.path("api.sqlite"), Pools()))
    let left = try await proposals.waiting(at: 2)
    #expect(
      left == [Proposal(id: 2, act: limit, reason: "calm", proposer: "ann", time: 1)])
    let (done, sequence) = try await proposals.approve(2, by: "bob", at: 3) { _ in 17 }
    #expect(done.id == 2 && sequence == 17)
    let next = try await proposals.add(limit, reason: "calm", by: "ann", at: 4)
    #expect(next.id == 3)
  }

  @Test func `a proposal that was not carried out can be approved again`() async throws {
    let folder = try JournalFolder()
    let proposals = Proposals(shelf: ActShelf(folder.path("api.sqlite"), Pools()))
    let one = try await proposals.add(.resume(scope: "all"), reason: "x", by: "ann", at: 0)
    for (status, left) in [(503, 1), (422, 1), (504, 0)] {
      do throws(Problem) {
        _ = try await proposals.approve(one.id, by: "bob", at: 0) { (_) throws(Problem) in
          throw Problem(status: status, code: "x", detail: "")
        }
      } catch { #expect(error.status == status) }
      #expect(try await proposals.waiting(at: 0).count == left)
    }
  }
}
