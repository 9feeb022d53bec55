import Events
import NIOCore
import NIOWebSocket
import Reporting
import Synchronization
import Trading

/// A client's conversation over a WebSocket (docs/api.md, "WebSockets").
final class Session: Sendable {
  struct Limits: Sendable {
    /// Until the token has come.
    var authentication = Duration.seconds(5)
    var heartbeat = Duration.seconds(1)
    /// How long a message may wait for the client to take it.
    var patience = Duration.seconds(5)
    /// How long a client that was at the head may stay behind it.
    var lag = Duration.seconds(30)
    /// Messages that a client may send in a heartbeat.
    var messages = 50
    /// Between two tries to read the journal when too many do.
    var pause = Duration.milliseconds(20)
  }

  private struct State {
    var subject: Subject?
    var subscriptions = Subscriptions()
    /// Sequence up to which everything was written; nil before the first subscription.
    var sent: UInt64?
    /// When the client last took something.
    var progress = ContinuousClock.now
    /// When it had last heard everything; nil while it has not yet, since it asked for what is old.
    var atHead: ContinuousClock.Instant?
    var received = 0
    var isOver = false
    /// Woken when there are subscriptions, or the session is over.
    var waiter: CheckedContinuation<Void, Never>?
  }

  /// Entries of the past that are read at once, at least, as far as there are so many.
  private static let stretch = 4096
  /// Messages that are written at once.
  private static let slice = 64

  private typealias Writer = NIOAsyncChannelOutboundWriter<WebSocketFrame>

  private let reads: Reads
  private let router: Router
  private let limits: Limits
  /// The channel that a path subscribes to by itself; nil of `/ws/v1`.
  private let preset: Channels?
  private let peer: String
  private let state = Mutex(State())

  init(_ reads: Reads, _ router: Router, _ limits: Limits, preset: Channels?, peer: String) {
    self.reads = reads
    self.router = router
    self.limits = limits
    self.preset = preset
    self.peer = peer
  }

  private var feed: Feed { reads.follower.feed }

  /// Talks until the client leaves, misbehaves or is too slow, or the server stops.
  func run(_ channel: Connection.FrameChannel) async {
    feed.join()
    defer { feed.leave() }
    // An error is the client's end of the socket: there is nobody to tell.
    try? await channel.executeThenClose { inbound, outbound in
      await withTaskGroup(of: Void.self) { group in
        group.addTask { await self.listen(inbound, outbound) }
        group.addTask { await self.send(outbound) }
        group.addTask { await self.watch(outbound, channel.channel) }
        // Whichever ends first ends the others.
        await group.next()
        self.end()
        try? await channel.channel.close()
        group.cancelAll()
      }
    }
  }

  private func end() {
    let waiter = state.withLock { state in
      state.isOver = true
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume()
    feed.nudge()
  }

  // MARK: - What the client says

  private func listen(_ inbound: NIOAsyncChannelInboundStream<WebSocketFrame>, _ outbound: Writer)
    async
  {
    do {
      for try await frame in inbound {
        let isFlood = state.withLock { state in
          state.received += 1
          return state.received > limits.messages
        }
        if isFlood { return await close(outbound, 1008, "too many messages") }
        switch frame.opcode {
        case .text:
          let bytes = Array(buffer: frame.unmaskedData)
          guard String(validating: bytes, as: UTF8.self) != nil else {
            return await close(outbound, 1007, "text is UTF-8")
          }
          guard await take(bytes, outbound) else { return }
        case .ping:
          try await write(
            [WebSocketFrame(fin: true, opcode: .pong, data: frame.unmaskedData)], outbound)
        case .connectionClose:
          let answer = FrameFault.answer(toClosing: Array(buffer: frame.unmaskedData))
          return await close(outbound, answer.code, answer.what)
        case .binary: return await close(outbound, 1003, "messages are text")
        default: break
        }
      }
    } catch {
      // Or the socket is gone.
      if let fault = FrameFault(error) { await close(outbound, fault.code, fault.what) }
    }
  }

  /// - Returns: whether to go on.
  private func take(_ bytes: [UInt8], _ outbound: Writer) async -> Bool {
    do throws(ClientMessage.Failure) {
      let message = try ClientMessage(bytes)
      if case .authenticate(let token) = message { return await authenticate(token, outbound) }
      guard let subject = state.withLock({ $0.subject }) else {
        await close(outbound, 4401, "the first message is auth with a token")
        return false
      }
      await say(try answer(message, subject), outbound)
    } catch {
      await say(
        .object([
          ("op", .string("error")), ("id", error.id.map { .number($0) } ?? .null),
          ("code", .string(error.code)), ("what", .string(error.what)),
        ]), outbound)
    }
    return true
  }

  private func authenticate(_ token: String, _ outbound: Writer) async -> Bool {
    do throws(Problem) {
      let subject = try await router.subject(peer: peer) { () throws(Problem) in token }
      state.withLock { $0.subject = subject }
      await say(
        .object([
          ("op", .string("authenticated")), ("subject", .string(subject.name)),
          ("head_seq", .number(feed.last)),
        ]), outbound)
      if let preset, let channel = Channels.all.first(where: { $0.channel == preset }) {
        guard subject.may(channel.permission) else {
          await close(outbound, 4403, "the role may not read this channel")
          return false
        }
        subscribe(channel.channel, channel.name, [], from: nil)
      }
      return true
    } catch {
      await close(outbound, 4401, error.code)
      return false
    }
  }

  private func answer(_ message: ClientMessage, _ subject: Subject) throws(ClientMessage.Failure)
    -> JSON
  {
    switch message {
    case .authenticate: return .null
    case .ping(let id):
      return .object([("op", .string("pong")), ("id", id.map { .number($0) } ?? .null)])
    case .unsubscribe(let id, let channel):
      state.withLock { $0.subscriptions.remove(channel) }
      return .object([
        ("op", .string("unsubscribed")), ("id", id.map { .number($0) } ?? .null),
      ])
    case .subscribe(let id, let wanted, let instruments, let from):
      guard let channel = Channels.all.first(where: { $0.channel == wanted }),
        subject.may(channel.permission)
      else {
        throw ClientMessage.Failure(
          code: "forbidden", what: "the role may not read this channel", id: id)
      }
      if !instruments.isEmpty, let known = reads.follower.symbols,
        let stranger = instruments.first(where: { !known.contains($0) })
      {
        let near = ConfigurationError.nearest(to: stranger, among: known)
        throw ClientMessage.Failure(
          code: "unknown_instrument",
          what: "there is no instrument `\(stranger)`; "
            + (near.map { "did you mean `\($0)`?" }
              ?? "there is \(known.prefix(20).joined(separator: ", "))"),
          id: id)
      }
      let start = subscribe(channel.channel, channel.name, instruments, from: from)
      return .object([
        ("op", .string("subscribed")), ("id", id.map { .number($0) } ?? .null),
        ("channel", .string(channel.name)), ("from_seq", .number(start)),
      ])
    }
  }

  @discardableResult
  private func subscribe(
    _ channel: Channels, _ name: String, _ instruments: [String], from: UInt64?
  ) -> UInt64 {
    let last = feed.last
    let start = min(from ?? last, last)
    let waiter = state.withLock { state in
      state.subscriptions.add(channel, name, instruments, from: start)
      state.sent = min(state.sent ?? start, start)
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume()
    feed.nudge()
    return start
  }

  // MARK: - What the client hears

  private func send(_ outbound: Writer) async {
    while true {
      let nudges = feed.nudges
      guard let position = await position() else { return }
      let bulletin: Bulletin
      switch feed.next(after: position) {
      case .closed: return await close(outbound, 1001, "the server stops; resume from \(position)")
      case .nothing:
        state.withLock { $0.atHead = .now }
        await feed.wait(after: position, since: nudges)
        continue
      case .bulletin(let found): bulletin = found
      case .behind:
        let wanted = state.withLock { $0.subscriptions.channels }
        switch await older(after: position, wanted) {
        case .success(let read):
          // Somebody who has subscribed to more meanwhile wants more of it.
          guard state.withLock({ $0.subscriptions.channels.isSubset(of: wanted) }) else { continue }
          bulletin = read
        case .failure(let problem) where problem.code == Problem.busy:
          guard (try? await Task.sleep(for: limits.pause)) != nil else { return }
          continue
        case .failure:
          return await close(outbound, 1011, "the journal cannot be read; resume from \(position)")
        }
      }
      var texts = state.withLock { $0.subscriptions.take(bulletin) }[...]
      // In slices, so that what waits for a client that takes nothing is little.
      while !texts.isEmpty {
        do { try await write(texts.prefix(Self.slice).map(Self.frame), outbound) } catch { return }
        texts = texts.dropFirst(Self.slice)
      }
      // A subscription in between may have gone back.
      state.withLock { $0.sent = $0.subscriptions.position }
    }
  }

  /// Up to where the client has heard; waits for a subscription. Nil when the session is over.
  private func position() async -> UInt64? {
    await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
      let isDue = state.withLock { state in
        if state.isOver || !state.subscriptions.isEmpty { return true }
        state.waiter = continuation
        return false
      }
      if isDue { continuation.resume() }
    }
    return state.withLock { $0.isOver ? nil : $0.subscriptions.position }
  }

  /// A bulletin of what the feed does not keep any more, from the journal.
  private func older(after sequence: UInt64, _ wanted: Channels) async -> Result<Bulletin, Problem>
  {
    let reads = reads
    do throws(Problem) {
      return .success(
        try await reads.pools.slowly { () throws(Problem) in
          try reads.read {
            var pages = EntryPages(reads.reader, from: sequence + 1)
            guard var page = try pages.next() else {
              throw Problem.unavailable(
                "journal_unreadable", "There is nothing after #\(sequence), where there was.")
            }
            // A live journal's blocks are small, and each look at it takes its turn.
            while page.count < Self.stretch, let more = try pages.next() { page += more }
            var names = reads.follower.names(asOf: sequence)
            return Bulletin(page, &names.text, known: names.known, wanted: wanted)
          }
        })
    } catch { return .failure(error) }
  }

  /// Says each heartbeat where things are, and closes on whoever is too slow or says nothing.
  private func watch(_ outbound: Writer, _ channel: any Channel) async {
    let start = ContinuousClock.now
    while (try? await Task.sleep(for: limits.heartbeat)) != nil {
      let now = ContinuousClock.now
      let (subject, sent, progress, atHead) = state.withLock { state in
        state.received = 0
        if channel.isWritable { state.progress = now }
        if state.sent ?? .max >= feed.last, state.sent != nil { state.atHead = now }
        return (state.subject, state.sent, state.progress, state.atHead)
      }
      if now - progress > limits.patience || atHead.map({ now - $0 > limits.lag }) ?? false {
        // It takes nothing, so this may not arrive either: what it has heard last tells it as well.
        let resume = sent ?? 0
        channel.writeAndFlush(Self.closing(1008, "too slow; resume from \(resume)"), promise: nil)
        return
      }
      guard let subject else {
        if now - start > limits.authentication {
          return await close(outbound, 4401, "no token came")
        }
        continue
      }
      if router.clock.now() >= subject.expiry + Claims.skew {
        return await close(outbound, 4401, "the token has ended; resume from \(sent ?? 0)")
      }
      // Whoever has a backlog needs no sign of life, and this must not wait for it.
      guard channel.isWritable else { continue }
      let beat = JSON.object([
        ("op", .string("heartbeat")), ("seq", sent.map { .number($0) } ?? .null),
        ("head_seq", .number(feed.last)),
      ])
      channel.writeAndFlush(Self.frame(beat.text), promise: nil)
    }
  }

  private static func frame(_ text: String) -> WebSocketFrame {
    WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(string: text))
  }

  private static func closing(_ code: UInt16, _ why: String) -> WebSocketFrame {
    var data = ByteBuffer()
    data.write(webSocketErrorCode: WebSocketErrorCode(codeNumber: Int(code)))
    data.writeString(String(why.prefix(120)))
    return WebSocketFrame(fin: true, opcode: .connectionClose, data: data)
  }

  private func say(_ json: JSON, _ outbound: Writer) async {
    // Whoever listens to the socket learns that it is gone.
    try? await write([Self.frame(json.text)], outbound)
  }

  private func close(_ outbound: Writer, _ code: UInt16, _ why: String) async {
    try? await write([Self.closing(code, why)], outbound)
  }

  /// Writes, and waits until the client takes more.
  private func write(_ frames: [WebSocketFrame], _ outbound: Writer) async throws {
    guard !frames.isEmpty else { return }
    try await outbound.write(contentsOf: frames)
    state.withLock { $0.progress = .now }
  }
}
