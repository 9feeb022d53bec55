import Events

/// One made-up observation and when it happens.
public struct GeneratedObservation: Equatable, Sendable {
  public var observation: Observation
  public var time: Instant
}

/// Makes realistic order flow of several instruments out of nothing but a seed: every instrument has a
/// matching book of its own and traders around a hidden fair value (see `OrderFlow`, `FairValue`).
///
/// The stream begins with the instruments' definitions; each session begins with the whole book and the
/// status *trading*, and ends with the status *closed* and an emptied book. Times never decrease. It is a
/// function of the configuration alone, in integer arithmetic, so its bytes are the same everywhere.
public struct MarketGenerator: ~Copyable {
  private let configuration: GeneratorConfiguration
  private var factor: CommonFactor
  /// When the factor took its last step.
  private var stepTime: Int64
  private var markets: [MarketFloor] = []
  /// The next order id; one series for all, so that ids tell the age of orders across instruments.
  private var nextOrder: UInt64 = 1
  private var queue: [Observation] = []
  private var head = 0
  private var time: Int64

  /// - Precondition: the configuration has no `problem`.
  public init(_ configuration: GeneratorConfiguration) {
    precondition(configuration.problem == nil)
    self.configuration = configuration
    factor = CommonFactor(seed: configuration.seed)
    time = configuration.start.nanoseconds
    stepTime = time
    for market in configuration.markets {
      markets.append(MarketFloor(market, configuration))
      queue.append(.instrument(market.instrument))
    }
  }

  /// The next observation, or nil after the last session. O(instruments).
  public mutating func next() -> GeneratedObservation? {
    while head == queue.count {
      queue.removeAll(keepingCapacity: true)
      head = 0
      guard advance() else { return nil }
    }
    defer { head += 1 }
    return GeneratedObservation(
      observation: queue[head], time: Instant(nanoseconds: time))
  }

  /// What somebody who begins to listen now has to know: the instruments, their state and whole books.
  public mutating func introduction() -> [Observation] {
    var events = configuration.markets.map { Observation.instrument($0.instrument) }
    for index in markets.indices { markets[index].tellAll(into: &events) }
    return events
  }

  /// Lets the next market act; false when all are done.
  private mutating func advance() -> Bool {
    var chosen = -1
    var due = Int64.max
    for index in markets.indices where markets[index].due < due {
      chosen = index
      due = markets[index].due
    }
    guard chosen >= 0 else { return false }
    time = due
    stepValues(to: due)
    markets[chosen].run(&nextOrder, into: &queue)
    return true
  }

  /// Lets the hidden values of open markets walk up to `time`.
  private mutating func stepValues(to time: Int64) {
    while time - stepTime >= CommonFactor.step {
      guard markets.contains(where: \.isOpen) else {
        stepTime += (time - stepTime) / CommonFactor.step * CommonFactor.step
        return
      }
      stepTime += CommonFactor.step
      factor.advance()
      for index in markets.indices where markets[index].isOpen {
        markets[index].step(factor, at: stepTime)
      }
    }
  }
}
