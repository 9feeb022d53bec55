import Events

/// A circuit breaker as configured, `[risk.breaker.NAME]`.
public struct BreakerRule: Sendable, Equatable {
  typealias Watch = BreakerChange.Watch

  public var name: String
  public var watch: BreakerChange.Watch
  /// Beyond which only orders that reduce pass, and beyond which none; in the integers of the watch.
  public var reduceAt: Int128?
  public var haltAt: Int128?
  /// Nanoseconds that moves and counts are looked at over; 0 if the watch has none.
  public var window: Int64
  /// After how many nanoseconds it releases itself; nil: somebody has to.
  public var release: Int64?
  /// Symbols or names of strategies, each watched apart; without any, all together.
  public var instruments: [String]
  public var strategies: [String]

  /// The words of configurations.
  private enum Word: String, CaseIterable {
    case priceMove = "price-move"
    case volatility
    case spread
    case staleness
    case rejects
    case fillPrice = "fill-price"
    case signalScore = "signal-score"
    case signalRate = "signal-rate"
    case executions
    case loss
    case exposure
  }

  init(_ name: String, _ table: inout Parameters) throws(ConfigurationError) {
    self.name = name
    let word: Word = try table.word("watch")
    // The words are the watches' own, in one order.
    watch = Watch.allCases[Word.allCases.firstIndex(of: word) ?? 0]
    reduceAt = try Self.threshold("reduce_at", watch, &table)
    haltAt = try Self.threshold("halt_at", watch, &table)
    guard reduceAt != nil || haltAt != nil else {
      throw table.error("halt_at", "is missing, and reduce_at too", advice: "give one of them")
    }
    if let reduceAt, let haltAt, reduceAt >= haltAt {
      throw table.error("reduce_at", "is not below halt_at")
    }
    window = try table.duration("window", default: 0)
    guard (window > 0) == watch.hasWindow else {
      throw table.error(
        "window", watch.hasWindow ? "is missing" : "means nothing to \(word.rawValue)",
        advice: watch.hasWindow ? "write \"1m\"" : "")
    }
    let release = table.text("release") ?? "manual"
    self.release = release == "manual" ? nil : Parameters.nanoseconds(release)
    guard release == "manual" || self.release ?? 0 > 0 else {
      throw table.error("release", "`\(release)` is neither manual nor a duration")
    }
    instruments = try GateSettings.names("instruments", &table)
    strategies = try GateSettings.names("strategies", &table)
    guard instruments.isEmpty || strategies.isEmpty else {
      throw table.error("strategies", "and instruments exclude each other")
    }
    guard !watch.isOfMarket || !instruments.isEmpty else {
      throw table.error("instruments", "is missing", advice: "name what is watched")
    }
    guard strategies.isEmpty || !watch.isOfMarket && !watch.isOfSignals else {
      throw table.error("strategies", "have no \(word.rawValue)")
    }
    guard instruments.isEmpty || !watch.isOfLimits else {
      throw table.error("instruments", "have no \(word.rawValue); name strategies, or nothing")
    }
    try table.finish()
  }

  private static func threshold(_ key: String, _ watch: Watch, _ table: inout Parameters)
    throws(ConfigurationError) -> Int128?
  {
    guard table.has(key) else {
      _ = table.text(key)
      return nil
    }
    switch watch {
    case .priceMove, .volatility, .spread, .fillPrice, .loss, .exposure:
      return try table.percent(key).map { Int128($0) }
    case .staleness: return Int128(try table.duration(key, default: 0))
    case .rejects, .signalRate, .executions:
      return Int128(try table.integer(key, in: 0...10_000))
    case .signalScore:
      let score = try table.positive(key)
      guard let raw = ScopeLimits.scaled(score, Signal.scoreScale) else {
        throw table.error(key, "`\(score)` is out of range")
      }
      return Int128(raw)
    }
  }

  /// The state that a value leads to.
  func state(at value: Int128) -> BreakerChange.State {
    if let haltAt, value > haltAt { return .halted }
    if let reduceAt, value > reduceAt { return .reducing }
    return .active
  }

  /// The least threshold there is.
  var least: Int128 { min(reduceAt ?? .max, haltAt ?? .max) }
  /// The most that has to be counted.
  var most: Int { Int(clamping: max(reduceAt ?? 0, haltAt ?? 0)) + 1 }
}

extension BreakerChange.Watch {
  /// Whether it looks at an instrument's market data.
  var isOfMarket: Bool {
    self == .priceMove || self == .volatility || self == .spread || self == .staleness
  }
  var isOfSignals: Bool { self == .signalScore || self == .signalRate }
  /// Whether it looks at how much of a limit is used.
  var isOfLimits: Bool { self == .loss || self == .exposure }
  var hasWindow: Bool {
    switch self {
    case .priceMove, .volatility, .rejects, .signalRate, .executions: true
    case .spread, .staleness, .fillPrice, .signalScore, .loss, .exposure: false
    }
  }
  var scale: UInt8 {
    switch self {
    case .priceMove, .volatility, .spread, .fillPrice, .loss, .exposure: 4
    case .staleness, .signalScore: 9
    case .rejects, .signalRate, .executions: 0
    }
  }
  var unit: String {
    switch self {
    case .priceMove, .volatility, .spread, .fillPrice, .loss, .exposure: "%"
    case .staleness: "s"
    case .rejects: "rejects"
    case .signalRate: "signals"
    case .executions: "fills"
    case .signalScore: ""
    }
  }
}
