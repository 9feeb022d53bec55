/// What is wrong with a configuration, and at which key.
public struct ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The dotted key: `strategy.momo.fast`.
  public var key: String
  /// What is wrong, in one clause.
  public var what: String
  /// What to do about it; may be empty.
  public var advice: String

  public init(_ key: String, _ what: String, advice: String = "") {
    self.key = key
    self.what = what
    self.advice = advice
  }

  public var description: String {
    "\(key): \(what)" + (advice.isEmpty ? "" : "; \(advice)")
  }

  /// The known word nearest to a mistyped one, if it is near enough to be meant.
  public static func nearest(to word: String, among known: [String]) -> String? {
    let ranked = known.map { (distance(word, $0), $0) }.min { $0.0 < $1.0 }
    guard let (distance, name) = ranked, distance < word.count,
      distance <= max(2, word.count / 3)
    else { return nil }
    return name
  }

  /// Insertions, deletions and substitutions between two words (Levenshtein 1966). O(n·m).
  static func distance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a), Array(b))
    var row = Array(0...b.count)
    for i in a.indices {
      var diagonal = row[0]
      row[0] = i + 1
      for j in b.indices {
        let substituted = diagonal + (a[i] == b[j] ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(substituted, row[j] + 1, row[j + 1] + 1)
      }
    }
    return row[b.count]
  }
}
