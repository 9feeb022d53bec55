/// Where a secret is: never in the configuration itself, which is shown, copied and put under version control.
public enum Secret: Equatable, Sendable, CustomStringConvertible {
  /// The first line of a file.
  case file(String)
  /// A variable of the environment.
  case environment(String)

  /// Reads `file:PATH` or `env:NAME`.
  /// - Returns: nil for anything else, so for a secret in clear.
  public init?(_ text: String) {
    if text.hasPrefix("file:"), text.utf8.count > 5 {
      self = .file(String(text.dropFirst(5)))
    } else if text.hasPrefix("env:"), text.utf8.count > 4 {
      self = .environment(String(text.dropFirst(4)))
    } else {
      return nil
    }
  }

  public var description: String {
    switch self {
    case .file(let path): "file:\(path)"
    case .environment(let name): "env:\(name)"
    }
  }
}
