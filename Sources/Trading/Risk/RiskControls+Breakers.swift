import Books
import Events

// Breakers and the orders that pass them.
extension RiskControls {
  /// The worst state that an order of a strategy in an instrument is in, and the breaker that put it there.
  /// O(breakers that are not active).
  func state(_ strategy: StrategyID, _ id: InstrumentID) -> (BreakerChange.State, breaker: String) {
    var worst = (BreakerChange.State.active, breaker: "")
    for index in breakers.tripped {
      let instance = breakers.instances[index]
      let isIn =
        switch instance.scope.kind {
        case .all: true
        case .strategy: instance.scope.id == UInt64(strategy.raw)
        case .instrument: instance.scope.id == UInt64(id.raw)
        case .venue, .order, .account: false
        }
      if isIn, instance.state > worst.0 {
        worst = (instance.state, breakers.rules[instance.rule].name)
      }
    }
    return worst
  }

  /// Shows breakers how much of their limits is used now, after a fill.
  mutating func watchLimits(_ market: borrowing Market) {
    guard watchesLimits else { return }
    walk(market)
    showLimits(market)
  }

  /// The same by the marks of the last walk. O(breakers).
  mutating func showLimits(_ market: borrowing Market) {
    for index in breakers.instances.indices {
      let instance = breakers.instances[index]
      let watch = breakers.rules[instance.rule].watch
      guard watch.isOfLimits,
        let scope = scopes.firstIndex(where: { isScope($0, of: instance.scope) }),
        let share = watch == .loss ? loss(scope, market) : gross(scope)
      else { continue }
      let strategy = instance.scope.kind == .strategy ? StrategyID(UInt16(instance.scope.id)) : nil
      breakers.show(watch, share, strategy, .none)
    }
  }

  private func isScope(_ scope: RiskScope, of breaker: Scope) -> Bool {
    switch breaker.kind {
    case .all: scope.kind == .firm
    case .strategy: scope.kind == .strategy && scope.members == 1 << breaker.id
    case .instrument, .venue, .order, .account: false
    }
  }

  /// The part of the day's loss limit that is used, in millionths, rounded down.
  private func loss(_ index: Int, _ market: borrowing Market) -> Int128? {
    guard let limit = scopes[index].limits.maxDayLoss, let start = scopes[index].dayStart,
      let wealth = worth(of: index, market)
    else { return nil }
    return max(0, (start - wealth).raw) * 1_000_000 / limit.raw
  }

  /// The same of the limit on gross exposure.
  private func gross(_ index: Int) -> Int128? {
    guard let limit = scopes[index].limits.maxGross,
      case .known(let sum) = worths.exposure(of: index)
    else { return nil }
    return sum.gross * 1_000_000 / limit.raw
  }
}

extension RiskGate {
  /// The refusal of an order that a breaker has halted.
  func checkBreakers(_ asked: Asked) -> Refusal? {
    guard let controls, !controls.breakers.tripped.isEmpty else { return nil }
    let (state, breaker) = controls.state(asked.strategy, asked.request.instrument)
    guard state == .halted else { return nil }
    return asked.refused(.engineHalted, context: "breaker \(breaker)")
  }
}
