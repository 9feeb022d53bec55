import Events
import Scenarios
import Testing

@testable import Trading

@Suite struct OrderListTests {
  private typealias Held = HeldOrderTests

  private func stage(_ configuration: String = "") -> Stage { Held.stage(configuration) }

  @Test func `the first fill of an OCO cancels the others`() {
    var stage = stage()
    #expect(
      Held.brief(stage.tell("oco sell 5 @ 10100 | sell 5 stop 9900")) == [
        "submitted 1 sell 5 limit @ 10100", "submitted 2 sell 5 stop stop 9900",
      ])
    stage.accept(1)
    stage.accept(2)
    #expect(Held.brief(stage.fill(1, 2, at: 10_100)) == ["cancel 2 linked"])
    // What is left of the first still works when the other is gone.
    #expect(Held.brief(stage.report(2, .cancelled(.requested, text: ""))) == [])
    #expect(stage.engine.market.orders[OrderID(1)]?.state == .partial)
  }

  @Test func `an OCO that fills twice says so`() {
    var stage = stage()
    stage.tell("oco sell 5 @ 10100 | sell 5 stop 9900")
    stage.accept(1)
    stage.accept(2)
    stage.fill(1, 5, at: 10_100)
    #expect(Held.brief(stage.fill(2, 5, at: 9_890)) == ["alert list.both_filled 2"])
    #expect(stage.engine.market.portfolio.quantity(InstrumentID(0)) == Quantity(-10))
  }

  @Test(arguments: [
    ("cancel 1", VenueReport.Outcome.cancelled(.requested, text: "")),
    ("", .expired), ("", .cancelled(.venue, text: "")),
  ])
  func `the end of one of an OCO cancels the others`(_ script: String, _ end: VenueReport.Outcome) {
    var stage = stage("orders.native=none")
    stage.tell("oco sell 5 @ 10100 | sell 5 stop 9900")
    stage.accept(1)
    stage.tell(script)
    #expect(Held.brief(stage.report(1, end)) == ["ended 2 linked"])
    #expect(stage.engine.market.orders.open.isEmpty)
  }

  @Test func `children wake when the parent has filled whole`() {
    var stage = stage()
    #expect(
      Held.brief(stage.tell("oto buy 5 @ 9980 | sell 5 @ 10100")) == [
        "submitted 1 buy 5 limit @ 9980", "held 2 sell 5 limit @ 10100",
      ])
    stage.accept(1)
    #expect(Held.brief(stage.fill(1, 2, at: 9_980)) == [])
    #expect(
      Held.brief(stage.fill(1, 3, at: 9_980)) == ["released 2 sell 5 limit @ 10100 activated"])
  }

  @Test func `children of a parent that ends end with it, or get what it filled`() {
    var stage = stage()
    stage.tell("oto buy 5 @ 9980 | sell 5 @ 10100")
    stage.accept(1)
    #expect(Held.brief(stage.report(1, .expired)) == ["ended 2 parent_ended"])
    stage.tell("oto buy 5 @ 9980 | sell 5 @ 10100")
    stage.accept(3)
    stage.fill(3, 2, at: 9_980)
    #expect(
      Held.brief(stage.report(3, .cancelled(.venue, text: ""))) == [
        "released 4 sell 2 limit @ 10100 activated"
      ])
  }

  @Test func `a bracket wakes with each fill, and its exits share what is left`() {
    var stage = stage()
    #expect(
      Held.brief(stage.tell("bracket buy 10 @ 9980 | sell 10 @ 10100 | sell 10 stop 9900")) == [
        "submitted 1 buy 10 limit @ 9980", "held 2 sell 10 limit @ 10100",
        "held 3 sell 10 stop stop 9900",
      ])
    stage.accept(1)
    #expect(
      Held.brief(stage.fill(1, 4, at: 9_980)) == [
        "released 2 sell 4 limit @ 10100 activated", "released 3 sell 4 stop stop 9900 activated",
      ])
    // The venue has not answered: growing has to wait for that.
    #expect(Held.brief(stage.fill(1, 3, at: 9_980)) == [])
    #expect(Held.brief(stage.accept(2)) == ["replace 2 7 @ 10100"])
    #expect(Held.brief(stage.accept(3)) == ["replace 3 7 @ 9900"])
    stage.report(2, .replaced(quantity: Quantity(7), price: Price(10_100)))
    stage.report(3, .replaced(quantity: Quantity(7), price: Price(9_900)))
    #expect(stage.engine.market.orders[OrderID(3)]?.ticket.terms.stop == Price(9_900))
    // Profit is taken in part: the stop protects what is left.
    #expect(Held.brief(stage.fill(2, 2, at: 10_100)) == ["replace 3 5 @ 9900"])
    stage.report(3, .replaced(quantity: Quantity(5), price: Price(9_900)))
    // Nothing would close what the rest of the entry still opened.
    #expect(
      Held.brief(stage.fill(3, 5, at: 9_895)) == ["cancel 1 linked", "cancel 2 linked"])
  }

  @Test func `an emulated bracket does the same in the core`() {
    var stage = stage("orders.native=none")
    stage.tell("bracket buy 10 @ 9980 | sell 10 @ 10100 | sell 10 stop 9900")
    stage.accept(1)
    // The stop watches, the limit goes out.
    #expect(
      Held.brief(stage.fill(1, 10, at: 9_980)) == ["released 2 sell 10 limit @ 10100 activated"])
    stage.accept(2)
    #expect(Held.brief(stage.fill(2, 4, at: 10_100)) == [])
    #expect(Held.brief(stage.quote(9_890, 9_900)) == ["released 3 sell 6 market triggered 9890"])
    #expect(Held.brief(stage.fill(3, 6, at: 9_890)) == ["cancel 2 linked"])
  }

  @Test func `a list is whole or nothing`() {
    var stage = stage("risk.order.max_quantity=5")
    #expect(
      Held.brief(stage.tell("oco sell 5 @ 10100 | sell 6 stop 9900 | sell 1 @ 10200")) == [
        "submitted 1 sell 5 limit @ 10100", "refused order.max_quantity 6 5", "cancel 1 linked",
      ])
    #expect(
      Held.brief(stage.tell("bracket buy 6 @ 9980 | sell 6 @ 10100 | sell 6 stop 9900")) == [
        "refused order.max_quantity 6 5"
      ])
  }

  @Test func `of linked orders only one counts against the position`() {
    var stage = stage("risk.position.max_quantity=5")
    #expect(
      Held.brief(stage.tell("oco sell 5 @ 10100 | sell 5 stop 9900")).count == 2)
    #expect(Held.brief(stage.tell("sell 1")) == ["refused position.max_quantity 6 5"])
  }

  @Test func `reports that do not fit a held order change nothing`() {
    var stage = stage("orders.native=none")
    stage.tell("sell 5 stop 9900")
    let before = stage.stateBytes()
    for outcome in [
      VenueReport.Outcome.accepted(venueOrder: "X"), .rejected(code: 1, text: ""), .expired,
      .cancelled(.venue, text: ""), .replaced(quantity: Quantity(3), price: Price(9)),
      .triggered(price: Price(1)), .status(.working, filled: .zero),
    ] {
      #expect(Held.brief(stage.report(1, outcome)) == ["alert report.illegal 1"])
    }
    #expect(stage.engine.market.orders[OrderID(1)]?.state == .held)
    #expect(stage.stateBytes().count == before.count)
  }
}

@Suite struct BustTests {
  private typealias Held = HeldOrderTests

  @Test func `an execution that is taken back leaves position, cash and fees as before`() {
    var stage = Held.stage("")
    stage.tell("buy 10 @ 10010")
    stage.accept(1)
    let before = stage.engine.market.portfolio
    stage.fill(1, 4, at: 10_010, fee: Money(units: 1), id: 7)
    #expect(
      Held.brief(stage.report(1, .busted(fill: 7, text: "clearly erroneous")))
        == ["alert report.busted 1"])
    let after = stage.engine.market.portfolio
    #expect(after.quantity(InstrumentID(0)) == .zero)
    #expect(after.ledger["USD"]?[.cash] == before.ledger["USD"]?[.cash])
    #expect(after.ledger["USD"]?[.fees] == .zero)
    #expect(after.ledger["USD"]?.sum == .zero)
    #expect(stage.engine.market.orders[OrderID(1)]?.state == .working)
    // It can fill again, but not be taken back twice.
    stage.fill(1, 10, at: 10_010, id: 8)
    #expect(stage.engine.market.orders[OrderID(1)]?.state == .filled)
    #expect(
      Held.brief(stage.report(1, .busted(fill: 7, text: ""))) == ["alert report.illegal 1"])
  }

  @Test func `a corrected execution is posted anew`() {
    var stage = Held.stage("")
    stage.tell("buy 10 @ 10010")
    stage.accept(1)
    stage.fill(1, 10, at: 10_010, id: 7)
    let fill = Fill(
      id: 7, price: Price(10_000), quantity: Quantity(9), fee: .zero, feeCurrency: "USD",
      liquidity: .taker)
    stage.report(1, .corrected(fill, text: "price"))
    let portfolio = stage.engine.market.portfolio
    #expect(portfolio.quantity(InstrumentID(0)) == Quantity(9))
    // 1,000 dollars less 9 at 100.00.
    #expect(portfolio.ledger["USD"]?[.cash] == Money(units: 100))
    #expect(portfolio.ledger["USD"]?.sum == .zero)
    // An order that ended stays ended.
    #expect(stage.engine.market.orders[OrderID(1)]?.state == .filled)
    #expect(stage.engine.market.orders[OrderID(1)]?.filled == Quantity(9))
  }
}
