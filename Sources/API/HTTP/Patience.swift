import NIOCore
import NIOHTTP1

/// Closes connections of HTTP/1.1 whose client takes too long (to send a request whole, to take its answer, or
/// to send the next one), sends what is no HTTP, or has nothing under way when the server stops. The time of a
/// phase does not begin again with each byte.
final class Patience: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  struct Limits: Sendable {
    /// For a request, head and body, and for a TLS handshake.
    var request = TimeAmount.seconds(10)
    /// Until the client has taken the answer.
    var answer = TimeAmount.seconds(90)
    /// Between two requests.
    var idle = TimeAmount.seconds(60)
  }

  private let limits: Limits
  private var deadline: Scheduled<Void>?
  /// Between two requests.
  private var isBetween = false
  /// A request is under way.
  private var isBusy = false
  private var isStopping = false

  init(_ limits: Limits) { self.limits = limits }

  func handlerAdded(context: ChannelHandlerContext) { wait(limits.request, context) }

  func handlerRemoved(context: ChannelHandlerContext) {
    deadline?.cancel()
    deadline = nil
  }

  func channelInactive(context: ChannelHandlerContext) {
    deadline?.cancel()
    deadline = nil
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head:
      isBusy = true
      if isBetween { wait(limits.request, context) }
      isBetween = false
    case .end: wait(limits.answer, context)
    case .body: break
    }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    let isEnd = if case .end = unwrapOutboundIn(data) { true } else { false }
    guard isEnd else { return context.write(data, promise: promise) }
    let promise = promise ?? context.eventLoop.makePromise()
    let (own, bound) = (NIOLoopBound(self, eventLoop: context.eventLoop), context.loopBound)
    promise.futureResult.whenSuccess { own.value.answered(bound.value) }
    context.write(data, promise: promise)
  }

  private func answered(_ context: ChannelHandlerContext) {
    (isBetween, isBusy) = (true, false)
    if isStopping { return context.close(promise: nil) }
    wait(limits.idle, context)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is ChannelShouldQuiesceEvent {
      isStopping = true
      if !isBusy { context.close(promise: nil) }
    }
    context.fireUserInboundEventTriggered(event)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard let error = error as? HTTPParserError else { return context.fireErrorCaught(error) }
    // What follows cannot be understood either.
    let status: HTTPResponseStatus =
      error == .headerOverflow ? .requestHeaderFieldsTooLarge : .badRequest
    let head = HTTPResponseHead(
      version: .http1_1, status: status,
      headers: ["connection": "close", "content-length": "0"])
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    context.close(promise: nil)
  }

  private func wait(_ time: TimeAmount, _ context: ChannelHandlerContext) {
    deadline?.cancel()
    let channel = context.channel
    deadline = context.eventLoop.scheduleTask(in: time) { channel.close(promise: nil) }
  }
}
