import Foundation

/// Recorded data outside of the repository; tests that need them are skipped where they are absent.
enum SharedData {
  static let root =
    ProcessInfo.processInfo.environment["DAYBOOK_SHARED"]
    ?? FileManager.default.currentDirectoryPath + "/../shared"

  static var isThere: Bool { FileManager.default.fileExists(atPath: root + "/data/MANIFEST.csv") }

  static func path(_ name: String) -> String { "\(root)/data/\(name)" }

  /// What a gzip file holds.
  static func unzipped(_ path: String) throws -> Data {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc", path]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return data
  }
}
