import Events

/// A limit, and the decision by which it holds.
public struct LimitSource: Equatable, Sendable {
  public var key: String
  /// Empty: the limit is gone.
  public var value: String
  /// Sequence of the `limit_applied`; 0 for one that is as configured.
  public var sequence: UInt64
}

extension LimitSource {
  /// The keys of the limits that a refusal may rest on, the closest first.
  /// - Parameter names: of the order's instrument.
  static func keys(of refusal: Refusal, _ names: [String]) -> [String] {
    let scope = refusal.context.split(separator: ",").first ?? ""
    let words = scope.split(separator: " ", maxSplits: 1)
    let kind = words.first.map(String.init) ?? ""
    let tables: [String]
    switch kind {
    case "account", "strategy", "instrument":
      tables = ["risk.\(kind).\(words.last ?? "")", "risk"]
    case "firm": tables = ["risk"]
    // A rule of single orders: an instrument's own limit goes before the general one.
    default: tables = names.map { "risk.instrument.\($0)" } + ["risk"]
    }
    return tables.flatMap { table in settings(refusal.rule).map { "\(table).\($0)" } }
  }

  /// The keys below a table that a rule goes by.
  private static func settings(_ rule: Rule) -> [String] {
    switch rule {
    case .lossMax: ["loss.max_day", "loss.max_rolling", "loss.window"]
    case .ordersMaxMessageRatio: ["orders.max_message_ratio", "orders.free_messages"]
    case .orderPeriodCollar: ["order.period_collar", "order.period"]
    case .orderDuplicate: ["order.duplicate_window"]
    case .orderSelfMatch: ["order.no_self_match"]
    case .orderLimitCurrency: ["order.max_notional"]
    case .instrumentRestricted: ["restricted"]
    case .strategyNotPermitted: ["require_owner"]
    case .shortNoLocate: ["short.located", "short.locate"]
    case .marginAvailable, .marginUnknown: ["margin.max_use"]
    case .cashAvailable: ["cash.cover"]
    case .shortfallMax: ["var.max_shortfall"]
    default: [rule.name]
    }
  }
}

extension RiskGate {
  /// A refusal that says which `limit_applied` the limit is of, if it was changed in the run, and which
  /// `limits_scaled`, if a rule scales it.
  func sourced(_ refusal: Refusal, _ market: borrowing Market) -> Refusal {
    let isScaling = controls?.dynamic.isScaling ?? false
    guard !sources.isEmpty || isScaling else { return refusal }
    let names = market.instrument(refusal.instrument)?.names ?? []
    let keys = LimitSource.keys(of: refusal, names)
    var refusal = refusal
    func add(_ name: String, _ sequence: UInt64) {
      guard let sequence = Int64(exactly: sequence) else { return }
      refusal.values.append(Reason.Value(name, Decimal(mantissa: sequence, scale: 0)))
    }
    let source = keys.lazy.compactMap { key in sources.first { $0.key == key } }.first
    if let source { add(Refusal.limitSource, source.sequence) }
    guard isScaling, let controls,
      let (sequence, base) = controls.dynamic.scaling(of: keys, refusal, controls.limits)
    else { return refusal }
    add(Refusal.limitScaling, sequence)
    if let unscaled = base.decimal {
      refusal.values.append(Reason.Value(Refusal.limitUnscaled, unscaled))
    }
    return refusal
  }
}

extension Engine {
  /// The keys of `risk` that hold, with the changes of the run, in ascending order of the keys.
  public var limitsInForce: [LimitSource] {
    var all = limitSources.filter { !$0.value.isEmpty }
    for item in configuration.items
    where item.key.hasPrefix("risk.") && !limitSources.contains(where: { $0.key == item.key }) {
      all.append(LimitSource(key: item.key, value: item.value, sequence: 0))
    }
    return all.sorted { $0.key < $1.key }
  }

  /// Changes of limits whose time has not come, the soonest first, each with the sequence of its entry.
  public var scheduledLimits: [(change: LimitChange, sequence: UInt64)] {
    awaitedLimits.map { ($0.change, $0.sequence) }
  }

  /// A breaker as it is for one scope.
  public struct BreakerState: Equatable, Sendable {
    public var breaker: String
    public var scope: Scope
    public var state: BreakerChange.State
    /// When it got there; the epoch if it was never anywhere else.
    public var since: Instant
  }

  /// The breakers that are not active, in order of their names and scopes: orders of their scopes are refused, or
  /// only those that reduce let pass.
  public var blockingBreakers: [BreakerState] {
    guard let tripped = gate.controls?.breakers.tripped, !tripped.isEmpty else { return [] }
    return breakers.filter { $0.state != .active }
  }

  /// All breakers, in order of their names and scopes.
  public var breakers: [BreakerState] {
    guard let breakers = gate.controls?.breakers else { return [] }
    return breakers.instances.map { instance in
      BreakerState(
        breaker: breakers.rules[instance.rule].name, scope: instance.scope, state: instance.state,
        since: instance.since)
    }
  }
}
