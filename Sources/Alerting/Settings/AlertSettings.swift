import Events

/// The table `[alerts]` of a configuration: what rules go by, and who is told. It is not journaled, and may be another
/// at each start. Lengths of time are in nanoseconds.
public struct AlertSettings: Equatable, Sendable {
  /// Of rates.
  public var window: Int64 = 60_000_000_000
  /// Refusals by the gate within the window; 0: no alert. So for all that follow.
  public var refusals = 20
  /// Rejections by venues within the window.
  public var rejects = 5
  /// How long an instrument that trades may be without market data.
  public var feedSilence: Int64 = 60_000_000_000
  /// How long a model may be without a signal.
  public var modelSilence: Int64 = 0
  /// How far below its peak an account's worth may be, × 10^6.
  public var drawdown: Int64 = 100_000
  /// How long nothing may become durable while something waits.
  public var durableLag: Int64 = 5_000_000_000
  /// Entries that the API may be behind.
  public var followerLag: Int64 = 100_000
  /// Least share of the disk that is free, × 10^6.
  public var diskShare: Int64 = 50_000
  /// Largest share of the inbox that may wait, × 10^6.
  public var inboxShare: Int64 = 500_000
  /// How far the clock may be off.
  public var clockOffset: Int64 = 50_000_000
  /// How long the control socket may not answer.
  public var daemonSilence: Int64 = 5_000_000_000
  /// Between two reminders of a critical alert that nobody acknowledged; 0: none.
  public var repetition: Int64 = 900_000_000_000
  /// After how long without another an event is over.
  public var quiet: Int64 = 3_600_000_000_000
  /// Within which an alert that is over and comes again is not told again.
  public var pause: Int64 = 60_000_000_000
  /// Who is told, in order of kind and name.
  public var sinks: [SinkSettings] = []

  public init() {}
}

/// Somebody who is told of alerts.
public struct SinkSettings: Equatable, Sendable {
  public enum Way: Equatable, Sendable {
    /// JSON, signed with HMAC-SHA256.
    case webhook(url: String, secret: Secret)
    /// JSON with a `text`, as Slack and Mattermost take it. The address is a secret itself.
    case chat(url: Secret)
    case mail(MailSettings)
  }

  /// `webhook.ops`
  public var name: String
  public var way: Way
  /// Less grave alerts are not told.
  public var least: Alert.Severity

  public init(name: String, way: Way, least: Alert.Severity) {
    self.name = name
    self.way = way
    self.least = least
  }
}

/// How mail is sent (RFC 5321).
public struct MailSettings: Equatable, Sendable {
  public enum Security: String, CaseIterable, Sendable {
    /// Ask for TLS after the greeting, and send nothing without it (RFC 3207).
    case starttls
    /// TLS from the first byte (RFC 8314).
    case tls
    /// To this machine only.
    case none
  }
  public var host: String
  public var port: Int
  public var security: Security
  public var user: String?
  public var password: Secret?
  public var from: String
  public var to: [String]

  public init(
    host: String, port: Int, security: Security, user: String?, password: Secret?, from: String,
    to: [String]
  ) {
    self.host = host
    self.port = port
    self.security = security
    self.user = user
    self.password = password
    self.from = from
    self.to = to
  }
}

/// The table `[traces]`: where the lives of orders are sent to (OTLP over HTTP, as JSON).
public struct TraceSettings: Equatable, Sendable {
  /// `http://127.0.0.1:4318/v1/traces`
  public var endpoint: String
  /// One order in so many is traced, by its number.
  public var oneIn: UInt64

  public init(endpoint: String, oneIn: UInt64) {
    self.endpoint = endpoint
    self.oneIn = oneIn
  }
}
