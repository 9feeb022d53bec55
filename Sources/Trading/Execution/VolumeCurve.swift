import Events

/// How a day's volume is spread over equal buckets of a session, summed over the days recorded: the
/// `curve.1` … of a VWAP plan.
public struct VolumeCurve: Equatable, Sendable {
  static let day: Int64 = 86_400_000_000_000
  /// Start and end of the session in nanoseconds after midnight UTC.
  public let from: Int64
  public let to: Int64
  /// Volume by bucket.
  private(set) var sums: [Int128]

  /// - Precondition: 0 ≤ from < to ≤ 24 h, and there are 1 to 10,000 buckets.
  public init(from: Int64, to: Int64, buckets: Int) {
    precondition(0 <= from && from < to && to <= Self.day && (1...10_000).contains(buckets))
    self.from = from
    self.to = to
    sums = Array(repeating: 0, count: buckets)
  }

  /// Adds what was traded at a time; outside the session it does not count. Of a bar, whose time is its
  /// end, give the moment before. O(1).
  public mutating func add(_ volume: Quantity, at time: Instant) {
    let days = time.nanoseconds.quotientAndRemainder(dividingBy: Self.day)
    let moment = days.remainder < 0 ? days.remainder + Self.day : days.remainder
    guard moment >= from, moment < to, volume.raw > 0 else { return }
    let bucket = Int128(moment - from) * Int128(sums.count) / Int128(to - from)
    sums[Int(bucket)] += Int128(volume.raw)
  }

  /// Each bucket's share of the volume × 10^9; exactly 10^9 in sum. Sums from the first bucket on are
  /// rounded down, so that no bucket is off by 10^-9 or more. Equal shares if nothing was traded.
  public var shares: [Int64] {
    let total = sums.reduce(0, +)
    let parts = total > 0 ? sums : sums.map { _ in 1 }
    let whole = parts.reduce(0, +)
    var (before, sum) = (Int64(0), Int128(0))
    return parts.map { part in
      sum += part
      let share = Int64(sum * 1_000_000_000 / whole)
      defer { before = share }
      return share - before
    }
  }

  /// The shares as values of a plan: `curve.1`, `curve.2`, …
  public var values: [Reason.Value] {
    shares.enumerated().map { index, share in
      Reason.Value("curve.\(index + 1)", Decimal(mantissa: share, scale: 9))
    }
  }
}
