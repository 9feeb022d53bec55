import Foundation

/// Recorded data outside of the repository; tests that need them are skipped where they are absent.
enum SharedData {
  static let root =
    ProcessInfo.processInfo.environment["DAYBOOK_SHARED"]
    ?? FileManager.default.currentDirectoryPath + "/../shared"

  static var isThere: Bool { FileManager.default.fileExists(atPath: root + "/data/MANIFEST.csv") }

  /// The lines of a file, each cut at a character.
  static func rows(_ name: String, separator: Character) throws -> [[Substring]] {
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(root)/data/\(name)"))
    return String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline).map {
      $0.split(separator: separator, omittingEmptySubsequences: false)
    }
  }
}
