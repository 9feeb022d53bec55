import Glibc

/// LMDB's `lock.mdb`: the table of readers, shared through a map.
enum LockFile {
  /// What LMDB 0.9 maps for 126 readers: 64 bytes each and 128 before them, rounded up to a page.
  private static let size: off_t = 8192

  /// Has the disk set the file's bytes aside. LMDB only sets its length; on a full disk the first touch of
  /// the map would then end the process (SIGBUS).
  ///
  /// To be called before LMDB opens the file: closing a descriptor drops the locks of the whole process.
  /// - Throws: the system's error if there is no room. A file that may not be written is left alone.
  static func allocate(path: String, _ access: Environment.Access) throws(JournalError) {
    // For a reader a folder that is no journal gets no file.
    let making = access == .writing ? O_CREAT : 0
    let descriptor = unsafe open(path + "/lock.mdb", O_RDWR | making | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    let code = posix_fallocate(descriptor, 0, size)
    if code == ENOSPC || code == EDQUOT || code == EFBIG {
      throw .failure(code, path: path, doing: "making room for the table of readers")
    }
  }
}
