import Events
import Trading

extension AlertSettings {
  private static let day: Int64 = 86_400_000_000_000

  /// Reads the table `alerts`.
  /// - Throws: `ConfigurationError` for an unknown key, a value that does not fit or a secret in clear.
  public static func read(_ items: ConfigurationItems) throws(ConfigurationError) -> AlertSettings {
    var table = Parameters(table: "alerts", of: items)
    var settings = AlertSettings()
    settings.window = try duration("window", 1_000_000_000...day, settings.window, &table)
    settings.refusals = Int(
      try table.integer("refusals", in: 0...10_000, default: Int64(settings.refusals)))
    settings.rejects = Int(
      try table.integer("rejects", in: 0...10_000, default: Int64(settings.rejects)))
    settings.feedSilence = try duration("feed_silence", 0...day, settings.feedSilence, &table)
    settings.modelSilence = try duration("model_silence", 0...day, settings.modelSilence, &table)
    settings.drawdown = try share("drawdown", settings.drawdown, &table)
    settings.durableLag = try duration("durable_lag", 0...day, settings.durableLag, &table)
    settings.followerLag = try table.integer(
      "follower_lag", in: 0...1_000_000_000, default: settings.followerLag)
    settings.diskShare = try share("disk_free", settings.diskShare, &table)
    settings.inboxShare = try share("inbox", settings.inboxShare, &table)
    settings.clockOffset = try duration("clock_offset", 0...day, settings.clockOffset, &table)
    settings.daemonSilence = try duration(
      "daemon_silence", 2_000_000_000...day, settings.daemonSilence, &table)
    settings.repetition = try duration("repeat", 0...day, settings.repetition, &table)
    settings.quiet = try duration("quiet", 0...day, settings.quiet, &table)
    settings.pause = try duration("pause", 0...day, settings.pause, &table)
    for way in ["webhook", "chat", "mail"] {
      for name in names(of: way, items) {
        settings.sinks.append(try SinkSettings.read(way, name, &table))
      }
    }
    try table.finish()
    return settings
  }

  /// Names of the tables `alerts.WAY.NAME`, ascending.
  private static func names(of way: String, _ items: ConfigurationItems) -> [String] {
    let prefix = "alerts.\(way)."
    var names: [String] = []
    for item in items.items where item.key.hasPrefix(prefix) {
      let rest = item.key.dropFirst(prefix.count)
      guard let point = rest.lastIndex(of: ".") else { continue }
      let name = String(rest[..<point])
      if !names.contains(name) { names.append(name) }
    }
    return names
  }

  private static func duration(
    _ key: String, _ range: ClosedRange<Int64>, _ standard: Int64, _ table: inout Parameters
  ) throws(ConfigurationError) -> Int64 {
    let value = try table.duration(key, default: standard)
    guard range.contains(value) else {
      throw table.error(
        key,
        "is not from \(range.lowerBound / 1_000_000_000) s to "
          + "\(range.upperBound / 1_000_000_000) s")
    }
    return value
  }

  private static func share(_ key: String, _ standard: Int64, _ table: inout Parameters)
    throws(ConfigurationError) -> Int64
  {
    let value = try table.percent(key) ?? standard
    guard (0...1_000_000).contains(value) else {
      throw table.error(key, "is not from 0 % to 100 %")
    }
    return value
  }
}

extension SinkSettings {
  static func read(_ way: String, _ name: String, _ table: inout Parameters)
    throws(ConfigurationError) -> SinkSettings
  {
    let prefix = "\(way).\(name)."
    guard isWord(name) else {
      throw table.error(
        prefix + "severity", "`\(name)` is no name", advice: "use letters, digits, - and _")
    }
    var least = Alert.Severity.warning
    if let text = table.text(prefix + "severity") {
      guard let severity = Alert.Severity(named: text) else {
        throw table.error(
          prefix + "severity", "`\(text)` is none of info, warning, critical")
      }
      least = severity
    }
    let kind: Way
    switch way {
    case "webhook":
      let url = try table.requiredText(prefix + "url")
      try checkURL(url, prefix + "url", table)
      kind = .webhook(url: url, secret: try secret(prefix + "secret", &table))
    case "chat": kind = .chat(url: try secret(prefix + "url", &table))
    default: kind = .mail(try mail(prefix, &table))
    }
    return SinkSettings(name: "\(way).\(name)", way: kind, least: least)
  }

  private static func isWord(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
          true
        default: false
        }
      }
  }

  /// Takes a reference to a secret; what else stands there is not repeated, as it may be one.
  private static func secret(_ key: String, _ table: inout Parameters)
    throws(ConfigurationError) -> Secret
  {
    guard let secret = Secret(try table.requiredText(key)) else {
      throw table.error(
        key, "is a secret in clear, or a reference that is none",
        advice: "write \"file:PATH\" or \"env:NAME\", and change the secret if it was one")
    }
    return secret
  }

  /// Plain HTTP stays on this machine, and no password stands in an address.
  static func checkURL(_ url: String, _ key: String, _ table: Parameters)
    throws(ConfigurationError)
  {
    let isSecure = url.hasPrefix("https://")
    guard isSecure || url.hasPrefix("http://"), url.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else { throw table.error(key, "is not an address", advice: "write https://HOST/PATH") }
    let rest = url.dropFirst(isSecure ? 8 : 7)
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    guard !authority.isEmpty, !authority.contains("@") else {
      throw table.error(
        key, authority.isEmpty ? "names no host" : "has a user or password before the host",
        advice: "write https://HOST/PATH")
    }
    guard isSecure || isHere(host(of: authority)) else {
      throw table.error(key, "goes to another machine in clear", advice: "write https://")
    }
  }

  private static func host(of authority: Substring) -> Substring {
    authority.first == "["
      ? authority.dropFirst().prefix { $0 != "]" } : authority.prefix { $0 != ":" }
  }

  private static func isHere(_ host: some StringProtocol) -> Bool {
    host == "localhost" || host == "::1" || host.hasPrefix("127.")
  }

  private static func mail(_ prefix: String, _ table: inout Parameters)
    throws(ConfigurationError) -> MailSettings
  {
    let server = try table.requiredText(prefix + "server")
    let host = host(of: server[...])
    guard let colon = server.lastIndex(of: ":"),
      let port = UInt16(server[server.index(after: colon)...]),
      port > 0, !host.isEmpty, host.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else {
      throw table.error(prefix + "server", "`\(server)` is no server", advice: "write HOST:587")
    }
    let security: MailSettings.Security = try table.word(prefix + "security", default: .starttls)
    guard security != .none || isHere(host) else {
      throw table.error(
        prefix + "security", "mail would go to another machine in clear",
        advice: "write starttls or tls")
    }
    let user = table.text(prefix + "user")
    let password = table.has(prefix + "password") ? try secret(prefix + "password", &table) : nil
    guard (user == nil) == (password == nil) else {
      throw table.error(
        prefix + (user == nil ? "user" : "password"), "is missing",
        advice: "user and password go together")
    }
    let from = try address(try table.requiredText(prefix + "from"), prefix + "from", table)
    var to: [String] = []
    for one in try table.requiredText(prefix + "to").split(separator: ",") {
      let word = String(one).split(separator: " ").joined()
      to.append(try address(word, prefix + "to", table))
    }
    guard !to.isEmpty, to.count <= 50 else {
      throw table.error(prefix + "to", "names \(to.count) addresses, not 1 to 50")
    }
    return MailSettings(
      host: String(host), port: Int(port), security: security, user: user, password: password,
      from: from, to: to)
  }

  /// Addresses as they stand in an envelope, without anything that could end it.
  private static func address(_ text: String, _ key: String, _ table: Parameters)
    throws(ConfigurationError) -> String
  {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    let isAddress =
      parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && text.utf8.count <= 254
      && text.utf8.allSatisfy { byte in
        (0x21...0x7E).contains(byte) && !"<>()[]\\,;:\"".utf8.contains(byte)
      }
    guard isAddress else {
      throw table.error(key, "`\(text)` is no address", advice: "write ops@example.com")
    }
    return text
  }
}

extension TraceSettings {
  /// Reads the table `traces`.
  /// - Returns: nil if there is none.
  /// - Throws: `ConfigurationError` for an unknown key or a value that does not fit.
  public static func read(_ items: ConfigurationItems) throws(ConfigurationError) -> TraceSettings?
  {
    var table = Parameters(table: "traces", of: items)
    guard items.items.contains(where: { $0.key.hasPrefix("traces.") }) else { return nil }
    let endpoint = try table.requiredText("endpoint")
    try SinkSettings.checkURL(endpoint, "endpoint", table)
    let oneIn = try table.integer("one_in", in: 1...1_000_000_000, default: 100)
    try table.finish()
    return TraceSettings(endpoint: endpoint, oneIn: UInt64(oneIn))
  }
}
