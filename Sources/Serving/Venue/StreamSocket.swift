import Glibc

/// A TCP address: `127.0.0.1:7401`.
public struct SocketAddress: Equatable, Sendable, CustomStringConvertible {
  public var host: String
  public var port: UInt16

  /// - Returns: nil unless it is a numeric IPv4 address and a port.
  public init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...])
    else { return nil }
    host = String(text[..<colon])
    self.port = port
    var address = in_addr()
    guard unsafe inet_pton(AF_INET, host, &address) == 1 else { return nil }
  }

  public var description: String { "\(host):\(port)" }

  /// Looks whether somebody could listen there now.
  /// - Throws: `ServingError.socket` with the system's code if not.
  public func checkFree() throws(ServingError) {
    guard let (descriptor, _) = StreamSocket.listen(at: self) else {
      throw .socket(description, code: errno)
    }
    close(descriptor)
  }

  func with<R>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    unsafe inet_pton(AF_INET, host, &address.sin_addr)
    let length = socklen_t(MemoryLayout<sockaddr_in>.size)
    return unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, length) }
    }
  }
}

/// A TCP socket that never waits: what cannot be sent at once is kept. Closed at the end of its life.
final class StreamSocket {
  /// More than so many bytes that the other side does not take end the connection.
  static let mostWaiting = 32 << 20

  let descriptor: Int32
  private var waiting: [UInt8] = []

  /// Whether there is something to be sent when the other side takes it.
  var isWaiting: Bool { !waiting.isEmpty }

  init(_ descriptor: Int32) {
    self.descriptor = descriptor
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    var isOn: Int32 = 1
    let size = socklen_t(MemoryLayout<Int32>.size)
    unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &isOn, size)
  }

  deinit { close(descriptor) }

  /// Listens at an address.
  /// - Returns: the descriptor and the port; nil if the system refuses, then `errno` says why.
  static func listen(at address: SocketAddress) -> (descriptor: Int32, port: UInt16)? {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { return nil }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    var isOn: Int32 = 1
    let size = socklen_t(MemoryLayout<Int32>.size)
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &isOn, size)
    let isBound = unsafe address.with { unsafe Glibc.bind(descriptor, $0, $1) }
    guard isBound == 0, Glibc.listen(descriptor, 16) == 0 else {
      let code = errno
      close(descriptor)
      errno = code
      return nil
    }
    var own = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    _ = unsafe withUnsafeMutablePointer(to: &own) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe getsockname(descriptor, $0, &length)
      }
    }
    return (descriptor, UInt16(bigEndian: own.sin_port))
  }

  /// Connects within a second.
  /// - Returns: the descriptor; nil if nobody answers.
  static func connect(to address: SocketAddress) -> Int32? {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { return nil }
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    let result = unsafe address.with { unsafe Glibc.connect(descriptor, $0, $1) }
    if result == 0 { return descriptor }
    guard errno == EINPROGRESS else {
      close(descriptor)
      return nil
    }
    var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    var code: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    guard unsafe poll(&wait, 1, 1_000) == 1,
      unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size) == 0, code == 0
    else {
      close(descriptor)
      return nil
    }
    return descriptor
  }

  /// Reads what there is.
  /// - Returns: nil if the other side is gone.
  func read() -> [UInt8]? {
    var all: [UInt8] = []
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    while all.count < 1 << 20 {
      let count = unsafe recv(descriptor, &bytes, bytes.count, 0)
      if count > 0 {
        all += bytes[..<count]
        continue
      }
      if count < 0, errno == EINTR { continue }
      if count < 0, errno == EAGAIN { return all }
      return all.isEmpty ? nil : all
    }
    return all
  }

  /// Sends, or keeps what cannot be sent at once.
  /// - Returns: false if the other side is gone or takes nothing.
  func send(_ bytes: [UInt8]) -> Bool {
    waiting += bytes
    return flush()
  }

  func flush() -> Bool {
    var sent = 0
    defer { waiting.removeFirst(sent) }
    while sent < waiting.count {
      let count = unsafe waiting[sent...].withUnsafeBytes { rest in
        unsafe Glibc.send(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
      }
      if count > 0 {
        sent += count
      } else if count < 0, errno == EINTR {
        continue
      } else if count < 0, errno == EAGAIN {
        return waiting.count - sent < Self.mostWaiting
      } else {
        return false
      }
    }
    return true
  }
}
