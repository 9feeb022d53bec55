import Foundation
import Scenarios
import Testing

@testable import API

/// HTTP/1.1 and HTTP/2 over TLS, asked by curl.
struct TLSTests {
  private static func run(_ program: String, _ arguments: [String]) throws -> (Int32, String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: text, as: UTF8.self))
  }

  @Test func `both versions of HTTP are spoken over TLS`() async throws {
    let folder = try JournalFolder()
    let (chain, key) = (folder.path("chain.pem"), folder.path("key.pem"))
    let made = try Self.run(
      "openssl",
      [
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost",
        "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", chain,
      ])
    #expect(made.0 == 0)
    let server = try await TestServer.start(SharedRun.own.path, certificates: (chain, key))
    let token = try await server.token("ann", .viewer)
    for (option, version) in [("--http1.1", "1.1"), ("--http2", "2")] {
      let port = server.port
      let (code, text) = try await Client.away {
        try Self.run(
          "curl",
          [
            "-s", option, "--cacert", chain, "-H", "Authorization: Bearer \(token)", "-w",
            "\n%{http_version} %{http_code}", "https://localhost:\(port)/api/v1/positions",
          ])
      }
      #expect(code == 0)
      #expect(text.hasSuffix("\n\(version) 200"))
      #expect(text.hasPrefix("{\"as_of_seq\":"))
      let sizes = try await Client.away {
        try ["identity", "gzip", "deflate"].map { coding in
          try Self.run(
            "curl",
            [
              "-s", option, "--compressed", "-H", "Accept-Encoding: \(coding)", "--cacert", chain,
              "-H", "Authorization: Bearer \(token)", "-w", "\n%{size_download}",
              "https://localhost:\(port)/api/v1/orders?limit=50",
            ]
          ).1.split(separator: "\n").map(String.init)
        }
      }
      // The same body, unpacked by curl, of fewer bytes on the line.
      #expect(sizes.allSatisfy { $0.count == 2 && $0[0] == sizes[0][0] }, "\(sizes)")
      let bytes = sizes.compactMap { Int($0[1]) }
      #expect(bytes.count == 3 && bytes[1] * 3 < bytes[0] && bytes[2] * 3 < bytes[0])
    }
    try await server.stop()
  }

  @Test func `a certificate that cannot be used is refused at the start`() async throws {
    let folder = try JournalFolder()
    try "no certificate".write(toFile: folder.path("pem"), atomically: true, encoding: .utf8)
    try KeyFile.create(folder.path("keys"))
    let keys = try await KeyFile.open(folder.path("keys"))
    #expect(throws: ServerError.self) {
      try APIServer(
        APIServer.Settings(
          journal: SharedRun.own.path, host: "0.0.0.0", port: 0,
          certificates: (folder.path("pem"), folder.path("pem")), keys: keys, catalog: [],
          readModel: nil, say: { _ in }))
    }
  }
}
