import Events
import Foundation
import Testing

@testable import Trading

@Suite struct VolumeCurveTests {
  static let hour: Int64 = 3_600_000_000_000

  @Test func `shares add up to one, rounded from the left`() {
    var curve = VolumeCurve(from: 0, to: 3 * Self.hour, buckets: 3)
    #expect(curve.shares == [333_333_333, 333_333_333, 333_333_334])
    // Three days, one of them before 1970; what is outside the session does not count.
    curve.add(Quantity(1), at: Instant(nanoseconds: 0))
    curve.add(Quantity(1), at: Instant(nanoseconds: Self.hour + 24 * Self.hour))
    curve.add(Quantity(5), at: Instant(nanoseconds: 2 * Self.hour - 24 * Self.hour))
    curve.add(Quantity(99), at: Instant(nanoseconds: 3 * Self.hour))
    curve.add(Quantity(99), at: Instant(nanoseconds: -1))
    curve.add(Quantity(-9), at: Instant(nanoseconds: 1))
    #expect(curve.shares == [142_857_142, 142_857_143, 714_285_715])
    #expect(curve.values.map(\.name) == ["curve.1", "curve.2", "curve.3"])
    #expect(curve.values[2].value == Decimal(mantissa: 714_285_715, scale: 9))
  }

  static let week: URL? = {
    let path = ProcessInfo.processInfo.environment["DAYBOOK_SHARED"] ?? "../shared"
    let url = URL(fileURLWithPath: path)
      .appendingPathComponent("data/equity-minute-week/SPY_1min.csv")
    return FileManager.default.fileExists(atPath: url.path) ? url : nil
  }()

  @Test(.enabled(if: week != nil, "no folder of outside data"))
  func `the curve of a recorded week is that of its volumes`() throws {
    // Stamps are the minutes' ends in New York, 9:30 to 16:00; as hours of a day any zone will do.
    let opening = 9 * Self.hour + Self.hour / 2
    var curve = VolumeCurve(from: opening, to: 16 * Self.hour, buckets: 13)
    var sums = Array(repeating: Int64(0), count: 13)
    let text = try String(contentsOf: #require(Self.week), encoding: .utf8)
    for line in text.split(whereSeparator: \.isNewline).dropFirst() {
      let fields = line.split(separator: ",")
      let clock = fields[0].suffix(8).split(separator: ":").compactMap { Int64($0) }
      let minute = clock[0] * 60 + clock[1]
      let day = try #require(Int64(fields[0].dropFirst(8).prefix(2)))
      let volume = try #require(Int64(fields[5]))
      let end = day * 24 * Self.hour + minute * 60_000_000_000
      curve.add(Quantity(volume), at: Instant(nanoseconds: end - 1))
      sums[Int(minute - 571) / 30] += volume
    }
    #expect(curve.sums == sums.map { Int128($0) })
    let shares = curve.shares
    #expect(shares.reduce(0, +) == 1_000_000_000)
    // Near to a U: the ends trade most.
    #expect(shares.indices.max { shares[$0] < shares[$1] } == 12)
    #expect(shares[0] > shares[6] && shares[12] > shares[6])

    let plan = ExecutionPlan(
      .vwap, start: Parents.noon, end: Parents.at(23_400), values: curve.values)
    let schedule = try ExecutionSchedule(
      plan, total: Quantity(100_000), quantityScale: 0, lot: Quantity(100))
    let total = sums.reduce(0, +)
    var sum = Int64(0)
    for (slice, volume) in sums.enumerated() {
      sum += volume
      let due = schedule.due(in: slice, volume: 0, filled: .zero).raw
      let exact = Double(sum) / Double(total) * 100_000
      #expect(due % 100 == 0 && Double(due) <= exact + 1e-3 && Double(due) > exact - 100.01)
    }
  }
}
