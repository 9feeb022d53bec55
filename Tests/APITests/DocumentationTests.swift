import Foundation
import Scenarios
import Testing

@testable import API

/// docs/api.md, its commands run as they stand.
struct DocumentationTests {
  private static let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../docs/api.md")

  /// Commands after `$`, each with the beginning of what it prints.
  private static func examples() throws -> [(command: String, output: String)] {
    let lines = try String(contentsOf: page, encoding: .utf8).split(
      separator: "\n", omittingEmptySubsequences: false)
    return lines.indices.filter { lines[$0].hasPrefix("$ ") }.map { index in
      (String(lines[index].dropFirst(2)), String(lines[index + 1]))
    }
  }

  @Test func `every command of the page works`() async throws {
    let folder = try JournalFolder()
    try FileManager.default.copyItem(atPath: SharedRun.own.path, toPath: folder.path("run"))
    let daemon = try Daemon(folder.path("run"))
    defer { daemon.stop() }
    try await TestServer.with(folder.path("run")) { server in
      let token = try await server.token("ann", .trader)
      let examples = try Self.examples()
      #expect(examples.count == 6)
      for (command, output) in examples where command.hasPrefix("curl ") {
        let text = try await Client.away {
          let process = Process()
          process.executableURL = URL(fileURLWithPath: "/bin/sh")
          process.arguments = [
            "-c", command.replacing("curl ", with: "curl -s ", maxReplacements: 1),
          ]
          process.environment = ProcessInfo.processInfo.environment.merging([
            "TOKEN": token, "API": "http://127.0.0.1:\(server.port)",
          ]) { $1 }
          let pipe = Pipe()
          process.standardOutput = pipe
          try process.run()
          let data = pipe.fileHandleForReading.readDataToEndOfFile()
          process.waitUntilExit()
          return String(decoding: data, as: UTF8.self)
        }
        #expect(text.hasPrefix(output), "\(command)\n\(text.prefix(300))")
      }
      #expect(daemon.requests.map { $0["act"] } == ["halt"])
    }
  }

  @Test func `every route is on the page`() async throws {
    let text = try String(contentsOf: Self.page, encoding: .utf8)
    try await TestServer.with(SharedRun.own.path) { server in
      for route in server.server.routes {
        #expect(text.contains(route.path), "\(route.method.rawValue) \(route.path)")
      }
    }
  }
}
