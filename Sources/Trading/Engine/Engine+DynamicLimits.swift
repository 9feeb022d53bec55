import Events

// Dynamic limits as decisions (docs/risk.md).
extension Engine {
  /// Has what rules want recorded.
  mutating func flushScalings(_ sequence: UInt64) {
    guard let due = gate.controls?.dynamic.due, !due.isEmpty else { return }
    for change in gate.controls?.dynamic.take() ?? [] {
      work.add(.scale(change.rule, change), cause: sequence)
    }
  }

  mutating func apply(_ scaled: LimitsScaled, _ header: EntryHeader) {
    gate.controls?.dynamic.apply(scaled, header)
    rescaleLimits()
  }

  /// Has the gate keep its limits as rules scale them.
  mutating func rescaleLimits() {
    gate.rescale()
    guard let rules = gate.controls?.dynamic.rules else { return }
    let isOfOrders = rules.contains { $0.limits.contains(where: \.setting.isOfOrders) }
    guard isOfOrders else { return }
    for case let instrument? in market.instruments { gate.define(instrument) }
  }

  /// A limit or a rule was changed: what rules scale is said anew.
  mutating func restateScalings(_ key: String, _ sequence: UInt64) {
    guard let dynamic = gate.controls?.dynamic, dynamic.isScaling else { return }
    for (rule, state) in zip(dynamic.rules, dynamic.states)
    where state.factor < DynamicLimitRule.whole {
      let isOwn = key.hasPrefix("risk.dynamic.\(rule.name).")
      guard isOwn || rule.limits.contains(where: { "risk.\($0.text)" == key }) else { continue }
      work.add(.scale(rule.name, nil), cause: sequence)
    }
  }

  /// What a rule of dynamic limits does now.
  public struct LimitScaling: Equatable, Sendable {
    /// What it said last, or would say now.
    public var scaled: LimitsScaled
    /// When its factor changed last, and by which `limits_scaled`; nil and 0 if it never did.
    public var since: Instant?
    public var sequence: UInt64
  }

  /// The rules of dynamic limits, in order of their names.
  public var limitScalings: [LimitScaling] {
    guard let controls = gate.controls else { return [] }
    return zip(controls.dynamic.rules, controls.dynamic.states).compactMap { rule, state in
      controls.scaling(rule.name, nil).map { scaled in
        LimitScaling(
          scaled: scaled, since: state.since == .epoch ? nil : state.since,
          sequence: state.sequence)
      }
    }
  }
}
