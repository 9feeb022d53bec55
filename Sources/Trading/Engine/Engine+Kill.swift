import Events

/// A scope that is being killed: no new order, and cancels until every order is known to be finished.
struct Kill: Equatable, Sendable {
  var scope: Scope
  var round: UInt32
  /// When cancels are asked for again.
  var next: Instant

  /// A second after the first cancels; each pause is twice the one before, up to 64 seconds.
  static func pause(after round: UInt32) -> Int64 { Nanoseconds.second << Int64(min(round, 6)) }

  func encode(to out: inout ByteBuffer) {
    out.append(scope.kind.rawValue)
    out.append(scope.id)
    out.append(round)
    out.append(next.nanoseconds)
  }

  init(scope: Scope, round: UInt32, next: Instant) {
    (self.scope, self.round, self.next) = (scope, round, next)
  }

  init(_ input: inout ByteReader) throws(Damage) {
    guard let kind = Scope.Kind(rawValue: try input.read(UInt8.self)) else {
      throw Damage(at: input.offset, "an unknown scope")
    }
    scope = Scope(kind, try input.read(UInt64.self))
    round = try input.read(UInt32.self)
    next = Instant(nanoseconds: try input.read(Int64.self))
  }
}

// The kill switch (docs/risk.md): halts a scope, cancels its orders, and asks again until they are finished.
extension Engine {
  /// Blocks the scope, then tells what is open; the halt has its orders cancelled.
  mutating func kill(_ act: OperatorAct, _ header: EntryHeader) {
    work.add(.halt(act.scope, reason: act.reason), cause: header.sequence)
    work.add(.kill(act.scope, round: 0), cause: header.sequence)
  }

  /// The kills that are under way, and how many orders each still has open.
  public var openKills: [(scope: Scope, open: Int)] {
    kills.map { kill in
      (kill.scope, market.orders.open.count { isIn(kill.scope, $0) })
    }
  }

  /// How far a kill has come; nil if there is none any more.
  func reportKill(_ scope: Scope, _ round: UInt32) -> Decision? {
    guard round == 0 || kills.contains(where: { $0.scope == scope }) else { return nil }
    let open = market.orders.open.filter { isIn(scope, $0) }.map(\.id)
    return .killReport(
      KillReport(
        scope: scope, round: round, open: UInt32(open.count),
        orders: Array(open.prefix(KillReport.listed))))
  }

  mutating func apply(_ report: KillReport, _ header: EntryHeader) {
    kills.removeAll { $0.scope == report.scope }
    if report.open > 0 {
      let next = header.receiveTime.advanced(by: Kill.pause(after: report.round))
      kills.append(Kill(scope: report.scope, round: report.round, next: next))
    }
    noteMoment()
  }

  /// A halt is over, and with it the kill that made it.
  mutating func endKills(_ scope: Scope) {
    guard !kills.isEmpty else { return }
    kills.removeAll { scope == .all || $0.scope == scope }
    noteMoment()
  }

  /// Asks again for the cancels of the kills whose time has come.
  mutating func repeatKills(at time: Instant, _ sequence: UInt64) {
    for index in kills.indices where kills[index].next <= time {
      kills[index].next = .distantFuture
      for order in market.orders.open where isIn(kills[index].scope, order) {
        work.add(.cancelAgain(order.id), cause: sequence)
      }
      work.add(.kill(kills[index].scope, round: kills[index].round + 1), cause: sequence)
    }
  }

  /// A venue is back: what was killed there is cancelled before anything else.
  mutating func cancelKilled(at venue: VenueID, _ sequence: UInt64) {
    for kill in kills {
      for order in market.orders.open
      where isIn(kill.scope, order) && market.terms(order.ticket.instrument)?.venue == venue {
        work.add(.cancelAgain(order.id), cause: sequence)
      }
    }
  }

  /// An order has ended: a kill may be done.
  mutating func checkKills(_ sequence: UInt64) {
    for kill in kills where !market.orders.open.contains(where: { isIn(kill.scope, $0) }) {
      work.add(.kill(kill.scope, round: kill.round), cause: sequence)
    }
  }
}
