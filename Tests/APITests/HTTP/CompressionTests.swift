import Foundation
import Testing

@testable import API

/// Answers for who takes them compressed.
struct CompressionTests {
  /// Asks with curl, which unpacks what it asked for.
  private static func ask(_ server: TestServer, _ path: String, _ encoding: String?)
    async throws -> (headers: String, size: Int, body: String)
  {
    let token = try await server.token("ann", .auditor)
    let port = server.port
    return try await Client.away {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      var arguments = ["curl", "-s", "-D", "-", "-H", "Authorization: Bearer \(token)"]
      if let encoding { arguments += ["--compressed", "-H", "Accept-Encoding: \(encoding)"] }
      arguments += ["-w", "\n%{size_download}", "http://127.0.0.1:\(port)\(path)"]
      process.arguments = arguments
      let pipe = Pipe()
      process.standardOutput = pipe
      try process.run()
      let text = String(
        decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      guard let end = text.range(of: "\r\n\r\n"), let last = text.lastIndex(of: "\n") else {
        throw Client.Failure(what: "no answer: \(text)")
      }
      return (
        text[..<end.lowerBound].lowercased(), Int(text[text.index(after: last)...]) ?? 0,
        String(text[end.upperBound..<last])
      )
    }
  }

  @Test(arguments: [
    ("gzip", "gzip"), ("deflate", "deflate"), ("deflate, gzip", "gzip"), ("x-gzip", "gzip"),
    ("gzip;q=0.5, deflate", "deflate"), ("gzip;q=0.2, deflate; q=0.1", "gzip"), ("*", "gzip"),
    ("gzip;q=0, *", "deflate"), ("GZIP", "gzip"), ("br, zstd", ""), ("", ""), ("identity", ""),
    ("gzip;q=0", ""), ("*;q=0", ""), ("gzip;q=abc", ""), ("gzip;q=2", ""), (";,;q=1,", ""),
    ("gzip;q=0.001", "gzip"), ("gzip;q=1.000;x=y", "gzip"),
  ])
  func `the coding that the client prefers is taken`(_ accepts: String, _ expected: String) {
    let coding = ContentCoding.preferred(by: [Header("accept-encoding", accepts)])
    #expect((coding?.rawValue ?? "") == expected)
  }

  @Test(arguments: ["gzip", "deflate"])
  func `a long answer is compressed for who takes it, a short one is not`(_ encoding: String)
    async throws
  {
    try await TestServer.with(SharedRun.own.path) { server in
      let path = "/api/v1/orders?limit=50"
      let plain = try await Self.ask(server, path, nil)
      #expect(!plain.headers.contains("content-encoding"))
      let packed = try await Self.ask(server, path, encoding)
      #expect(packed.headers.contains("content-encoding: \(encoding)"))
      #expect(packed.headers.contains("vary: accept-encoding"))
      #expect(packed.body == plain.body && packed.size * 3 < plain.size)
      let short = try await Self.ask(server, "/health/live", encoding)
      #expect(!short.headers.contains("content-encoding") && short.body.contains("live"))
      let refused = try await Self.ask(server, path, "\(encoding);q=0")
      #expect(!refused.headers.contains("content-encoding"))
    }
  }

  @Test func `several answers on one connection are each compressed as asked`() async throws {
    try await TestServer.with(SharedRun.own.path) { server in
      let token = try await server.token("ann", .auditor)
      let port = server.port
      let encodings: [String?] = try await Client.away {
        let socket = try Client.Socket(port)
        var found: [String?] = []
        for accepts in ["", "accept-encoding: gzip\r\n", ""] {
          let request =
            "GET /api/v1/orders?limit=50 HTTP/1.1\r\nhost: x\r\n\(accepts)"
            + "authorization: Bearer \(token)\r\n\r\n"
          try socket.send(Array(request.utf8))
          found.append(try socket.answer()?.headers["content-encoding"])
        }
        return found
      }
      #expect(encodings == [nil, "gzip", nil])
    }
  }
}
