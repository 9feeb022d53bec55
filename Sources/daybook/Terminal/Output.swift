import Events
import Glibc

/// Standard output, gathered and written a megabyte at a time.
struct Output: ~Copyable {
  static let size = 1 << 20
  private var bytes: ByteBuffer

  /// - Parameter capacity: bytes to reserve; it grows if it must.
  init(capacity: Int = Output.size + (1 << 16)) { bytes = ByteBuffer(capacity: capacity) }

  /// Writes a text as it is.
  mutating func write(_ text: String) throws {
    bytes.append(text: text)
    if bytes.count >= Self.size { try flush() }
  }

  /// Writes a line.
  mutating func line(_ text: String = "") throws {
    bytes.append(text: text)
    bytes.append(character: "\n")
    if bytes.count >= Self.size { try flush() }
  }

  /// Lets `body` append to what waits to be written.
  @inline(__always)
  mutating func append(_ body: (inout ByteBuffer) -> Void) throws {
    body(&bytes)
    if bytes.count >= Self.size { try flush() }
  }

  /// Writes what was gathered. Must be called at the end.
  mutating func flush() throws {
    try Interruption.check()
    var done = 0
    while done < bytes.count {
      let count = bytes.withBytes { all in
        unsafe all.extracting(done...).withUnsafeBytes { rest in
          unsafe Glibc.write(STDOUT_FILENO, rest.baseAddress, rest.count)
        }
      }
      if count < 0 {
        if errno == EINTR {
          try Interruption.check()
          continue
        }
        throw Failure(.failed, "standard output: \(systemText(errno)).")
      }
      done += count
    }
    bytes.removeAll()
  }

  /// Writes a whole text to standard output at once.
  static func print(_ text: String) throws {
    var output = Output(capacity: text.utf8.count)
    try output.write(text)
    try output.flush()
  }
}

/// Writes to standard error what is not data; that it cannot be written is nobody's business.
func tell(_ text: String) {
  var bytes = Array(text.utf8)
  bytes.append(UInt8(ascii: "\n"))
  tellBytes(bytes)
}

func tellBytes(_ bytes: [UInt8]) {
  var done = 0
  while done < bytes.count {
    let count = unsafe bytes.withUnsafeBytes { all in
      unsafe Glibc.write(STDERR_FILENO, all.baseAddress! + done, all.count - done)
    }
    guard count > 0 else { return }
    done += count
  }
}

/// The system's own words for an error number.
func systemText(_ code: Int32) -> String {
  guard let text = unsafe strerror(code) else { return "error \(code)" }
  return unsafe String(cString: text)
}

/// A variable of the environment; nil if it is not set or empty.
func environment(_ name: String) -> String? {
  guard let value = unsafe getenv(name) else { return nil }
  let text = unsafe String(cString: value)
  return text.isEmpty ? nil : text
}
