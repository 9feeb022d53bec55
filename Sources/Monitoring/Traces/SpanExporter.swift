import AsyncHTTPClient
import Events
import Logging
import NIOCore
import Synchronization

/// Sends spans to a collector, some at a time, by a task of its own. It is bounded: what finds no room, or cannot be
/// sent, is given up and counted.
final class SpanExporter: Sendable {
  /// Most spans that wait, and most in a request.
  private static let (capacity, largest) = (8192, 512)
  /// Between two requests while little comes, in nanoseconds; and after a failure.
  private static let (linger, pause) = (UInt64(1_000_000_000), UInt64(5_000_000_000))
  /// How often a request is tried.
  private static let attempts = 4
  private static let patience = TimeAmount.seconds(10)

  /// How it goes.
  struct Figures: Equatable, Sendable {
    var waiting = 0
    var sent: UInt64 = 0
    var lost: UInt64 = 0
  }

  private struct State {
    var waiting: [Span] = []
    var sent: UInt64 = 0
    var lost: UInt64 = 0
    var isStopped = false
  }

  private let endpoint: String
  private let client: HTTPClient
  private let log: Logger
  private let state = Mutex(State())

  init(endpoint: String, client: HTTPClient, log: Logger) {
    self.endpoint = endpoint
    self.client = client
    self.log = log
  }

  var figures: Figures {
    state.withLock { Figures(waiting: $0.waiting.count, sent: $0.sent, lost: $0.lost) }
  }

  func offer(_ spans: [Span]) {
    guard !spans.isEmpty else { return }
    state.withLock { state in
      let room = Self.capacity - state.waiting.count
      state.waiting += spans.prefix(room)
      state.lost += UInt64(max(spans.count - room, 0))
    }
  }

  /// Ends `run` once what waits was tried.
  func stop() { state.withLock { $0.isStopped = true } }

  /// Sends until `stop`.
  func run() async {
    while true {
      let (batch, isStopped) = state.withLock { state in
        let batch = Array(state.waiting.prefix(Self.largest))
        state.waiting.removeFirst(batch.count)
        return (batch, state.isStopped)
      }
      if !batch.isEmpty { await send(batch, isLast: isStopped) }
      if isStopped, batch.isEmpty { return }
      if batch.count < Self.largest, !isStopped { await rest(Self.linger) }
    }
  }

  /// Waits so long, or until it is stopped.
  private func rest(_ nanoseconds: UInt64) async {
    let step: UInt64 = 100_000_000
    for _ in 0..<(nanoseconds / step) where !state.withLock({ $0.isStopped }) {
      // Nothing cancels the task.
      try? await Task.sleep(nanoseconds: step)
    }
  }

  private func send(_ batch: [Span], isLast: Bool) async {
    let body = SpanDocument.json(batch).text
    for attempt in 1...Self.attempts {
      let why = await post(body)
      guard let why else {
        state.withLock { $0.sent += UInt64(batch.count) }
        return
      }
      if attempt == Self.attempts || isLast || why.isFinal {
        state.withLock { $0.lost += UInt64(batch.count) }
        log.warning(
          "traces were not taken",
          metadata: ["why": "\(why.text)", "spans": "\(batch.count)"])
        return
      }
      await rest(Self.pause)
    }
  }

  /// - Returns: nil if the collector took it.
  private func post(_ body: String) async -> DeliveryFailure? {
    var request = HTTPClientRequest(url: endpoint)
    request.method = .POST
    request.headers.add(name: "content-type", value: "application/json")
    request.body = .bytes(ByteBuffer(string: body))
    do {
      let response = try await client.execute(request, timeout: Self.patience)
      _ = try? await response.body.collect(upTo: 1 << 16)
      let status = response.status.code
      if (200..<300).contains(status) { return nil }
      // What may be tried again (OTLP/HTTP, "Retryable Response Codes").
      return DeliveryFailure(
        text: "answered \(status)", isFinal: ![429, 502, 503, 504].contains(status))
    } catch let error as HTTPClientError {
      return DeliveryFailure(text: error.shortDescription)
    } catch {
      return DeliveryFailure(text: "\(type(of: error))")
    }
  }
}
