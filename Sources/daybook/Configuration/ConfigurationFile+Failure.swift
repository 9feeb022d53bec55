import Configuring
import Trading

extension ConfigurationFile {
  /// Reads a file, then takes what the environment and `--set` say.
  /// - Throws: `Failure` if the file cannot be read, `ConfigurationFault` for what is in it.
  init(path: String, environment: [(name: String, value: String)] = [], settings: [String] = [])
    throws
  {
    let bytes = try TextFile.bytes(path, what: "the configuration")
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Failure(
        .configuration, "\(path): the configuration is not UTF-8 text. Save it as UTF-8.")
    }
    try self.init(path: path, text: text, environment: environment, settings: settings)
  }

  /// The failure for what the core says about a key.
  func failure(_ error: ConfigurationError) -> Failure { Failure(fault(error)) }
}

extension Failure {
  init(_ fault: ConfigurationFault) {
    self.init(fault.kind == .usage ? .usage : .configuration, fault.text)
  }
}
