import CLMDB
import Glibc

/// The system's words for an `errno`.
func systemMessage(_ code: Int32) -> String {
  unsafe String(cString: strerror(code))
}

/// LMDB's words for one of its codes, or the system's for an `errno`.
func lmdbMessage(_ code: Int32) -> String {
  unsafe String(cString: mdb_strerror(code))
}

extension JournalError {
  /// The error for a code of LMDB, which are negative, or of the system, which are positive.
  static func failure(_ code: Int32, path: String, doing: String) -> JournalError {
    switch code {
    case ENOSPC, EDQUOT, EFBIG: .diskFull(path: path)
    case EACCES, EPERM, EROFS: .permission(path: path, doing: doing)
    case MDB_READERS_FULL: .tooManyReaders(path: path)
    case MDB_INVALID: .notAJournal(path: path, why: "its file is not an LMDB file")
    case MDB_VERSION_MISMATCH:
      .notAJournal(path: path, why: "its file is of another version of LMDB")
    case 1...: .system(path: path, code: code, doing: doing)
    default: .lmdb(path: path, code: code, doing: doing)
    }
  }

  /// The error for the current `errno`.
  static func system(path: String, doing: String) -> JournalError {
    failure(errno, path: path, doing: doing)
  }
}
