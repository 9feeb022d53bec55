import Foundation

/// Recorded data outside of the repository; tests that need them are skipped where they are absent.
enum SharedData {
  static let root =
    ProcessInfo.processInfo.environment["DAYBOOK_SHARED"]
    ?? FileManager.default.currentDirectoryPath + "/../shared"

  static var isThere: Bool { FileManager.default.fileExists(atPath: root + "/data/MANIFEST.csv") }

  static func path(_ name: String) -> String { "\(root)/data/\(name)" }
}
