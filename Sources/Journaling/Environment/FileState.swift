import CGlibc
import Glibc

/// What the store asks about its file, which may be deleted or cut while it is open.
///
/// Its times are not asked for: Linux (6.13 and later) gives the change after a look at them a time of its own,
/// finer than its clock's tick, so that each commit would write the file's inode, too, and wait for it.
struct FileState {
  /// Bytes.
  var size: Int
  /// Whether no name leads to it any more.
  var isDeleted: Bool

  /// `AT_EMPTY_PATH` of fcntl.h: the descriptor itself is meant.
  private static let itself: Int32 = 0x1000

  /// - Returns: nil if the system refuses; `errno` says why.
  init?(_ descriptor: Int32) {
    var status = statx()
    if unsafe statx(descriptor, "", Self.itself, UInt32(STATX_SIZE | STATX_NLINK), &status) == 0 {
      (size, isDeleted) = (Int(status.stx_size), status.stx_nlink == 0)
      return
    }
    // Some sandboxes do not know the newer call.
    var older = stat()
    guard unsafe fstat(descriptor, &older) == 0 else { return nil }
    (size, isDeleted) = (Int(older.st_size), older.st_nlink == 0)
  }
}
