/// Names of files: `*` stands for any characters, all else for itself.
public struct FilePattern: Equatable, Sendable {
  /// The bytes between the stars.
  private let parts: [[UInt8]]

  public init(_ text: String) {
    parts = text.utf8.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false).map(
      Array.init)
  }

  /// O(length of the name × length of the pattern).
  public func matches(_ name: String) -> Bool {
    let name = Array(name.utf8)
    guard parts.count > 1 else { return name == parts[0] }
    guard name.starts(with: parts[0]) else { return false }
    var start = parts[0].count
    // The leftmost place leaves the most to what follows.
    for part in parts[1..<(parts.count - 1)] {
      while start <= name.count, !name[start...].starts(with: part) { start += 1 }
      guard start <= name.count else { return false }
      start += part.count
    }
    let last = parts[parts.count - 1]
    return name.count - start >= last.count && name.suffix(last.count).elementsEqual(last)
  }
}
