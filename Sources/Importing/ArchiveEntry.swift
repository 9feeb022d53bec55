/// One of an archive's entries.
struct ArchiveEntry: Equatable {
  /// From 0, in the archive's order.
  var place: Int
  /// As the archive has it, with folders.
  var name: String
}

extension ArchiveReader {
  /// Goes from the beginning to an entry; nil stands for the first.
  /// - Returns: its name, or nil if there is none.
  mutating func next(_ entry: ArchiveEntry?) throws(ArchiveProblem) -> String? {
    for _ in 0..<(entry?.place ?? 0) { _ = try next() }
    return try next()
  }
}
