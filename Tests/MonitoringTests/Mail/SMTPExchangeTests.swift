import Alerting
import Events
import Testing

@testable import Monitoring

/// Conversations: what a server says, and what we say to it.
struct SMTPExchangeTests {
  private static let mail = MailMessage(
    from: "daybook@example.com", to: ["a@example.com", "b@example.com"], subject: "disk.low",
    body: ".\n..two\nplain\n", time: Messages.start, identity: "x")

  private static func exchange(
    _ security: MailSettings.Security, _ login: (user: String, password: String)? = nil,
    mail: MailMessage = mail
  ) -> SMTPExchange {
    SMTPExchange(mail, security: security, login: login)
  }

  /// Says lines one after another.
  /// - Returns: what was answered to each: `→` and what was sent, or what else there was to do.
  private static func talk(_ exchange: inout SMTPExchange, _ lines: [String]) -> [String] {
    lines.flatMap { line in words(exchange.receive(Array((line + "\r\n").utf8))) }
  }

  private static func words(_ actions: [SMTPExchange.Action]) -> [String] {
    actions.map { action in
      switch action {
      case .send(let bytes): String(decoding: bytes, as: UTF8.self)
      case .secure: "(secure)"
      case .delivered(let refused): "(delivered)\(refused.joined(separator: ","))"
      case .failed(let failure):
        "(failed\(failure.isFinal ? " for good" : "")) \(failure.text)"
      }
    }
  }

  @Test func `a mail in clear, with replies of several lines`() {
    var exchange = Self.exchange(.none)
    let said = Self.talk(
      &exchange,
      [
        "220-welcome", "220 here", "250-mail.example.com", "250-SIZE 1000", "250 8BITMIME",
        "250 ok",
        "250 ok", "251 will forward", "354 go on", "250 queued",
      ])
    #expect(
      said.map { $0.replacing("\r\n", with: "") }.enumerated().filter { $0.offset != 5 }.map(
        \.element)
        == [
          "EHLO [127.0.0.1]", "MAIL FROM:<daybook@example.com>", "RCPT TO:<a@example.com>",
          "RCPT TO:<b@example.com>", "DATA", "(delivered)",
        ])
    #expect(said[5].hasSuffix("\r\n\r\n..\r\n...two\r\nplain\r\n.\r\n"), "points are doubled")
  }

  @Test func `bytes may come in any parts`() {
    var exchange = Self.exchange(.none)
    var said: [SMTPExchange.Action] = []
    for byte in "220 hi\r\n250-x\r\n250 y\r\n".utf8 { said += exchange.receive([byte]) }
    #expect(said.count == 2)
  }

  @Test func `STARTTLS, then who we are is said again, then the login`() {
    var exchange = Self.exchange(.starttls, ("ann", "pässword"))
    #expect(
      Self.talk(&exchange, ["220 hi", "250-x", "250-AUTH PLAIN LOGIN", "250 STARTTLS", "220 go"])
        == ["EHLO [127.0.0.1]\r\n", "STARTTLS\r\n", "(secure)"])
    #expect(Self.words(exchange.secured()) == ["EHLO [127.0.0.1]\r\n"])
    #expect(
      Self.talk(&exchange, ["250-x", "250 AUTH LOGIN PLAIN", "235 ok"])
        == [
          "AUTH PLAIN AGFubgBww6Rzc3dvcmQ=\r\n", "MAIL FROM:<daybook@example.com>\r\n",
        ])
  }

  @Test func `AUTH LOGIN where there is no PLAIN`() {
    var exchange = Self.exchange(.tls, ("ann", "secret"))
    #expect(
      Self.talk(
        &exchange,
        ["220 hi", "250-x", "250 AUTH=LOGIN", "334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6", "235 ok"])
        == [
          "EHLO [127.0.0.1]\r\n", "AUTH LOGIN\r\n", "YW5u\r\n", "c2VjcmV0\r\n",
          "MAIL FROM:<daybook@example.com>\r\n",
        ])
  }

  static let failures: [(MailSettings.Security, Bool, [String], String)] = [
    (.none, false, ["554 go away"], "(failed for good) 554 go away"),
    (.none, false, ["421 busy"], "(failed) 421 busy"),
    (.none, false, ["hello"], "(failed) not SMTP"),
    (.none, false, ["2200 hi"], "(failed) not SMTP"),
    (.none, false, ["020 hi"], "(failed) not SMTP"),
    (.starttls, false, ["220 hi", "250 x"], "(failed for good) the server has no STARTTLS"),
    (
      .starttls, true, ["220 hi", "250-x", "250 AUTH PLAIN"], "(failed for good) the server has no"
    ),
    (.starttls, false, ["220 hi", "250-x", "250 STARTTLS", "454 no TLS now"], "(failed) 454"),
    (.tls, true, ["220 hi", "250 x"], "(failed for good) the server takes neither"),
    (.tls, true, ["220 hi", "250-x", "250 AUTH CRAM-MD5"], "(failed for good) the server takes"),
    (
      .tls, true, ["220 hi", "250-x", "250 AUTH PLAIN", "535 c2VjcmV0 is wrong"],
      "(failed for good) the server refused the login (535)"
    ),
    (.none, false, ["220 hi", "250 x", "550 not you"], "(failed for good) 550 not you"),
    (
      .none, false, ["220 hi", "250 x", "250 ok", "550 no", "551 no"],
      "(failed for good) the server refused every receiver: 551 no"
    ),
    (.none, false, ["220 hi", "250 x", "250 ok", "450 wait"], "(failed) 450 wait"),
    (
      .none, false, ["220 hi", "250 x", "250 ok", "250 ok", "250 ok", "354 go", "552 too big"],
      "(failed for good) 552 too big"
    ),
  ]

  @Test(arguments: failures)
  func `what a server refuses is told, and whether to try again`(
    _ security: MailSettings.Security, _ logsIn: Bool, _ lines: [String], _ end: String
  ) {
    var exchange = Self.exchange(security, logsIn ? ("ann", "secret") : nil)
    let said = Self.talk(&exchange, lines)
    #expect(said.last?.hasPrefix(end) == true, "\(said)")
    #expect(!said.joined().contains("secret"))
    #expect(Self.talk(&exchange, ["250 ok", "354 go"]).isEmpty, "it is over")
  }

  @Test func `one receiver that is refused does not keep it from the other`() {
    var exchange = Self.exchange(.none)
    let said = Self.talk(
      &exchange, ["220 hi", "250 x", "250 ok", "550 no", "250 ok", "354 go", "250 ok"])
    #expect(said.last == "(delivered)a@example.com")
  }

  @Test func `what comes in clear before the handshake is no reply after it`() {
    var exchange = Self.exchange(.starttls)
    _ = Self.talk(&exchange, ["220 hi", "250-x", "250 STARTTLS"])
    let actions = exchange.receive(Array("220 go\r\n250 evil\r\n".utf8))
    #expect(
      Self.words(actions)
        == ["(secure)", "(failed for good) the server spoke in clear before the handshake"])
  }

  @Test func `replies without end are given up`() {
    var exchange = Self.exchange(.none)
    #expect(
      Self.words(exchange.receive([UInt8](repeating: 0x32, count: 5000)))
        == ["(failed) a reply without end"])
    var lines = Self.exchange(.none)
    let said = Self.talk(&lines, Array(repeating: "220-x", count: 200))
    #expect(said == ["(failed) a reply without end"])
  }

  @Test func `addresses that could end a command are not sent`() {
    var mail = Self.mail
    mail.to = ["a@example.com>\r\nDATA"]
    var exchange = Self.exchange(.none, mail: mail)
    let said = Self.talk(&exchange, ["220 hi", "250 x"])
    #expect(said.last == "(failed for good) an address cannot stand in an envelope")
  }

  @Test func `no bytes trap`() {
    var state: UInt64 = 88_172_645_463_325_252
    func random() -> UInt64 {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return state
    }
    let script = Array(
      "220 hi\r\n250-x\r\n250 AUTH PLAIN\r\n235 ok\r\n250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n250 ok\r\n"
        .utf8)
    for _ in 0..<2000 {
      var bytes = script
      for _ in 0..<(1 + random() % 4) {
        let index = Int(random() % UInt64(bytes.count))
        switch random() % 3 {
        case 0: bytes[index] = UInt8(truncatingIfNeeded: random())
        case 1: bytes.remove(at: index)
        default: bytes.insert(UInt8(truncatingIfNeeded: random()), at: index)
        }
      }
      var exchange = Self.exchange(.tls, ("ann", "secret"))
      var ends = 0
      for action in exchange.receive(bytes) {
        switch action {
        case .delivered, .failed: ends += 1
        case .send, .secure: #expect(ends == 0)
        }
      }
      #expect(ends <= 1)
    }
  }
}
