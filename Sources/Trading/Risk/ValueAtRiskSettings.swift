import Events

/// How value at risk is measured and bounded, `[risk.var]`.
public struct ValueAtRiskSettings: Sendable, Equatable {
  public enum Method: String, Sendable, CaseIterable {
    case historical
    case parametric
    case monteCarlo = "monte-carlo"
  }
  public var method = Method.historical
  /// Nanoseconds between two returns, aligned to 1970.
  public var interval = Nanoseconds.minute
  /// Returns that are kept, and how many there must be before a limit binds.
  public var window = 250
  public var minimum = 30
  /// Share of the scenarios that are beyond the value at risk, × 10^6.
  public var tail: Int64 = 10_000
  public var seed: UInt64 = 0
  /// Of the Monte Carlo simulation.
  public var scenarios = 1000
  public var max: Money?
  public var maxShortfall: Money?

  init?(_ table: inout Parameters, _ base: inout BaseCurrency) throws(ConfigurationError) {
    max = try base.amount("max", &table)
    maxShortfall = try base.amount("max_shortfall", &table)
    method = try table.word("method", default: .historical)
    interval = try table.duration("interval", default: Nanoseconds.minute)
    guard interval >= Nanoseconds.millisecond else {
      throw table.error("interval", "is below a millisecond")
    }
    window = Int(try table.integer("window", in: 2...5000, default: 250))
    minimum = Int(
      try table.integer("minimum", in: 2...Int64(window), default: Int64(Swift.min(30, window))))
    let confidence = try table.percent("confidence") ?? 990_000
    guard (500_000..<1_000_000).contains(confidence) else {
      throw table.error("confidence", "is not from 50 % to below 100 %")
    }
    tail = 1_000_000 - confidence
    if method == .parametric {
      guard NormalTail.known(tail) != nil else {
        throw table.error(
          "confidence",
          "of the parametric method is one of 90 %, 95 %, 97.5 %, 99 %, 99.5 %, 99.9 %")
      }
    }
    seed = UInt64(try table.integer("seed", in: 0...Int64.max, default: 0))
    let isSimulated = method == .monteCarlo
    guard isSimulated || !table.has("scenarios") else {
      throw table.error("scenarios", "are of the method monte-carlo only")
    }
    scenarios = Int(try table.integer("scenarios", in: 100...5000, default: 1000))
    guard max != nil || maxShortfall != nil else {
      throw table.error("max", "is missing, and max_shortfall too", advice: "give one of them")
    }
    try table.finish()
  }
}

/// Quantiles of the normal distribution, and the mean beyond them, for the tails that are used.
///
/// Φ⁻¹ and φ(z) / tail to 12 digits (Abramowitz and Stegun, table 26.5, computed anew).
struct NormalTail: Sendable {
  var quantile: Double
  var shortfall: Double

  /// - Parameter tail: × 10^6.
  static func known(_ tail: Int64) -> NormalTail? {
    switch tail {
    case 100_000: NormalTail(quantile: 1.281551565545, shortfall: 1.754983319325)
    case 50_000: NormalTail(quantile: 1.644853626951, shortfall: 2.062712807507)
    case 25_000: NormalTail(quantile: 1.959963984540, shortfall: 2.337802792201)
    case 10_000: NormalTail(quantile: 2.326347874041, shortfall: 2.665214220346)
    case 5_000: NormalTail(quantile: 2.575829303549, shortfall: 2.891948605383)
    case 1_000: NormalTail(quantile: 3.090232306168, shortfall: 3.367090077064)
    default: nil
    }
  }
}

/// What an instrument would move by in one scenario of a stress test, `[risk.stress.NAME]`.
public struct StressScenario: Sendable, Equatable {
  public var name: String
  /// By symbol, in millionths of the price; a symbol that is not there moves by `others`.
  public var moves: [(symbol: String, move: Int64)]
  public var others: Int64

  public static func == (a: Self, b: Self) -> Bool {
    a.name == b.name && a.others == b.others && a.moves.elementsEqual(b.moves, by: ==)
  }

  init(_ name: String, _ items: [(key: String, value: String)], path: String)
    throws(ConfigurationError)
  {
    self.name = name
    moves = []
    others = 0
    for (key, value) in items {
      let isNegative = value.hasPrefix("-")
      var one = Parameters(
        path: path,
        [ConfigurationItems.Item(key: key, value: String(value.drop { $0 == "-" || $0 == "+" }))])
      guard let size = try one.percent(key), !isNegative || size <= 1_000_000 else {
        throw one.error(key, "`\(value)` is not a move", advice: "write \"-20 %\"")
      }
      let move = isNegative ? -size : size
      if key == "others" { others = move } else { moves.append((key, move)) }
    }
  }
}
