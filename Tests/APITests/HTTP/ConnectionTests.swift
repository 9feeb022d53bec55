import Foundation
import NIOCore
import Testing

@testable import API

/// What a socket is told, whatever it says.
struct ConnectionTests {
  private static func exchange(_ text: String, _ server: TestServer) async throws -> Client.Answer?
  {
    let port = server.port
    return try await Client.away {
      let socket = try Client.Socket(port)
      try socket.send(Array(text.utf8))
      return try socket.answer()
    }
  }

  @Test func `several requests come over one connection, also at once`() async throws {
    try await TestServer.with(SharedRun.own.path) { server in
      let port = server.port
      let statuses = try await Client.away {
        let socket = try Client.Socket(port)
        let one = "GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n"
        try socket.send(Array((one + one + one).utf8))
        var statuses = [try socket.answer()?.status, try socket.answer()?.status]
        statuses.append(try socket.answer()?.status)
        try socket.send(Array(one.utf8))
        statuses.append(try socket.answer()?.status)
        return statuses
      }
      #expect(statuses == [200, 200, 200, 200])
    }
  }

  @Test func `what is too long or no HTTP is refused, and the connection closed`() async throws {
    try await TestServer.with(SharedRun.own.path) { server in
      let long = String(repeating: "a", count: 20_000)
      let header = try await Self.exchange(
        "GET /health/live HTTP/1.1\r\nhost: x\r\nx: \(long)\r\n\r\n", server)
      #expect(header?.status == 431 || header?.status == 400)
      let noise = try await Self.exchange("\u{1}\u{2}\u{3} what\r\n\r\n", server)
      #expect(noise?.status == 400 && noise?.headers["connection"] == "close")
      let lengths = try await Self.exchange(
        "POST /api/v1/halts HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
        server)
      #expect(lengths?.status == 400)
      let smuggled = try await Self.exchange(
        "POST /api/v1/halts HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n"
          + "transfer-encoding: chunked\r\n\r\n0\r\n\r\n", server)
      #expect(smuggled?.status != 202)
      let target = try await Self.exchange(
        "GET /\(String(repeating: "b", count: 5000)) HTTP/1.1\r\nhost: x\r\n\r\n", server)
      #expect(target?.status == 400 && target?.code == "target_too_long")
    }
  }

  @Test func `a body that is too long is refused without being kept`() async throws {
    try await TestServer.with(SharedRun.own.path) { server in
      let token = try await server.token("ann", .trader)
      let body = String(repeating: " ", count: Router.longestBody + 1)
      let answer = try await Client.request(
        "POST", "/api/v1/halts", port: server.port,
        headers: [("authorization", "Bearer \(token)"), ("idempotency-key", "1")], body: body)
      #expect(answer.status == 413 && answer.code == "body_too_long")
      let form = try await Client.request(
        "POST", "/api/v1/halts", port: server.port,
        headers: [
          ("authorization", "Bearer \(token)"), ("idempotency-key", "1"),
          ("content-type", "application/x-www-form-urlencoded"),
        ], body: "scope=all")
      #expect(form.status == 415)
    }
  }

  @Test func `a client that sends slowly is closed, however often it sends`() async throws {
    let patience = Patience.Limits(
      request: .milliseconds(200), answer: .seconds(30), idle: .milliseconds(200))
    try await TestServer.with(SharedRun.own.path, patience: patience) { server in
      let port = server.port
      for start in ["", "GET /health/live HTTP/1.1\r\n", "GET /health/live HTTP/1.1\r\nx: 1"] {
        let end = try await Client.away {
          let socket = try Client.Socket(port)
          try socket.send(Array(start.utf8))
          return try socket.answer() == nil
        }
        #expect(end, "after `\(start)`")
      }
      // A byte now and then does not begin the time again; the end comes while it is dripping.
      let isCut = try await Client.away {
        let socket = try Client.Socket(port)
        try socket.send(Array("POST /api/v1/halts HTTP/1.1\r\ncontent-length: 100000\r\n\r\n".utf8))
        var drops = 0
        while drops < 100_000 {
          do { try socket.send([UInt8(ascii: " ")]) } catch { return true }
          drops += 1
          usleep(2000)
        }
        return false
      }
      #expect(isCut)
      let idle = try await Client.away {
        let socket = try Client.Socket(port)
        try socket.send(Array("GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n".utf8))
        return (try socket.answer()?.status, try socket.answer() == nil)
      }
      #expect(idle == (200, true))
    }
  }

  @Test func `noise is never answered with success`() async throws {
    try await TestServer.with(SharedRun.own.path) { server in
      let token = try await server.token("ann", .viewer)
      let fine = Array(
        "GET /api/v1/positions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer \(token)\r\n\r\n".utf8)
      let port = server.port
      try await Client.away {
        var random = Seeded(seed: 3)
        for _ in 0..<300 {
          let socket = try Client.Socket(port)
          // So that a request that lost its end is answered, too.
          try socket.send(random.mutate(fine) + Array("\r\n\r\n".utf8))
          socket.finish()
          _ = try socket.answer()
        }
      }
      #expect(try await server.get("/api/v1/positions").status == 200)
    }
  }
}
