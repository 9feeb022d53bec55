import Events
import Foundation
import Scenarios
import Synchronization
import Testing

@testable import Serving

@Suite struct ControlSocketTests {
  /// A server that answers each line with its length and who asked.
  static func serve(in folder: String) throws(ServingError) -> ControlServer {
    try ControlServer.start(in: folder) { line, user in
      var answer = JSONLine()
      answer.field("ok", true)
      answer.field("seq", line.count)
      answer.field("user", user)
      return answer
    }
  }

  @Test func `lines are answered in order, on many connections at once`() throws {
    let folder = try JournalFolder()
    let path = folder.path("")
    let server = try Self.serve(in: path)
    defer { server.stop() }
    #expect(ControlClient.isAnswered(in: path))
    let a = try ControlClient.connect(to: path)
    let b = try ControlClient.connect(to: path)
    for count in 1...50 {
      let text = String(repeating: "x", count: count)
      #expect(try a.act([("k", text)]) == UInt64(count + 8))
      #expect(try b.act([("k", text)]) == UInt64(count + 8))
    }
    let answer = try a.ask([])
    let user = try #require(answer.fields["user"] as? String)
    #expect(user == NSUserName())
  }

  @Test func `a folder may have a name of any length`() throws {
    let folder = try JournalFolder()
    let path = folder.path(String(repeating: "a-long-name-", count: 20))
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    let server = try Self.serve(in: path)
    defer { server.stop() }
    let client = try ControlClient.connect(to: path)
    #expect(try client.act([]) == 2)
  }

  @Test func `only its owner may ask`() throws {
    let folder = try JournalFolder()
    let server = try Self.serve(in: folder.path(""))
    defer { server.stop() }
    let attributes = try FileManager.default.attributesOfItem(
      atPath: folder.path(ControlSocket.name))
    #expect(attributes[.posixPermissions] as? Int == 0o600)
  }

  @Test func `a line that is too long ends the connection, and others go on`() throws {
    let folder = try JournalFolder()
    let server = try Self.serve(in: folder.path(""))
    defer { server.stop() }
    let client = try ControlClient.connect(to: folder.path(""))
    do {
      _ = try client.act([("k", String(repeating: "x", count: 70_000))])
      Issue.record("a line of 70,000 bytes was taken")
    } catch { #expect("\(error)".contains("65536")) }
    #expect(throws: ServingError.notRunning(folder.path(""))) { try client.act([]) }
    let other = try ControlClient.connect(to: folder.path(""))
    #expect(try other.act([]) == 2)
  }

  @Test func `a socket that a dead daemon left is replaced`() throws {
    let folder = try JournalFolder()
    let path = folder.path("")
    #expect(!ControlClient.isAnswered(in: path))
    let left = try ControlSocket.listen(in: path)
    close(left)
    #expect(!ControlClient.isAnswered(in: path))
    let server = try Self.serve(in: path)
    #expect(ControlClient.isAnswered(in: path))
    server.stop()
    #expect(!FileManager.default.fileExists(atPath: folder.path(ControlSocket.name)))
    #expect(throws: ServingError.notRunning(path)) { _ = try ControlClient.connect(to: path) }
  }

  @Test func `who opens every connection and says nothing keeps nobody out`() throws {
    let folder = try JournalFolder()
    let path = folder.path("")
    let server = try Self.serve(in: path)
    defer { server.stop() }
    let busy = try ControlClient.connect(to: path)
    _ = try busy.act([])
    var silent: [ControlClient] = []
    for _ in 0..<2 * ControlServer.mostConnections {
      let client = try ControlClient.connect(to: path)
      #expect(try client.act([]) == 2, "each that comes is answered")
      silent.append(client)
      // The one that asks now and then stays.
      #expect(try busy.act([]) == 2)
    }
    #expect(throws: ServingError.notRunning(path)) { try silent[0].act([]) }
  }

  @Test func `who asks without end and reads no answer stops only themselves`() throws {
    let folder = try JournalFolder()
    let path = folder.path("")
    let server = try Self.serve(in: path)
    defer { server.stop() }
    let descriptor = try ControlSocket.connect(in: path)
    defer { close(descriptor) }
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    let line = Array("{\"op\":\"status\"}\n".utf8)
    var sent = 0
    var refusals = 0
    while refusals < 50, sent < 64 << 20 {
      let count = send(descriptor, line, line.count, Int32(MSG_NOSIGNAL))
      if count < 0 {
        refusals += 1
        usleep(1_000)
      } else {
        sent += count
      }
    }
    // The kernel's buffers are full, and nothing else holds what was sent.
    #expect(refusals == 50 && sent < 8 << 20, "\(sent) bytes were taken")
    let other = try ControlClient.connect(to: path)
    #expect(try other.act([]) == 2)
  }

  @Test func `no bytes do harm, and what is no line is answered or ends the connection`() throws {
    let folder = try JournalFolder()
    let path = folder.path("")
    let server = try Self.serve(in: path)
    defer { server.stop() }
    var state: UInt64 = 5
    func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 33
    }
    for _ in 0..<100 {
      let descriptor = try ControlSocket.connect(in: path)
      let bytes = (0..<Int(next() % 3_000)).map { _ in UInt8(next() & 255) }
      _ = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
      close(descriptor)
    }
    #expect(try ControlClient.connect(to: path).act([]) == 2)
  }

  @Test func `who stops it ends the connections too`() throws {
    let folder = try JournalFolder()
    let server = try Self.serve(in: folder.path(""))
    let client = try ControlClient.connect(to: folder.path(""))
    _ = try client.act([])
    server.stop()
    #expect(throws: ServingError.notRunning(folder.path(""))) { try client.act([]) }
  }
}
