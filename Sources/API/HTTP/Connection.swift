import HTTPTypes
import HummingbirdCore
import HummingbirdHTTP2
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOSSL
import NIOTLS
import NIOWebSocket

/// What a socket speaks: HTTP/1.1, after an upgrade WebSocket, and over TLS also HTTP/2.
struct Connection: HTTPChannelHandler {
  typealias HTTPChannel = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>
  typealias FrameChannel = NIOAsyncChannel<WebSocketFrame, WebSocketFrame>

  enum Kind: Sendable {
    case http(HTTPChannel)
    case http2(HTTP2Channel.Value)
    /// With the path that was asked for.
    case webSocket(FrameChannel, String)
  }

  /// What TLS has agreed on.
  private enum Negotiated: Sendable {
    case http1(EventLoopFuture<Kind>)
    case http2(HTTP2Channel.Value)
  }

  struct Value: ServerChildChannelValue {
    /// Known once the first bytes have come.
    let kind: EventLoopFuture<Kind>
    let channel: any Channel
  }

  /// Longest message of a client in bytes.
  static let longestFrame = 1 << 16
  /// Bytes that the kernel keeps for a client of WebSockets.
  private static let sendBuffer: SocketOptionValue = 1 << 18

  let responder: HTTPChannelHandler.Responder
  let tls: NIOSSLContext?
  let patience: Patience.Limits
  /// Talks to a client of WebSockets until it or the server ends.
  let talk: @Sendable (FrameChannel, String) async -> Void
  /// The paths at which there are WebSockets.
  let isWebSocket: @Sendable (String) -> Bool
  private let http2: HTTP2Channel

  init(
    responder: @escaping HTTPChannelHandler.Responder, tls: NIOSSLContext?,
    patience: Patience.Limits, isWebSocket: @escaping @Sendable (String) -> Bool,
    talk: @escaping @Sendable (FrameChannel, String) async -> Void
  ) {
    self.responder = responder
    self.tls = tls
    self.patience = patience
    self.isWebSocket = isWebSocket
    self.talk = talk
    http2 = HTTP2Channel(
      responder: responder,
      configuration: .init(
        idleTimeout: .nanoseconds(patience.idle.nanoseconds), gracefulCloseTimeout: .seconds(5),
        streamConfiguration: .init(idleTimeout: patience.answer)))
  }

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    channel.eventLoop.makeCompletedFuture {
      let pipeline = channel.pipeline.syncOperations
      guard let tls else {
        return Value(kind: try http1(channel), channel: channel)
      }
      // What HTTP/1.1 turns into is known only by its first request, which must not be waited for here.
      let negotiation = NIOTypedApplicationProtocolNegotiationHandler<Negotiated> { result in
        switch result {
        case .negotiated("h2"):
          http2.setup(channel: channel, logger: logger).map { .http2($0) }
        case .negotiated, .fallback:
          channel.eventLoop.makeCompletedFuture { .http1(try http1(channel)) }
        }
      }
      try pipeline.addHandler(NIOSSLServerHandler(context: tls))
      try pipeline.addHandler(negotiation)
      let deadline = channel.eventLoop.scheduleTask(in: patience.request) {
        channel.close(promise: nil)
      }
      let negotiated = negotiation.protocolNegotiationResult
      negotiated.whenComplete { _ in deadline.cancel() }
      let kind = negotiated.flatMap { negotiated in
        switch negotiated {
        case .http1(let kind): kind
        case .http2(let value): channel.eventLoop.makeSucceededFuture(Kind.http2(value))
        }
      }
      return Value(kind: kind, channel: channel)
    }
  }

  /// Sets a channel up for HTTP/1.1 and an upgrade.
  private func http1(_ channel: any Channel) throws -> EventLoopFuture<Kind> {
    let pipeline = channel.pipeline.syncOperations
    let encoder = HTTPResponseEncoder()
    var limits = NIOHTTPDecoderLimitConfiguration()
    limits.maxHeaderFieldSize = 8 << 10
    limits.maxHeaderListSize = 16 << 10
    limits.maxHeaderFieldCount = 100
    let decoder = ByteToMessageHandler(
      HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: limits))
    let patience = Patience(patience)
    let gate = UpgradeGate(isWebSocket)
    let upgrade = NIOTypedHTTPServerUpgradeHandler(
      httpEncoder: encoder, extraHTTPHandlers: [decoder, patience, gate],
      upgradeConfiguration: NIOTypedHTTPServerUpgradeConfiguration(
        upgraders: [upgrader]
      ) { channel in
        channel.eventLoop.makeCompletedFuture { try Self.plain(channel) }
      })
    try pipeline.addHandlers([encoder, decoder, patience, gate])
    try pipeline.addHandler(upgrade)
    return upgrade.upgradeResultFuture
  }

  private static func plain(_ channel: any Channel) throws -> Kind {
    try channel.pipeline.syncOperations.addHandler(HTTP1ToHTTPServerCodec(secure: false))
    return .http(
      try HTTPChannel(
        wrappingChannelSynchronously: channel,
        configuration: .init(isOutboundHalfClosureEnabled: true)))
  }

  private var upgrader: NIOTypedWebSocketServerUpgrader<Kind> {
    NIOTypedWebSocketServerUpgrader(
      maxFrameSize: Self.longestFrame,
      // The session closes with the code that fits.
      enableAutomaticErrorHandling: false,
      // The gate has let through only what may be upgraded.
      shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture([:]) },
      upgradePipelineHandler: { channel, head in
        channel.eventLoop.makeCompletedFuture {
          // The kernel shall not keep megabytes for each client that takes nothing.
          try channel.syncOptions?.setOption(.socketOption(.so_sndbuf), value: Self.sendBuffer)
          try channel.pipeline.syncOperations.addHandler(FrameGate())
          try channel.pipeline.syncOperations.addHandler(
            NIOWebSocketFrameAggregator(
              minNonFinalFragmentSize: 1, maxAccumulatedFrameCount: 64,
              maxAccumulatedFrameSize: Self.longestFrame))
          let frames = try FrameChannel(
            wrappingChannelSynchronously: channel,
            configuration: .init(isOutboundHalfClosureEnabled: false))
          return .webSocket(frames, head.uri)
        }
      })
  }

  func handle(value: Value, logger: Logger) async {
    // A handshake that failed has closed the channel.
    guard let kind = try? await value.kind.get() else { return }
    switch kind {
    case .http(let channel): await handleHTTP(asyncChannel: channel, logger: logger)
    case .http2(let value): await http2.handle(value: value, logger: logger)
    case .webSocket(let channel, let path): await talk(channel, path)
    }
  }
}

/// Takes the wish for an upgrade out of requests that cannot have one, so that they are answered as requests
/// with what is wrong: otherwise the client would only see the socket close.
final class UpgradeGate: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart

  private let isWebSocket: @Sendable (String) -> Bool

  init(_ isWebSocket: @escaping @Sendable (String) -> Bool) { self.isWebSocket = isWebSocket }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard case .head(var head) = unwrapInboundIn(data), !mayUpgrade(head) else {
      return context.fireChannelRead(data)
    }
    head.headers.remove(name: "upgrade")
    let wishes = head.headers[canonicalForm: "connection"].filter { $0.lowercased() != "upgrade" }
    head.headers.remove(name: "connection")
    for wish in wishes { head.headers.add(name: "connection", value: String(wish)) }
    context.fireChannelRead(wrapInboundOut(.head(head)))
  }

  private func mayUpgrade(_ head: HTTPRequestHead) -> Bool {
    let key = head.headers["sec-websocket-key"]
    return head.method == .GET && head.version == .http1_1 && isWebSocket(head.uri)
      && head.headers["sec-websocket-version"] == ["13"] && key.count == 1
      && key[0].utf8.count == 24
      && head.headers[canonicalForm: "upgrade"].contains { $0.lowercased() == "websocket" }
      && head.headers[canonicalForm: "connection"].contains { $0.lowercased() == "upgrade" }
  }
}
