import Glibc

/// What stands where a read model is to be.
enum ForeignFile {
  /// Why a file is no read model; nil if it is one, or is not there, or is empty.
  static func reason(_ path: String) throws(ReadModelError) -> String? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      let code = errno
      if code == ENOENT { return nil }
      throw .system(
        path: path, code: code, what: unsafe String(cString: strerror(code)), doing: "opening it")
    }
    defer { close(descriptor) }
    // SQLite's file format: 16 bytes of magic, the application's mark at 68, most significant byte first.
    var header = [UInt8](repeating: 0, count: 100)
    let count = unsafe Glibc.read(descriptor, &header, header.count)
    if count == 0 { return nil }
    guard count == header.count, header.starts(with: Array("SQLite format 3\u{0}".utf8)) else {
      return "it is no SQLite file"
    }
    let mark = header[68..<72].reduce(Int32(0)) { $0 << 8 | Int32($1) }
    return mark == Schema.application ? nil : "it is an SQLite file of something else"
  }
}
