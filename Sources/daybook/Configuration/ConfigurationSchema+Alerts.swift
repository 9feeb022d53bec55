extension ConfigurationSchema {
  static let alerts: [Key] =
    [
      Key("alerts.window", .duration, "1m", "in which refusals and rejects are counted"),
      Key("alerts.refusals", .integer, "20", "by the gate within the window; 0: no alert"),
      Key("alerts.rejects", .integer, "5", "by venues within the window; 0: no alert"),
      Key("alerts.feed_silence", .duration, "1m", "of an instrument that trades; 0s: no alert"),
      Key("alerts.model_silence", .duration, "0s", "of a model; 0s: no alert"),
      Key("alerts.drawdown", .percent, "10 %", "of an account from its peak; 0 %: no alert"),
      Key("alerts.durable_lag", .duration, "5s", "in which nothing became durable; 0s: no alert"),
      Key("alerts.follower_lag", .integer, "100000", "entries the API may be behind; 0: no alert"),
      Key("alerts.disk_free", .percent, "5 %", "least share of the journal's disk"),
      Key("alerts.inbox", .percent, "50 %", "share of the inbox that waits; 0 %: no alert"),
      Key("alerts.clock_offset", .duration, "50ms", "from the true time; 0s: no alert"),
      Key("alerts.daemon_silence", .duration, "5s", "of the control socket"),
      Key("alerts.repeat", .duration, "15m", "between reminders of what is critical; 0s: none"),
      Key("alerts.quiet", .duration, "1h", "after which an event is over"),
      Key("alerts.pause", .duration, "1m", "in which what comes again is not told again"),
      Key("alerts.webhook.NAME.url", .text, "–", "https:// address that takes JSON"),
      Key("alerts.webhook.NAME.secret", .text, "–", "signs it: \"file:PATH\" or \"env:NAME\""),
      Key("alerts.chat.NAME.url", .text, "–", "Slack's kind: \"file:PATH\" or \"env:NAME\""),
      Key("alerts.mail.NAME.server", .text, "–", "SMTP: \"smtp.example.com:587\""),
      Key("alerts.mail.NAME.security", .text, "starttls", "starttls, tls, or none on this machine"),
      Key("alerts.mail.NAME.user", .text, "", "who logs in"),
      Key("alerts.mail.NAME.password", .text, "", "\"file:PATH\" or \"env:NAME\""),
      Key("alerts.mail.NAME.from", .text, "–", "sender's address"),
      Key("alerts.mail.NAME.to", .list, "–", "receivers' addresses"),
      Key("traces.endpoint", .text, "", "OTLP over HTTP: \"http://127.0.0.1:4318/v1/traces\""),
      Key("traces.one_in", .integer, "100", "orders that one is traced of"),
    ]
    + ["webhook", "chat", "mail"].map {
      Key("alerts.\($0).NAME.severity", .text, "warning", "least: info, warning or critical")
    }
}
