import Events
import Glibc
import HTTPTypes
import HummingbirdCore
import Journaling
import Logging
import Monitoring
import NIOCore
import NIOHTTPTypes
import NIOPosix
import NIOSSL
import Projections
import Sequencing
import Trading

/// Why the server cannot start.
public enum ServerError: Error, Sendable, CustomStringConvertible {
  case journal(JournalError)
  /// This build decides otherwise than the journal says.
  case diverged(Divergence)
  /// The read model cannot be kept.
  case readModel(ReadModelError)
  /// Certificate or key cannot be used.
  case certificates(String)
  /// The address cannot be taken.
  case address(String)
  /// Without TLS only this machine may ask.
  case plaintext(String)
  /// What alerts need is not there.
  case monitor(MonitorError)

  public var description: String {
    switch self {
    case .journal(let error): error.description
    case .diverged(let divergence): SequencingError.diverged(divergence).description
    case .readModel(let error): error.description
    case .monitor(let error): error.description
    case .certificates(let text), .address(let text), .plaintext(let text): text
    }
  }

  /// Runs what uses the read model.
  static func readModel<R>(_ body: () throws(ReadModelError) -> R) throws(ServerError) -> R {
    do { return try body() } catch { throw .readModel(error) }
  }
}

/// The API's server: HTTP and WebSockets over a journal and the daemon's control socket (docs/api.md).
public final class APIServer: Sendable {
  public struct Settings: Sendable {
    /// Folder of the journal.
    public var journal: String
    public var host: String
    /// 0 takes any that is free.
    public var port: Int
    /// Files in PEM: the certificate with its chain, and its key.
    public var certificates: (chain: String, key: String)?
    public var keys: KeyFile
    /// Where health and figures are also answered, in the clear and to anybody: for what looks after the process.
    public var probes: (host: String, port: Int)?
    /// The kinds of strategies that the journal's configuration names.
    public var catalog: [StrategyKind]
    /// File of the read model; nil for the journal's own place.
    public var readModel: String?
    /// Is told what people should know while it runs, a line each.
    public var say: @Sendable (String) -> Void
    /// Rules of alerts, who is told, and where traces go.
    public var monitor = Monitor.Settings()
    public var log = Logger(label: "daybook-api") { _ in SwiftLogNoOpLogHandler() }
    var clock = TimeSource.system
    var patience = Patience.Limits()
    /// How long the daemon may take to record an act.
    var actPatience = TimeAmount.seconds(10)
    var sessions = Session.Limits()

    public init(
      journal: String, host: String, port: Int, certificates: (chain: String, key: String)?,
      keys: KeyFile, catalog: [StrategyKind], readModel: String?,
      say: @escaping @Sendable (String) -> Void
    ) {
      self.journal = journal
      self.host = host
      self.port = port
      self.certificates = certificates
      self.keys = keys
      self.catalog = catalog
      self.readModel = readModel
      self.say = say
    }
  }

  /// Most connections at once; others wait in the kernel's queue.
  private static let mostConnections = 4096

  private let settings: Settings
  private let follower: Follower
  private let projector: Projector
  private let pools = Pools()
  let monitor: Monitor
  private let router: Router
  private let group: MultiThreadedEventLoopGroup
  private let server: Server<Connection>
  private let prober: Server<Connection>?
  /// The ports, once the server listens.
  private let listening: EventLoopPromise<Int>
  private let probing: EventLoopPromise<Int>
  let routes: [Route]

  /// Opens the journal and makes ready to listen.
  /// - Throws: `ServerError`.
  public init(_ settings: Settings) throws(ServerError) {
    if settings.certificates == nil, !Self.isLoopback(settings.host) {
      throw .plaintext(
        "--host \(settings.host): without TLS the API listens on this machine only. "
          + "Give --tls-cert and --tls-key, or --host 127.0.0.1.")
    }
    let tls = try Self.context(settings.certificates)
    let reader: JournalReader
    do { reader = try JournalReader.open(at: settings.journal) } catch { throw .journal(error) }
    self.settings = settings
    let projector = Projector(
      reader, catalog: settings.catalog,
      at: .standard(settings.journal, settings.readModel), say: settings.say)
    do { try projector.open() } catch { throw .readModel(error) }
    self.projector = projector
    let follower = Follower(reader, catalog: settings.catalog, projector)
    self.follower = follower
    let group = MultiThreadedEventLoopGroup(numberOfThreads: max(2, System.coreCount / 2))
    self.group = group
    let reads = Reads(
      follower: follower, projector: projector, pools: pools, clock: settings.clock)
    let acts = Acts(
      socket: ControlSocket(
        folder: settings.journal, group: group, pools: pools, patience: settings.actPatience),
      shelf: ActShelf(settings.journal + "/api.sqlite", pools), reads: reads, clock: settings.clock)
    let monitor: Monitor
    do {
      monitor = try Monitor(
        reader, settings.monitor, follower.outside, group: group, log: settings.log)
    } catch { throw .monitor(error) }
    self.monitor = monitor
    let desk = AlertDesk(
      reads: reads, acts: acts, alerts: { monitor.alerts }, metrics: { monitor.metrics })
    let routes = RouteTable.routes(reads, acts, desk)
    self.routes = routes
    let router = Router(
      routes: routes, keys: settings.keys, budgets: Budgets(), clock: settings.clock,
      head: { follower.progress.head }, log: settings.log)
    self.router = router
    let listening = group.next().makePromise(of: Int.self)
    self.listening = listening
    let connection = Connection(
      responder: Self.responder(router),
      tls: tls, patience: settings.patience,
      isWebSocket: { path in RouteTable.webSockets.contains { $0.path == path } },
      talk: { channel, path in
        let preset = RouteTable.webSockets.first { $0.path == path }?.preset
        let peer = channel.channel.remoteAddress?.ipAddress ?? "local"
        let session = Session(
          reads, router, settings.sessions, preset: preset ?? nil, peer: peer)
        await session.run(channel)
      })
    server = Self.server(connection, settings.host, settings.port, group, listening)
    let probing = group.next().makePromise(of: Int.self)
    self.probing = probing
    prober = settings.probes.map { place in
      Self.server(
        Connection(
          responder: Self.responder(router.probes), tls: nil, patience: settings.patience,
          isWebSocket: { _ in false }, talk: { _, _ in }), place.host, place.port, group, probing)
    }
  }

  private static func responder(_ router: Router) -> HTTPChannelHandler.Responder {
    { request, writer, channel in
      try await respond(to: request, writer, channel, router)
    }
  }

  private static func server(
    _ connection: Connection, _ host: String, _ port: Int, _ group: any EventLoopGroup,
    _ listening: EventLoopPromise<Int>
  ) -> Server<Connection> {
    Server(
      childChannelSetup: connection,
      configuration: ServerConfiguration(
        address: .hostname(host, port: port),
        availableConnectionsDelegate: MaximumAvailableConnections(mostConnections)),
      onServerRunning: { channel in listening.succeed(channel.localAddress?.port ?? port) },
      eventLoopGroup: group, logger: Logger(label: "http") { _ in SwiftLogNoOpLogHandler() })
  }

  private static func isLoopback(_ host: String) -> Bool {
    host == "localhost" || host == "::1" || host.hasPrefix("127.")
  }

  private static func context(
    _ files: (chain: String, key: String)?
  ) throws(ServerError) -> NIOSSLContext? {
    guard let files else { return nil }
    do {
      let chain = try NIOSSLCertificate.fromPEMFile(files.chain)
      let key = try NIOSSLPrivateKey(file: files.key, format: .pem)
      var configuration = TLSConfiguration.makeServerConfiguration(
        certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
      configuration.minimumTLSVersion = .tlsv12
      configuration.applicationProtocols = ["h2", "http/1.1"]
      return try NIOSSLContext(configuration: configuration)
    } catch {
      throw .certificates(
        "--tls-cert \(files.chain), --tls-key \(files.key): they cannot be used: \(error). "
          + "Both are PEM files, and the key is the certificate's.")
    }
  }

  /// Serves until `stop`.
  /// - Parameters:
  ///   - whenListening: gets the port.
  ///   - whenProbed: gets the port at which health and figures are answered, where there is one.
  /// - Throws: `ServerError.address` if an address cannot be taken.
  public func run(
    whenListening: @escaping @Sendable (Int) -> Void,
    whenProbed: @escaping @Sendable (Int) -> Void = { _ in }
  ) async throws(ServerError) {
    follower.start()
    projector.start()
    monitor.start()
    listening.futureResult.whenSuccess(whenListening)
    probing.futureResult.whenSuccess(whenProbed)
    async let probed = serve(prober, settings.probes)
    let failure = await serve(server, (settings.host, settings.port))
    let second = await probed
    listening.fail(CancellationError())
    probing.fail(CancellationError())
    await monitor.stop()
    follower.stop()
    projector.stop()
    await pools.stop()
    try? await group.shutdownGracefully()
    if let failure = failure ?? second { throw failure }
  }

  /// Serves at one address; if it cannot be taken, the other is given up as well.
  private func serve(
    _ server: Server<Connection>?, _ place: (host: String, port: Int)?
  ) async -> ServerError? {
    guard let server, let place else { return nil }
    do {
      try await server.run()
      return nil
    } catch {
      await stop()
      return .address(
        "\(place.host):\(place.port): the address cannot be taken: "
          + "\((error as? IOError).map { unsafe String(cString: strerror($0.errnoCode)) } ?? "\(error)")."
      )
    }
  }

  /// Whether a client of WebSockets is there.
  var isHeard: Bool { follower.feed.hasListeners }

  /// Waits until the state and the read model, if there can be one, have been at the journal's head.
  func untilReady() async throws {
    await follower.untilReady()
    while !projector.progress.isReady, projector.progress.failure == nil {
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  /// Takes no more connections, lets requests under way end, and ends `run`.
  public func stop() async {
    follower.feed.close()
    // It fails only if it was never started.
    try? await server.shutdownGracefully()
    try? await prober?.shutdownGracefully()
  }

  private static func respond(
    to request: HummingbirdCore.Request, _ writer: consuming ResponseWriter, _ channel: any Channel,
    _ router: Router
  ) async throws {
    let asked = Router.Request(
      method: request.method.rawValue, target: request.head.path ?? "",
      headers: request.headers.map { Header($0.name.canonicalName, $0.value) },
      peer: channel.remoteAddress?.ipAddress ?? "local")
    let answer = await router.answer(asked) { (limit) async throws(Problem) in
      do {
        return Array(buffer: try await request.body.collect(upTo: limit))
      } catch is NIOTooManyBytesError {
        throw Problem(
          status: 413, code: "body_too_long", detail: "A body has at most \(limit) bytes.")
      } catch {
        throw .malformed("body_cut", "The body did not come whole.")
      }
    }
    var fields = HTTPFields()
    fields[.contentType] = answer.contentType
    fields[.cacheControl] = "no-store"
    for header in answer.headers {
      if let name = HTTPField.Name(header.name) { fields[name] = header.value }
    }
    var body = Array(answer.text.utf8)
    if body.count >= ContentCoding.least {
      fields[.vary] = "accept-encoding"
      if let coding = ContentCoding.preferred(by: asked.headers), let bytes = coding.encoded(body) {
        fields[.contentEncoding] = coding.rawValue
        body = bytes
      }
    }
    fields[.contentLength] = String(body.count)
    try await writer.write(
      response: HTTPResponse(status: .init(code: answer.status), headerFields: fields),
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
  }
}
