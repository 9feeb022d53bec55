import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// An HTTP server on a free port of this machine that keeps what it gets.
final class Receiver: Sendable {
  struct Request: Sendable {
    var uri: String
    var headers: [String: String]
    var body: String
  }

  private struct State {
    var requests: [Request] = []
    var statuses: [HTTPResponseStatus]
    var waiting: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
  }

  private let state: Mutex<State>
  private let channel: any Channel

  /// - Parameter statuses: what the first requests are answered with; all others get 200.
  static func start(_ statuses: [HTTPResponseStatus] = []) async throws -> Receiver {
    let box = Box()
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(Handler(box))
        }
      }.bind(host: "127.0.0.1", port: 0).get()
    let receiver = Receiver(statuses, channel)
    box.receiver.withLock { $0 = receiver }
    return receiver
  }

  private init(_ statuses: [HTTPResponseStatus], _ channel: any Channel) {
    state = Mutex(State(statuses: statuses))
    self.channel = channel
  }

  var port: Int { channel.localAddress?.port ?? 0 }
  var requests: [Request] { state.withLock { $0.requests } }

  func stop() async throws { try await channel.close() }

  /// Waits until so many requests came.
  func wait(for count: Int) async {
    await withCheckedContinuation { continuation in
      let isDue = state.withLock { state in
        if state.requests.count >= count { return true }
        state.waiting.append((count, continuation))
        return false
      }
      if isDue { continuation.resume() }
    }
  }

  private func take(_ request: Request) -> HTTPResponseStatus {
    let (status, due) = state.withLock { state in
      state.requests.append(request)
      let due = state.waiting.filter { $0.count <= state.requests.count }
      state.waiting.removeAll { $0.count <= state.requests.count }
      return (state.statuses.isEmpty ? .ok : state.statuses.removeFirst(), due)
    }
    for one in due { one.continuation.resume() }
    return status
  }

  private final class Box: Sendable {
    let receiver = Mutex<Receiver?>(nil)
  }

  private final class Handler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let box: Box
    private var head: HTTPRequestHead?
    private var body = ByteBuffer()

    init(_ box: Box) { self.box = box }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      switch unwrapInboundIn(data) {
      case .head(let head):
        self.head = head
        body.clear()
      case .body(var part): body.writeBuffer(&part)
      case .end:
        guard let head, let receiver = box.receiver.withLock({ $0 }) else { return }
        var headers: [String: String] = [:]
        for (name, value) in head.headers { headers[name.lowercased()] = value }
        let status = receiver.take(
          Request(uri: head.uri, headers: headers, body: String(buffer: body)))
        let answer = HTTPResponseHead(
          version: .http1_1, status: status, headers: ["content-length": "0"])
        context.write(wrapOutboundOut(.head(answer)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
      }
    }
  }
}
