import Events
import Testing
import Trading

@testable import Alerting

struct AlertSettingsTests {
  private static func items(_ lines: [String]) -> ConfigurationItems {
    ConfigurationItems(
      lines.map { line in
        let parts = line.split(separator: "=", maxSplits: 1).map(String.init)
        return ConfigurationItems.Item(key: parts[0], value: parts[1])
      })
  }

  private static let mail = [
    "alerts.mail.desk.server=smtp.example.com:587", "alerts.mail.desk.user=ann",
    "alerts.mail.desk.password=env:SMTP_PASSWORD", "alerts.mail.desk.from=daybook@example.com",
    "alerts.mail.desk.to=a@example.com, b@example.com",
  ]

  @Test func `every key is read`() throws {
    let settings = try AlertSettings.read(
      Self.items(
        [
          "alerts.window=30s", "alerts.refusals=3", "alerts.rejects=0", "alerts.feed_silence=0s",
          "alerts.model_silence=5m", "alerts.drawdown=2.5 %", "alerts.durable_lag=1s",
          "alerts.follower_lag=7", "alerts.disk_free=10 %", "alerts.inbox=80 %",
          "alerts.clock_offset=1ms", "alerts.daemon_silence=3s", "alerts.repeat=5m",
          "alerts.quiet=2h", "alerts.pause=0s", "alerts.webhook.ops.url=https://example.com/x",
          "alerts.webhook.ops.secret=file:ops.secret", "alerts.webhook.ops.severity=info",
          "alerts.chat.team.url=env:CHAT_URL",
        ] + Self.mail))
    #expect(settings.window == 30_000_000_000)
    #expect(settings.drawdown == 25_000)
    #expect(settings.clockOffset == 1_000_000)
    #expect(settings.sinks.map(\.name) == ["webhook.ops", "chat.team", "mail.desk"])
    #expect(settings.sinks.map(\.least) == [.info, .warning, .warning])
    #expect(
      settings.sinks[0].way
        == .webhook(url: "https://example.com/x", secret: .file("ops.secret")))
    #expect(settings.sinks[1].way == .chat(url: .environment("CHAT_URL")))
    guard case .mail(let mail) = settings.sinks[2].way else { throw Wrong() }
    #expect(mail.host == "smtp.example.com" && mail.port == 587 && mail.security == .starttls)
    #expect(mail.to == ["a@example.com", "b@example.com"])
    #expect(try AlertSettings.read(Self.items([])) == AlertSettings())
  }
  struct Wrong: Error {}

  static let faults: [(lines: [String], key: String, says: String)] = [
    (["alerts.refusal=3"], "alerts.refusal", "did you mean `refusals`?"),
    (["alerts.window=1ns"], "alerts.window", "is not from 1 s"),
    (["alerts.drawdown=101 %"], "alerts.drawdown", "is not from 0 % to 100 %"),
    (["alerts.webhook.a.url=https://x/"], "alerts.webhook.a.secret", "is missing"),
    (
      ["alerts.webhook.a.url=https://x/", "alerts.webhook.a.secret=hunter2"],
      "alerts.webhook.a.secret", "is a secret in clear"
    ),
    (
      ["alerts.webhook.a.url=https://ann:hunter2@x/", "alerts.webhook.a.secret=env:A"],
      "alerts.webhook.a.url", "has a user or password"
    ),
    (
      ["alerts.webhook.a.url=http://example.com/", "alerts.webhook.a.secret=env:A"],
      "alerts.webhook.a.url", "in clear"
    ),
    (
      ["alerts.webhook.a.url=http://127.0.0.1.example.com@x/", "alerts.webhook.a.secret=env:A"],
      "alerts.webhook.a.url", "before the host"
    ),
    (
      ["alerts.webhook.a.url=ftp://x", "alerts.webhook.a.secret=env:A"], "alerts.webhook.a.url",
      "no"
    ),
    (["alerts.chat.a.url=https://hooks.example.com/hunter2"], "alerts.chat.a.url", "in clear"),
    (["alerts.chat.a.url=env:"], "alerts.chat.a.url", "in clear"),
    (
      ["alerts.chat.a.url=env:A", "alerts.chat.a.severity=bad"], "alerts.chat.a.severity", "none of"
    ),
    (["alerts.chat.a b.url=env:A"], "alerts.chat.a b.severity", "is no name"),
    (["alerts.chat.url=env:A"], "alerts.chat.url", "is not a known key"),
    (mail + ["alerts.mail.desk.security=none"], "alerts.mail.desk.security", "in clear"),
    (mail.filter { !$0.contains("user") }, "alerts.mail.desk.user", "is missing"),
    (mail + ["alerts.mail.desk.to=a@b\r\nRCPT TO:<x@y>"], "alerts.mail.desk.to", "is no address"),
    (mail + ["alerts.mail.desk.from=ann"], "alerts.mail.desk.from", "is no address"),
    (mail + ["alerts.mail.desk.server=smtp"], "alerts.mail.desk.server", "HOST:587"),
    (mail + ["alerts.mail.desk.password=hunter2"], "alerts.mail.desk.password", "in clear"),
    (["traces.one_in=5"], "traces.endpoint", "is missing"),
    (["traces.endpoint=http://example.com:4318/v1/traces"], "traces.endpoint", "in clear"),
    (["traces.endpoint=http://127.0.0.1:4318/", "traces.one_in=0"], "traces.one_in", "from 1"),
  ]

  @Test(arguments: faults)
  func `a fault names its key and what to do, and repeats no secret`(
    _ fault: (lines: [String], key: String, says: String)
  ) throws {
    let error = try #require(throws: ConfigurationError.self) {
      let items = Self.items(fault.lines)
      _ = try AlertSettings.read(items)
      _ = try TraceSettings.read(items)
    }
    #expect(error.key == fault.key, "\(error)")
    #expect(error.description.contains(fault.says), "\(error)")
    #expect(!error.description.contains("hunter2"))
  }
}
