import Events
import Glibc
import Journaling
import Synchronization

/// Answers the control socket, one thread a connection (docs/live.md, The control socket).
final class ControlServer: @unchecked Sendable {
  /// Connections at a time; more are closed at once.
  private static let mostConnections = 64
  /// Seconds that a connection may stay silent.
  private static let patience = 600

  private let folder: String
  private let descriptor: Int32
  /// Answers one request of a user.
  private let answer: @Sendable ([UInt8], String) -> JSONLine
  private let open = Mutex<Set<Int32>>([])
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
      for connection in open { shutdown(connection, Int32(SHUT_RDWR)) }
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
      let isTaken = open.withLock { open in
        guard open.count < Self.mostConnections else { return false }
        open.insert(connection)
        return true
      }
      guard isTaken, serve(connection) else {
        _ = open.withLock { $0.remove(connection) }
        close(connection)
        continue
      }
    }
  }

  /// - Returns: false if the system refuses a thread.
  private func serve(_ descriptor: Int32) -> Bool {
    guard let thread = startThread({ [self] in talk(on: descriptor) }) else { return false }
    pthread_detach(thread)
    return true
  }

  private func talk(on descriptor: Int32) {
    let user = ControlSocket.peer(of: descriptor)
    var channel = LineChannel(descriptor, patience: Self.patience)
    // In this order: once it is closed, the number may be another connection's.
    defer {
      _ = open.withLock { $0.remove(descriptor) }
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
