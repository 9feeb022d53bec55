import Configuring
import Glibc
import Importing
import Journaling
import Serving
import Trading

extension Failure {
  /// The failure for whatever a command threw.
  init(_ error: any Error) {
    switch error {
    case let failure as Failure: self = failure
    case let error as JournalError: self.init(error)
    case let error as ImportError: self.init(error)
    case let error as ConfigurationFault: self.init(error)
    case let error as ConfigurationError: self.init(.configuration, error.description)
    case let error as ServingError: self.init(error)
    default:
      self.init(
        .bug, "\(error). This is a bug of daybook: please report it with the command you gave.")
    }
  }

  init(_ error: ImportError) {
    switch error {
    case .unreadable, .noSymbol:
      self.init(error.isDenied ? .denied : .noInput, error.description)
    case .usage: self.init(.usage, error.description)
    case .data: self.init(.badData, error.description)
    case .recording(let inner): self.init(inner)
    }
  }

  init(_ error: ServingError) {
    let status: Status
    switch error {
    case .journal(let inner):
      self.init(inner)
      return
    case .diverged: status = .found
    case .changedConfiguration: status = .configuration
    case .notRunning: status = .unreachable
    case .socket(_, let code): status = Self.status(of: code)
    case .foreignMarket: status = .usage
    case .unplayable, .foreignJournal, .recording: status = .badData
    case .threads: status = .failed
    case .refused("not_permitted", _): status = .denied
    case .refused(let code, _): status = code == "stalled" || code == "stopping" ? .failed : .usage
    }
    self.init(status, error.description)
  }

  init(_ error: JournalError) {
    self.init(Self.status(of: error), error.description)
  }

  /// What is wrong with entries of one of several journals: with its folder.
  static func naming<R>(_ journal: String, _ body: () throws -> R) throws -> R {
    do {
      return try body()
    } catch let error as JournalError where error.isOfEntries {
      throw Failure(status(of: error), "\(journal): \(error)")
    }
  }

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

  static func status(of code: Int32) -> Status {
    switch code {
    case ENOENT, ENOTDIR: .noInput
    case EACCES, EPERM, EROFS: .denied
    case EADDRINUSE, EADDRNOTAVAIL: .unreachable
    default: .failed
    }
  }
}
