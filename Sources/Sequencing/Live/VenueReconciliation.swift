import Events
import Trading
import Venues

extension VenueStatement.Holding {
  /// What the engine's fills of an instrument add up to, as a venue would state it. O(strategies).
  public init(_ instrument: Instrument, in engine: borrowing Engine) {
    self.init(instrument: instrument.id)
    (quantity, paid, fees) = engine.fillTotals(of: instrument)
  }
}

/// A venue's statement held against what the engine has when the statement's turn comes
/// (docs/reconciliation.md, Venues that we are connected with).
enum VenueReconciliation {
  /// What is compared, and what came of it.
  private struct Comparison {
    var compared: UInt32 = 0
    var checks: [StatementCheck] = []
    /// Breaks that are open on figures of these venues.
    var open: [StatementCheck]

    mutating func take(_ check: StatementCheck) {
      compared += 1
      if !check.agrees || open.contains(where: { $0.kind == check.kind && $0.key == check.key }) {
        checks.append(check)
      }
    }
  }

  /// The statement as it is recorded: what differs, and what agrees again. O(orders + strategies ×
  /// instruments).
  /// - Parameters:
  ///   - venues: ours that the venue speaks for.
  ///   - moved: instruments of which not only fills moved what is held. They are left out, as those that have
  ///     expired are, and what options among them are on: a venue's fills do not add up to what is held there.
  static func taken(
    _ statement: VenueStatement, of venues: [VenueID], leavingOut moved: [InstrumentID],
    _ sequencer: borrowing Sequencer
  ) -> StatementTaken {
    let instruments = sequencer.engine.market.instruments.compactMap { $0 }.filter {
      venues.contains($0.venue)
    }
    let altered = sequencer.engine.market.instruments.compactMap { $0 }.filter {
      moved.contains($0.id) || ($0.expiry != .epoch && $0.expiry <= sequencer.time)
    }
    let (leaving, underlying) = (
      Set(altered.map(\.id)), Set(altered.compactMap { $0.option?.underlying })
    )
    let held = instruments.filter { instrument in
      !leaving.contains(instrument.id) && !underlying.contains(instrument.symbol)
        && !underlying.contains(instrument.fullName)
    }
    let open = sequencer.engine.reconciliation.open.map(\.record).filter { record in
      record.account == .main && instruments.contains { $0.id == record.check.instrument }
    }
    var comparison = Comparison(open: open.map(\.check))
    compareOrders(statement, instruments, sequencer.engine, &comparison)
    compareHoldings(statement, held, sequencer.engine, &comparison)
    var names: [String] = []
    for instrument in instruments where !names.contains(instrument.venueName) {
      names.append(instrument.venueName)
    }
    return StatementTaken(
      source: names.joined(separator: ","), digest: .zero, format: .venue, from: .epoch,
      to: sequencer.time, through: sequencer.sequence, compared: comparison.compared,
      checks: comparison.checks)
  }

  private static func compareOrders(
    _ statement: VenueStatement, _ instruments: [Instrument], _ engine: borrowing Engine,
    _ comparison: inout Comparison
  ) {
    var named: [OrderID] = []
    for line in statement.orders {
      let order = engine.market.orders[line.order]
      named.append(line.order)
      guard let order, !order.state.isFinal,
        let instrument = instruments.first(where: { $0.id == order.ticket.instrument })
      else {
        let instrument = order?.ticket.instrument ?? .none
        let terms = engine.market.instrument(instrument)
        let theirs = terms.map { StatementFigure.text(line.left, of: $0) } ?? "\(line.left.raw)"
        comparison.take(
          StatementCheck(
            .missingHere, key(line.order), ours: "", theirs: theirs, instrument: instrument,
            order: line.order))
        continue
      }
      // What the venue was asked for and has not answered, or is being asked about, is no difference.
      if order.state == .unknown { continue }
      comparison.take(
        StatementCheck(
          .quantity, key(line.order), ours: StatementFigure.text(order.remaining, of: instrument),
          theirs: StatementFigure.text(line.left, of: instrument), instrument: instrument.id,
          order: order.id, entry: order.requestSequence))
    }
    for order in engine.market.orders.open
    where order.state != .held && order.state != .unknown && order.isAcknowledged {
      guard let instrument = instruments.first(where: { $0.id == order.ticket.instrument }),
        !named.contains(order.id)
      else { continue }
      named.append(order.id)
      comparison.take(
        StatementCheck(
          .missingThere, key(order.id),
          ours: StatementFigure.text(order.remaining, of: instrument), theirs: "",
          instrument: instrument.id, order: order.id, entry: order.requestSequence))
    }
    settle(named, statement, engine, &comparison)
  }

  private static func key(_ order: OrderID) -> String { "order \(order)" }

  /// Breaks on orders that both sides have now, or neither, are over.
  private static func settle(
    _ named: [OrderID], _ statement: VenueStatement, _ engine: borrowing Engine,
    _ comparison: inout Comparison
  ) {
    for check in comparison.open where check.order != .none && check.key == key(check.order) {
      let isHere = engine.market.orders[check.order].map { !$0.state.isFinal } ?? false
      let isThere = statement.orders.contains { $0.order == check.order }
      let isOver =
        switch check.kind {
        case .missingHere, .missingThere: isHere == isThere
        default: !isHere && !isThere
        }
      guard isOver else { continue }
      comparison.checks.append(
        StatementCheck(
          check.kind, check.key, ours: "", theirs: "", instrument: check.instrument,
          order: check.order))
    }
  }

  private static func compareHoldings(
    _ statement: VenueStatement, _ instruments: [Instrument], _ engine: borrowing Engine,
    _ comparison: inout Comparison
  ) {
    var currencies: [(name: String, instrument: InstrumentID, ours: Money, theirs: Money)] = []
    for instrument in instruments {
      let ours = VenueStatement.Holding(instrument, in: engine)
      let theirs =
        statement.holdings.first { $0.instrument == instrument.id }
        ?? VenueStatement.Holding(instrument: instrument.id)
      let nothing = VenueStatement.Holding(instrument: instrument.id)
      if theirs != nothing || ours != nothing {
        comparison.take(
          StatementCheck(
            .position, "position \(instrument.statementName)",
            ours: StatementFigure.text(ours.quantity, of: instrument),
            theirs: StatementFigure.text(theirs.quantity, of: instrument),
            instrument: instrument.id))
      }
      let cash = (ours: -ours.paid - ours.fees, theirs: -theirs.paid - theirs.fees)
      if let index = currencies.firstIndex(where: { $0.name == instrument.currency }) {
        currencies[index].ours += cash.ours
        currencies[index].theirs += cash.theirs
      } else {
        currencies.append((instrument.currency, instrument.id, cash.ours, cash.theirs))
      }
    }
    for currency in currencies {
      comparison.take(
        StatementCheck(
          .cash, "cash of fills \(currency.name)", ours: StatementFigure.text(currency.ours),
          theirs: StatementFigure.text(currency.theirs), instrument: currency.instrument))
    }
  }
}
