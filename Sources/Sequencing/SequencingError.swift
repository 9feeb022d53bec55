import Journaling

/// Why the one path cannot go on.
public enum SequencingError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The journal cannot be read.
  case journal(JournalError)
  /// This build decides otherwise than the journal says.
  case diverged(Divergence)

  public var description: String {
    switch self {
    case .journal(let error): error.description
    case .diverged(let divergence):
      "this build decides otherwise than the journal says at \(divergence); "
        + "go on with the version that wrote it, or start a new journal"
    }
  }
}
