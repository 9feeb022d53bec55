import Glibc

/// Small files, read and written whole.
enum TextFile {
  /// The text of a file.
  /// - Throws: `Failure`: missing, denied, not UTF-8.
  static func read(_ path: String, what: String) throws -> String {
    guard let text = String(validating: try bytes(path, what: what), as: UTF8.self) else {
      throw Failure(.badData, "\(path): \(what) is not UTF-8 text.")
    }
    return text
  }

  /// The bytes of a file.
  /// - Throws: `Failure`: missing, denied.
  static func bytes(_ path: String, what: String) throws -> [UInt8] {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      let advice = errno == ENOENT ? "Check the path." : "Check its owner and mode."
      throw Failure(
        Failure.status(of: errno), "\(path): cannot read \(what): \(systemText(errno)). \(advice)")
    }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
      if count < 0 {
        throw Failure(.noInput, "\(path): cannot read \(what): \(systemText(errno)).")
      }
      if count == 0 { break }
      bytes += chunk[..<count]
    }
    return bytes
  }

  /// Writes a new file, or replaces one whole: it is never seen half written.
  static func write(_ text: String, to path: String, what: String) throws {
    let draft = path + ".new"
    let descriptor = unsafe open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw Failure(
        Failure.status(of: errno), "\(path): cannot write \(what): \(systemText(errno)).")
    }
    let bytes = Array(text.utf8)
    var done = 0
    while done < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { all in
        unsafe Glibc.write(descriptor, all.baseAddress! + done, all.count - done)
      }
      if count < 0, errno != EINTR { break }
      done += max(count, 0)
    }
    let isWhole = done == bytes.count && fsync(descriptor) == 0
    let code = errno
    close(descriptor)
    guard isWhole, unsafe rename(draft, path) == 0 else {
      unsafe unlink(draft)
      throw Failure(Failure.status(of: code), "\(path): cannot write \(what): \(systemText(code)).")
    }
  }
}
