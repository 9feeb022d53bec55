import API
import Alerting
import Configuring
import Foundation
import Monitoring
import Trading

/// The tables `[alerts]` and `[traces]` of a configuration; the others are the daemon's.
struct MonitorConfiguration {
  private let file: ConfigurationFile
  let settings: Monitor.Settings

  /// Reads a file, then takes what the environment and `--set` say.
  /// - Throws: `Failure` with place, key, what, why and what to do.
  init(_ path: String?, settings: [String]) throws(Failure) {
    var text = ""
    if let path {
      guard let data = FileManager.default.contents(atPath: path) else {
        throw Failure(.noInput, "\(path): cannot read the configuration. Check the path.")
      }
      guard let read = String(data: data, encoding: .utf8) else {
        throw Failure(.configuration, "\(path): the configuration is not UTF-8 text.")
      }
      text = read
    }
    let environment = ProcessInfo.processInfo.environment.filter { $0.key.hasPrefix("DAYBOOK_") }
      .map { (name: $0.key, value: $0.value) }.sorted { $0.name < $1.name }
    do throws(ConfigurationFault) {
      file = try ConfigurationFile(
        path: path ?? "", text: text, environment: environment, settings: settings)
    } catch {
      throw Failure(error.kind == .usage ? .usage : .configuration, error.text)
    }
    do throws(ConfigurationError) {
      self.settings = Monitor.Settings(
        alerts: try AlertSettings.read(file.items), traces: try TraceSettings.read(file.items),
        folder: path.map { URL(fileURLWithPath: $0).deletingLastPathComponent().path } ?? "")
    } catch {
      throw Failure(.configuration, file.fault(error).text)
    }
  }

  /// The failure for a secret that is not there, with the place that refers to it.
  func failure(_ error: MonitorError) -> Failure {
    guard case .secret(let key, _) = error else {
      return Failure(.configuration, error.description)
    }
    return Failure(.configuration, "\(file.origin(of: key)): \(error)")
  }
}
