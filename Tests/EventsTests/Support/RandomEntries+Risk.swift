import Events

extension RandomEntries {
  /// A decision about limits, breakers or kills.
  mutating func risk() -> Decision {
    switch random.next(upperBound: 5 as UInt64) {
    case 0:
      return .breakerChanged(
        BreakerChange(
          breaker: text(), watch: any(), scope: scope(), state: any(),
          instrument: random.oneIn(2) ? .none : instrument(), value: wide(), limit: wide(),
          scale: UInt8.random(in: 0...30, using: &random), unit: text(), reason: text()))
    case 1:
      let orders = (0..<Int.random(in: 0...5, using: &random)).map { _ in orderID() }
      return .killReport(
        KillReport(
          scope: scope(), round: UInt32(truncatingIfNeeded: random.next()),
          open: UInt32(truncatingIfNeeded: random.next()), orders: orders))
    case 2:
      return .limitApplied(
        LimitApplied(key: text(), value: text(), author: text(), change: random.next()))
    case 3:
      let limits = (0..<Int.random(in: 0...4, using: &random)).map { _ in
        LimitsScaled.Limit(
          key: text(), base: wide(), effective: wide(),
          scale: UInt8.random(in: 0...30, using: &random), unit: text())
      }
      return .limitsScaled(
        LimitsScaled(
          rule: text(), watch: any(), scope: scope(),
          factor: Int64(truncatingIfNeeded: random.next()),
          value: wide(), bound: wide(), scale: UInt8.random(in: 0...30, using: &random),
          unit: text(), limits: limits))
    default:
      let uses = (0..<Int.random(in: 0...4, using: &random)).map { _ in
        LimitsUsed.Use(
          rule: any(), scope: text(), value: wide(), limit: wide(),
          scale: UInt8.random(in: 0...30, using: &random), unit: text())
      }
      return .limitsUsed(LimitsUsed(order: orderID(), uses: uses))
    }
  }
}
