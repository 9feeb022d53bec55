import Events

/// A plan's values, checked: what an algorithm is told beyond quantity and times.
///
/// | value | of | unit | default |
/// |---|---|---|---|
/// | `slices` | all but iceberg, route | 1 to 10,000 | twap, shortfall: must be given; vwap: as the curve; else 1 |
/// | `style` | all but iceberg, route | 0 takes, 1 joins first | 0 |
/// | `participation` | all | share of the volume, 0 to 1, above 0 | no bound |
/// | `minimum` | all | quantity | a lot |
/// | `pause` | all | seconds | a tenth of a slice, at least 1 |
/// | `patience` | all but iceberg, route | share of a slice, 0 to 1 | 0.9 |
/// | `curve.1` … | vwap | any; only their ratios count | – |
/// | `rate` | pov | share of the volume, 0 to 1, above 0 | – |
/// | `aversion`, `volatility`, `impact`, `permanent` | shortfall | money, units of quantity, hours | –, –, –, 0 |
/// | `display` | iceberg | quantity | – |
/// | `instrument`, `ratio` | pairs | id; units of the second a unit of the first | – |
struct ExecutionSettings: Equatable, Sendable {
  static let mostSlices = 10_000
  /// 10^9: shares are kept in billionths.
  static let one: Int64 = 1_000_000_000

  var slices = 1
  /// Joins the best price first.
  var isJoining = false
  /// Largest share of the volume traded since the last child, × 10^9; 0 for no bound.
  var participation: Int64 = 0
  /// Smallest child, in whole lots, above 0.
  var minimum: Int64
  /// Nanoseconds to wait after a child that did not fill.
  var pause: Int64
  /// Share of a slice during which a child may join, × 10^9.
  var patience: Int64 = 900_000_000
  /// Weights of the buckets of a volume curve, × 10^9.
  var curve: [Int64] = []
  /// Share of the market's volume, × 10^9.
  var rate: Int64 = 0
  /// (κ̃τ)² of the shortfall trajectory.
  var urgency = 0.0
  var display: Int64 = 0
  /// Of pairs: the second leg's instrument, and its units a unit of the first, × 10^9, not 0.
  var second = InstrumentID.none
  var ratio: Int64 = 0

  /// - Throws: `PlanProblem` for a value that is missing, unknown, given twice or out of range.
  init(_ plan: ExecutionPlan, quantityScale: UInt8, lot: Quantity) throws(PlanProblem) {
    guard plan.start < plan.end else { throw PlanProblem("the plan ends before it starts") }
    var values = PlanValues(plan)
    let algorithm = plan.algorithm
    if algorithm == .vwap { curve = try values.takeCurve() }
    if algorithm != .iceberg && algorithm != .route {
      let isNeeded = algorithm == .twap || algorithm == .shortfall
      let usual: Int64? = isNeeded ? nil : Int64(max(curve.count, 1))
      slices = Int(try values.takeWhole("slices", 1...Int64(Self.mostSlices), usual))
      isJoining = try values.takeWhole("style", 0...1, 0) == 1
      patience = try values.takeShare("patience", patience)
    }
    participation = try values.takeShare("participation", 0)
    minimum = try values.takeQuantity("minimum", quantityScale, lot, lot.raw)
    let slice = plan.end.since(plan.start) / Int64(slices)
    let pause = try values.takeBillionths("pause", max(slice / 10, Self.one))
    guard pause > 0 else { throw PlanProblem("`pause` is not positive") }
    self.pause = pause
    switch algorithm {
    case .twap, .vwap, .route: break
    case .pov: rate = try values.takeShare("rate", nil)
    case .shortfall: urgency = try values.takeUrgency(interval: Double(slice) / 3.6e12)
    case .iceberg: display = try values.takeQuantity("display", quantityScale, lot, nil)
    case .pairs:
      second = InstrumentID(
        UInt16(try values.takeWhole("instrument", 0...Int64(UInt16.max - 1), nil)))
      ratio = try values.takeBillionths("ratio", nil)
      guard ratio != 0, ratio.magnitude <= UInt64(1) << 60 else {
        throw PlanProblem("`ratio` is 0 or too large")
      }
    }
    if let name = values.unknown { throw PlanProblem("`\(name)` is no value of this algorithm") }
  }
}

/// The values of a plan that were not taken yet.
private struct PlanValues {
  var left: [Reason.Value]

  init(_ plan: ExecutionPlan) { left = plan.values }

  var unknown: String? { left.first?.name }

  /// Takes a value off the list. A second one of the name stays and is then unknown.
  private mutating func take(_ name: String) -> Decimal? {
    guard let index = left.firstIndex(where: { $0.name == name }) else { return nil }
    return left.remove(at: index).value
  }

  /// A value × 10^9.
  mutating func takeBillionths(_ name: String, _ usual: Int64?) throws(PlanProblem) -> Int64 {
    guard let value = take(name) else {
      guard let usual else { throw PlanProblem("`\(name)` is missing") }
      return usual
    }
    return try Self.billionths(value, name)
  }

  private static func billionths(_ value: Decimal, _ name: String) throws(PlanProblem) -> Int64 {
    if value.scale > 9 {
      let (whole, rest) = Int128(value.mantissa)
        .quotientAndRemainder(dividingBy: power(Int(value.scale) - 9))
      guard rest == 0, value != .notANumber else {
        throw PlanProblem("`\(name)` has more than nine digits after the point")
      }
      return Int64(whole)
    }
    let (product, overflow) = value.mantissa.multipliedReportingOverflow(
      by: Int64(power(9 - Int(value.scale))))
    guard !overflow else { throw PlanProblem("`\(name)` is too large") }
    return product
  }

  mutating func takeShare(_ name: String, _ usual: Int64?) throws(PlanProblem) -> Int64 {
    let isGiven = left.contains { $0.name == name }
    let share = try takeBillionths(name, usual)
    guard !isGiven || (1...ExecutionSettings.one).contains(share) else {
      throw PlanProblem("`\(name)` is not above 0 and at most 1")
    }
    return share
  }

  mutating func takeWhole(_ name: String, _ range: ClosedRange<Int64>, _ usual: Int64?)
    throws(PlanProblem) -> Int64
  {
    guard left.contains(where: { $0.name == name }) else {
      guard let usual else { throw PlanProblem("`\(name)` is missing") }
      return usual
    }
    let (whole, rest) = try takeBillionths(name, nil)
      .quotientAndRemainder(dividingBy: ExecutionSettings.one)
    guard rest == 0, range.contains(whole) else {
      throw PlanProblem(
        "`\(name)` is not a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return whole
  }

  /// A quantity in units, as whole lots, rounded down; at least one lot.
  mutating func takeQuantity(
    _ name: String, _ scale: UInt8, _ lot: Quantity, _ usual: Int64?
  ) throws(PlanProblem) -> Int64 {
    guard let value = take(name) else {
      guard let usual else { throw PlanProblem("`\(name)` is missing") }
      return usual
    }
    let raw = Int128(value.mantissa) * power(Int(scale)) / power(Int(value.scale))
    guard raw >= Int128(lot.raw), raw <= Int128(Quantity.limit) else {
      throw PlanProblem("`\(name)` is less than a lot, or too large")
    }
    return Int64(raw) / lot.raw * lot.raw
  }

  mutating func takeCurve() throws(PlanProblem) -> [Int64] {
    var curve: [Int64] = []
    var sum = Int64(0)
    while let value = take("curve.\(curve.count + 1)") {
      let weight = try Self.billionths(value, "curve.\(curve.count + 1)")
      let (total, overflow) = sum.addingReportingOverflow(weight)
      guard weight >= 0, !overflow, curve.count < ExecutionSettings.mostSlices else {
        throw PlanProblem("`curve` has a negative weight, or too many or too large ones")
      }
      sum = total
      curve.append(weight)
    }
    guard sum > 0 else { throw PlanProblem("`curve.1` and so on are missing or all 0") }
    return curve
  }

  mutating func takeUrgency(interval: Double) throws(PlanProblem) -> Double {
    var numbers: [Double] = []
    for name in ["aversion", "volatility", "impact", "permanent"] {
      let value = take(name)
      guard let number = value ?? (name == "permanent" ? Decimal(mantissa: 0, scale: 0) : nil)
      else { throw PlanProblem("`\(name)` is missing") }
      guard number.mantissa >= 0, number != .notANumber else {
        throw PlanProblem("`\(name)` is negative or not a number")
      }
      numbers.append(number.double)
    }
    guard
      let urgency = ShortfallTrajectory.urgency(
        aversion: numbers[0], volatility: numbers[1], impact: numbers[2], permanent: numbers[3],
        interval: interval)
    else { throw PlanProblem("`impact` is not above `permanent` times half a slice") }
    return urgency
  }
}
