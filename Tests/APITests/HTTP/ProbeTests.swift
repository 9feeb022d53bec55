import Foundation
import Testing

@testable import API

/// The address at which what looks after the process asks.
struct ProbeTests {
  private static func ask(_ port: Int, _ path: String) async throws -> (Int, String) {
    try await Client.away {
      let socket = try Client.Socket(port)
      try socket.send(Array("GET \(path) HTTP/1.1\r\nhost: x\r\n\r\n".utf8))
      let answer = try #require(try socket.answer())
      return (answer.status, answer.body)
    }
  }

  @Test func `health and figures are answered without a token, and nothing else is`() async throws {
    let server = try await TestServer.start(SharedRun.own.path, isProbed: true)
    let port = server.probePort
    #expect(port > 0 && port != server.port)
    let live = try await Self.ask(port, "/health/live")
    #expect(live.0 == 200 && live.1.contains("live"))
    let ready = try await Self.ask(port, "/health/ready")
    #expect(ready.0 == 200 && ready.1.contains("\"status\":\"ready\""))
    let figures = try await Self.ask(port, "/metrics")
    #expect(figures.0 == 200 && figures.1.contains("# TYPE daybook_"))
    for route in server.server.routes where !route.isProbe && route.method == .get {
      let path = route.path.replacing("{orderId}", with: "ord-1")
      #expect(try await Self.ask(port, path).0 == 404, "\(path)")
    }
    try await server.stop()
  }

  @Test func `an address that is taken ends the server`() async throws {
    let first = try await TestServer.start(SharedRun.own.path, isProbed: true)
    await #expect(throws: ServerError.self) {
      _ = try await TestServer.start(SharedRun.own.path, probesAt: first.probePort)
    }
    try await first.stop()
  }
}
