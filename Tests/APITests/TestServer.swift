import Events
import Foundation
import Journaling
import NIOCore
import Scenarios
import Sequencing
import Strategies
import Trading

@testable import API

/// A server on a free port of this machine, over a journal of the tests.
final class TestServer: Sendable {
  let port: Int
  /// Where health and figures are answered to anybody; 0 if not at all.
  let probePort: Int
  let server: APIServer
  let keys: KeyFile
  let journal: String
  private let running: Task<Void, any Error>
  private let scratch: JournalFolder

  private init(
    _ server: APIServer, _ keys: KeyFile, _ journal: String, _ running: Task<Void, any Error>,
    _ port: Int, _ probePort: Int, _ scratch: JournalFolder
  ) {
    self.scratch = scratch
    self.probePort = probePort
    self.server = server
    self.keys = keys
    self.journal = journal
    self.running = running
    self.port = port
  }

  /// Starts a server; it is ready to answer when this returns.
  static func start(
    _ journal: String, patience: Patience.Limits = Patience.Limits(), clock: TimeSource = .system,
    certificates: (chain: String, key: String)? = nil, actPatience: TimeAmount = .seconds(10),
    sessions: Session.Limits = Session.Limits(), readModel: String? = nil,
    isProbed: Bool = false, probesAt: Int? = nil
  ) async throws -> TestServer {
    let path = journal + "/api.keys"
    if !FileManager.default.fileExists(atPath: path) { try KeyFile.create(path) }
    let keys = try await KeyFile.open(path)
    // Servers over one journal, side by side, each keep a read model of their own.
    let scratch = try JournalFolder()
    var settings = APIServer.Settings(
      journal: journal, host: "127.0.0.1", port: 0, certificates: certificates, keys: keys,
      catalog: Rehearsal.catalog, readModel: readModel ?? scratch.path("read.sqlite"),
      say: { _ in })
    settings.patience = patience
    settings.clock = clock
    settings.actPatience = actPatience
    settings.sessions = sessions
    if let port = probesAt ?? (isProbed ? 0 : nil) { settings.probes = ("127.0.0.1", port) }
    let server = try APIServer(settings)
    let (ports, listening) = AsyncStream.makeStream(of: Int.self)
    let (probes, probing) = AsyncStream.makeStream(of: Int.self)
    let running = Task {
      defer {
        listening.finish()
        probing.finish()
      }
      try await server.run(
        whenListening: { listening.yield($0) }, whenProbed: { probing.yield($0) })
    }
    for await port in ports {
      var probe = 0
      if settings.probes != nil {
        for await port in probes {
          probe = port
          break
        }
        guard probe > 0 else { break }
      }
      let started = TestServer(server, keys, journal, running, port, probe, scratch)
      try await server.untilReady()
      return started
    }
    try await running.value
    throw Client.Failure(what: "the server did not start")
  }

  /// Runs `body` with a server, and stops it.
  static func with(
    _ journal: String, patience: Patience.Limits = Patience.Limits(),
    actPatience: TimeAmount = .seconds(10), sessions: Session.Limits = Session.Limits(),
    _ body: (TestServer) async throws -> Void
  ) async throws {
    let server = try await start(
      journal, patience: patience, actPatience: actPatience, sessions: sessions)
    do { try await body(server) } catch {
      try await server.stop()
      throw error
    }
    try await server.stop()
  }

  func stop() async throws {
    await server.stop()
    try await running.value
  }

  func token(_ subject: String, _ roles: Role...) async throws -> String {
    try await keys.token(
      for: subject, roles, seconds: 900, at: Date().timeIntervalSince1970)
  }

  /// Asks for a path as somebody with a role.
  func get(_ target: String, as role: Role? = .auditor) async throws -> Client.Answer {
    var headers: [(String, String)] = []
    if let role { headers = [("authorization", "Bearer \(try await token("\(role)-1", role))")] }
    return try await Client.request("GET", target, port: port, headers: headers)
  }
}

/// A run with orders, fills and refusals, made once for all tests that only read it.
final class SharedRun: Sendable {
  static let own = SharedRun()

  let folder: JournalFolder
  let path: String
  let reader: JournalReader

  private init() {
    do {
      folder = try JournalFolder()
      let source = try Rehearsal.record(Rehearsal.market(seed: 7), in: folder)
      _ = try Rehearsal.run(Rehearsal.setup(seed: 7), over: source, in: folder)
      path = folder.path("run")
      reader = try JournalReader.open(at: path)
    } catch {
      fatalError("no run for the tests: \(error)")
    }
  }
}
