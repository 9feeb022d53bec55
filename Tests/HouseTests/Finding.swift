import Testing

/// A place that breaks a rule of the house.
struct Finding: Equatable, CustomStringConvertible, Sendable {
  /// Path from the package's root.
  var path: String
  /// Line from 1.
  var line: Int
  /// What is wrong there, and what to do.
  var what: String

  var description: String { "\(path):\(line): \(what)" }

  /// Fails the running test at the place found, not at the line of the test.
  func record() {
    let location = SourceLocation(
      fileID: "House/\(path.split(separator: "/").last ?? "")", filePath: path, line: max(line, 1),
      column: 1)
    Issue.record(Comment(rawValue: description), sourceLocation: location)
  }
}
