import Events

extension Execution {
  /// Decides what is to be done now. Called when `nextWake` is reached and when an input says so, again
  /// and again until it returns `nothing`.
  public mutating func wake(at now: Instant, in market: View) -> WakeAction {
    guard !hasEnded else { return .nothing }
    if ending == nil, now >= plan.end || isDone { ending = .completed }
    wakeVolume = .max
    let action: WakeAction
    if let ending {
      action = finish(ending, now, market)
    } else if now < plan.start {
      action = .nothing
    } else if let child = hedge(now, market) {
      action = .send(child)
    } else {
      action = work(now, market)
    }
    if action == .nothing { nextWake = moment(after: now) }
    return action
  }

  /// Takes children back, hedges what they still filled, and ends when nothing is outstanding.
  private mutating func finish(
    _ cause: EndCause, _ now: Instant, _ market: View
  ) -> WakeAction {
    if now >= notBefore,
      let index = children.firstIndex(where: { !$0.isCancelling && $0.leg == .first })
    {
      children[index].isCancelling = true
      return .cancel(children[index].order)
    }
    if secondFailures < Self.mostFailures, let child = hedge(now, market) { return .send(child) }
    guard !hasLive(.first), !hasLive(.second) else { return .nothing }
    guard unhedged == .zero || secondFailures >= Self.mostFailures else { return .nothing }
    hasEnded = true
    nextWake = .distantFuture
    return .complete(cause)
  }

  private mutating func work(_ now: Instant, _ market: View) -> WakeAction {
    let slice = schedule.slice(at: now)
    if hasLive(.first) {
      // A late fill of a child that had ended may leave less than is out.
      guard now >= restUntil || working > remaining, now >= notBefore,
        let index = children.firstIndex(where: { $0.isResting && !$0.isCancelling })
      else { return .nothing }
      children[index].isCancelling = true
      return .cancel(children[index].order)
    }
    guard now >= notBefore else { return .nothing }
    let due = schedule.due(in: slice, volume: volume, filled: filled)
    guard let quantity = quantity(due) else { return .nothing }
    let (isResting, price) = price(now, slice, market)
    if price.isNone && (isResting || rounds == 0) {
      notBefore = now.advanced(by: settings.pause)
      return .nothing
    }
    asked = quantity
    asksForResting = isResting
    restUntil = isResting ? patienceEnd(slice) : .distantFuture
    let reason = reason(slice, due, price, isResting)
    volumeAtLastChild = volume
    return .send(
      ChildOrder(
        leg: .first, instrument: parent.instrument, side: parent.side, quantity: quantity,
        price: price, timeInForce: isResting ? restingTime : .immediateOrCancel,
        isRouted: rounds > 0 && !isResting, round: round, excluded: excluded, reason: reason))
  }

  /// The next child's quantity: what is behind the schedule, within the bounds; nil if there is to be none.
  /// Notes the volume at which that may change.
  private mutating func quantity(_ due: Quantity) -> Quantity? {
    // Never more than remains: no schedule goes beyond the total.
    var quantity = due.raw - filled.raw
    let least = min(settings.minimum, remaining.raw / parent.lot.raw * parent.lot.raw)
    guard quantity >= least else {
      if let volume = schedule.volume(for: Quantity(filled.raw + least)) {
        wakeVolume = max(volume, participationVolume(least))
      }
      return nil
    }
    if settings.participation > 0 {
      quantity = min(quantity, bound.raw)
      guard quantity >= least else {
        wakeVolume = participationVolume(least)
        return nil
      }
    }
    // Not below a lot: the least is one.
    return Quantity(quantity / parent.lot.raw * parent.lot.raw)
  }

  /// Less than a lot remains, which no order can be for.
  private var isDone: Bool {
    filled >= parent.quantity || (remaining < parent.lot && !hasLive(.first))
  }

  /// The most that participation allows a child now.
  private var bound: Quantity {
    let product = Int128(volume - volumeAtLastChild) * Int128(settings.participation)
    return Quantity(Int64(product / Int128(ExecutionSettings.one)))
  }

  private func participationVolume(_ quantity: Int64) -> Int64 {
    guard settings.participation > 0 else { return 0 }
    let needed = ExecutionSchedule.volume(of: Quantity(quantity), at: settings.participation)
    let (sum, overflow) = volumeAtLastChild.addingReportingOverflow(needed)
    return overflow ? .max : sum
  }

  /// Where the next child goes: whether it rests, and its limit; `none` if there is no such price, or the
  /// parent's limit is in the way.
  private func price(_ now: Instant, _ slice: Int, _ market: View) -> (Bool, Price) {
    if plan.algorithm == .iceberg {
      return (true, parent.price.isNone ? market.best.own(parent.side) : parent.price)
    }
    if settings.isJoining && now < patienceEnd(slice) {
      let best = market.best.own(parent.side)
      return (true, best.isNone || isWithinLimit(best) ? best : parent.price)
    }
    // The router looks at each venue's prices itself.
    if rounds > 0 { return (false, parent.price) }
    let best = market.best.opposite(of: parent.side)
    return (false, best.isNone || isWithinLimit(best) ? best : .none)
  }

  private func isWithinLimit(_ price: Price) -> Bool {
    parent.price.isNone || (parent.side == .buy ? price <= parent.price : price >= parent.price)
  }

  private var restingTime: TimeInForce {
    parent.timeInForce == .goodTillCancelled ? .goodTillCancelled : .day
  }

  /// When a child that joined in a slice has waited long enough.
  private func patienceEnd(_ slice: Int) -> Instant {
    plan.algorithm == .iceberg ? plan.end : schedule.moment(in: slice, settings.patience)
  }

  /// What the second leg is behind the first, at once.
  private mutating func hedge(_ now: Instant, _ market: View) -> ChildOrder? {
    guard let second, now >= secondNotBefore, !hasLive(.second) else { return nil }
    let behind = unhedged
    guard behind.raw > 0 else { return nil }
    let price = market.second.opposite(of: second.side)
    guard !price.isNone else {
      secondNotBefore = now.advanced(by: settings.pause)
      if secondFailures < .max { secondFailures += 1 }
      return nil
    }
    secondAsked = behind
    return ChildOrder(
      leg: .second, instrument: second.instrument, side: second.side, quantity: behind,
      price: price, timeInForce: .immediateOrCancel, isRouted: false, round: 0, excluded: [],
      reason: Reason(
        "\(plan.algorithm.name): the second leg follows the first",
        values: [
          Reason.Value("first_done", decimal(filled)),
          Reason.Value("ratio", Decimal(mantissa: second.ratio, scale: 9)),
          Reason.Value("scheduled", decimal(second.due(for: filled), second.quantityScale)),
          Reason.Value("done", decimal(secondFilled, second.quantityScale)),
          Reason.Value("behind", decimal(behind, second.quantityScale)),
        ]))
  }

  /// When something may be due by time alone.
  private func moment(after now: Instant) -> Instant {
    if now < plan.start { return plan.start }
    var next = Instant.distantFuture
    func consider(_ moment: Instant) {
      if moment > now && moment < next { next = moment }
    }
    if second != nil, unhedged.raw > 0, !hasLive(.second) { consider(secondNotBefore) }
    if ending != nil {
      if children.contains(where: { !$0.isCancelling }) { consider(notBefore) }
      return next
    }
    consider(plan.end)
    if let child = children.first(where: { $0.leg == .first }) {
      if child.isResting { consider(restUntil) }
      if !child.isCancelling { consider(notBefore) }
      return next
    }
    consider(notBefore)
    let slice = schedule.slice(at: now)
    if settings.isJoining { consider(patienceEnd(slice)) }
    if slice + 1 < schedule.count { consider(schedule.beginning(of: slice + 1)) }
    return next
  }
}
