import Glibc

/// The right to write a journal: an advisory lock on the file `writer.lock` in its folder.
///
/// LMDB would let a second writer wait for ever; this one is told at once, in the same process too.
/// The kernel drops the lock when the process dies, however it dies.
struct WriterLock: ~Copyable, Sendable {
  private let descriptor: Int32

  static func take(path: String) throws(JournalError) -> WriterLock {
    let file = path + "/writer.lock"
    let descriptor = unsafe open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { throw .missing(path: path) }
      throw .system(path: path, doing: "taking the writer's lock")
    }
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      let code = errno
      if code == EINTR { continue }
      close(descriptor)
      if code == EWOULDBLOCK { throw .secondWriter(path: path) }
      throw .failure(code, path: path, doing: "taking the writer's lock")
    }
    return WriterLock(descriptor: descriptor)
  }

  private init(descriptor: Int32) { self.descriptor = descriptor }

  /// Whether somebody writes the journal now.
  static func isTaken(path: String) -> Bool {
    let descriptor = unsafe open(path + "/writer.lock", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    guard flock(descriptor, LOCK_SH | LOCK_NB) == 0 else { return true }
    _ = flock(descriptor, LOCK_UN)
    return false
  }

  deinit {
    // Closing alone leaves the lock to a child that another thread is just starting and that has not
    // come to its `exec`; unlocking takes it away from every copy of the descriptor.
    _ = flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}
