/// A line and a column of a text file, both from 1.
struct TextPosition: Equatable, CustomStringConvertible {
  var line: Int
  /// In characters.
  var column: Int

  var description: String { "\(line):\(column)" }
}
