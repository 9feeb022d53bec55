import Alerting
import Foundation

extension Secret {
  /// Longest secret in bytes.
  private static let longest = 4096

  /// The secret itself.
  /// - Parameters:
  ///   - key: of the configuration, for the error.
  ///   - folder: from where relative paths go.
  /// - Throws: `MonitorError.secret`, which says where the secret should be and never what it is.
  func read(_ key: String, in folder: String) throws(MonitorError) -> String {
    let text: String
    switch self {
    case .environment(let name):
      guard let value = ProcessInfo.processInfo.environment[name] else {
        throw .secret(key: key, why: "the variable \(name) is not set. Set it for daybook-api.")
      }
      text = value
    case .file(let path):
      let whole = path.hasPrefix("/") || folder.isEmpty ? path : "\(folder)/\(path)"
      guard let data = FileManager.default.contents(atPath: whole),
        let value = String(data: data.prefix(Self.longest + 1), encoding: .utf8)
      else {
        throw .secret(
          key: key, why: "\(whole) cannot be read as text. Check the path, its owner and mode.")
      }
      text =
        value.split(omittingEmptySubsequences: false) { $0.isNewline }.first.map(String.init) ?? ""
    }
    guard !text.isEmpty, text.utf8.count <= Self.longest, text.utf8.allSatisfy({ $0 >= 0x20 })
    else {
      throw .secret(
        key: key,
        why: "\(self) is empty, too long or has control characters. Write the secret "
          + "on the first line.")
    }
    return text
  }
}
