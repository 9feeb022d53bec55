import Events

/// Time that messages take. Messages of a direction never overtake each other.
public struct Latency: Equatable, Sendable {
  /// From an event at the exchange to its arrival with us. Only market data have it.
  public var feed: FeedDelay
  /// From the sending of a command to its taking effect.
  public var entry: Delay
  /// From an event at the exchange to the arrival of its report.
  public var response: Delay

  public init(entry: Delay, response: Delay, feed: FeedDelay) {
    self.entry = entry
    self.response = response
    self.feed = feed
  }

  /// - Parameter jitter: added to each message: a uniform random number from 0 up to, not including, it.
  public init(entry: Int64, response: Int64, jitter: Int64 = 0) {
    self.init(
      entry: .uniform(entry, jitter: jitter), response: .uniform(response, jitter: jitter),
      feed: .asReceived)
  }

  public static let zero = Latency(entry: 0, response: 0)

  /// The longest time from a command to its report.
  public var longestRoundTrip: Int64 { entry.longest + response.longest }

  var problem: String? {
    if case .delayed(let delay) = feed, let problem = delay.problem { return "feed: \(problem)" }
    return entry.problem ?? response.problem
  }
}

/// How market data come to us.
public enum FeedDelay: Equatable, Sendable {
  /// The recorded receive times are the exchange's: it and we see an event at the same moment.
  case asReceived
  /// The exchange saw an event at its recorded event time, we at its recorded receive time.
  case recorded
  /// The recorded receive times are the exchange's, and we see an event so much later.
  case delayed(Delay)
}

/// How long a message takes, in nanoseconds.
public enum Delay: Equatable, Sendable {
  /// The time, and a uniform random number from 0 up to, not including, `jitter`.
  case uniform(Int64, jitter: Int64)
  /// A quantile function: linear between its points. Drawn from the seed.
  case quantiles([Quantile])
  /// Measured delays, taken in their order from one drawn by the seed on, and again from the first.
  case recorded([Int64])

  /// A delay that a share of messages does not exceed.
  public struct Quantile: Equatable, Sendable {
    /// × 10^6.
    public var share: Int64
    public var delay: Int64

    public init(share: Int64, delay: Int64) {
      self.share = share
      self.delay = delay
    }
  }

  /// Longest delay accepted: a day.
  static let longestAccepted: Int64 = 86_400_000_000_000

  /// The longest it can be.
  public var longest: Int64 {
    switch self {
    case .uniform(let base, let jitter): base + jitter
    case .quantiles(let points): points.last?.delay ?? 0
    case .recorded(let delays): delays.max() ?? 0
    }
  }

  /// What is wrong with it, or nil.
  public var problem: String? {
    let delays: [Int64]
    switch self {
    case .uniform(let base, let jitter): delays = [base, jitter]
    case .quantiles(let points):
      guard points.count >= 2, points.first?.share == 0, points.last?.share == 1_000_000,
        zip(points, points.dropFirst()).allSatisfy({
          $0.share < $1.share && $0.delay <= $1.delay
        })
      else { return "quantiles do not ascend from 0 % to 100 %" }
      delays = points.map(\.delay)
    case .recorded(let recorded):
      if recorded.isEmpty { return "there are no recorded delays" }
      delays = recorded
    }
    for value in delays where !(0...Self.longestAccepted).contains(value) {
      return "\(value) ns is not between 0 and a day"
    }
    return nil
  }
}

extension Delay: ExpressibleByIntegerLiteral {
  public init(integerLiteral value: Int64) { self = .uniform(value, jitter: 0) }
}

/// The delays of a direction, one after the other.
struct DelaySource {
  private let delay: Delay
  /// Of each, where nothing is drawn; else below 0.
  private let constant: Int64
  private var random: SeededRandom
  private var place = 0

  init(_ delay: Delay, seed: UInt64, stream: UInt64) {
    self.delay = delay
    if case .uniform(let base, 0) = delay { constant = base } else { constant = -1 }
    random = SeededRandom(seed: seed, stream: stream)
    if case .recorded(let delays) = delay { place = random.below(delays.count) }
  }

  @inline(__always)
  mutating func next() -> Int64 { constant >= 0 ? constant : draw() }

  @inline(never)
  private mutating func draw() -> Int64 {
    switch delay {
    case .uniform(let base, let jitter):
      return jitter > 0 ? base + Int64(random.below(Int(jitter))) : base
    case .recorded(let delays):
      place = place + 1 < delays.count ? place + 1 : 0
      return delays[place]
    case .quantiles(let points):
      return Self.value(points, at: Int64(random.below(1_000_000_000)))
    }
  }

  /// The quantile function at a share × 10^9, rounded down.
  static func value(_ points: [Delay.Quantile], at share: Int64) -> Int64 {
    let index = points.indices.dropLast().last { points[$0].share * 1_000 <= share } ?? 0
    let (low, high) = (points[index], points[index + 1])
    let part = Int128(share - low.share * 1_000) * Int128(high.delay - low.delay)
    return low.delay + Int64(part / Int128((high.share - low.share) * 1_000))
  }
}

extension Delay: CustomStringConvertible {
  public var description: String {
    switch self {
    case .uniform(let base, 0): return durationText(base)
    case .uniform(let base, let jitter):
      return "\(durationText(base)) + 0 to \(durationText(jitter))"
    case .quantiles(let points):
      let texts = points.map { point in
        FeeCharge.text(Decimal(mantissa: point.share, scale: 4)) + " % "
          + durationText(point.delay)
      }
      return "quantiles \(texts.joined(separator: ", "))"
    case .recorded(let delays):
      return "\(delays.count) recorded, at most \(durationText(longest))"
    }
  }
}

extension FeedDelay: CustomStringConvertible {
  public var description: String {
    switch self {
    case .asReceived: "as received"
    case .recorded: "as recorded"
    case .delayed(let delay): delay.description
    }
  }
}

/// Nanoseconds in the largest unit that needs no fraction: `200us`.
func durationText(_ nanoseconds: Int64) -> String {
  let units: [(name: String, size: Int64)] = [
    ("d", 86_400_000_000_000), ("h", 3_600_000_000_000), ("m", 60_000_000_000),
    ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000),
  ]
  for unit in units where nanoseconds != 0 && nanoseconds % unit.size == 0 {
    return "\(nanoseconds / unit.size)\(unit.name)"
  }
  return "\(nanoseconds)ns"
}
