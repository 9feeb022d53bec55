import Events
import Scenarios
import Testing

@testable import Trading

/// What a person closes by lots.
@Suite struct ClosingTests {
  static func close(
    _ quantity: Int64, lots: [UInt64] = [], _ instrument: InstrumentID = BooksTests.share,
    scope: Scope = Scope(.strategy, 0)
  ) -> Observation {
    .operatorAct(
      OperatorAct(
        act: .close, scope: scope, subject: "ann", reason: "tax",
        closing: .init(instrument: instrument, quantity: Quantity(quantity), lots: lots)))
  }

  /// Three lots of ten at 100, 120 and 110 dollars.
  @Test func `the lots that a person names are closed by an order of the strategy`() throws {
    var stage = ChosenLotTests.stage("fifo")
    let ids = ChosenLotTests.lots(stage)
    let made = stage.step(Self.close(15, lots: [ids[1], ids[2]]))
    #expect(BooksTests.briefs(made) == ["intent order", "submitted 4 sell 15 market"])
    guard case .intent(let intent) = made[0] else { return }
    #expect(intent.reason.text == "closed by ann: tax")
    let ticket = try #require(stage.engine.market.orders[OrderID(4)]?.ticket)
    #expect(ticket.terms.isReduceOnly && ticket.terms.lots == [ids[1], ids[2]])
    #expect(stage.engine.cause(of: VenueReport(order: OrderID(4), .expired)) > 0)
    let lots = stage.fill(4, 15, at: 13_000).flatMap { decision -> [Booking.Lot] in
      if case .booked(let booking) = decision { booking.lots } else { [] }
    }
    #expect(lots.map(\.id) == [ids[1], ids[2]] && lots.map(\.quantity.raw) == [10, 5])
    // 10 × (130 − 120) + 5 × (130 − 110).
    let position = stage.engine.market.portfolio.position(StrategyID(0), BooksTests.share)
    #expect(position.realised == Money(units: 200))
  }

  @Test func `without lots the account's method closes, and a short is bought back`() {
    var stage = ChosenLotTests.stage("lifo")
    let ids = ChosenLotTests.lots(stage)
    stage.step(Self.close(5))
    let lots = stage.fill(4, 5, at: 13_000).flatMap { decision -> [Booking.Lot] in
      if case .booked(let booking) = decision { booking.lots } else { [] }
    }
    #expect(lots.map(\.id) == [ids[2]])
    var short = BooksTests.stage()
    _ = BooksTests.trade(&short, "sell 4", at: 10_000)
    #expect(
      BooksTests.briefs(short.step(Self.close(4))) == ["intent order", "submitted 2 buy 4 market"])
  }

  @Test func `what cannot be closed is refused, and says why`() {
    let ids = ChosenLotTests.lots(ChosenLotTests.stage("fifo"))
    let rows: [(Observation, String)] = [
      (Self.close(31), "refused order.not_reducing"),
      (Self.close(5, lots: [1]), "refused order.invalid"),
      (Self.close(5, lots: [ids[0], ids[0]]), "refused order.invalid"),
      (Self.close(0), "refused order.invalid"),
      // Nothing is held of it, and there is no such instrument.
      (Self.close(1, InstrumentID(1)), "refused order.not_reducing"),
      (Self.close(1, InstrumentID(99)), "refused instrument.unknown"),
      (Self.close(1, scope: .all), "alert act.not_permitted"),
      (Self.close(1, scope: Scope(.strategy, 1)), "alert act.not_permitted"),
      (
        .operatorAct(
          OperatorAct(act: .close, scope: Scope(.strategy, 0), subject: "ann", reason: "")),
        "alert act.not_permitted"
      ),
    ]
    for (act, said) in rows {
      var stage = ChosenLotTests.stage("fifo")
      let last = BooksTests.briefs(stage.step(act)).last ?? ""
      #expect(last.hasPrefix(said), "\(last)")
    }
    var halted = ChosenLotTests.stage("fifo")
    halted.step(.operatorAct(OperatorAct(act: .halt, scope: .all, subject: "ann", reason: "")))
    let refused = BooksTests.briefs(halted.step(Self.close(5))).last ?? ""
    #expect(refused.hasPrefix("refused engine.halted"), "\(refused)")
  }
}
