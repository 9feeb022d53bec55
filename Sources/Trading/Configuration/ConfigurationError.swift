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
    let length = word.count
    let most = max(2, length / 3)
    // Words whose lengths differ by more are farther apart: long ones of strangers cost nothing.
    let ranked = known.filter { abs($0.count - length) <= most }.map { (distance(word, $0), $0) }
      .min { $0.0 < $1.0 }
    guard let (distance, name) = ranked, distance < length, distance <= most else { return nil }
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
