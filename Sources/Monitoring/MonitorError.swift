/// Why the monitor cannot start: the configuration's fault, said with the key.
public enum MonitorError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A secret that the configuration refers to cannot be read.
  case secret(key: String, why: String)
  /// TLS cannot be used.
  case tls(String)

  public var description: String {
    switch self {
    case .secret(let key, let why): "\(key): \(why)"
    case .tls(let why): "TLS cannot be used for mail: \(why)"
    }
  }
}
