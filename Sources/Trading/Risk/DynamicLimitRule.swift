import Events

/// A rule that scales limits, `[risk.dynamic.NAME]` (docs/risk.md, Dynamic limits).
public struct DynamicLimitRule: Sendable {
  /// A factor, in millionths.
  static let whole: Int64 = 1_000_000

  public let name: String
  /// What it scales, in the order of the configuration.
  let limits: [LimitKey]
  let source: Source
  /// Nanoseconds after a change in which the factor does not rise.
  let hold: Int64

  /// Whose volatility it goes by; nil if by a drawdown.
  public var instrument: String? {
    if case .volatility(let volatility) = source { volatility.instrument } else { nil }
  }

  enum Source: Equatable, Sendable {
    case volatility(Volatility)
    case drawdown(Drawdown)
  }

  /// How an instrument's realised volatility is measured, and what follows from it.
  struct Volatility: Equatable, Sendable {
    /// `SYMBOL` or `VENUE:SYMBOL`.
    var instrument: String
    /// A year, × 10^6; up to it limits hold whole.
    var target: Int64
    /// The least factor, and what factors are multiples of, × 10^6.
    var floor: Int64
    var step: Int64
    /// Nanoseconds between samples, for which they count, and of trading in a year.
    var interval: Int64
    var window: Int64
    var year: Int64

    /// Cut off to a multiple of the step, not below the floor.
    /// - Parameter realised: a year, × 10^6.
    func factor(_ realised: Int128) -> Int64 {
      guard realised > Int128(target) else { return DynamicLimitRule.whole }
      let raw = Int64(Int128(target) * Int128(DynamicLimitRule.whole) / realised)
      return max(floor, raw / step * step)
    }
  }

  /// Whose loss from the highest worth is watched, and which factors follow from it.
  struct Drawdown: Equatable, Sendable {
    /// As scopes of the gate are named: `firm`, `account main`, `strategy momo`.
    var scope: String
    /// Whether steps are shares of the peak, × 10^6, or money, × 10^12.
    var isShare: Bool
    /// Losses in ascending order; beyond each its factor, × 10^6, holds.
    var steps: [Step]

    struct Step: Equatable, Sendable {
      var loss: Int128
      var factor: Int64
    }

    /// The factor of a loss, and the step that it is beyond; the first if it is beyond none.
    func step(_ loss: Int128) -> (factor: Int64, bound: Int128) {
      guard let step = steps.last(where: { loss > $0.loss }) else {
        return (DynamicLimitRule.whole, steps[0].loss)
      }
      return (step.factor, step.loss)
    }
  }

  /// The words of configurations.
  private enum Watch: String, CaseIterable {
    case volatility
    case drawdown
  }

  init(_ name: String, _ table: inout Parameters, _ base: inout BaseCurrency)
    throws(ConfigurationError)
  {
    self.name = name
    limits = try Self.limits(&table)
    hold = try table.duration("hold", default: Nanoseconds.minute)
    let watch: Watch = try table.word("watch")
    let foreign =
      watch == .volatility
      ? ["account", "strategy", "steps"]
      : ["instrument", "target", "floor", "step", "interval", "window", "year"]
    if let key = foreign.first(where: table.has) {
      throw table.error(key, "means nothing to \(watch.rawValue)")
    }
    switch watch {
    case .volatility: source = .volatility(try Volatility(&table))
    case .drawdown: source = .drawdown(try Drawdown(&table, &base))
    }
    try table.finish()
  }

  /// Checks that the strategy or account that it watches is there.
  func check(_ strategies: [String], _ accounts: [String]) throws(ConfigurationError) {
    guard case .drawdown(let drawdown) = source else { return }
    let words = drawdown.scope.split(separator: " ", maxSplits: 1).map(String.init)
    guard words.count == 2 else { return }
    let known = words[0] == "account" ? accounts : strategies
    guard !known.contains(words[1]) else { return }
    let near = ConfigurationError.nearest(to: words[1], among: known)
    throw ConfigurationError(
      "risk.dynamic.\(name).\(words[0])", "`\(words[1])` is not one of this run",
      advice: near.map { "did you mean `\($0)`?" } ?? "known are \(known.joined(separator: ", "))")
  }

  private static func limits(_ table: inout Parameters) throws(ConfigurationError) -> [LimitKey] {
    var keys: [LimitKey] = []
    for text in try table.symbols("limits") {
      guard let key = LimitKey(text) else {
        let known = LimitKey.Setting.allCases.map(\.rawValue)
        let near = ConfigurationError.nearest(to: text, among: known)
        throw table.error(
          "limits", "`\(text)` is not a limit that can be scaled",
          advice: near.map { "did you mean `\($0)`?" }
            ?? "those are \(known.joined(separator: ", ")), also of accounts, strategies, instruments"
        )
      }
      guard !keys.contains(key) else { throw table.error("limits", "names `\(text)` twice") }
      keys.append(key)
    }
    return keys
  }
}

extension DynamicLimitRule.Volatility {
  /// The most samples that are kept.
  private static let maxSamples: Int64 = 2000

  fileprivate init(_ table: inout Parameters) throws(ConfigurationError) {
    instrument = try table.requiredText("instrument")
    guard !instrument.contains(",") else {
      throw table.error("instrument", "is one instrument", advice: "write a table for each")
    }
    target = try Self.share("target", &table, "20 %")
    guard target > 0 else { throw table.error("target", "is 0") }
    floor = try Self.share("floor", &table, "25 %")
    guard floor < DynamicLimitRule.whole else {
      throw table.error("floor", "is not below 100 %: nothing would be scaled")
    }
    step = try table.percent("step") ?? 50_000
    guard step > 0, step <= DynamicLimitRule.whole / 2 else {
      throw table.error("step", "is not above 0 and at most 50 %")
    }
    interval = try table.duration("interval", default: Nanoseconds.minute)
    guard interval >= Nanoseconds.millisecond else {
      throw table.error("interval", "is below a millisecond")
    }
    window = try table.duration("window", default: Nanoseconds.hour)
    guard window >= 4 * interval else {
      throw table.error("window", "is below four intervals: too few returns to measure by")
    }
    guard window / interval <= Self.maxSamples else {
      throw table.error("window", "is more than \(Self.maxSamples) intervals")
    }
    year = try table.duration("year", default: 365 * Nanoseconds.day)
    guard year >= window, year <= 366 * Nanoseconds.day else {
      throw table.error("year", "is not from the window to 366d", advice: "write \"365d\"")
    }
  }

  private static func share(_ key: String, _ table: inout Parameters, _ example: String)
    throws(ConfigurationError) -> Int64
  {
    guard let share = try table.percent(key) else {
      throw table.error(key, "is missing", advice: "write \"\(example)\"")
    }
    return share
  }
}

extension DynamicLimitRule.Drawdown {
  fileprivate init(_ table: inout Parameters, _ base: inout BaseCurrency)
    throws(ConfigurationError)
  {
    let (account, strategy) = (table.text("account"), table.text("strategy"))
    guard account == nil || strategy == nil else {
      throw table.error("strategy", "and account exclude each other")
    }
    scope = account.map { "account \($0)" } ?? strategy.map { "strategy \($0)" } ?? "firm"
    (isShare, steps) = (true, [])
    let text = try table.requiredText("steps")
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let halves = part.split(separator: ":").map {
        $0.split(separator: " ").joined(separator: " ")
      }
      guard halves.count == 2 else {
        throw table.error(
          "steps", "`\(text)` is not a list of steps",
          advice: "write \"5 %: 75 %, 10 %: 50 %\", or \"1000 USD: 50 %\"")
      }
      let isShare = halves[0].hasSuffix("%")
      guard steps.isEmpty || isShare == self.isShare else {
        throw table.error("steps", "are shares of the peak and money")
      }
      self.isShare = isShare
      try add(halves, table, &base)
    }
    guard !isShare || strategy == nil else {
      throw table.error(
        "steps", "are shares of a peak, and a strategy has no equity",
        advice: "write \"1000 USD: 50 %\"")
    }
  }

  private mutating func add(
    _ halves: [String], _ table: Parameters, _ base: inout BaseCurrency
  ) throws(ConfigurationError) {
    func one(_ text: String) -> Parameters {
      Parameters(path: table.path, [ConfigurationItems.Item(key: "steps", value: text)])
    }
    var (from, to) = (one(halves[0]), one(halves[1]))
    let loss: Int128
    if isShare {
      loss = Int128(try from.percent("steps") ?? 0)
    } else {
      loss = (try base.amount("steps", &from) ?? .zero).raw
    }
    guard let factor = try to.percent("steps"), factor < DynamicLimitRule.whole else {
      throw table.error("steps", "`\(halves[1])` is not below 100 %")
    }
    if let last = steps.last, loss <= last.loss || factor >= last.factor {
      throw table.error(
        "steps", "`\(halves[0])` is not beyond the step before it, or scales no further",
        advice: "losses rise and factors fall")
    }
    steps.append(Step(loss: loss, factor: factor))
  }
}
