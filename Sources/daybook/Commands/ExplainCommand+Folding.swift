import Events
import Reporting

/// Which steps of a long chain are printed: an order that was replaced a thousand times has four thousand.
struct FoldedSteps {
  /// A chain of so many is printed whole.
  static let longest = 80
  /// So many are printed at each end of a longer one.
  static let ends = 20
  /// Fewer in a row are not worth a line that says how many they are.
  static let fewest = 4

  /// Places of steps that are printed, with the number of those left out before each.
  private(set) var shown: [(place: Int, leftOut: Int)] = []

  /// - Parameter kinds: of all steps, oldest first.
  init(_ kinds: [EntryKind], all: Bool) {
    let isWhole = all || kinds.count <= Self.longest
    var left = 0
    for place in kinds.indices {
      let isEnd = place < Self.ends || place >= kinds.count - Self.ends
      if isWhole || isEnd || Self.isNews(kinds, place) {
        if left < Self.fewest {
          shown += (place - left..<place).map { ($0, 0) }
          left = 0
        }
        shown.append((place, left))
        left = 0
      } else {
        left += 1
      }
    }
  }

  /// Whether a step is no part of a replacement that was asked for and made, or is the market's just before one such.
  private static func isNews(_ kinds: [EntryKind], _ place: Int) -> Bool {
    if !isOfReplacement(kinds[place]) { return true }
    return kinds[place].isMarket && place + 1 < kinds.count && !isOfReplacement(kinds[place + 1])
  }

  private static func isOfReplacement(_ kind: EntryKind) -> Bool {
    switch kind {
    case .intent, .replaceRequested, .replaced, .timer, .signal: true
    default: kind.isMarket
    }
  }
}
