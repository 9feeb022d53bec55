import Alerting

/// A client's side of one mail over SMTP (RFC 5321, 3207, 4954), without a connection: it gets bytes and says what to
/// send.
///
/// ```
/// greeting → EHLO → [STARTTLS → handshake → EHLO] → [AUTH] → MAIL → RCPT… → DATA → text → QUIT
/// ```
///
/// Nothing but the greeting and STARTTLS goes in clear unless that was asked for; what a server sends before the
/// handshake is not taken for what it says after it.
struct SMTPExchange: Sendable {
  /// Longest reply line and most lines of a reply.
  private static let bounds = (line: 2048, lines: 100)

  enum Action: Equatable, Sendable {
    case send([UInt8])
    /// Begin the handshake, then say `secured`.
    case secure
    /// The server has the mail; close. Receivers that it refused are named.
    case delivered(refused: [String])
    case failed(DeliveryFailure)
  }

  private enum State: Equatable {
    case greeting
    case hello(isSecure: Bool)
    case startTLS
    case handshake
    case authPlain
    case authLogin
    case authUser
    case authPassword
    case mail
    case recipient(Int)
    case data
    case text
    case over
  }

  private let mail: MailMessage
  private let security: MailSettings.Security
  private let login: (user: String, password: String)?
  private let client: String
  private var state = State.greeting
  /// Bytes of a line that has not ended.
  private var rest: [UInt8] = []
  /// Lines of the reply that has not ended.
  private var lines: [String] = []
  private var refused: [String] = []
  private var isTLS: Bool

  /// - Parameter client: our name for EHLO.
  init(
    _ mail: MailMessage, security: MailSettings.Security,
    login: (user: String, password: String)?, client: String = "[127.0.0.1]"
  ) {
    self.mail = mail
    self.security = security
    self.login = login
    self.client = client
    isTLS = security == .tls
  }

  /// Takes what the server sent.
  mutating func receive(_ bytes: [UInt8]) -> [Action] {
    var actions: [Action] = []
    for byte in bytes {
      guard state != .over else { break }
      guard state != .handshake else {
        return actions + [fail("the server spoke in clear before the handshake", isFinal: true)]
      }
      guard byte == UInt8(ascii: "\n") else {
        rest.append(byte)
        if rest.count > Self.bounds.line { return actions + [fail("a reply without end")] }
        continue
      }
      if rest.last == UInt8(ascii: "\r") { rest.removeLast() }
      let line = String(decoding: rest, as: UTF8.self)
      rest = []
      if let action = receive(line: line) { actions.append(action) }
    }
    return actions
  }

  private mutating func receive(line: String) -> Action? {
    lines.append(line)
    guard lines.count <= Self.bounds.lines else { return fail("a reply without end") }
    let bytes = Array(line.utf8)
    guard bytes.count >= 3, bytes[..<3].allSatisfy({ (0x30...0x39).contains($0) }),
      let code = Int(String(decoding: bytes[..<3], as: UTF8.self)), (200..<600).contains(code),
      bytes.count == 3 || bytes[3] == UInt8(ascii: " ") || bytes[3] == UInt8(ascii: "-")
    else { return fail("not SMTP") }
    if bytes.count > 3, bytes[3] == UInt8(ascii: "-") { return nil }
    let reply = lines
    lines = []
    return receive(code, reply)
  }

  /// The handshake is done.
  mutating func secured() -> [Action] {
    precondition(state == .handshake, "no handshake was asked for")
    isTLS = true
    state = .hello(isSecure: true)
    return [command("EHLO \(client)")]
  }

  private mutating func receive(_ code: Int, _ reply: [String]) -> Action? {
    switch (state, code) {
    case (.greeting, 220):
      state = .hello(isSecure: isTLS)
      return command("EHLO \(client)")
    case (.hello, 250): return greeted(reply)
    case (.startTLS, 220):
      state = .handshake
      return .secure
    case (.authLogin, 334):
      state = .authUser
      return secretLine(login?.user ?? "")
    case (.authUser, 334):
      state = .authPassword
      return secretLine(login?.password ?? "")
    case (.authPlain, 235), (.authPassword, 235): return begin()
    case (.mail, 250):
      state = .recipient(0)
      return command("RCPT TO:<\(mail.to[0])>")
    case (.recipient(let index), _): return recipient(index, code, reply)
    case (.data, 354):
      state = .text
      return .send(mail.data + Array(".\r\n".utf8))
    case (.text, 250):
      state = .over
      return .delivered(refused: refused)
    default: return refusal(code, reply)
    }
  }

  /// What the server can do decides how it goes on.
  private mutating func greeted(_ reply: [String]) -> Action {
    let abilities = reply.dropFirst().map { $0.dropFirst(4).uppercased() }
    if security == .starttls, !isTLS {
      guard abilities.contains("STARTTLS") else {
        return fail("the server has no STARTTLS, and nothing is sent in clear", isFinal: true)
      }
      state = .startTLS
      return command("STARTTLS")
    }
    guard let login else { return begin() }
    // Old servers write `AUTH=`.
    let ways = abilities.filter { $0.hasPrefix("AUTH ") || $0.hasPrefix("AUTH=") }.flatMap {
      $0.dropFirst(5).split(separator: " ")
    }
    if ways.contains("PLAIN") {
      state = .authPlain
      let text = [0] + Array(login.user.utf8) + [0] + Array(login.password.utf8)
      return command("AUTH PLAIN " + String(decoding: MailMessage.encode(text), as: UTF8.self))
    }
    guard ways.contains("LOGIN") else {
      return fail("the server takes neither AUTH PLAIN nor LOGIN", isFinal: true)
    }
    state = .authLogin
    return command("AUTH LOGIN")
  }

  private mutating func begin() -> Action {
    guard !mail.to.isEmpty, ([mail.from] + mail.to).allSatisfy(Self.isAddress) else {
      return fail("an address cannot stand in an envelope", isFinal: true)
    }
    state = .mail
    return command("MAIL FROM:<\(mail.from)>")
  }

  private static func isAddress(_ text: String) -> Bool {
    text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x3C && $0 != 0x3E }
      && text.contains("@")
  }

  private mutating func recipient(_ index: Int, _ code: Int, _ reply: [String]) -> Action {
    if code == 250 || code == 251 {
    } else if (500..<600).contains(code) {
      refused.append(mail.to[index])
    } else {
      return refusal(code, reply)
    }
    guard index + 1 < mail.to.count else {
      guard refused.count < mail.to.count else {
        return fail("the server refused every receiver: \(Self.words(reply))", isFinal: true)
      }
      state = .data
      return command("DATA")
    }
    state = .recipient(index + 1)
    return command("RCPT TO:<\(mail.to[index + 1])>")
  }

  private mutating func refusal(_ code: Int, _ reply: [String]) -> Action {
    // What a server says to a login may repeat it.
    let isSecret = [.authPlain, .authLogin, .authUser, .authPassword].contains(state)
    return fail(
      isSecret ? "the server refused the login (\(code))" : Self.words(reply),
      isFinal: (500..<600).contains(code))
  }

  private static func words(_ reply: [String]) -> String {
    String(MailMessage.field(reply.last ?? "").prefix(200))
  }

  private mutating func fail(_ text: String, isFinal: Bool = false) -> Action {
    state = .over
    return .failed(DeliveryFailure(text: text, isFinal: isFinal))
  }

  private func command(_ text: String) -> Action { .send(Array((text + "\r\n").utf8)) }

  private func secretLine(_ text: String) -> Action {
    .send(MailMessage.encode(Array(text.utf8)) + [13, 10])
  }
}
