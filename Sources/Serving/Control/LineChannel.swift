import Glibc

/// Lines over a connected stream socket, which is closed by whoever made it.
struct LineChannel {
  /// Longest line without its end, in bytes.
  static let longestLine = 65_536

  enum Line: Equatable {
    case line([UInt8])
    case tooLong
    /// The other side has closed, or nothing came in time.
    case end
  }

  private let descriptor: Int32
  private var buffer: [UInt8] = []
  private var start = 0

  /// - Parameters:
  ///   - patience: seconds that a read may take; 0 for ever.
  ///   - sending: seconds that a write may take; as long as a read if nothing is said.
  init(_ descriptor: Int32, patience: Int, sending: Int? = nil) {
    self.descriptor = descriptor
    let size = socklen_t(MemoryLayout<timeval>.size)
    for (option, seconds) in [(SO_RCVTIMEO, patience), (SO_SNDTIMEO, sending ?? patience)]
    where seconds > 0 {
      var time = timeval(tv_sec: seconds, tv_usec: 0)
      unsafe setsockopt(descriptor, SOL_SOCKET, option, &time, size)
    }
  }

  /// Reads the next line, without its end.
  mutating func read() -> Line {
    while true {
      if let end = buffer[start...].firstIndex(of: UInt8(ascii: "\n")) {
        let line = Array(buffer[start..<end])
        start = end + 1
        return line.count > Self.longestLine ? .tooLong : .line(line)
      }
      if buffer.count - start > Self.longestLine { return .tooLong }
      buffer.removeFirst(start)
      start = 0
      var bytes = [UInt8](repeating: 0, count: 4096)
      let count = unsafe recv(descriptor, &bytes, bytes.count, 0)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return .end }
      buffer += bytes[..<count]
    }
  }

  /// Writes a line and its end.
  /// - Returns: false if the other side is gone.
  func write(_ line: [UInt8]) -> Bool {
    let bytes = line + [UInt8(ascii: "\n")]
    var sent = 0
    while sent < bytes.count {
      let count = unsafe bytes[sent...].withUnsafeBytes { rest in
        unsafe send(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }
}
