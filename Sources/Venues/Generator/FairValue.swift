import Events

/// The factor that all instruments share: a random walk's next step and the market's volatility.
struct CommonFactor {
  /// Nanoseconds of one step.
  static let step: Int64 = 100_000_000

  private var random: SeededRandom
  private var volatility = VolatilityRegime()
  /// The last step, in standard deviations of a calm market, × 2^16.
  private(set) var move: Int64 = 0
  /// The last step's volatility relative to a calm market, × 2^16.
  private(set) var level = FixedPoint.one

  init(seed: UInt64) { random = SeededRandom(seed: seed, stream: 0) }

  mutating func advance() {
    level = volatility.advance(&random)
    move = random.gaussian()
  }
}

/// Volatility that wanders around its usual level and comes back (an Ornstein–Uhlenbeck process of the
/// logarithm; half of a deviation is gone after about 140 s): calm and nervous spells.
struct VolatilityRegime {
  /// log2 of the level, × 2^32.
  private var logarithm: Int64 = 0

  /// - Returns: the level, 1 = usual, × 2^16.
  mutating func advance(_ random: inout SeededRandom) -> Int64 {
    // Per step a 2048th is pulled back; noise of 0.0175 leaves a deviation of about 0.56 octaves.
    logarithm += -(logarithm >> 11) + random.gaussian() * 1_147
    return FixedPoint.exponential2(logarithm >> 16)
  }
}

/// What an instrument is really worth, unknown to most of its traders: a random walk with a common and an
/// own part, changing volatility and rare jumps. It runs ahead of the market so that signals can know
/// something of the future.
struct FairValue {
  /// Bounds of the value, in ticks.
  static let lowest: Int64 = 500
  static let highest: Int64 = 1 << 32
  /// Steps that it runs ahead: one minute.
  static let horizon = 600

  private var random: SeededRandom
  private var volatility = VolatilityRegime()
  /// Standard deviation of a calm step, in ticks × 2^16.
  let deviation: Int64
  /// Weights of the common and of the own part, × 2^8; their squares add up to 2^16.
  private let common: Int64
  private let own: Int64
  /// Steps between jumps, on average.
  private let jumpOdds: Int
  private var latest: Int64
  /// The values from now to the horizon, in ticks × 2^16, as a ring.
  private var ahead: [Int64]
  private var jumps: [Bool]
  private var head = 0

  init(_ market: GeneratedMarket, seed: UInt64) {
    let id = UInt64(market.instrument.id.raw)
    random = SeededRandom(seed: seed, stream: 2 * id + 1)
    let ticks = market.price.raw / market.instrument.tickSize.raw
    let steps = market.session.length / CommonFactor.step
    // price × volatility / 10^4 / √steps, the root taken of steps × 2^16 to keep its digits.
    deviation = max(
      ((((ticks * Int64(market.volatility)) << 16) / 10_000) << 8)
        / FixedPoint.squareRoot(steps << 16), 64)
    common = Int64(market.correlation) * 256 / 100
    own = FixedPoint.squareRoot(FixedPoint.one - common * common)
    jumpOdds = max(Int(steps) / 5, 1)
    latest = ticks << 16
    ahead = [Int64](repeating: latest, count: Self.horizon)
    jumps = [Bool](repeating: false, count: Self.horizon)
  }

  /// The value now, in ticks × 2^16.
  var now: Int64 { ahead[head] }

  /// How far the value moves until the horizon, in ticks × 2^16.
  var move: Int64 { latest - now }

  /// One step.
  /// - Parameter activity: relative to the day's mean, × 2^8; its root scales volatility.
  /// - Returns: whether news broke now.
  mutating func advance(_ factor: borrowing CommonFactor, activity: Int64) -> Bool {
    let scale = FixedPoint.squareRoot(activity << 8)
    let ownLevel = volatility.advance(&random)
    let shared = (((factor.move * factor.level) >> 16) * common) >> 8
    let single = (((random.gaussian() * ownLevel) >> 16) * own) >> 8
    var change = ((shared + single) * scale) >> 8
    let isJump = random.oneIn(jumpOdds)
    if isJump {
      let size = (40 + Int64(random.below(81))) * FixedPoint.one
      change += random.oneIn(2) ? size : -size
    }
    latest += product(deviation, change)
    latest = min(max(latest, Self.lowest << 16), Self.highest << 16)
    ahead[head] = latest
    jumps[head] = isJump
    head = head + 1 == Self.horizon ? 0 : head + 1
    return jumps[head]
  }

  /// The night: one gap of a third of a day's deviation, unseen by the signals before it.
  mutating func jumpOvernight(steps: Int64) {
    let night = deviation * FixedPoint.squareRoot(steps) / 3
    let change = product(night, random.gaussian())
    for index in ahead.indices {
      ahead[index] = min(max(ahead[index] + change, Self.lowest << 16), Self.highest << 16)
    }
    latest = min(max(latest + change, Self.lowest << 16), Self.highest << 16)
  }
}

/// The product of two numbers × 2^16 as a number × 2^16, cut to 64 bits.
private func product(_ a: Int64, _ b: Int64) -> Int64 {
  Int64(truncatingIfNeeded: (Int128(a) * Int128(b)) >> 16)
}
