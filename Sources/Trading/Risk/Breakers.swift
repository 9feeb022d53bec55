import Books
import Events

/// The circuit breakers of a run: what each has seen, and in which state it is.
///
/// A breaker only gets worse by what it sees; it is released by a person or, if so configured, by time. What
/// it wants is in `due` until the engine has recorded it.
struct Breakers: Sendable {
  /// A breaker in one of its scopes.
  struct Instance: Equatable, Sendable {
    let rule: Int
    let scope: Scope
    var state = BreakerChange.State.active
    /// The state that was asked for last and is not recorded yet, or `state`.
    var asked = BreakerChange.State.active
    var since = Instant.epoch
    /// Prices of the window, oldest first, at least a sixteenth of it apart.
    var samples: [Sample] = []
    /// Times of what is counted, oldest first; as many as can matter.
    var times: [Instant] = []
    /// When market data came last; nil before the first.
    var last: Instant?

    struct Sample: Equatable, Sendable {
      var time: Instant
      var price: Int64
    }
  }

  let rules: [BreakerRule]
  private(set) var instances: [Instance] = []
  /// By instrument id: the instances that want its market data.
  private(set) var watching: [[Int]] = []
  /// Instances that are not active.
  private(set) var tripped: [Int] = []
  /// When time alone may change something.
  private(set) var nextWake = Instant.distantFuture
  /// What is to be recorded, oldest first.
  private(set) var due: [BreakerChange] = []

  init(_ rules: [BreakerRule]) { self.rules = rules }

  /// Makes the instances of the instruments and strategies that there are; what instances know stays.
  mutating func define(_ all: [Instrument?], strategies: [String]) {
    guard !rules.isEmpty else { return }
    let old = instances
    instances = []
    watching = Array(repeating: [], count: all.count)
    for (index, rule) in rules.enumerated() {
      var scopes: [Scope] = []
      for case let instrument? in all
      where rule.instruments.contains(where: instrument.names.contains) {
        scopes.append(Scope(.instrument, UInt64(instrument.id.raw)))
      }
      for name in rule.strategies {
        guard let strategy = strategies.firstIndex(of: name) else { continue }
        scopes.append(Scope(.strategy, UInt64(strategy)))
      }
      if rule.instruments.isEmpty && rule.strategies.isEmpty { scopes = [.all] }
      for scope in scopes {
        if rule.watch.isOfMarket { watching[Int(scope.id)].append(instances.count) }
        instances.append(
          old.first { $0.rule == index && $0.scope == scope }
            ?? Instance(rule: index, scope: scope))
      }
    }
    settle()
  }

  /// Takes over what breakers of the same name knew under other limits.
  mutating func carry(_ old: Breakers) {
    for instance in old.instances {
      let before = old.rules[instance.rule]
      guard
        let rule = rules.firstIndex(where: { $0.name == before.name && $0.watch == before.watch })
      else { continue }
      var kept = Instance(rule: rule, scope: instance.scope)
      (kept.state, kept.asked, kept.since) = (instance.state, instance.state, instance.since)
      (kept.samples, kept.times, kept.last) = (instance.samples, instance.times, instance.last)
      instances.append(kept)
    }
  }

  // MARK: - What they see

  /// Takes note of an instrument's market. O(breakers that watch it), of prices × 16.
  mutating func see(_ id: InstrumentID, _ book: borrowing MarketBook, at time: Instant) {
    guard id.index < watching.count else { return }
    for index in watching[id.index] {
      let rule = rules[instances[index].rule]
      switch rule.watch {
      case .staleness: see(life: index, at: time)
      case .spread:
        let best = book.best
        guard best.isTwoSided, best.middle.raw > 0 else { continue }
        let width = Int128(best.ask.raw - best.bid.raw) * 1_000_000
        judge(index, width / Int128(best.middle.raw), id)
      case .priceMove, .volatility:
        let mark = book.mark
        guard !mark.isNone, mark.raw > 0 else { continue }
        see(price: mark.raw, index, rule, id, at: time)
      default: break
      }
    }
  }

  private mutating func see(life index: Int, at time: Instant) {
    let isFirst = instances[index].last == nil
    instances[index].last = time
    if isFirst { settle() }
  }

  private mutating func see(
    price: Int64, _ index: Int, _ rule: BreakerRule, _ id: InstrumentID, at time: Instant
  ) {
    let gone = instances[index].samples.prefix { time.since($0.time) > rule.window }.count
    if gone > 0 { instances[index].samples.removeFirst(gone) }
    let value =
      rule.watch == .priceMove
      ? Self.move(instances[index].samples, to: price)
      : Self.volatility(instances[index].samples, to: price)
    if instances[index].samples.last.map({ time.since($0.time) >= rule.window / 16 }) ?? true {
      instances[index].samples.append(Instance.Sample(time: time, price: price))
    }
    judge(index, value, id)
  }

  /// The largest move to a price, in millionths of where it came from.
  private static func move(_ samples: [Instance.Sample], to price: Int64) -> Int128 {
    samples.reduce(0) { most, sample in
      max(most, Int128(abs(price - sample.price)) * 1_000_000 / Int128(sample.price))
    }
  }

  /// Root of the sum of the squared returns from sample to sample, in millionths, rounded to the nearest.
  private static func volatility(_ samples: [Instance.Sample], to price: Int64) -> Int128 {
    var sum = 0.0
    for (index, sample) in samples.enumerated() {
      let next = index + 1 < samples.count ? samples[index + 1].price : price
      let change = Double(next - sample.price) / Double(sample.price)
      sum += change * change
    }
    let root = (sum.squareRoot() * 1e6).rounded()
    return root < 9e18 ? Int128(Int64(root)) : Int128(Int64.max)
  }

  /// Counts one more of something in every scope that it is in.
  mutating func count(
    _ watch: BreakerChange.Watch, _ strategy: StrategyID?, _ id: InstrumentID, at time: Instant
  ) {
    for index in instances.indices where isOf(index, watch, strategy, id) {
      let rule = rules[instances[index].rule]
      let gone = instances[index].times.prefix { time.since($0) >= rule.window }.count
      if gone > 0 { instances[index].times.removeFirst(gone) }
      if instances[index].times.count >= rule.most { instances[index].times.removeFirst() }
      instances[index].times.append(time)
      judge(index, Int128(instances[index].times.count), id)
    }
  }

  /// Shows a value to every scope that it is in.
  mutating func show(
    _ watch: BreakerChange.Watch, _ value: Int128, _ strategy: StrategyID?, _ id: InstrumentID
  ) {
    for index in instances.indices where isOf(index, watch, strategy, id) {
      judge(index, value, id)
    }
  }

  private func isOf(
    _ index: Int, _ watch: BreakerChange.Watch, _ strategy: StrategyID?, _ id: InstrumentID
  ) -> Bool {
    guard rules[instances[index].rule].watch == watch else { return false }
    let scope = instances[index].scope
    return switch scope.kind {
    case .all: true
    case .strategy: strategy.map { UInt64($0.raw) } == scope.id
    case .instrument: UInt64(id.raw) == scope.id
    case .venue, .order, .account: false
    }
  }

  private mutating func judge(_ index: Int, _ value: Int128, _ id: InstrumentID) {
    let rule = rules[instances[index].rule]
    let target = rule.state(at: value)
    guard target > instances[index].asked else { return }
    instances[index].asked = target
    let limit = target == .halted ? rule.haltAt : rule.reduceAt
    due.append(
      BreakerChange(
        breaker: rule.name, watch: rule.watch, scope: instances[index].scope, state: target,
        instrument: id, value: value, limit: limit ?? 0, scale: rule.watch.scale,
        unit: rule.watch.unit, reason: "tripped"))
  }

  // MARK: - Time and people

  /// Looks at what time alone changes: silence, and releases. Of an instrument that is not trading silence
  /// is no news.
  mutating func come(to time: Instant, isTrading: (InstrumentID) -> Bool) {
    guard time >= nextWake else { return }
    for index in instances.indices {
      let rule = rules[instances[index].rule]
      if rule.watch == .staleness, let last = instances[index].last {
        let id = InstrumentID(UInt16(truncatingIfNeeded: instances[index].scope.id))
        if isTrading(id) {
          judge(index, Int128(time.since(last)), id)
        } else {
          instances[index].last = time
        }
      }
      if let release = rule.release, instances[index].state != .active,
        time.since(instances[index].since) >= release,
        instances[index].asked == instances[index].state
      {
        let seconds = decimalText(Int128(release), scale: 9)
        self.release(index, "released after \(seconds) s")
      }
    }
    settle()
  }

  /// Releases what a person names.
  mutating func release(_ scope: Scope, _ reason: String) {
    for index in tripped where scope == .all || instances[index].scope == scope {
      release(index, reason)
    }
  }

  private mutating func release(_ index: Int, _ reason: String) {
    let rule = rules[instances[index].rule]
    instances[index].asked = .active
    due.append(
      BreakerChange(
        breaker: rule.name, watch: rule.watch, scope: instances[index].scope, state: .active,
        reason: reason))
  }

  /// Takes what is to be recorded.
  mutating func take() -> [BreakerChange] {
    let changes = due
    due = []
    return changes
  }

  /// Takes a recorded change.
  mutating func apply(_ change: BreakerChange, at time: Instant) {
    for index in instances.indices
    where instances[index].scope == change.scope
      && rules[instances[index].rule].name == change.breaker
    {
      instances[index].state = change.state
      instances[index].since = time
      guard change.state == .active else {
        // A release that was asked for before is recorded by now.
        instances[index].asked = max(instances[index].asked, change.state)
        continue
      }
      // What it had seen is what it was released from.
      instances[index].asked = .active
      (instances[index].samples, instances[index].times) = ([], [])
      if instances[index].last != nil { instances[index].last = time }
    }
    settle()
  }

  private mutating func settle() {
    tripped = instances.indices.filter { instances[$0].state != .active }
    nextWake = .distantFuture
    for instance in instances {
      let rule = rules[instance.rule]
      if let release = rule.release, instance.state != .active, instance.asked == instance.state {
        nextWake = min(nextWake, instance.since.advanced(by: release))
      }
      guard rule.watch == .staleness, let last = instance.last else { continue }
      let thresholds = [(rule.reduceAt, BreakerChange.State.reducing), (rule.haltAt, .halted)]
      for (threshold, state) in thresholds where state > instance.asked {
        guard let threshold else { continue }
        let length = Int64(clamping: threshold + 1)
        nextWake = min(nextWake, last.advanced(by: length))
      }
    }
  }

  // MARK: - State

  func encode(to out: inout ByteBuffer) {
    out.append(UInt32(instances.count))
    for instance in instances {
      out.append(instance.state.rawValue)
      out.append(instance.since.nanoseconds)
      out.append(UInt8(instance.last == nil ? 0 : 1))
      out.append(instance.last?.nanoseconds ?? 0)
      out.append(UInt16(instance.samples.count))
      for sample in instance.samples {
        out.append(sample.time.nanoseconds)
        out.append(sample.price)
      }
      out.append(UInt16(instance.times.count))
      for time in instance.times { out.append(time.nanoseconds) }
    }
    out.append(nextWake.nanoseconds)
  }

  mutating func restore(_ input: inout ByteReader) throws(Damage) {
    guard Int(try input.read(UInt32.self)) == instances.count else {
      throw Damage(at: input.offset, "another number of breakers")
    }
    for index in instances.indices {
      guard let state = BreakerChange.State(rawValue: try input.read(UInt8.self)) else {
        throw Damage(at: input.offset, "a breaker's state")
      }
      (instances[index].state, instances[index].asked) = (state, state)
      instances[index].since = Instant(nanoseconds: try input.read(Int64.self))
      let isSeen = try input.read(UInt8.self) != 0
      let last = Instant(nanoseconds: try input.read(Int64.self))
      instances[index].last = isSeen ? last : nil
      for _ in 0..<(try input.read(UInt16.self)) {
        instances[index].samples.append(
          Instance.Sample(
            time: Instant(nanoseconds: try input.read(Int64.self)),
            price: try input.read(Int64.self)))
      }
      for _ in 0..<(try input.read(UInt16.self)) {
        instances[index].times.append(Instant(nanoseconds: try input.read(Int64.self)))
      }
    }
    settle()
    // When silence is looked at next is known from before the last data.
    nextWake = Instant(nanoseconds: try input.read(Int64.self))
  }
}
