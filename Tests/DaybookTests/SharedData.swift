import Foundation

/// The folder of data from outside that tests read; tests that need it are skipped without it.
enum SharedData {
  static let folder: URL? = {
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let path =
      ProcessInfo.processInfo.environment["DAYBOOK_SHARED"]
      ?? package.appendingPathComponent("../shared").path
    return FileManager.default.fileExists(atPath: path + "/data")
      ? URL(fileURLWithPath: path) : nil
  }()
}
