import Events
import Scenarios
import Trading

/// Runs with all that becomes rows: lists and parents, busts and corrections, a lost connection, acts and notes.
enum Scene {
  /// A whole run over a made-up market.
  static func rehearsal(seed: UInt64) throws -> [Entry] {
    let folder = try JournalFolder()
    let source = try Rehearsal.record(Rehearsal.market(seed: seed), in: folder)
    _ = try Rehearsal.run(Rehearsal.setup(seed: seed), over: source, in: folder)
    return try folder.reader("run").entries()
  }

  /// What a venue and people may do to orders, told one by one.
  static func told() -> [Entry] {
    var stage = Stage()
    start(&stage)
    stage.tell("buy 10")
    stage.accept(1)
    stage.fill(1, 4, at: 10_010, fee: Money(raw: 1_000_000_000_000))
    stage.fill(1, 6, at: 10_020)
    stage.report(1, .filled(fill(1, 4, 10_010)))  // Unknown before: booked beyond the order.
    stage.tell("buy 20 @ 10000")
    stage.accept(2)
    stage.fill(2, 5, at: 10_000, id: 77)
    stage.fill(2, 5, at: 10_000, id: 77)  // Told twice.
    stage.report(2, .corrected(fill(77, 3, 9_990), text: "price"))
    stage.report(2, .busted(fill: 77, text: "error"))
    stage.report(2, .busted(fill: 77, text: "again"))
    stage.tell("cancel 2")
    stage.report(2, .cancelled(.requested, text: ""))
    stage.tell("execute buy 100 @ 10100 twap 10m slices 5")
    for minute in 1...12 { stage.quote(9_990 + Int64(minute), 10_010, after: 60_000_000_000) }
    people(&stage)
    stage.tell("sell 5 @ 20000")
    stage.step(.connection(ConnectionChange(venue: VenueID(0), state: .disconnected, text: "cut")))
    stage.step(.connection(ConnectionChange(venue: VenueID(0), state: .connected)))
    stage.report(1, .rejected(code: 99, text: "late"))
    stage.report(999, .accepted(venueOrder: "nobody's"))
    stage.step(.runStopped(RunStop(why: .operator, text: "told")))
    return stage.entries
  }

  /// More orders than the engine remembers, and news of the first when it is forgotten.
  static func forgotten() -> [Entry] {
    var stage = Stage()
    start(&stage)
    for order in 1...UInt64(9_000) {
      stage.tell("buy 1")
      stage.fill(order, 1, at: 10_000, id: 7)
    }
    stage.report(1, .busted(fill: 7, text: "too late"))
    stage.report(2, .filled(fill(8, 1, 10_000)))
    return stage.entries
  }

  private static func start(_ stage: inout Stage) {
    stage.step(
      .runStarted(RunStart(mode: .live, seed: 1, engine: "test", strategies: "", source: "scene")))
    stage.step(
      .configuration(
        ConfigurationItems(
          lines: """
            account.cash=1000000 USD
            strategy.one.kind=scripted
            strategy.one.instruments=ALFA
            strategy.one.log=false
            """)))
    stage.step(.instrument(.share(0, "ALFA")))
    stage.quote(9_990, 10_010)
  }

  private static func people(_ stage: inout Stage) {
    func act(_ act: OperatorAct.Act, _ reason: String) {
      stage.step(
        .operatorAct(OperatorAct(act: act, scope: .all, subject: "ann", reason: reason)))
    }
    act(.halt, "drill")
    let alert = stage.entries.last { $0.event.kind == .halted }?.header.sequence ?? 0
    act(.note, Acknowledgement(of: alert, reason: "seen").note)
    act(.note, Acknowledgement(of: alert, reason: "seen twice").note)
    act(.note, "lunch")
    act(.resume, "over")
    stage.step(
      .limitChange(
        LimitChange(key: "risk.order.max_quantity", value: "500", author: "bob", reason: "calm")))
  }

  private static func fill(_ id: UInt64, _ quantity: Int64, _ price: Int64) -> Fill {
    Fill(
      id: id, price: Price(price), quantity: Quantity(quantity), fee: .zero, feeCurrency: "USD",
      liquidity: .taker)
  }
}
