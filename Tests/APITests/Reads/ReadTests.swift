import Events
import Foundation
import Journaling
import Reporting
import Scenarios
import Sequencing
import Testing
import Trading

@testable import API

/// Reads against a real server.
@Suite(.serialized) struct ReadTests {
  let run = SharedRun.own

  @Test func `health says what is there without a token`() async throws {
    try await TestServer.with(run.path) { server in
      let live = try await server.get("/health/live", as: nil)
      #expect(live.status == 200 && live.json["status"] as? String == "live")
      let ready = try await server.get("/health/ready", as: nil)
      #expect(ready.json["head_seq"] as? Int == Int(try run.reader.lastSequence()))
      #expect(ready.json["lag"] as? Int == 0)
    }
  }

  @Test func `instruments come by exchange, and an unknown exchange is told which there are`()
    async throws
  {
    try await TestServer.with(run.path) { server in
      let text = try run.reader.entries().compactMap { entry -> Instrument? in
        if case .observation(.instrument(let instrument)) = entry.event { instrument } else { nil }
      }
      let exchange = try #require(text.first?.venueName)
      let answer = try await server.get("/api/v1/markets/\(exchange)/instruments")
      #expect(answer.status == 200)
      #expect(
        answer.data.compactMap { $0["symbol"] as? String }
          == text.filter { $0.venueName == exchange }.map(\.symbol))
      #expect(answer.data.allSatisfy { $0["bid"] is String || $0["bid"] is NSNull })
      let unknown = try await server.get("/api/v1/markets/NOWHERE/instruments")
      #expect(unknown.status == 404 && unknown.code == "unknown_exchange")
      #expect((unknown.json["detail"] as? String)?.contains(exchange) == true)
    }
  }

  @Test func `every order is listed once, page by page, as the engine has it`() async throws {
    try await TestServer.with(run.path) { server in
      let end = try run.reader.lastSequence()
      let replay = try Replay.state(of: run.reader, at: end, catalog: Rehearsal.catalog)
      guard let state = replay else { throw Client.Failure(what: "no state") }
      var listed: [[String: Any]] = []
      var after = 0
      while after < Int(end) {
        let page = try await server.get("/api/v1/orders?after_seq=\(after)&limit=7")
        #expect(page.status == 200)
        listed += page.data
        let next = try #require(page.json["next_after_seq"] as? Int)
        #expect(next > after)
        after = next
      }
      #expect(listed.count == Int(state.engine.market.orders.lastID.raw))
      for (index, order) in listed.enumerated() {
        let id = OrderID(UInt64(index + 1))
        #expect(order["order"] as? String == id.description)
        let found = state.engine.market.orders[id]
        let known = try #require(found)
        let definition = state.engine.market.instrument(known.ticket.instrument)
        let instrument = try #require(definition)
        #expect(order["state"] as? String == known.state.name)
        #expect(order["filled"] as? String == instrument.text(known.filled))
        #expect(order["symbol"] as? String == instrument.symbol)
      }
    }
  }

  @Test func `the past looks as it did then`() async throws {
    try await TestServer.with(run.path) { server in
      let entries = try run.reader.entries()
      let fill = try #require(entries.first { $0.event.kind == .filled }).header.sequence
      let first = try #require(entries.first { $0.event.kind == .submitted }).header.sequence
      let before = try await server.get("/api/v1/positions?as_of_seq=\(fill - 1)")
      let after = try await server.get("/api/v1/positions?as_of_seq=\(fill)")
      #expect(before.data.isEmpty && after.data.count == 1)
      let order = try await server.get("/api/v1/orders/ord-1/status?as_of_seq=\(first)")
      #expect(order.json["state"] as? String == "pending")
      #expect(order.json["as_of_seq"] as? Int == Int(first))
      let none = try await server.get("/api/v1/orders/ord-1/status?as_of_seq=\(first - 1)")
      #expect(none.status == 404 && none.code == "unknown_order")
      let list = try await server.get("/api/v1/orders?as_of_seq=\(first)")
      #expect(list.data.count == 1)
      let beyond = try await server.get("/api/v1/positions?as_of_seq=999999999")
      #expect(beyond.status == 400 && beyond.code == "beyond_head")
    }
  }

  @Test func `positions and worth are those of the state at the head`() async throws {
    try await TestServer.with(run.path) { server in
      let end = try run.reader.lastSequence()
      let replay = try Replay.state(of: run.reader, at: end, catalog: Rehearsal.catalog)
      guard let state = replay else { throw Client.Failure(what: "no state") }
      let summary = try await server.get("/api/internal/v1/portfolio/summary")
      let values = try #require(summary.json["valuations"] as? [[String: Any]])
      #expect(
        values.compactMap { $0["equity"] as? String }
          == state.engine.valuations.map(\.equity.shortText))
      #expect(summary.json["as_of_seq"] as? Int == Int(end))
      let positions = try await server.get("/api/v1/positions")
      #expect(!positions.data.isEmpty)
      for position in positions.data {
        #expect(position["quantity"] is String && position["cost"] is String)
      }
    }
  }

  @Test func `entries are those of an export, by kind and page`() async throws {
    try await TestServer.with(run.path) { server in
      let all = try run.reader.entries()
      let wanted = all.filter { [.refused, .filled].contains($0.event.kind) }
      var found: [Int] = []
      var after = 0
      while after < all.count {
        let page = try await server.get(
          "/api/internal/v1/journal/entries?kind=refused,filled&after_seq=\(after)&limit=10")
        found += page.data.compactMap { $0["seq"] as? Int }
        after = try #require(page.json["next_after_seq"] as? Int)
      }
      #expect(!wanted.isEmpty && found == wanted.map { Int($0.header.sequence) })
      let page = try await server.get("/api/internal/v1/journal/entries?limit=1000")
      #expect(page.data.count == 1000)
      #expect(page.data.enumerated().allSatisfy { $1["seq"] as? Int == $0 + 1 })
      let strange = try await server.get("/api/internal/v1/journal/entries?kind=gossip")
      #expect(strange.status == 400 && strange.code == "bad_parameter")
    }
  }

  @Test func `trades name instrument and side, and alerts come`() async throws {
    try await TestServer.with(run.path) { server in
      let fills = try run.reader.entries().filter { $0.event.kind == .filled }
      let trades = try await server.get("/api/v1/trades?limit=1000")
      #expect(trades.data.count == min(fills.count, 1000))
      for trade in trades.data {
        #expect(["buy", "sell"].contains(trade["side"] as? String))
        #expect(trade["symbol"] is String)
        #expect((trade["entry"] as? [String: Any])?["price"] is String)
      }
      let alerts = try await server.get("/api/internal/v1/alerts")
      #expect(alerts.status == 200)
    }
  }

  @Test func `an order is explained as the command explains it`() async throws {
    try await TestServer.with(run.path) { server in
      let answer = try await server.get("/api/v1/orders/ord-1/explain")
      let explanation = try #require(try Explanation(of: OrderID(1), in: run.reader))
      #expect(answer.body == explanation.json.text)
      let unknown = try await server.get("/api/v1/orders/999999/explain")
      #expect(unknown.status == 404)
      let stranger = try await server.get("/api/v1/orders/first/explain")
      #expect(stranger.status == 404 && stranger.code == "unknown_order")
      let bad = try await server.get("/api/v1/orders/ord-x/explain")
      #expect(bad.status == 400 && bad.code == "bad_order")
    }
  }

  @Test func `limits, breakers and halts are told`() async throws {
    try await TestServer.with(run.path) { server in
      let risk = try await server.get("/api/internal/v1/risk")
      let limits = try #require(risk.json["limits"] as? [[String: Any]])
      #expect(limits.contains { $0["key"] as? String == "risk.order.max_notional" })
      #expect(risk.json["halts"] as? [String] == [])
    }
  }

  @Test func `a strategy's results are its own trades`() async throws {
    try await TestServer.with(run.path) { server in
      let record = try TradingRecord(run.reader)
      let answer = try await server.get("/api/internal/v1/backtest/results/cross")
      #expect(answer.status == 200)
      #expect(
        answer.json["closed"] as? Int
          == record.trips.closed.filter { $0.strategy == StrategyID(0) }.count)
      let unknown = try await server.get("/api/internal/v1/backtest/results/nobody")
      #expect(unknown.status == 404 && unknown.code == "unknown_strategy")
    }
  }

  @Test(arguments: [
    ("/api/v1/orders?limit=0", "bad_parameter"), ("/api/v1/orders?limit=1001", "bad_parameter"),
    ("/api/v1/orders?after_seq=-1", "bad_parameter"),
    ("/api/v1/orders?after_seq=99999999999999999999", "bad_parameter"),
    ("/api/v1/orders?colour=red", "unknown_parameter"),
    ("/api/v1/orders?limit=1&limit=2", "malformed_target"),
    ("/api/v1/orders?as_of_seq=0", "bad_parameter"), ("/api/v1/orders%zz", "malformed_target"),
  ])
  func `a parameter that cannot be is refused with its name`(_ target: String, _ code: String)
    async throws
  {
    try await TestServer.with(run.path) { server in
      let answer = try await server.get(target)
      #expect(answer.status == 400)
      #expect(answer.code == code)
      #expect(answer.headers["content-type"] == "application/problem+json")
      #expect(answer.json["retryable"] as? Bool == false)
    }
  }

  @Test func `a path or method that is not there is told apart`() async throws {
    try await TestServer.with(run.path) { server in
      #expect(try await server.get("/api/v1/nothing").code == "unknown_path")
      let wrong = try await Client.request("POST", "/api/v1/positions", port: server.port)
      #expect(wrong.status == 405 && wrong.headers["allow"] == "GET")
    }
  }
}
