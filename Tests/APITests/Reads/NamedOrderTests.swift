import Events
import Foundation
import Reporting
import Scenarios
import Testing
import Trading

@testable import API

/// Orders that people gave, asked for by their own names.
struct NamedOrderTests {
  /// A journal with an order `hedge-1`, and `hedge-2` that the gate refused.
  private static func journal(in folder: JournalFolder) throws -> String {
    var stage = Stage()
    stage.step(
      .runStarted(RunStart(mode: .live, seed: 1, engine: "test", strategies: "", source: "test")))
    stage.step(
      .configuration(
        ConfigurationItems(
          lines: """
            account.cash=1000000 USD
            risk.order.max_quantity=50
            strategy.one.kind=scripted
            strategy.one.instruments=ALFA
            strategy.one.log=false
            """)))
    stage.step(.instrument(.share(0, "ALFA")))
    stage.quote(9_990, 10_010)
    for (name, quantity) in [("hedge-1", 10), ("hedge-2", 80)] {
      stage.step(
        .instruction(
          Instruction(
            clientOrder: name, subject: "ann",
            intent: IntentRecord(
              strategy: StrategyID(0), action: .order, instrument: InstrumentID(0), side: .buy,
              type: .market, timeInForce: .immediateOrCancel, quantity: Quantity(Int64(quantity)),
              reason: Reason("hedge")))))
    }
    _ = try folder.write(stage.entries, to: "people")
    return folder.path("people")
  }

  @Test func `status and explanation know an order by its name, and say why one was refused`()
    async throws
  {
    let folder = try JournalFolder()
    let path = try Self.journal(in: folder)
    let reader = try folder.reader("people")
    try await TestServer.with(path) { server in
      let order = try await server.get("/api/v1/orders/hedge-1/status")
      #expect(order.status == 200 && order.json["order"] as? String == "ord-1")
      let explained = try await server.get("/api/v1/orders/hedge-1/explain")
      let own = try #require(try Explanation(of: OrderID(1), in: reader))
      #expect(explained.body == own.json.text)

      let refused = try await server.get("/api/v1/orders/hedge-2/status")
      #expect(refused.status == 200 && refused.json["state"] as? String == "refused")
      #expect(refused.json["rule"] as? String == "order.max_quantity")
      #expect(refused.json["value"] as? String == "80" && refused.json["limit"] as? String == "50")
      let why = try await server.get("/api/v1/orders/hedge-2/explain")
      let sequence = try #require(refused.json["refused_seq"] as? Int)
      let chain = try #require(try Explanation(of: UInt64(sequence), in: reader))
      #expect(why.status == 200 && why.body == chain.json.text)
      let given = try #require(try Explanation(ofGiven: "hedge-2", in: reader))
      #expect(given.json.text == chain.json.text)

      let unknown = try await server.get("/api/v1/orders/hedge-3/status")
      #expect(unknown.status == 404 && unknown.code == "unknown_order")
      #expect((unknown.json["detail"] as? String)?.contains("did you mean `hedge-1`?") == true)
    }
  }
}
