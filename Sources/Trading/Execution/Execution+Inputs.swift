import Events

/// The inputs, but for `wake`. None allocates unless a child begins or ends.
extension Execution {
  /// The market traded so much in the parent's instrument. O(1).
  public mutating func traded(_ size: Quantity, at now: Instant) -> Attention {
    guard now >= plan.start, now < plan.end, size.raw > 0 else { return .none }
    let (sum, overflow) = volume.addingReportingOverflow(size.raw)
    volume = overflow ? .max : sum
    return volume >= wakeVolume && !hasEnded ? .wake : .none
  }

  /// A routed child was split: only what was allocated is on its way.
  public mutating func routed(_ record: RouteRecord, at now: Instant) -> Attention {
    asked = record.candidates.reduce(.zero) { $0 + $1.quantity }
    if asked == .zero {
      hasFailed = true
      // Another round at once would find the same.
      round = max(rounds, 1) - 1
      closePart(at: now)
      return .wake
    }
    return .none
  }

  /// The gate let a child pass: it is submitted as `order`.
  public mutating func childSent(
    _ order: OrderID, _ instrument: InstrumentID, _ quantity: Quantity
  ) {
    let leg = leg(of: instrument)
    answer(quantity, leg)
    children.append(
      Child(
        order: order, instrument: instrument, leg: leg,
        isResting: leg == .first && asksForResting, quantity: quantity))
  }

  /// The gate refused a child, or it could not be made.
  public mutating func childRefused(
    _ instrument: InstrumentID, _ quantity: Quantity, at now: Instant
  ) -> Attention {
    let leg = leg(of: instrument)
    answer(quantity, leg)
    fail(leg, instrument, filled: .zero, at: now)
    return .wake
  }

  /// A child was filled, also one that had ended. A bust or a correction comes as the difference, which
  /// may be negative.
  public mutating func childFilled(
    _ order: OrderID, _ instrument: InstrumentID, _ quantity: Quantity, at now: Instant
  ) -> Attention {
    guard !hasEnded else { return .none }
    let leg = leg(of: instrument)
    switch leg {
    case .first: filled = Self.sum(filled, quantity)
    case .second:
      secondFilled = Self.sum(secondFilled, quantity)
      secondFailures = 0
    }
    guard let index = children.firstIndex(where: { $0.order == order }) else { return .wake }
    children[index].filled = Self.sum(children[index].filled, quantity)
    guard children[index].filled >= children[index].quantity else {
      return second == nil ? .none : .wake
    }
    children.remove(at: index)
    if leg == .first { closePart(at: now) }
    return .wake
  }

  /// A child ended: cancelled, rejected, expired, or filled.
  public mutating func childEnded(_ order: OrderID, at now: Instant) -> Attention {
    guard let index = children.firstIndex(where: { $0.order == order }) else { return .none }
    let child = children.remove(at: index)
    if child.isCancelling || child.filled >= child.quantity {
      if child.leg == .first { closePart(at: now) }
    } else {
      fail(child.leg, child.instrument, filled: child.filled, at: now)
    }
    return .wake
  }

  /// The venue did not cancel a child: it will be asked again after a pause, unless the child ends.
  public mutating func cancelRefused(_ order: OrderID, at now: Instant) -> Attention {
    guard let index = children.firstIndex(where: { $0.order == order }) else { return .none }
    children[index].isCancelling = false
    notBefore = now.advanced(by: settings.pause)
    return .wake
  }

  /// The parent is to end: its strategy, an operator, a halt or a linked order wants so.
  public mutating func cancel(_ cause: EndCause) -> Attention {
    guard !hasEnded else { return .none }
    ending = ending ?? cause
    return .wake
  }

  private func leg(of instrument: InstrumentID) -> Leg {
    instrument == second?.instrument ? .second : .first
  }

  private mutating func answer(_ quantity: Quantity, _ leg: Leg) {
    switch leg {
    case .first: asked = Quantity(max(0, asked.raw - quantity.raw))
    case .second: secondAsked = Quantity(max(0, secondAsked.raw - quantity.raw))
    }
  }

  /// What a child was sent for did not all come.
  private mutating func fail(
    _ leg: Leg, _ instrument: InstrumentID, filled: Quantity, at now: Instant
  ) {
    switch leg {
    case .first:
      hasFailed = true
      if rounds > 0, !excluded.contains(instrument) { excluded.append(instrument) }
      closePart(at: now)
    case .second:
      secondNotBefore = now.advanced(by: settings.pause)
      if filled == .zero, secondFailures < .max { secondFailures += 1 }
    }
  }

  /// When nothing of the first leg is outstanding any more: the rest goes to the venues not tried, or
  /// waits.
  private mutating func closePart(at now: Instant) {
    guard !hasLive(.first) else { return }
    if hasFailed, round + 1 < rounds {
      round += 1
    } else {
      if hasFailed { notBefore = now.advanced(by: settings.pause) }
      round = 0
      excluded = []
    }
    hasFailed = false
  }

  /// Fills cannot be less than none, nor more than a number holds.
  private static func sum(_ a: Quantity, _ b: Quantity) -> Quantity {
    let (sum, overflow) = a.raw.addingReportingOverflow(b.raw)
    return Quantity(overflow ? .max : max(0, sum))
  }
}
