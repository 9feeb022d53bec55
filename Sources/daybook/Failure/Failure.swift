import ArgumentParser

/// What the process says when it ends (docs/cli.md).
enum Status: Int32 {
  case failed = 1
  /// Something was found: a divergence, damage, a difference.
  case found = 2
  case usage = 64
  case badData = 65
  case noInput = 66
  case unreachable = 69
  case bug = 70
  case locked = 75
  case denied = 77
  case configuration = 78
  case interrupted = 130
}

/// An error as the user gets it: where, what, why and what to do.
struct Failure: Error {
  var status: Status
  var text: String

  init(_ status: Status, _ text: String) {
    self.status = status
    self.text = text
  }
}

extension ExitCode {
  /// The command did its work and found something; it has said so already.
  static let found = ExitCode(Status.found.rawValue)
}
