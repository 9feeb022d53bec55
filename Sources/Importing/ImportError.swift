import Glibc
import Venues

/// Why an import stopped. Each says where, what was wrong and what to do.
public enum ImportError: Error, CustomStringConvertible {
  /// A file or directory that was named is not there or cannot be read; with the system's code, if it has said why.
  case unreadable(path: String, reason: String, code: Int32? = nil)
  /// The arguments do not fit together.
  case usage(String)
  /// A file's contents are not what they should be.
  case data(path: String, error: DecodeError, advice: String)
  /// Nothing is of the symbol that was asked for.
  case noSymbol(among: [String])
  /// The receiving side failed, with its own error.
  case recording(any Error)

  /// Whether the input data were wrong (exit code 65).
  public var isDataError: Bool {
    if case .data = self { true } else { false }
  }

  /// Whether an input file was missing or unreadable, or a symbol is not there (exit code 66).
  public var isMissingInput: Bool {
    switch self {
    case .unreadable, .noSymbol: !isDenied
    case .usage, .data, .recording: false
    }
  }

  /// Whether who runs this may not read an input (exit code 77).
  public var isDenied: Bool {
    if case .unreadable(_, _, let code) = self { code == EACCES || code == EPERM } else { false }
  }

  public var description: String {
    switch self {
    case .unreadable(let path, let reason, _): "\(path): \(reason)"
    case .usage(let text): text
    case .data(let path, let error, let advice):
      "\(path): \(error)" + (advice.isEmpty ? "" : "\n  \(advice)")
    case .noSymbol(let names): Self.noSymbol(among: names)
    case .recording(let error): "\(error)"
    }
  }

  private static func noSymbol(among names: [String]) -> String {
    let all = Set(names).sorted()
    let shown = all.prefix(12).joined(separator: ", ") + (all.count > 12 ? ", …" : "")
    return "nothing in the files is of the symbol that --symbol names. There is \(shown)."
  }
}
