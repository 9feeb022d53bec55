import API
import Glibc
import Journaling

/// An error as the user gets it: where, what, why and what to do.
struct Failure: Error {
  /// What the process says when it ends (docs/cli.md).
  enum Status: Int32 {
    case failed = 1
    case found = 2
    case usage = 64
    case noInput = 66
    case unreachable = 69
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
        case .certificates: .configuration
        case .address: .unreachable
        case .plaintext: .usage
        }
      self.init(status, error.description)
    default: return nil
    }
  }

  private static func status(of error: JournalError) -> Status {
    switch error {
    case .missing, .notAJournal: .noInput
    case .permission: .denied
    case .damagedBlock, .brokenChain, .badSignature, .tornTail: .found
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
