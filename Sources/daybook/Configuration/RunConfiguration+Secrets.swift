import Alerting
import Events
import Glibc
import Trading

extension RunConfiguration {
  /// Looks whether the secrets of those who are told of alerts are where the configuration says: without one of
  /// them the server would not start, and nobody would be told of anything.
  /// - Throws: `Failure` that says where the secret should be.
  func checkSecrets() throws {
    for item in items.items where item.key.hasPrefix("alerts.") {
      guard let missing = Secret(item.value).flatMap(missing) else { continue }
      throw file.failure(ConfigurationError(item.key, missing.what, advice: missing.advice))
    }
  }

  private func missing(_ secret: Secret) -> (what: String, advice: String)? {
    switch secret {
    case .environment(let name):
      if unsafe getenv(name) != nil { return nil }
      return ("the variable \(name) is not set", "set it where the daemon is started")
    case .file(let path):
      let whole = file.path(of: path)
      if unsafe access(whole, R_OK) == 0 { return nil }
      return ("\(whole) cannot be read", "check the path, its owner and mode")
    }
  }
}
