import Events
import Glibc
import Journaling
import Synchronization

/// Answers the control socket, one thread a connection (docs/live.md, The control socket).
final class ControlServer: @unchecked Sendable {
  /// Connections at a time; another one takes the place of the one that has been silent for longest.
  static let mostConnections = 64
  /// Seconds that a connection may stay silent, and that it may take to accept an answer.
  private static let patience = (silent: 600, answer: 10)

  private let folder: String
  private let descriptor: Int32
  /// Answers one request of a user.
  private let answer: @Sendable ([UInt8], String) -> JSONLine
  /// By connection, how many requests had come before its last one, which tells who has been silent for longest.
  private let open = Mutex<[Int32: UInt64]>([:])
  private let requests = Atomic<UInt64>(0)
  private let isStopping = Atomic<Bool>(false)
  private var thread = pthread_t()

  private init(
    _ descriptor: Int32, _ folder: String,
    _ answer: @escaping @Sendable ([UInt8], String) -> JSONLine
  ) {
    (self.descriptor, self.folder, self.answer) = (descriptor, folder, answer)
  }

  static func start(
    in folder: String, _ answer: @escaping @Sendable ([UInt8], String) -> JSONLine
  ) throws(ServingError) -> ControlServer {
    let server = ControlServer(try ControlSocket.listen(in: folder), folder, answer)
    guard let thread = startThread({ server.accept() }) else { throw .threads }
    server.thread = thread
    return server
  }

  /// Closes the socket and every connection.
  func stop() {
    isStopping.store(true, ordering: .relaxed)
    ControlSocket.remove(in: folder)
    shutdown(descriptor, Int32(SHUT_RDWR))
    pthread_join(thread, nil)
    close(descriptor)
    open.withLock { open in
      for connection in open.keys { shutdown(connection, Int32(SHUT_RDWR)) }
    }
  }

  private func accept() {
    while !isStopping.load(ordering: .relaxed) {
      let connection = Glibc.accept(descriptor, nil, nil)
      guard connection >= 0 else {
        // Too many open files: there will be one again.
        if !isStopping.load(ordering: .relaxed) { usleep(10_000) }
        continue
      }
      _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
      makeRoom()
      noteRequest(of: connection)
      guard serve(connection) else {
        open.withLock { $0[connection] = nil }
        close(connection)
        continue
      }
    }
  }

  /// Ends the connection that has been silent for longest if there are too many: whoever opens all and says nothing
  /// must not keep others out.
  private func makeRoom() {
    while true {
      let isFull = open.withLock { open in
        guard open.count >= Self.mostConnections,
          let silent = open.min(by: { ($0.value, $0.key) < ($1.value, $1.key) })
        else { return false }
        // Its thread removes and closes it.
        shutdown(silent.key, Int32(SHUT_RDWR))
        return true
      }
      guard isFull, !isStopping.load(ordering: .relaxed) else { return }
      usleep(1_000)
    }
  }

  private func noteRequest(of connection: Int32) {
    let number = requests.wrappingAdd(1, ordering: .relaxed).newValue
    open.withLock { $0[connection] = number }
  }

  /// - Returns: false if the system refuses a thread.
  private func serve(_ descriptor: Int32) -> Bool {
    guard let thread = startThread({ [self] in talk(on: descriptor) }) else { return false }
    pthread_detach(thread)
    return true
  }

  private func talk(on descriptor: Int32) {
    let user = ControlSocket.peer(of: descriptor)
    var channel = LineChannel(
      descriptor, patience: Self.patience.silent, sending: Self.patience.answer)
    // In this order: once it is closed, the number may be another connection's.
    defer {
      open.withLock { $0[descriptor] = nil }
      close(descriptor)
    }
    while true {
      switch channel.read() {
      case .end: return
      case .tooLong:
        _ = channel.write(
          Self.problem("too_long", "a line is longer than \(LineChannel.longestLine) bytes").closed)
        return
      case .line(let line):
        noteRequest(of: descriptor)
        guard channel.write(answer(line, user).closed) else { return }
      }
    }
  }

  /// `{"ok":false,"error":{…}}`
  static func problem(_ code: String, _ what: String) -> JSONLine {
    var line = JSONLine()
    line.field("ok", false)
    line.field("error", [("code", code), ("what", what)])
    return line
  }
}
