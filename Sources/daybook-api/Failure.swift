import API
import Glibc
import Journaling
import Projections

/// An error as the user gets it: where, what, why and what to do.
struct Failure: Error {
  /// What the process says when it ends (docs/cli.md).
  enum Status: Int32 {
    case failed = 1
    case found = 2
    case usage = 64
    case badData = 65
    case noInput = 66
    case unreachable = 69
    case bug = 70
    case locked = 75
    case denied = 77
    case configuration = 78
  }

  var status: Status
  var text: String

  init(_ status: Status, _ text: String) { (self.status, self.text) = (status, text) }

  /// Nil for what the parser of arguments reports itself.
  init?(_ error: any Error) {
    switch error {
    case let error as Failure: self = error
    case let error as KeyError:
      let status: Status =
        switch error.kind {
        case .missing: .noInput
        case .denied: .denied
        case .wrong: .configuration
        }
      self.init(status, error.description)
    case let error as ServerError:
      let status: Status =
        switch error {
        case .journal(let inner): Self.status(of: inner)
        case .readModel(let inner): Self.status(of: inner)
        case .diverged: .found
        case .certificates, .monitor: .configuration
        case .address: .unreachable
        case .plaintext: .usage
        }
      self.init(status, error.description)
    default: return nil
    }
  }

  /// The same table as the door's.
  private static func status(of error: JournalError) -> Status {
    switch error {
    case .missing: .noInput
    case .exists: .usage
    case .notAJournal, .newerFormat, .badKey: .badData
    case .secondWriter, .tooManyReaders: .locked
    case .mapFull, .diskFull, .lmdb: .failed
    case .damagedBlock, .brokenChain, .unsigned, .shortened, .badSignature, .tornTail,
      .damagedStore:
      .found
    case .permission: .denied
    case .outOfOrder, .timeReversed, .malformedBlock, .importState: .bug
    case .system(_, let code, _): status(of: code)
    }
  }

  private static func status(of error: ReadModelError) -> Status {
    switch error {
    case .foreign: .badData
    case .inUse: .locked
    case .sqlite: .failed
    case .system(_, let code, _, _): status(of: code)
    case .journal(let inner): status(of: inner)
    }
  }

  private static func status(of code: Int32) -> Status {
    switch code {
    case ENOENT, ENOTDIR: .noInput
    case EACCES, EPERM, EROFS: .denied
    default: .failed
    }
  }

  func tell() {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    say("daybook-api: error: " + lines.joined(separator: "\n  "))
  }
}

/// Writes a line to standard error, which is nobody's data.
func say(_ line: String) {
  let bytes = Array((line + "\n").utf8)
  _ = unsafe bytes.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
}
