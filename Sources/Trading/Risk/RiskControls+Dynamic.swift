import Events

// Limits that rules scale.
extension RiskControls {
  /// Shows rules what their scopes have lost by the last walk. O(rules × scopes).
  mutating func showDrawdowns(at time: Instant, _ market: borrowing Market) {
    for (index, rule) in dynamic.rules.enumerated() {
      guard case .drawdown(let drawdown) = rule.source,
        let scope = scopes.firstIndex(where: { $0.name == drawdown.scope }),
        let worth = worth(of: scope, market), let peak = scopes[scope].peak
      else { continue }
      dynamic.see(index, worth: worth, peak: peak, at: time)
    }
  }

  /// The decision by which a rule scales its limits.
  /// - Parameter change: nil to say anew what holds.
  func scaling(_ name: String, _ change: DynamicLimits.Change?) -> LimitsScaled? {
    guard let index = dynamic.rules.firstIndex(where: { $0.name == name }) else { return nil }
    let state = dynamic.states[index]
    let seen = change?.seen ?? state.seen
    var scaled = LimitsScaled(
      rule: name, watch: .volatility, scope: Scope(.instrument, UInt64(state.instrument.raw)),
      factor: change?.factor ?? state.factor, value: seen.value, bound: seen.bound, scale: 4,
      unit: "%", limits: dynamic.limits(of: index, limits, with: change))
    guard case .drawdown(let drawdown) = dynamic.rules[index].source else { return scaled }
    scaled.watch = .drawdown
    scaled.scope = scope(named: drawdown.scope)
    if !drawdown.isShare {
      (scaled.scale, scaled.unit) = (UInt8(Money.scale), limits.currency)
    }
    return scaled
  }

  private func scope(named name: String) -> Scope {
    guard let scope = scopes.first(where: { $0.name == name }) else { return .all }
    return switch scope.kind {
    case .account: Scope(.account, UInt64(scope.account.raw))
    case .strategy: Scope(.strategy, UInt64(scope.members.trailingZeroBitCount))
    case .firm, .instrument: .all
    }
  }

  /// Whether breakers or rules look at the ticks of an instrument.
  func watches(_ id: InstrumentID) -> Bool {
    id.index < breakers.watching.count && !breakers.watching[id.index].isEmpty
      || dynamic.watches(id)
  }
}

extension RiskGate {
  /// Takes its limits as rules scale them now. Instruments have to be defined again if those of single orders
  /// are among them.
  mutating func rescale() {
    guard let controls, !controls.dynamic.rules.isEmpty else { return }
    let effective = controls.dynamic.effective(controls.limits)
    limitsPlace = [effective]
    self.controls?.take(effective)
  }
}
