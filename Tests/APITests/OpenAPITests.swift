import Alerting
import Foundation
import Monitoring
import NIOPosix
import Testing

@testable import API

/// The document against the routes, and the routes against the document.
struct OpenAPITests {
  @Test func `the document has every route, and nothing else`() async throws {
    try await TestServer.with(SharedRun.own.path) { server in
      let answer = try await server.get(OpenAPIDocument.path, as: nil)
      #expect(answer.status == 200 && answer.json["openapi"] as? String == "3.1.0")
      let paths = try #require(answer.json["paths"] as? [String: [String: [String: Any]]])
      let documented = Set(
        paths.flatMap { path, operations in operations.keys.map { "\($0) \(path)" } })
      let routes = server.server.routes
      #expect(documented == Set(routes.map { "\($0.method.rawValue) \($0.path)" }))
      #expect(Set(routes.map(\.name)).count == routes.count)
      for route in routes {
        let operation = try #require(paths[route.path]?[route.method.rawValue])
        let parameters = operation["parameters"] as? [[String: Any]] ?? []
        let names = parameters.compactMap { $0["name"] as? String }
        #expect(names.contains("Idempotency-Key") == route.isAct)
        #expect(route.variables.allSatisfy(names.contains))
        #expect((operation["security"] as? [Any])?.isEmpty == (route.permission == nil))
      }
    }
  }

  @Test func `the document is the one in docs, of which nothing may go`() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../docs/openapi.json")
    let value = try JSONSerialization.jsonObject(
      with: Data(OpenAPIDocument(OpenAPITests.routes).json.text.utf8))
    let text =
      String(
        decoding: try JSONSerialization.data(
          withJSONObject: value, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]),
        as: UTF8.self) + "\n"
    if ProcessInfo.processInfo.environment["DAYBOOK_UPDATE_GOLDEN"] != nil {
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(try String(contentsOf: file, encoding: .utf8) == text)
  }

  @Test func `every endpoint of the mission is there under its name`() {
    let wanted = [
      "GET /api/v1/markets/{exchange}/instruments", "GET /api/v1/orders/{orderId}/status",
      "POST /api/v1/orders/{orderId}", "DELETE /api/v1/orders/{orderId}",
      "POST /api/internal/v1/signals/generate",
      "GET /api/internal/v1/portfolio/summary", "POST /api/internal/v1/risk/limits/validate",
      "GET /api/internal/v1/backtest/results/{strategyId}", "GET /ws/market-data",
      "GET /ws/trades", "GET /ws/alerts", "GET /ws/v1",
    ]
    let there = OpenAPITests.routes.map { "\($0.method.rawValue.uppercased()) \($0.path)" }
    for route in wanted { #expect(there.contains(route), "\(route)") }
  }

  @Test func `lists and acts answer as their schemas say`() async throws {
    try await TestServer.with(SharedRun.own.path) { server in
      for route in server.server.routes
      where route.method == .get && route.parameters.contains(where: { $0.name == "after_seq" }) {
        let answer = try await server.get(route.path + "?limit=3")
        #expect(answer.status == 200)
        #expect(answer.data.count <= 3)
        for key in ["next_after_seq", "head_seq", "as_of_seq"] {
          #expect(answer.json[key] is Int, "\(route.path) \(key)")
        }
      }
    }
  }

  private static var routes: [Route] { SharedRoutes.all }
}

/// The routes of a server that is not started.
private enum SharedRoutes {
  static let all: [Route] = {
    let reader = SharedRun.own.reader
    let pools = Pools()
    let projector = Projector(
      reader, catalog: [], at: Projector.Place(path: "", isOurs: false), say: { _ in })
    let reads = Reads(
      follower: Follower(reader, catalog: [], projector), projector: projector, pools: pools,
      clock: .system)
    let acts = Acts(
      socket: ControlSocket(
        folder: "", group: MultiThreadedEventLoopGroup.singleton, pools: pools, patience: .zero),
      shelf: ActShelf("", pools), reads: reads, clock: .system)
    let settings = AlertSettings()
    let alerts = Monitor.Alerts(book: AlertBook(settings), sequence: 0, isReady: false)
    return RouteTable.routes(
      reads, acts,
      AlertDesk(reads: reads, acts: acts, alerts: { alerts }, metrics: { "" }))
  }()
}
