import Events
import Scenarios
import Testing

@testable import Reporting

/// Which bar or trade priced a simulated fill.
@Suite struct PricingTests {
  static func bar(
    _ instrument: UInt16, _ side: Side = .none, open: Int64, close: Int64
  ) -> Observation {
    .market(
      .bar(
        Bar(
          instrument: InstrumentID(instrument), side: side, interval: 60_000_000_000,
          open: Price(open), high: Price(max(open, close)), low: Price(min(open, close)),
          close: Price(close), volume: Quantity(5))))
  }

  /// A share and who trades it.
  static func stage() -> Stage {
    var stage = Stage()
    let lines = """
      account.cash=100000 USD
      strategy.r.kind=scripted
      strategy.r.instruments=SHR
      """
    stage.step(.configuration(ConfigurationItems(lines: lines)))
    stage.step(.instrument(.share(0, "SHR")))
    return stage
  }

  static func trade(_ price: Int64, size: Int64 = 5) -> Observation {
    .market(
      .trade(
        Trade(instrument: InstrumentID(0), price: Price(price), size: Quantity(size), side: .none)))
  }

  /// An order that is out, then what happens, then its fill at 100.00.
  /// - Returns: the kinds of the chain's steps after the order is accepted, with their texts.
  static func chain(
    _ rule: FillBasis.Rule, _ detail: FillBasis.Detail = .none, block: Int = 3,
    after happens: [(Observation, delay: Int64)]
  ) throws -> [String] {
    var stage = Self.stage()
    stage.step(.instrument(.share(1, "OTH")))
    stage.quote(9_990, 10_010)
    stage.tell("buy 5")
    stage.accept(1)
    for (observation, delay) in happens { stage.step(observation, after: delay) }
    stage.step(
      .report(
        VenueReport(
          order: OrderID(1),
          .filled(
            Fill(
              id: 1, price: Price(10_000), quantity: Quantity(5), fee: .zero, feeCurrency: "USD",
              liquidity: .taker, basis: FillBasis(rule, detail))))), after: 0)
    let folder = try JournalFolder()
    let reader = try folder.write(stage.entries, to: "run", block: block)
    let explanation = try #require(try Explanation(of: OrderID(1), in: reader))
    withExtendedLifetime(folder) {}
    let accepted = explanation.steps.firstIndex { $0.entry.event.kind == .accepted }!
    return explanation.steps[(accepted + 1)...].map { "\($0.entry.event.kind.name) \($0.text)" }
  }

  @Test func `the bar whose open it is stands before the fill`() throws {
    let steps = try Self.chain(
      .barOpen,
      after: [
        (Self.bar(0, open: 9_000, close: 9_100), 60_000_000_000),
        (Self.bar(0, open: 10_000, close: 10_100), 60_000_000_000),
        (Self.bar(0, .buy, open: 9_999, close: 10_000), 0),
        (Self.bar(1, open: 10_000, close: 10_000), 0),
      ])
    #expect(steps.count == 2)
    #expect(steps[0].contains("open 100.00") && steps[0].contains("close 101.00"), "\(steps)")
    #expect(steps[1].contains("at the open of the bar"))
  }

  @Test func `with slippage it is the newest, and in a block before it is found, too`() throws {
    let steps = try Self.chain(
      .barClose,
      after: [
        (Self.bar(0, open: 10_000, close: 10_000), 60_000_000_000),
        (Self.bar(0, open: 9_500, close: 9_600), 60_000_000_000),
        (Self.bar(1, open: 10_000, close: 10_000), 0), (Self.trade(9_999), 0),
      ])
    #expect(steps.count == 2)
    #expect(steps[0].contains("close 96.00"), "\(steps)")
  }

  @Test func `a trade that went through its queue is named, what a book showed is not`() throws {
    let trades = [(Self.trade(9_000), delay: Int64(1)), (Self.trade(10_000), 1)]
    let steps = try Self.chain(.queue, after: trades)
    #expect(steps.count == 2 && steps[0].contains("100.00"), "\(steps)")
    #expect(try Self.chain(.level, after: trades).count == 1)
  }

  @Test func `where nothing of the kind came the fill stands alone`() throws {
    #expect(try Self.chain(.barOpen, after: []).count == 1)
  }

  @Test(
    arguments: [
      ("sell 5 trail 50 offset 20", "SELL 5 SHR trailing stop @ stop - 0.20"),
      ("buy 5 trail 50 offset 20", "BUY 5 SHR trailing stop @ stop + 0.20"),
      ("sell 5 trail 50", "SELL 5 SHR trailing stop at market"),
    ])
  func `an order that trails says where its limit will be`(script: String, title: String) throws {
    var stage = Self.stage()
    stage.quote(9_990, 10_010)
    stage.tell(script)
    stage.accept(1)
    let folder = try JournalFolder()
    let reader = try folder.write(stage.entries, to: "run")
    let told = try #require(try Explanation(of: OrderID(1), in: reader)).title
    withExtendedLifetime(folder) {}
    #expect(told.contains(title), "\(told)")
  }

  @Test func `the title has the terms that the order came to have`() throws {
    var stage = Self.stage()
    stage.quote(9_990, 10_010)
    stage.tell("buy 5 @ 9000")
    stage.accept(1)
    stage.report(1, .replaced(quantity: Quantity(8), price: Price(9_100)))
    stage.fill(1, 5, at: 9_100)
    let folder = try JournalFolder()
    let reader = try folder.write(stage.entries, to: "run")
    let title = try #require(try Explanation(of: OrderID(1), in: reader)).title
    withExtendedLifetime(folder) {}
    #expect(title.contains("BUY 8 SHR @ 91.00") && title.contains("PARTIAL"), "\(title)")
  }

  /// Prints of one moment: 70 went to the queue, then the order was filled by one after the other.
  @Test(
    arguments: [
      (FillBasis.Detail.none, "x 5"),
      (.queue(.riskAverse, placed: Quantity(100), left: Quantity(55)), "x 60"),
      (.queue(.riskAverse, placed: FillBasis.unknown, left: FillBasis.unknown), "x 5"),
      (.queue(.exact, placed: Quantity(100), left: Quantity(35)), "x 40"),
      (.share(of: Quantity(70), among: Quantity(200)), "x 70"),
      (.queue(.exact, placed: Quantity(100), left: Quantity(900)), "x 500"),
    ])
  func `of several trades of one moment it is the one with the size`(
    detail: FillBasis.Detail, text: String
  ) throws {
    let steps = try Self.chain(
      .queue, detail, block: 100,
      after: [(Self.trade(10_000, size: 40), 1_000)]
        + [70, 60, 40, 5, 500].enumerated().map {
          (Self.trade(10_000, size: $0.element), $0.offset == 0 ? 1_000 : 0)
        })
    #expect(steps.count == 2)
    #expect(steps[0].contains(text), "\(steps)")
  }
}
