import Foundation
import Scenarios
import Testing

@testable import API

struct BudgetTests {
  @Test(arguments: Budget.Kind.allCases)
  func `a budget holds so much and fills at its rate`(_ kind: Budget.Kind) {
    var budget = Budget(kind, at: 100)
    var taken = 0
    while budget.take(kind, at: 100) { taken += 1 }
    #expect(taken == Int(kind.size))
    let early = budget.take(kind, at: 100 + 0.9 / kind.rate)
    let due = budget.take(kind, at: 100 + 1.1 / kind.rate)
    // A clock that goes back fills nothing.
    let back = budget.take(kind, at: 50)
    let full = budget.fill(kind, at: 1e6)
    #expect(!early && due && !back && full == kind.size)
  }

  @Test func `who has spent a budget is told when to come again, and others are not kept`() throws {
    let budgets = Budgets()
    for _ in 0..<Int(Budget.Kind.reads.size) { _ = try budgets.take(.reads, "ann", at: 0) }
    do throws(Problem) {
      _ = try budgets.take(.reads, "ann", at: 0)
      Issue.record("it was let through")
    } catch {
      #expect(error.status == 429 && error.isRetryable)
      #expect(error.headers.contains(Header("retry-after", "1")))
      #expect(error.headers.contains(Header("ratelimit", "\"reads\";r=0;t=1")))
      #expect(error.headers.contains(Header("ratelimit-policy", "\"reads\";q=200;w=4")))
    }
    // What stops has a budget of its own.
    _ = try budgets.take(.urgent, "ann", at: 0)
    _ = try budgets.take(.reads, "bob", at: 0)
    _ = try budgets.take(.reads, "ann", at: 1)
  }

  @Test func `however many come, so many are remembered`() throws {
    let budgets = Budgets()
    for number in 0..<25_000 { _ = try budgets.take(.guests, "\(number)", at: Double(number)) }
    #expect(budgets.count <= 10_000)
  }

  @Test func `a server that was asked too much goes on halting`() async throws {
    let folder = try JournalFolder()
    try FileManager.default.copyItem(atPath: SharedRun.own.path, toPath: folder.path("run"))
    let daemon = try Daemon(folder.path("run"))
    defer { daemon.stop() }
    // A clock that stands, so that no budget fills.
    let clock = TimeSource(
      now: { Date().timeIntervalSince1970 }, monotonic: { 5 })
    let server = try await TestServer.start(folder.path("run"), clock: clock)
    let headers = [("authorization", "Bearer \(try await server.token("ann", .trader))")]
    var statuses: [Int] = []
    for _ in 0..<202 {
      let answer = try await Client.request(
        "GET", "/api/v1/proposals", port: server.port, headers: headers)
      statuses.append(answer.status)
      #expect(answer.headers["ratelimit"]?.hasPrefix("\"reads\"") == true)
    }
    #expect(statuses == Array(repeating: 200, count: 200) + [429, 429])
    let halt = try await Client.request(
      "POST", "/api/v1/halts", port: server.port, headers: headers + [("idempotency-key", "1")],
      body: #"{"scope":"all","reason":"too much"}"#)
    #expect(halt.status == 202)
    #expect(halt.headers["ratelimit"]?.hasPrefix("\"urgent\"") == true)
    // Whoever guesses tokens is stopped, too.
    var guesses: [Int] = []
    for _ in 0..<101 {
      let answer = try await Client.request(
        "GET", "/api/v1/orders", port: server.port, headers: [("authorization", "Bearer a.b.c")])
      guesses.append(answer.status)
    }
    #expect(guesses.first == 401 && guesses.last == 429)
    // Which keeps nobody from halting who has a good one.
    let again = try await Client.request(
      "POST", "/api/v1/halts", port: server.port, headers: headers + [("idempotency-key", "2")],
      body: #"{"scope":"all","reason":"still"}"#)
    #expect(again.status == 202)
    try await server.stop()
  }
}
