import Events

/// What goes wrong at a venue. All of it is told by the seed or stated.
public struct Faults: Equatable, Sendable {
  /// Share of new orders that are rejected, × 10^6.
  public var rejects: Int64
  public var throttle: Throttle?
  /// Stretches of time without a connection.
  public var outages: [Outage]
  /// Outages that the seed draws, beside the stated ones.
  public var drawnOutages: DrawnOutages?
  /// Whether the venue cancels our orders when the connection is lost.
  public var cancelsOnDisconnect: Bool
  /// How many of the last fills the venue sends again after a reconnection.
  public var repeats: Int

  public init(
    rejects: Int64 = 0, throttle: Throttle? = nil, outages: [Outage] = [],
    drawnOutages: DrawnOutages? = nil, cancelsOnDisconnect: Bool = false, repeats: Int = 0
  ) {
    self.rejects = rejects
    self.throttle = throttle
    self.outages = outages
    self.drawnOutages = drawnOutages
    self.cancelsOnDisconnect = cancelsOnDisconnect
    self.repeats = repeats
  }

  /// The most messages in any second.
  public struct Throttle: Equatable, Sendable {
    public enum Excess: String, Sendable, CaseIterable {
      case reject, delay
    }
    public var perSecond: Int
    /// What becomes of those beyond.
    public var excess: Excess

    public init(perSecond: Int, excess: Excess) {
      self.perSecond = perSecond
      self.excess = excess
    }
  }

  /// No connection from `start` on until `end`.
  public struct Outage: Equatable, Sendable {
    public var start: Instant
    public var end: Instant

    public init(start: Instant, end: Instant) {
      self.start = start
      self.end = end
    }
  }

  /// Outages of one length, with exponential times between them (a Poisson process).
  public struct DrawnOutages: Equatable, Sendable {
    /// Mean time from the end of one to the start of the next, in nanoseconds.
    public var interval: Int64
    public var length: Int64

    public init(interval: Int64, length: Int64) {
      self.interval = interval
      self.length = length
    }
  }

  public var hasOutages: Bool { !outages.isEmpty || drawnOutages != nil }

  /// Longest stretch accepted: a year.
  private static let longest: Int64 = 366 * 86_400_000_000_000

  /// What is wrong with it, or nil.
  public var problem: String? {
    if !(0...1_000_000).contains(rejects) { return "the share of rejects is not 0 to 100 %" }
    if let throttle, !(1...100_000).contains(throttle.perSecond) {
      return "the throttle is not 1 to 100000 messages a second"
    }
    for (index, outage) in outages.enumerated() {
      if outage.start >= outage.end { return "an outage ends before it starts" }
      if index > 0, outages[index - 1].end >= outage.start {
        return "outages overlap, or are not in order of time"
      }
    }
    if let drawnOutages {
      for value in [drawnOutages.interval, drawnOutages.length]
      where !(1...Self.longest).contains(value) {
        return "\(value) ns is not between 1 ns and a year"
      }
    }
    if cancelsOnDisconnect || repeats != 0, !hasOutages { return "nothing disconnects" }
    return (0...1_000).contains(repeats) ? nil : "fills repeated are not 0 to 1000"
  }
}

/// The outages of a connection, one after the other, each known before it begins.
struct OutageSource {
  private let faults: Faults
  private var random: SeededRandom
  private var place = 0
  private var drawn: Faults.Outage?

  init(_ faults: Faults, seed: UInt64, stream: UInt64) {
    self.faults = faults
    random = SeededRandom(seed: seed, stream: stream)
  }

  /// The first outage that ends after `time`, with all that overlap it as one.
  mutating func next(after time: Instant) -> Faults.Outage? {
    while place < faults.outages.count, faults.outages[place].end <= time { place += 1 }
    if drawn == nil { draw(after: time) }
    while let outage = drawn, outage.end <= time { draw(after: outage.end) }
    guard var joined = takeEarliest() else { return nil }
    while let other = earliest, other.start <= joined.end {
      joined.end = max(joined.end, other.end)
      _ = takeEarliest()
    }
    return joined
  }

  private mutating func takeEarliest() -> Faults.Outage? {
    guard let first = earliest else { return nil }
    if first == drawn { draw(after: first.end) } else { place += 1 }
    return first
  }

  private var earliest: Faults.Outage? {
    let stated = place < faults.outages.count ? faults.outages[place] : nil
    guard let stated, let drawn else { return stated ?? drawn }
    return stated.start <= drawn.start ? stated : drawn
  }

  private mutating func draw(after time: Instant) {
    guard let rule = faults.drawnOutages else { return }
    let wait = (Int128(rule.interval) * Int128(random.exponential())) >> 16
    let start = time.advanced(by: max(Int64(clamping: wait), 1))
    drawn = Faults.Outage(start: start, end: start.advanced(by: rule.length))
  }
}

/// How far a connection's messages are from the most a second allows.
struct MessageMeter {
  private let throttle: Faults.Throttle
  /// Arrivals of the last messages that counted, a ring.
  private var times: [Instant] = []
  private var place = 0

  init(_ throttle: Faults.Throttle) { self.throttle = throttle }

  /// When a message that arrives at `time` may be taken, and whether it is one too many.
  /// - Precondition: times do not go back.
  mutating func take(at time: Instant) -> (time: Instant, isExcess: Bool) {
    if times.count < throttle.perSecond {
      times.append(time)
      return (time, false)
    }
    let free = times[place].advanced(by: 1_000_000_000)
    if free > time && throttle.excess == .reject { return (time, true) }
    let taken = max(time, free)
    times[place] = taken
    place = place + 1 < times.count ? place + 1 : 0
    return (taken, false)
  }
}

extension Faults: CustomStringConvertible {
  public var description: String {
    var parts: [String] = []
    if rejects > 0 {
      parts.append("\(FeeCharge.text(Decimal(mantissa: rejects, scale: 4))) % of orders rejected")
    }
    if let throttle {
      parts.append("\(throttle.perSecond) messages a second, then \(throttle.excess.rawValue)")
    }
    for outage in outages {
      parts.append("outage \(outage.start.text) to \(outage.end.text)")
    }
    if let drawnOutages {
      parts.append(
        "outages of \(durationText(drawnOutages.length)), each \(durationText(drawnOutages.interval))"
          + " on average")
    }
    if cancelsOnDisconnect { parts.append("orders cancelled on disconnection") }
    if repeats > 0 { parts.append("\(repeats) fills repeated on reconnection") }
    return parts.isEmpty ? "none" : parts.joined(separator: "; ")
  }
}
