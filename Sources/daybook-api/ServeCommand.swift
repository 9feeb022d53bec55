import API
import ArgumentParser
import Dispatch
import Foundation
import Glibc
import Journaling
import Logging
import Monitoring
import Strategies

extension Logger.Level: @retroactive ExpressibleByArgument {}

/// `daybook-api serve`, which is also what `daybook-api` alone does.
struct ServeCommand: AsyncParsableCommand {
  /// Seconds that requests under way have when the process is told to end.
  private static let grace = 5

  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Serve a journal until told to stop.")

  @Option(help: ArgumentHelp("Folder of the journal.", valueName: "folder"))
  var journal: String

  @Option(help: ArgumentHelp("Port; 0 takes any that is free.", valueName: "port"))
  var port = 7420

  @Option(
    help: ArgumentHelp(
      "Address to listen at; other than this machine's own only with TLS.", valueName: "address"))
  var host = "127.0.0.1"

  @Option(name: .customLong("tls-cert"), help: "Certificate and its chain, in PEM.")
  var certificate: String?

  @Option(name: .customLong("tls-key"), help: "The certificate's key, in PEM.")
  var key: String?

  @Option(
    help: ArgumentHelp(
      "Configuration file (TOML), of which the tables [alerts] and [traces] are read here.",
      valueName: "file"))
  var config: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Set a key of them, above the file and the environment.", valueName: "key=value"))
  var settings: [String] = []

  @Option(
    name: .customLong("log-level"),
    help: "Least level of what is logged, as lines of JSON: debug, info, notice, warning, error.")
  var logLevel = Logger.Level.info

  @Option(help: "JSON Web Key Set for tokens; api.keys in the journal's folder if not given.")
  var keys: String?

  @Option(
    help: ArgumentHelp(
      "Answer health and figures here as well, in the clear and without tokens: for what looks after the process.",
      valueName: "address:port"))
  var probes: String?

  @OptionGroup var readModel: ReadModelOption

  @Flag(help: "End when standard input does, as it does when who started this dies.")
  var lifeline = false

  func validate() throws {
    guard (0...65535).contains(port) else { throw ValidationError("--port must be 0 to 65535.") }
    guard (certificate == nil) == (key == nil) else {
      throw ValidationError("--tls-cert and --tls-key go together.")
    }
    guard probes == nil || probesAddress != nil else {
      throw ValidationError("--probes must be an address and a port: 0.0.0.0:7421.")
    }
  }

  private var probesAddress: (host: String, port: Int)? {
    guard let probes, let colon = probes.lastIndex(of: ":"),
      let port = UInt16(probes[probes.index(after: colon)...])
    else { return nil }
    let host = probes[..<colon].drop { $0 == "[" }.prefix { $0 != "]" }
    return host.isEmpty ? nil : (String(host), Int(port))
  }

  func run() async throws {
    let certificates = certificate.flatMap { chain in key.map { (chain: chain, key: $0) } }
    let monitor = try MonitorConfiguration(config, settings: settings)
    var log = Logger(label: "daybook-api") { JSONLogHandler(label: $0) }
    log.logLevel = logLevel
    var settings = APIServer.Settings(
      journal: journal, host: host, port: port, certificates: certificates,
      keys: try await Self.keys(keys, of: journal), catalog: Catalog.shipped,
      readModel: readModel.path, say: { [log] in log.notice("\($0)") })
    (settings.monitor, settings.log) = (monitor.settings, log)
    settings.probes = probesAddress
    let server: APIServer
    do throws(ServerError) { server = try APIServer(settings) } catch {
      if case .monitor(let error) = error { throw monitor.failure(error) }
      throw error
    }
    let signals = Self.listen(to: server)
    if lifeline { Self.watch(server) }
    let scheme = certificates == nil ? "http" : "https"
    let courtesy = Task { await Courtesy.keep() }
    defer { courtesy.cancel() }
    let probesHost = probesAddress?.host ?? ""
    try await server.run(
      whenListening: { [host] port in
        say("daybook-api: listening at \(scheme)://\(bracketed(host)):\(port)")
      },
      whenProbed: { port in
        say("daybook-api: probes at http://\(bracketed(probesHost)):\(port)")
      })
    for source in signals { source.cancel() }
  }

  /// The file of keys, made if it is the journal's own and missing.
  static func keys(_ path: String?, of journal: String) async throws -> KeyFile {
    if let path { return try await KeyFile.open(path) }
    let own = journal + "/api.keys"
    // A journal that is not there must not get a file of keys.
    do throws(JournalError) { _ = try JournalReader.open(at: journal) } catch {
      throw ServerError.journal(error)
    }
    if unsafe access(own, F_OK) != 0 { try KeyFile.create(own) }
    return try await KeyFile.open(own)
  }

  /// Stops the server at the first signal, the process at the second.
  private static func listen(to server: APIServer) -> [any DispatchSourceSignal] {
    signal(SIGPIPE, SIG_IGN)
    return [SIGTERM, SIGINT].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .main)
      source.setEventHandler {
        signal(number, SIG_DFL)
        stop(server)
      }
      source.resume()
      return source
    }
  }

  /// Ends the server, and the process in any case a while later.
  private static func stop(_ server: APIServer) {
    Task { await server.stop() }
    Task {
      try await Task.sleep(for: .seconds(grace))
      _exit(0)
    }
  }

  /// Stops the server when standard input ends. Waiting for that takes a thread of its own.
  private static func watch(_ server: APIServer) {
    Thread.detachNewThread {
      var byte: UInt8 = 0
      while true {
        let count = unsafe read(STDIN_FILENO, &byte, 1)
        if count == 0 || (count < 0 && errno != EINTR) { return stop(server) }
      }
    }
  }
}

/// A host as it stands in a URL (RFC 3986, 3.2.2).
private func bracketed(_ host: String) -> String { host.contains(":") ? "[\(host)]" : host }
