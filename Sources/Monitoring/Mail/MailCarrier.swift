import Alerting
import NIOCore
import NIOPosix
import NIOSSL

/// Mail over SMTP: obeys an exchange.
struct MailCarrier: Carrier {
  /// How long a mail may take.
  static let patience = TimeAmount.seconds(30)

  let settings: MailSettings
  let password: String?
  let group: any EventLoopGroup
  let tls: NIOSSLContext

  func carry(_ message: AlertMessage) async throws(DeliveryFailure) {
    let (subject, body) = message.mail
    let mail = MailMessage(
      from: settings.from, to: settings.to, subject: subject, body: body, time: message.time,
      identity: message.delivery)
    let login = settings.user.flatMap { user in password.map { (user: user, password: $0) } }
    let exchange = SMTPExchange(mail, security: settings.security, login: login)
    let channel = try await connect()
    let deadline = channel.channel.eventLoop.scheduleTask(in: Self.patience) {
      channel.channel.close(promise: nil)
    }
    defer { deadline.cancel() }
    let result: Result<[String], DeliveryFailure>
    do {
      result = try await talk(exchange, over: channel)
    } catch {
      throw DeliveryFailure(text: "the connection broke: \(type(of: error))")
    }
    let refused = try result.get()
    guard refused.isEmpty else {
      // The others have it: it must not be sent again.
      throw DeliveryFailure(
        text: "delivered, but not to \(refused.joined(separator: ", "))", isFinal: true)
    }
  }

  private var handler: NIOSSLClientHandler {
    get throws {
      // An address is no name that a certificate could be asked for by SNI (RFC 6066).
      let isName =
        settings.host.contains { $0.isLetter && $0.isASCII } && !settings.host.contains(":")
      return try NIOSSLClientHandler(
        context: tls, serverHostname: isName ? settings.host : nil)
    }
  }

  private func connect() async throws(DeliveryFailure)
    -> NIOAsyncChannel<ByteBuffer, ByteBuffer>
  {
    do {
      return try await ClientBootstrap(group: group).connectTimeout(.seconds(10))
        .connect(host: settings.host, port: settings.port) { channel in
          channel.eventLoop.makeCompletedFuture {
            if settings.security == .tls {
              try channel.pipeline.syncOperations.addHandler(try handler)
            }
            return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
              wrappingChannelSynchronously: channel)
          }
        }
    } catch {
      throw DeliveryFailure(text: "\(settings.host):\(settings.port) cannot be reached")
    }
  }

  private func talk(
    _ exchange: SMTPExchange, over channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>
  ) async throws -> Result<[String], DeliveryFailure> {
    try await channel.executeThenClose { inbound, outbound in
      var exchange = exchange
      for try await part in inbound {
        var actions = exchange.receive(Array(buffer: part))
        while !actions.isEmpty {
          switch actions.removeFirst() {
          case .send(let bytes): try await outbound.write(ByteBuffer(bytes: bytes))
          case .secure:
            try await channel.channel.eventLoop.submit {
              try channel.channel.pipeline.syncOperations.addHandler(
                try handler, position: .first)
            }.get()
            actions += exchange.secured()
          case .delivered(let refused):
            try await outbound.write(ByteBuffer(string: "QUIT\r\n"))
            return .success(refused)
          case .failed(let failure): return .failure(failure)
          }
        }
      }
      return .failure(DeliveryFailure(text: "the server closed the connection"))
    }
  }
}
