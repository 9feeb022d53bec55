import Alerting
import AsyncHTTPClient
import Events
import Journaling
import Logging
import NIOCore
import NIOSSL
import Sequencing
import Synchronization

/// Watches a journal and its daemon: raises alerts, tells of them, counts, traces (docs/alerts.md). It reads the
/// journal and asks over the control socket; nothing in the daemon waits for it.
public final class Monitor: Sendable {
  public struct Settings: Sendable {
    public var alerts: AlertSettings
    public var traces: TraceSettings?
    /// From where relative paths of secrets go.
    public var folder: String
    /// Certificates that mail servers are checked against; nil: the system's.
    var trustRoots: [NIOSSLCertificate]?

    public init(
      alerts: AlertSettings = AlertSettings(), traces: TraceSettings? = nil, folder: String = ""
    ) {
      self.alerts = alerts
      self.traces = traces
      self.folder = folder
    }
  }

  /// What only the process around it knows.
  public struct Outside: Sendable {
    /// How far the API's own state is.
    public var follower: @Sendable () -> Reading.Follower?
    /// What accounts are worth; empty where it is not known.
    public var worths: @Sendable () -> [Reading.Worth]
    /// What strategies have gained, in each currency.
    public var gains: @Sendable () -> [Reading.Worth]
    public var now: @Sendable () -> Instant

    public init(
      follower: @escaping @Sendable () -> Reading.Follower? = { nil },
      worths: @escaping @Sendable () -> [Reading.Worth] = { [] },
      gains: @escaping @Sendable () -> [Reading.Worth] = { [] },
      now: (@Sendable () -> Instant)? = nil
    ) {
      self.follower = follower
      self.worths = worths
      self.gains = gains
      self.now = now ?? LiveClock.system.now
    }
  }

  /// The alerts as they are.
  public struct Alerts: Sendable {
    public var book: AlertBook
    /// Sequence of the entry as of which.
    public var sequence: UInt64
    /// Whether the journal has been read to its head.
    public var isReady: Bool

    public init(book: AlertBook, sequence: UInt64, isReady: Bool) {
      self.book = book
      self.sequence = sequence
      self.isReady = isReady
    }
  }

  private let watch: JournalWatch
  private let prober: Prober
  let couriers: [Courier]
  let exporter: SpanExporter?
  let outside: Outside
  private let client: HTTPClient
  private let tasks = Mutex<[Task<Void, Never>]>([])

  /// - Throws: `MonitorError` if a secret is not where the configuration says.
  public init(
    _ reader: JournalReader, _ settings: Settings, _ outside: Outside,
    group: any EventLoopGroup, log: Logger
  ) throws(MonitorError) {
    var configuration = HTTPClient.Configuration(
      redirectConfiguration: .disallow,
      timeout: .init(connect: .seconds(5), read: .seconds(10)))
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 2
    let carriers = try Carriers(settings, group, configuration)
    client = carriers.client
    let couriers = carriers.made.map { sink, carrier in
      Courier(sink, carrier, clock: outside.now, log: log)
    }
    self.couriers = couriers
    self.outside = outside
    let exporter = settings.traces.map {
      SpanExporter(endpoint: $0.endpoint, client: carriers.client, log: log)
    }
    self.exporter = exporter
    let prober = Prober(reader.path, outside, log: log)
    self.prober = prober
    let journal = reader.meta.id.description
    let around = Around(prober: prober, couriers: couriers)
    watch = JournalWatch(
      reader, settings.alerts, oneIn: settings.traces?.oneIn, now: outside.now,
      around: { around.next() },
      handle: { outcome in
        exporter?.offer(outcome.spans)
        for action in outcome.actions {
          switch action {
          case .record(let note): prober.record(note)
          case .tell(let alert, let occasion):
            let message = AlertMessage(
              alert: alert, occasion: occasion, time: outcome.time, journal: journal)
            log.notice(
              "alert",
              metadata: [
                "seq": "\(alert.lastSequence)", "alert": "\(alert.key)",
                "occasion": "\(occasion.rawValue)", "severity": "\(alert.severity.name)",
                "subject": "\(alert.acknowledgement?.subject ?? "")", "detail": "\(alert.detail)",
              ])
            for courier in couriers { courier.offer(message) }
          }
        }
      })
  }

  public func start() {
    prober.start()
    watch.start()
    tasks.withLock { tasks in
      tasks = couriers.map { courier in Task { await courier.run() } }
      if let exporter { tasks.append(Task { await exporter.run() }) }
    }
  }

  /// Ends all threads and tasks, and waits for them.
  public func stop() async {
    watch.stop()
    prober.stop()
    for courier in couriers { courier.stop() }
    exporter?.stop()
    let running = tasks.withLock { $0 }
    for task in running { await task.value }
    // It fails only if it was shut down before.
    try? await client.shutdown()
  }

  public var alerts: Alerts {
    let view = watch.last
    return Alerts(book: view.book, sequence: view.sequence, isReady: view.isAtHead)
  }

  var view: JournalWatch.View { watch.last }
  var probed: Prober.View? { prober.last }
  var unrecordedNotes: UInt64 { prober.unrecordedNotes }
}

/// What the rules are told beside the journal: readings, and how the deliveries go.
private final class Around: Sendable {
  /// Failures in a row from which a receiver counts as out of reach.
  private static let failures = 3

  private let prober: Prober
  private let couriers: [Courier]
  private let taken = Mutex(Instant.epoch)

  init(prober: Prober, couriers: [Courier]) {
    self.prober = prober
    self.couriers = couriers
  }

  /// A reading, once.
  func next() -> (reading: Reading, findings: [Finding], time: Instant)? {
    guard let view = prober.last else { return nil }
    let isNew = taken.withLock { taken in
      defer { taken = view.time }
      return view.time != taken
    }
    return isNew ? (view.reading, findings, view.time) : nil
  }

  private var findings: [Finding] {
    var findings: [Finding] = []
    for figures in couriers.map(\.figures) {
      if figures.failuresInARow == 0 {
        findings.append(.cleared(.deliveryFailing, figures.name))
      } else if figures.failuresInARow >= Self.failures {
        findings.append(
          .raised(
            .deliveryFailing, figures.name,
            "\(figures.failure ?? "no answer"); \(figures.depth) wait"))
      }
      if figures.lost > 0 {
        findings.append(
          .raised(.deliveryLost, figures.name, "\(figures.lost) since the process started"))
      }
    }
    if prober.unrecordedNotes > 0 {
      findings.append(
        .raised(.deliveryLost, "journal", "\(prober.unrecordedNotes) notes were not recorded"))
    }
    return findings
  }
}

/// The ways to all receivers of a configuration.
private struct Carriers {
  let client: HTTPClient
  private(set) var made: [(SinkSettings, any Carrier)] = []

  init(
    _ settings: Monitor.Settings, _ group: any EventLoopGroup,
    _ configuration: HTTPClient.Configuration
  ) throws(MonitorError) {
    // Secrets first: a client that was made must be shut down.
    var secrets: [String?] = []
    for sink in settings.alerts.sinks {
      let key = "alerts.\(sink.name)"
      switch sink.way {
      case .webhook(_, let secret):
        secrets.append(try secret.read("\(key).secret", in: settings.folder))
      case .chat(let url): secrets.append(try url.read("\(key).url", in: settings.folder))
      case .mail(let mail):
        secrets.append(try mail.password?.read("\(key).password", in: settings.folder))
      }
    }
    let tls = try Self.tls(settings)
    let client = HTTPClient(eventLoopGroupProvider: .shared(group), configuration: configuration)
    self.client = client
    for (sink, secret) in zip(settings.alerts.sinks, secrets) {
      let carrier: any Carrier =
        switch sink.way {
        case .webhook(let url, _):
          WebhookCarrier(
            url: url, key: Array((secret ?? "").utf8), client: client, body: { $0.json.text })
        case .chat:
          WebhookCarrier(url: secret ?? "", key: nil, client: client, body: { $0.chat.text })
        case .mail(let mail):
          MailCarrier(settings: mail, password: secret, group: group, tls: tls)
        }
      made.append((sink, carrier))
    }
  }

  private static func tls(_ settings: Monitor.Settings) throws(MonitorError) -> NIOSSLContext {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv12
    if let roots = settings.trustRoots { configuration.trustRoots = .certificates(roots) }
    do { return try NIOSSLContext(configuration: configuration) } catch { throw .tls("\(error)") }
  }
}
