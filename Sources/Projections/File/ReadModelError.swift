import GRDB
import Journaling

/// What can go wrong with the server's SQLite files.
public enum ReadModelError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is at the path is something else, which may be somebody's.
  case foreign(path: String, why: String)
  /// Another process keeps it.
  case inUse(path: String)
  /// SQLite's extended result code.
  case sqlite(path: String, code: Int32, what: String, doing: String)
  /// The operating system's `errno`.
  case system(path: String, code: Int32, what: String, doing: String)
  /// The journal that it is of cannot be read.
  case journal(JournalError)

  /// Whether the file's own content is at fault, so that it must be made again.
  public var isDamage: Bool {
    guard case .sqlite(_, let code, _, _) = self else { return false }
    let primary = ResultCode(rawValue: code).primaryResultCode
    return primary == .SQLITE_CORRUPT || primary == .SQLITE_NOTADB
  }

  public var description: String {
    switch self {
    case .foreign(let path, let why):
      "\(path): not a read model: \(why), so nothing was changed. Give another path with --read-model."
    case .inUse(let path):
      "\(path): another process keeps this file. Stop that daybook-api, or give another path with "
        + "--read-model."
    case .sqlite(let path, let code, let what, let doing):
      "\(path): SQLite failed while \(doing): \(what) (code \(code)). \(Self.advice(code)) "
        + "The file can be removed at any time: it is made again from the journal."
    case .system(let path, let code, let what, let doing):
      "\(path): failed while \(doing): \(what) (errno \(code)). Check the owner and mode of the folder."
    case .journal(let error): error.description
    }
  }

  private static func advice(_ code: Int32) -> String {
    switch ResultCode(rawValue: code).primaryResultCode {
    case .SQLITE_FULL: "Make room on the disk."
    case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
      "Check that the folder can be written, or give another path with --read-model."
    default: "Check the disk."
    }
  }

  /// Runs what uses a file, and says of its errors where they happened.
  static func at<R>(_ path: String, doing: String, _ body: () throws -> R) throws(ReadModelError)
    -> R
  {
    do {
      return try body()
    } catch let error as DatabaseError {
      throw .sqlite(
        path: path, code: error.extendedResultCode.rawValue,
        what: error.message ?? error.resultCode.description, doing: doing)
    } catch let error as ReadModelError {
      throw error
    } catch {
      throw .sqlite(
        path: path, code: ResultCode.SQLITE_ERROR.rawValue, what: "\(error)", doing: doing)
    }
  }
}
