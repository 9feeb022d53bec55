import Events

/// An algorithm with its numbers as configured, `[execution.NAME]`: a plan but for its times.
public struct PlanTemplate: Sendable, Equatable {
  public var algorithm: ExecutionPlan.Algorithm
  /// From start to end in nanoseconds; nil until the order ends otherwise.
  public var duration: Int64?
  /// The plan's values, but for the second leg's instrument.
  public var values: [Reason.Value]
  /// Of pairs: the second leg, `SYMBOL` or `VENUE:SYMBOL`.
  public var second: String?

  /// The plan of an order that begins now.
  /// - Returns: nil if the second leg's instrument is not known.
  func plan(from start: Instant, in market: borrowing Market) -> ExecutionPlan? {
    var plan = ExecutionPlan(
      algorithm, start: start, end: duration.map { start.advanced(by: $0) } ?? .distantFuture,
      values: values)
    if let second {
      guard let instrument = market.instrument(named: second) else { return nil }
      plan.values.append(
        Reason.Value("instrument", Decimal(mantissa: Int64(instrument.id.raw), scale: 0)))
    }
    return plan
  }

  private enum Style: String, CaseIterable {
    case take
    case join
  }

  private enum AlgorithmName: String, CaseIterable {
    case twap
    case vwap
    case pov
    case shortfall
    case iceberg
    case pairs
    case route
  }

  /// - Throws: `ConfigurationError` for an unknown key or a value that no plan can have.
  init(_ table: inout Parameters) throws(ConfigurationError) {
    let name: AlgorithmName = try table.word("algorithm")
    // The names are the algorithms' own, in one order.
    algorithm = ExecutionPlan.Algorithm.allCases.first { $0.name == name.rawValue } ?? .twap
    duration = table.has("duration") ? try table.duration("duration", default: 0) : nil
    guard duration ?? 1 > 0 else { throw table.error("duration", "is 0") }
    guard duration != nil || algorithm == .iceberg else {
      throw table.error("duration", "is missing", advice: "write \"30m\"")
    }
    var values: [Reason.Value] = []
    func add(_ name: String, _ value: Decimal?) {
      if let value { values.append(Reason.Value(name, value)) }
    }
    add("slices", try table.decimal("slices"))
    if table.has("style") {
      let style: Style = try table.word("style")
      add("style", Decimal(mantissa: style == .join ? 1 : 0, scale: 0))
    }
    for key in ["participation", "patience", "rate"] {
      add(key, try table.percent(key).map { Decimal(mantissa: $0, scale: 6) })
    }
    add("minimum", try table.decimal("minimum"))
    if table.has("pause") {
      add("pause", Decimal(mantissa: try table.duration("pause", default: 0), scale: 9))
    } else if duration == nil {
      // A tenth of the time up to the end of all days would be too long.
      add("pause", Decimal(mantissa: 1, scale: 0))
    }
    add("display", try table.decimal("display"))
    for key in ["aversion", "volatility", "impact", "permanent", "ratio"] {
      add(key, try table.decimal(key))
    }
    for (index, weight) in try Self.curve(&table).enumerated() {
      add("curve.\(index + 1)", weight)
    }
    second = table.text("instrument")
    self.values = values
    try table.finish()
    try check(table)
  }

  private static func curve(_ table: inout Parameters) throws(ConfigurationError) -> [Decimal] {
    guard let text = table.text("curve") else { return [] }
    var curve: [Decimal] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let weight = Decimal(part.split(separator: " ").joined(separator: " ")) else {
        throw table.error(
          "curve", "`\(part)` is not a decimal number", advice: "write \"1, 0.5, 2\"")
      }
      curve.append(weight)
    }
    return curve
  }

  /// What can be said of the plan before its instrument is known.
  private func check(_ table: Parameters) throws(ConfigurationError) {
    var plan = ExecutionPlan(
      algorithm, start: .epoch,
      end: duration.map { Instant.epoch.advanced(by: $0) } ?? .distantFuture,
      values: values)
    guard (algorithm == .pairs) == (second != nil) else {
      throw table.error("instrument", "is what `pairs` trade second, and only they")
    }
    if second != nil {
      plan.values.append(Reason.Value("instrument", Decimal(mantissa: 0, scale: 0)))
    }
    do throws(PlanProblem) {
      _ = try ExecutionSettings(plan, quantityScale: 9, lot: Quantity(1))
    } catch {
      throw ConfigurationError(table.path, "is no plan: \(error)")
    }
  }
}

/// The exits that go with each entry of a strategy: `bracket.take_profit` and `bracket.stop_loss`.
public struct BracketTerms: Sendable, Equatable {
  /// How far from the entry's price.
  public enum Distance: Sendable, Equatable {
    /// Millionths of the price.
    case ppm(Int64)
    case ticks(Int64)
  }
  public var takeProfit: Distance?
  public var stopLoss: Distance?

  /// Takes the keys off a strategy's table.
  /// - Returns: nil if there is none of them.
  init?(_ table: inout Parameters) throws(ConfigurationError) {
    takeProfit = try Self.distance("bracket.take_profit", &table)
    stopLoss = try Self.distance("bracket.stop_loss", &table)
    if takeProfit == nil && stopLoss == nil { return nil }
  }

  private static func distance(_ key: String, _ table: inout Parameters)
    throws(ConfigurationError) -> Distance?
  {
    guard let text = table.text(key) else { return nil }
    let words = text.split(separator: " ")
    if words.count == 2, words[1] == "ticks" || words[1] == "tick" {
      guard let count = Int64(words[0]), (1...1_000_000).contains(count) else {
        throw table.error(key, "`\(text)` is not a number of ticks", advice: "write \"20 ticks\"")
      }
      return .ticks(count)
    }
    var one = Parameters(path: table.path, [ConfigurationItems.Item(key: key, value: text)])
    guard let share = try one.percent(key), (1...1_000_000).contains(share) else {
      throw table.error(key, "`\(text)` is not above 0 and at most 100 %")
    }
    return .ppm(share)
  }
}
