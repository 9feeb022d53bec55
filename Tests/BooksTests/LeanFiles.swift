import Events
import Foundation
import Testing

/// Archives of LEAN's data, with bars and ticks as others recorded them.
enum LeanFiles {
  static let root = SharedData.root.appending(path: "data/lean")
  static var isThere: Bool { SharedData.exists(root) }

  /// The rows of the files in a zip archive whose names contain a text, split at commas.
  static func rows(_ archive: String, _ member: String = "") throws -> [[String]] {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [
      "python3", "-c",
      """
      import sys, zipfile
      with zipfile.ZipFile(sys.argv[1]) as z:
          for name in z.namelist():
              if sys.argv[2] in name: sys.stdout.write(z.read(name).decode())
      """, root.appending(path: archive).path, member,
    ]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(archive) cannot be read")
    return lines(String(decoding: data, as: UTF8.self))
  }

  /// The rows of a file, split at commas.
  static func rows(file: String) throws -> [[String]] {
    lines(try String(contentsOf: root.appending(path: file), encoding: .utf8))
  }

  private static func lines(_ text: String) -> [[String]] {
    text.split(whereSeparator: \.isNewline).map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
  }

  /// A price with five digits after the point.
  static func price(_ text: String) throws -> Price {
    Price(try parseDecimal(text.utf8, scale: 5).get())
  }

  /// Milliseconds after midnight of a day in UTC.
  static func time(_ day: CivilDate, _ milliseconds: String) throws -> Instant {
    let count = try #require(Int64(milliseconds))
    return try #require(Instant(day, nanoseconds: count * 1_000_000))
  }
}
