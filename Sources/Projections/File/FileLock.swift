import Glibc

/// The right to write a file, held by one process at a time; it ends with the process.
struct FileLock: ~Copyable {
  private let descriptor: Int32

  /// - Throws: `inUse` if another process holds it.
  static func take(_ path: String) throws(ReadModelError) -> FileLock {
    let lock = path + ".lock"
    let descriptor = unsafe open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else { throw failure(lock, errno, "opening its lock") }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      close(descriptor)
      throw code == EWOULDBLOCK ? .inUse(path: path) : failure(lock, code, "locking")
    }
    return FileLock(descriptor)
  }

  private init(_ descriptor: Int32) { self.descriptor = descriptor }

  deinit {
    // Closing alone would not do while a process that is just being started has a copy.
    _ = flock(descriptor, LOCK_UN)
    close(descriptor)
  }

  private static func failure(_ path: String, _ code: Int32, _ doing: String) -> ReadModelError {
    .system(path: path, code: code, what: unsafe String(cString: strerror(code)), doing: doing)
  }
}
