import Events

/// How much of a parent should have been sent by when.
///
/// The plan's life is cut into slices of equal length; a slice's part is due at its beginning. What is due
/// is a sum from the start, rounded down to whole lots, so that rounding never adds up and nothing is ahead
/// of the schedule; the last slice's is the total, exactly. It never falls with time or volume.
public struct ExecutionSchedule: Equatable, Sendable {
  public let start: Instant
  public let end: Instant
  public let total: Quantity
  public let lot: Quantity
  private let pace: Pace

  /// What the quantity due depends on.
  private enum Pace: Equatable, Sendable {
    /// On time: due in sum with each slice.
    case slices([Int64])
    /// On volume: a share × 10^9 of what has traded.
    case share(Int64)
    /// On fills: so much more than has filled.
    case portion(Int64)
  }

  /// The schedule of a plan for a quantity.
  /// - Throws: `PlanProblem` if the plan cannot be worked. O(slices).
  public init(
    _ plan: ExecutionPlan, total: Quantity, quantityScale: UInt8, lot: Quantity
  ) throws(PlanProblem) {
    let settings = try ExecutionSettings(plan, quantityScale: quantityScale, lot: lot)
    self.init(plan, settings, total: total, lot: lot)
  }

  init(_ plan: ExecutionPlan, _ settings: ExecutionSettings, total: Quantity, lot: Quantity) {
    precondition(total.raw > 0 && lot.raw > 0)
    (start, end) = (plan.start, plan.end)
    self.total = total
    self.lot = lot
    switch plan.algorithm {
    case .pov:
      pace = .share(settings.rate)
      count = settings.slices
    case .iceberg:
      pace = .portion(settings.display)
      count = 1
    case .twap, .pairs, .route:
      pace = .slices(Self.equal(total, lot, settings.slices))
      count = settings.slices
    case .vwap:
      pace = .slices(Self.weighted(total, lot, settings.curve, settings.slices))
      count = settings.slices
    case .shortfall:
      pace = .slices(Self.optimal(total, lot, settings))
      count = settings.slices
    }
  }

  /// Number of slices.
  public let count: Int

  /// The slice that a time falls in, from 0; the first before the start, the last from the end on.
  public func slice(at time: Instant) -> Int {
    let elapsed = time.since(start)
    guard elapsed > 0 else { return 0 }
    // The largest k with beginning(k) ≤ time, that is ⌊length k / n⌋ < elapsed + 1.
    let slice = ((Int128(elapsed) + 1) * Int128(count) - 1) / Int128(end.since(start))
    return min(Int(slice), count - 1)
  }

  /// When a slice begins; that of `count` is the end.
  public func beginning(of slice: Int) -> Instant {
    start.advanced(by: Int64(Int128(end.since(start)) * Int128(slice) / Int128(count)))
  }

  /// When a part of a slice (× 10^9) has passed.
  func moment(in slice: Int, _ share: Int64) -> Instant {
    let beginning = beginning(of: slice)
    let length = self.beginning(of: slice + 1).since(beginning)
    return beginning.advanced(
      by: Int64(Int128(length) * Int128(share) / Int128(ExecutionSettings.one)))
  }

  /// What is due in sum within a slice.
  /// - Parameters:
  ///   - volume: traded by the market since the start.
  ///   - filled: so far.
  public func due(in slice: Int, volume: Int64, filled: Quantity) -> Quantity {
    switch pace {
    case .slices(let targets): return Quantity(targets[slice])
    case .share(let rate):
      return lots(Int128(volume) * Int128(rate) / Int128(ExecutionSettings.one))
    case .portion(let display):
      return min(total, Quantity(min(filled.raw, total.raw) + display))
    }
  }

  /// The same at a time: nothing before the start, the total (of a schedule by time) from the end on.
  public func due(at time: Instant, volume: Int64 = 0, filled: Quantity = .zero) -> Quantity {
    time < start ? .zero : due(in: slice(at: time), volume: volume, filled: filled)
  }

  /// The volume at which a quantity is due; nil if that does not depend on volume.
  func volume(for quantity: Quantity) -> Int64? {
    guard case .share(let rate) = pace else { return nil }
    return Self.volume(of: quantity, at: rate)
  }

  /// The smallest volume of which a share (× 10^9) is at least a quantity.
  static func volume(of quantity: Quantity, at share: Int64) -> Int64 {
    let product = Int128(quantity.raw) * Int128(ExecutionSettings.one)
    return Int64(clamping: (product + Int128(share) - 1) / Int128(share))
  }

  /// Whole lots, rounded down, at most the total.
  private func lots(_ quantity: Int128) -> Quantity {
    if quantity >= Int128(total.raw) { return total }
    return Quantity(Int64(quantity) / lot.raw * lot.raw)
  }

  private static func equal(_ total: Quantity, _ lot: Quantity, _ count: Int) -> [Int64] {
    (1...count).map { slice in
      if slice == count { return total.raw }
      return Int64(Int128(total.raw) * Int128(slice) / Int128(count)) / lot.raw * lot.raw
    }
  }

  /// A curve of m buckets over n slices: within a bucket the volume is spread evenly.
  private static func weighted(
    _ total: Quantity, _ lot: Quantity, _ curve: [Int64], _ count: Int
  ) -> [Int64] {
    let whole = curve.reduce(0, +)
    var (bucket, before) = (0, Int128(0))
    return (1...count).map { slice in
      if slice == count { return total.raw }
      let (full, part) = (slice * curve.count).quotientAndRemainder(dividingBy: count)
      while bucket < full {
        before += Int128(curve[bucket])
        bucket += 1
      }
      let weight = before * Int128(count) + Int128(curve[full]) * Int128(part)
      // Beyond 128 bits: a quantity and a sum of weights may each have 63.
      let product = Int128(total.raw).multipliedFullWidth(by: weight)
      let (due, _) = (Int128(whole) * Int128(count)).dividingFullWidth(product)
      return Int64(due) / lot.raw * lot.raw
    }
  }

  private static func optimal(
    _ total: Quantity, _ lot: Quantity, _ settings: ExecutionSettings
  ) -> [Int64] {
    // Without aversion the parts are equal, and that is exact in whole numbers.
    if settings.urgency == 0 { return equal(total, lot, settings.slices) }
    // 53 binary digits of the share that is left: what follows is whole numbers.
    let one = Double(sign: .plus, exponent: 53, significand: 1)
    let shares = ShortfallTrajectory.remaining(
      after: settings.slices, urgency: settings.urgency)
    return shares.enumerated().map { index, remaining in
      if index == settings.slices - 1 { return total.raw }
      let done = (Int128(1) << 53) - Int128(Int64((remaining * one).rounded(.up)))
      return Int64((Int128(total.raw) * done) >> 53) / lot.raw * lot.raw
    }
  }
}
