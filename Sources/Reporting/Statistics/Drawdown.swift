/// A fall from a peak of the compounded returns until the peak is reached again.
public struct Drawdown: Equatable, Sendable {
  /// Deepest fall from the peak; negative.
  public var depth: Double
  /// Number of the peak's period; 0 is the start, before the first return.
  public var peak: Int
  /// Number of the deepest period.
  public var trough: Int
  /// Number of the first period that is at the peak or above; nil if there is none.
  public var recovery: Int?
  /// Periods below the peak.
  public var length: Int
}

extension ReturnStatistics {
  /// For each period the compounded value over its peak so far less 1, the peak from the start; 0 or
  /// negative.
  public var underwater: [Double] {
    var (value, peak) = (1.0, 1.0)
    return returns.map { change in
      value *= 1 + change
      peak = max(peak, value)
      return value / peak - 1
    }
  }

  /// All falls, in order of time.
  public var drawdowns: [Drawdown] {
    var result: [Drawdown] = []
    var isUnder = false
    for (index, depth) in underwater.enumerated() {
      if depth < 0 {
        if !isUnder {
          result.append(Drawdown(depth: 0, peak: index, trough: index, recovery: nil, length: 0))
          isUnder = true
        }
        let last = result.count - 1
        result[last].length += 1
        if depth < result[last].depth {
          result[last].depth = depth
          result[last].trough = index + 1
        }
      } else if isUnder {
        result[result.count - 1].recovery = index + 1
        isUnder = false
      }
    }
    return result
  }

  /// The deepest falls, the deepest first, the earlier of equals first.
  public func worstDrawdowns(_ count: Int) -> [Drawdown] {
    Array(drawdowns.sorted { ($0.depth, $0.peak) < ($1.depth, $1.peak) }.prefix(count))
  }

  /// Most periods in a row below a peak.
  public var longestUnderwater: Int { drawdowns.map(\.length).max() ?? 0 }
}
