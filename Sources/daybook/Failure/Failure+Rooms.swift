import Glibc
import Importing
import Journaling
import Trading

extension Failure {
  /// The failure for whatever a command threw.
  init(_ error: any Error) {
    switch error {
    case let failure as Failure: self = failure
    case let error as JournalError: self.init(error)
    case let error as ImportError: self.init(error)
    case let error as ConfigurationError: self.init(.configuration, error.description)
    default:
      self.init(
        .bug, "\(error). This is a bug of daybook: please report it with the command you gave.")
    }
  }

  init(_ error: ImportError) {
    switch error {
    case .unreadable: self.init(.noInput, error.description)
    case .usage: self.init(.usage, error.description)
    case .data: self.init(.badData, error.description)
    case .recording(let inner): self.init(inner)
    }
  }

  init(_ error: JournalError) {
    self.init(Self.status(of: error), error.description)
  }

  private static func status(of error: JournalError) -> Status {
    switch error {
    case .missing: .noInput
    case .exists: .usage
    case .notAJournal, .newerFormat, .badKey: .badData
    case .secondWriter, .tooManyReaders: .locked
    case .mapFull, .diskFull, .lmdb: .failed
    case .damagedBlock, .brokenChain, .badSignature, .tornTail: .found
    case .permission: .denied
    case .outOfOrder, .timeReversed, .malformedBlock, .importState: .bug
    case .system(_, let code, _): status(of: code)
    }
  }

  static func status(of code: Int32) -> Status {
    switch code {
    case ENOENT, ENOTDIR: .noInput
    case EACCES, EPERM, EROFS: .denied
    default: .failed
    }
  }
}
