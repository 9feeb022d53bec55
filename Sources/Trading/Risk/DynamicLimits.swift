import Events

/// The rules that scale limits, what they have seen, and by which factors they scale (docs/risk.md).
///
/// What a rule wants is in `due` until the engine has recorded it.
struct DynamicLimits: Sendable {
  let rules: [DynamicLimitRule]
  /// By rule.
  private(set) var states: [State]
  /// What is to be recorded, oldest first.
  private(set) var due: [Change] = []

  /// What a rule knows, and what it does.
  struct State: Equatable, Sendable {
    /// Whose volatility; none until it is defined, and for drawdowns.
    var instrument = InstrumentID.none
    /// By which limits are scaled, × 10^6.
    var factor = DynamicLimitRule.whole
    /// What the factor is by.
    var seen = Seen()
    /// When the factor changed last; the epoch if it never did.
    var since = Instant.epoch
    /// Sequence of the last `limits_scaled`; 0 without one.
    var sequence: UInt64 = 0
    /// Marks within the window, oldest first.
    var samples: [Sample] = []
    /// From when on a tick is a sample.
    var nextSample = Instant(nanoseconds: .min)
  }

  struct Sample: Equatable, Sendable {
    var time: Instant
    var price: Int64
  }

  /// A value, and the bound that it is held against; in millionths, of losses in money × 10^12.
  struct Seen: Equatable, Sendable {
    var value: Int128 = 0
    var bound: Int128 = 0
  }

  /// A rule is to scale by a factor.
  struct Change: Equatable, Sendable {
    var rule: String
    var factor: Int64
    var seen: Seen
  }

  init(_ rules: [DynamicLimitRule]) {
    self.rules = rules
    states = Array(repeating: State(), count: rules.count)
  }

  /// Whether any limit is scaled now.
  var isScaling: Bool { states.contains { $0.factor < DynamicLimitRule.whole } }

  /// Whether a rule looks at the ticks of an instrument.
  func watches(_ id: InstrumentID) -> Bool {
    states.contains { $0.instrument == id && id != .none }
  }

  /// Finds the instruments that the rules name, of several of one name the first.
  mutating func define(_ all: [Instrument?]) {
    for index in rules.indices {
      guard case .volatility(let volatility) = rules[index].source else { continue }
      let found = all.first { $0?.names.contains(volatility.instrument) ?? false }
      states[index].instrument = found??.id ?? .none
    }
  }

  /// Takes over what rules of the same name knew that look at the same.
  mutating func carry(_ old: DynamicLimits) {
    for (index, rule) in rules.enumerated() {
      guard let before = old.rules.firstIndex(where: { $0.name == rule.name }),
        Self.areAlike(rule.source, old.rules[before].source)
      else { continue }
      states[index] = old.states[before]
    }
  }

  private static func areAlike(_ a: DynamicLimitRule.Source, _ b: DynamicLimitRule.Source) -> Bool {
    switch (a, b) {
    case (.volatility(let a), .volatility(let b)):
      a.instrument == b.instrument && a.interval == b.interval && a.window == b.window
    case (.drawdown(let a), .drawdown(let b)): a.scope == b.scope && a.isShare == b.isShare
    default: false
    }
  }

  // MARK: - What they see

  /// Takes note of an instrument's mark. O(rules), and O(samples) for the first tick of an interval.
  mutating func see(_ id: InstrumentID, _ mark: Price, at time: Instant) {
    for index in states.indices
    where states[index].instrument == id && time >= states[index].nextSample {
      guard case .volatility(let volatility) = rules[index].source, !mark.isNone, mark.raw > 0
      else { continue }
      sample(index, volatility, mark.raw, at: time)
    }
  }

  private mutating func sample(
    _ index: Int, _ volatility: DynamicLimitRule.Volatility, _ price: Int64, at time: Instant
  ) {
    let past = time.nanoseconds - time.nanoseconds % volatility.interval
    states[index].nextSample = Instant(nanoseconds: past).advanced(by: volatility.interval)
    let gone = states[index].samples.prefix { time.since($0.time) > volatility.window }.count
    if gone > 0 { states[index].samples.removeFirst(gone) }
    states[index].samples.append(Sample(time: time, price: price))
    guard time.since(states[index].samples[0].time) >= volatility.window / 2 else { return }
    let realised = Self.realised(states[index].samples, year: volatility.year)
    let seen = Seen(value: realised, bound: Int128(volatility.target))
    judge(index, volatility.factor(realised), seen, at: time)
  }

  /// Root of the sum of squared returns in the time of the samples, times a year over that time; in
  /// millionths, rounded to the nearest, half away from zero.
  /// - Precondition: the samples span some time.
  static func realised(_ samples: [Sample], year: Int64) -> Int128 {
    var sum = 0.0
    for index in 1..<samples.count {
      let (old, new) = (samples[index - 1].price, samples[index].price)
      let change = Double(new - old) / Double(old)
      sum += change * change
    }
    let span = samples[samples.count - 1].time.since(samples[0].time)
    let root = (sum * (Double(year) / Double(span))).squareRoot() * 1e6
    let rounded = root.rounded(.toNearestOrAwayFromZero)
    return rounded < 9e18 ? Int128(Int64(rounded)) : Int128(Int64.max)
  }

  /// The prices of an instrument have other units from now on.
  mutating func forget(_ id: InstrumentID) {
    for index in states.indices where states[index].instrument == id { states[index].samples = [] }
  }

  /// Takes note of what a scope is worth, and of the most that it was worth.
  mutating func see(_ index: Int, worth: Money, peak: Money, at time: Instant) {
    guard case .drawdown(let drawdown) = rules[index].source else { return }
    var loss = max(0, (peak - worth).raw)
    if drawdown.isShare {
      guard peak > .zero else { return }
      let (product, isOver) = loss.multipliedReportingOverflow(by: 1_000_000)
      loss = isOver ? .max : product / peak.raw
    }
    let (factor, bound) = drawdown.step(loss)
    judge(index, factor, Seen(value: loss, bound: bound), at: time)
  }

  /// A factor falls at once, and rises when some time has passed since it changed. A rule is judged once by an
  /// observation at most, so what is due of it is recorded before it is judged again.
  private mutating func judge(_ index: Int, _ factor: Int64, _ seen: Seen, at time: Instant) {
    let now = states[index].factor
    let isHeld = factor > now && time.since(states[index].since) < rules[index].hold
    guard factor != now, !isHeld else { return }
    due.append(Change(rule: rules[index].name, factor: factor, seen: seen))
  }

  /// Takes what is to be recorded.
  mutating func take() -> [Change] {
    let changes = due
    due = []
    return changes
  }

  /// Takes a recorded change.
  mutating func apply(_ scaled: LimitsScaled, _ header: EntryHeader) {
    guard let index = rules.firstIndex(where: { $0.name == scaled.rule }) else { return }
    if states[index].factor != scaled.factor { states[index].since = header.receiveTime }
    states[index].factor = scaled.factor
    states[index].seen = Seen(value: scaled.value, bound: scaled.bound)
    states[index].sequence = header.sequence
  }

  // MARK: - What follows

  /// The factor of a limit, and the rule it is of: the least of all that scale it, of equals the first.
  /// - Parameter change: what a rule is about to do.
  func weakest(_ key: LimitKey, with change: Change? = nil) -> (factor: Int64, rule: Int)? {
    var least: (factor: Int64, rule: Int)?
    for (index, rule) in rules.enumerated() where rule.limits.contains(key) {
      let factor = rule.name == change?.rule ? change?.factor ?? 0 : states[index].factor
      if factor < least?.factor ?? .max { least = (factor, index) }
    }
    return least
  }

  /// Limits as they hold now.
  func effective(_ base: Limits) -> Limits {
    var limits = base
    for key in rules.flatMap(\.limits) {
      guard let factor = weakest(key)?.factor, factor < DynamicLimitRule.whole,
        let number = base.number(of: key)
      else { continue }
      limits.set(key, to: number.scaled(by: factor))
    }
    return limits
  }

  /// The limits of a rule as they are configured and as they hold.
  func limits(of rule: Int, _ base: Limits, with change: Change? = nil) -> [LimitsScaled.Limit] {
    rules[rule].limits.compactMap { key in
      guard let number = base.number(of: key), let factor = weakest(key, with: change)?.factor
      else { return nil }
      return LimitsScaled.Limit(
        key: key.text, base: number.raw, effective: number.scaled(by: factor).raw,
        scale: number.scale, unit: number.unit)
    }
  }

  /// The decision that scaled the limit of a refusal, and the limit as it is configured.
  /// - Parameter keys: of the limits that it may rest on, the closest first, with `risk.`.
  func scaling(of keys: [String], _ refusal: Refusal, _ base: Limits) -> (UInt64, LimitNumber)? {
    for text in keys {
      guard let key = LimitKey(String(text.dropFirst("risk.".count))),
        let number = base.number(of: key)
      else { continue }
      let weakest = weakest(key)
      // A rule of losses goes by either of two limits.
      let effective = number.scaled(by: weakest?.factor ?? DynamicLimitRule.whole)
      if key.setting.isLoss, effective.raw != refusal.limit { continue }
      guard let weakest, weakest.factor < DynamicLimitRule.whole else { return nil }
      return (states[weakest.rule].sequence, number)
    }
    return nil
  }

  // MARK: - State

  func encode(to out: inout ByteBuffer) {
    for state in states {
      out.append(state.factor)
      out.append(state.seen.value)
      out.append(state.seen.bound)
      out.append(state.since.nanoseconds)
      out.append(state.sequence)
      out.append(state.nextSample.nanoseconds)
      out.append(UInt16(state.samples.count))
      for sample in state.samples {
        out.append(sample.time.nanoseconds)
        out.append(sample.price)
      }
    }
  }

  /// Reads what `encode` wrote into the same rules.
  mutating func restore(_ input: inout ByteReader) throws(Damage) {
    for index in states.indices {
      let factor = try input.read(Int64.self)
      guard (0...DynamicLimitRule.whole).contains(factor) else {
        throw Damage(at: input.offset, "a factor of limits")
      }
      states[index].factor = factor
      states[index].seen = Seen(
        value: try input.read(Int128.self), bound: try input.read(Int128.self))
      states[index].since = Instant(nanoseconds: try input.read(Int64.self))
      states[index].sequence = try input.read(UInt64.self)
      states[index].nextSample = Instant(nanoseconds: try input.read(Int64.self))
      states[index].samples = []
      for _ in 0..<(try input.read(UInt16.self)) {
        let time = Instant(nanoseconds: try input.read(Int64.self))
        let price = try input.read(Int64.self)
        guard price > 0, states[index].samples.last.map({ time > $0.time }) ?? true else {
          throw Damage(at: input.offset, "a sample of a price")
        }
        states[index].samples.append(Sample(time: time, price: price))
      }
    }
  }
}
