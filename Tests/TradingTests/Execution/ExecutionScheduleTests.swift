import Events
import Testing

@testable import Trading

@Suite struct ExecutionScheduleTests {
  static func schedule(
    _ algorithm: ExecutionPlan.Algorithm, _ total: Int64, lot: Int64 = 1, seconds: Int64 = 100,
    _ values: KeyValuePairs<String, Double> = [:]
  ) throws -> ExecutionSchedule {
    try ExecutionSchedule(
      Parents.plan(algorithm, seconds: seconds, values), total: Quantity(total),
      quantityScale: 0, lot: Quantity(lot))
  }

  /// What is due in each slice.
  static func due(_ schedule: ExecutionSchedule) -> [Int64] {
    (0..<schedule.count).map { schedule.due(in: $0, volume: 0, filled: .zero).raw }
  }

  @Test func `what is due by slices`() throws {
    // Worked by hand: sums from the start, rounded down to lots, the last one whole.
    let table: [(ExecutionSchedule, [Int64])] = [
      (try Self.schedule(.twap, 10, ["slices": 4]), [2, 5, 7, 10]),
      (try Self.schedule(.twap, 1000, lot: 100, ["slices": 3]), [300, 600, 1000]),
      (try Self.schedule(.twap, 2, ["slices": 5]), [0, 0, 1, 1, 2]),
      (try Self.schedule(.twap, 1000, ["slices": 10]), (1...10).map { 100 * $0 }),
      (try Self.schedule(.pairs, 9, ["slices": 3, "instrument": 1, "ratio": 1]), [3, 6, 9]),
      (try Self.schedule(.route, 9), [9]),
      // 1 : 2 : 1 of 100.
      (try Self.schedule(.vwap, 100, ["curve.1": 1, "curve.2": 2, "curve.3": 1]), [25, 75, 100]),
      // Two slices over three buckets: the first ends half way through the second bucket.
      (
        try Self.schedule(.vwap, 100, ["slices": 2, "curve.1": 1, "curve.2": 2, "curve.3": 1]),
        [50, 100]
      ),
      // Four slices over two buckets, 0.3 and 0.7: halves of each.
      (
        try Self.schedule(.vwap, 1000, ["slices": 4, "curve.1": 0.3, "curve.2": 0.7]),
        [150, 300, 650, 1000]
      ),
      // The paper's example with an hour for its day: 10^6 less the shares left, as computed with mpmath.
      (
        try Self.schedule(
          .shortfall, 1_000_000, seconds: 5 * 3600,
          [
            "slices": 5, "aversion": 1e-6, "volatility": 0.95, "impact": 2.5e-6,
            "permanent": 2.5e-7,
          ]), [458_044, 710_145, 852_102, 937_858, 1_000_000]
      ),
      // No aversion: equal parts, exactly.
      (
        try Self.schedule(
          .shortfall, 1000, ["slices": 10, "aversion": 0, "volatility": 1, "impact": 1]),
        (1...10).map { 100 * $0 }
      ),
    ]
    for (schedule, expected) in table { #expect(Self.due(schedule) == expected) }
  }

  @Test func `what is due by volume and by fills`() throws {
    let pov = try Self.schedule(.pov, 50, lot: 5, ["rate": 0.1])
    let table: [(volume: Int64, due: Int64)] = [
      (0, 0), (49, 0), (50, 5), (99, 5), (100, 10), (499, 45), (500, 50), (.max, 50),
    ]
    for (volume, due) in table {
      #expect(pov.due(in: 0, volume: volume, filled: .zero) == Quantity(due), "\(volume)")
    }
    #expect(pov.volume(for: Quantity(10)) == 100)
    let iceberg = try Self.schedule(.iceberg, 50, ["display": 20])
    for (filled, due) in [(0, 20), (13, 33), (40, 50), (50, 50), (60, 50)] as [(Int64, Int64)] {
      #expect(iceberg.due(in: 0, volume: 0, filled: Quantity(filled)) == Quantity(due))
    }
    #expect(iceberg.volume(for: Quantity(1)) == nil)
  }

  @Test func `slices begin at equal distances, to the nanosecond`() throws {
    let schedule = try Self.schedule(.twap, 7, seconds: 10, ["slices": 3])
    #expect(
      (0...3).map { schedule.beginning(of: $0).since(schedule.start) }
        == [0, 3_333_333_333, 6_666_666_666, 10_000_000_000])
    for slice in 0..<3 {
      let beginning = schedule.beginning(of: slice)
      #expect(schedule.slice(at: beginning) == slice)
      #expect(schedule.slice(at: beginning.advanced(by: -1)) == max(0, slice - 1))
    }
    #expect(schedule.slice(at: schedule.end) == 2)
    #expect(schedule.slice(at: .distantFuture) == 2)
    #expect(schedule.due(at: schedule.start.advanced(by: -1)) == .zero)
    #expect(schedule.due(at: schedule.start) == Quantity(2))
    #expect(schedule.due(at: schedule.end) == Quantity(7))
  }

  @Test(arguments: 1...200 as ClosedRange<UInt64>)
  func `any schedule rises in whole lots to the total`(seed: UInt64) throws {
    var dice = Dice(seed)
    let lot = dice.roll(1...1000)
    let total = min(Quantity.limit, dice.roll(1...(1 << dice.roll(4...61)))) / lot * lot + lot
    let slices = dice.roll(1...60)
    var values = [Reason.Value("slices", Decimal(mantissa: slices, scale: 0))]
    let algorithm: ExecutionPlan.Algorithm
    switch seed % 3 {
    case 0: algorithm = .twap
    case 1:
      algorithm = .vwap
      for bucket in 1...dice.roll(1...40) {
        let weight = bucket == 1 ? Int64.max >> 8 : dice.roll(0...(Int64.max >> 8))
        values.append(Reason.Value("curve.\(bucket)", Decimal(mantissa: weight, scale: 9)))
      }
    default:
      algorithm = .shortfall
      let numbers: KeyValuePairs<String, Int64> = [
        "aversion": dice.roll(0...1 << 40), "volatility": dice.roll(0...1 << 40),
        "impact": dice.roll(1...1 << 40),
      ]
      for (name, mantissa) in numbers {
        values.append(Reason.Value(name, Decimal(mantissa: mantissa, scale: 9)))
      }
    }
    let end = Parents.noon.advanced(by: dice.roll(1000...1 << 50))
    let plan = ExecutionPlan(algorithm, start: Parents.noon, end: end, values: values)
    let schedule = try ExecutionSchedule(
      plan, total: Quantity(total), quantityScale: 2, lot: Quantity(lot))
    let due = Self.due(schedule)
    #expect(due.last == total)
    #expect(due.allSatisfy { $0 >= 0 && $0 % lot == 0 })
    #expect(zip(due, due.dropFirst()).allSatisfy { $0 <= $1 })
  }
}
