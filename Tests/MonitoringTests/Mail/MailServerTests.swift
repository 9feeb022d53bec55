import Alerting
import Events
import NIOPosix
import NIOSSL
import Testing

@testable import Monitoring

/// Mails to a server that others wrote.
@Suite(
  .enabled(if: Mailbox.python != nil, "aiosmtpd is not in Tools/python/.venv: run make test-api"))
struct MailServerTests {
  private static func carrier(
    _ mailbox: Mailbox, _ security: MailSettings.Security, host: String = "localhost",
    user: String? = nil, password: String? = nil, to: [String] = ["a@example.com"],
    trusts: Bool = true
  ) throws -> MailCarrier {
    var configuration = TLSConfiguration.makeClientConfiguration()
    if trusts { configuration.trustRoots = .certificates(mailbox.certificates) }
    return MailCarrier(
      settings: MailSettings(
        host: host, port: mailbox.port, security: security, user: user,
        password: password.map { _ in .environment("X") }, from: "daybook@example.com", to: to),
      password: password, group: MultiThreadedEventLoopGroup.singleton,
      tls: try NIOSSLContext(configuration: configuration))
  }

  @Test(arguments: [
    ("none", MailSettings.Security.none), ("starttls", .starttls), ("tls", .tls),
  ])
  func `a mail arrives as it was written`(_ mode: String, _ security: MailSettings.Security)
    async throws
  {
    let mailbox = try Mailbox(mode)
    let message = Messages.opened(.venueDisconnected, "XSIM", "line cut\n.\nfar ends")
    for host in ["localhost", "127.0.0.1"] {
      try await Self.carrier(mailbox, security, host: host, to: ["a@example.com", "b@example.com"])
        .carry(message)
      let mail = try mailbox.next()
      #expect(mail.from == "daybook@example.com" && mail.to == ["a@example.com", "b@example.com"])
      #expect(mail.tls == (security != .none))
      let parts = mail.text.components(separatedBy: "\r\n\r\n")
      #expect(parts[0].contains("Subject: [daybook] critical venue.disconnected:XSIM opened"))
      #expect(mail.text.contains("line cut\r\n.\r\nfar ends"), "the point is one again")
    }
    try mailbox.stop()
  }

  @Test(arguments: [("starttls", MailSettings.Security.starttls), ("tls", .tls)])
  func `it logs in, and a wrong password is told without it`(
    _ mode: String, _ security: MailSettings.Security
  ) async throws {
    let mailbox = try Mailbox(mode, login: ("ann", "hunter2"))
    try await Self.carrier(mailbox, security, user: "ann", password: "hunter2").carry(
      Messages.opened())
    #expect(try mailbox.next().user == "ann")
    let failure = await #expect(throws: DeliveryFailure.self) {
      try await Self.carrier(mailbox, security, user: "ann", password: "hunter3").carry(
        Messages.opened())
    }
    #expect(failure?.isFinal == true)
    #expect(failure?.text == "the server refused the login (535)")
    try mailbox.stop()
  }

  @Test func `a receiver that is refused is told, and the others have it`() async throws {
    let mailbox = try Mailbox("none")
    let failure = await #expect(throws: DeliveryFailure.self) {
      try await Self.carrier(mailbox, .none, to: ["refused@example.com", "b@example.com"]).carry(
        Messages.opened())
    }
    #expect(
      failure == DeliveryFailure(text: "delivered, but not to refused@example.com", isFinal: true))
    #expect(try mailbox.next().to == ["b@example.com"])
    try mailbox.stop()
  }

  @Test(arguments: [("starttls", MailSettings.Security.starttls), ("tls", .tls)])
  func `a server whose certificate nobody vouches for gets nothing`(
    _ mode: String, _ security: MailSettings.Security
  ) async throws {
    let mailbox = try Mailbox(mode)
    let failure = await #expect(throws: DeliveryFailure.self) {
      try await Self.carrier(mailbox, security, trusts: false).carry(Messages.opened())
    }
    #expect(failure?.isFinal == false, "somebody may mend it")
    try mailbox.stop()
  }

  @Test func `a server without STARTTLS gets nothing in clear`() async throws {
    let mailbox = try Mailbox("none")
    let failure = await #expect(throws: DeliveryFailure.self) {
      try await Self.carrier(mailbox, .starttls).carry(Messages.opened())
    }
    #expect(failure?.text.contains("no STARTTLS") == true)
    try mailbox.stop()
  }
}
