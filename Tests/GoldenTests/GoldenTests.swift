import Events
import Foundation
import Scenarios
import Sequencing
import Testing
import Trading

/// Journals as text with the state they lead to, compared with what the engine makes now.
///
/// A difference means that the engine decides otherwise than it did. If that is meant, run the tests with
/// `DAYBOOK_UPDATE_GOLDEN=1`, read the difference of `Journals/Golden` line by line and commit it.
@Suite struct GoldenTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Journals/Golden")

  @Test(arguments: GoldenScenario.all)
  func `a scripted run has the journal and the state kept as text`(scenario: GoldenScenario) throws
  {
    var stage = Stage(catalog: Rehearsal.catalog)
    scenario.play(&stage)
    try compare(Self.journal(stage.entries), scenario.name + ".journal")
    try compare(Self.state(stage.engine), scenario.name + ".state")
  }

  @Test func `the golden journals hold every kind of decision`() {
    var kinds: Set<String> = []
    for scenario in GoldenScenario.all {
      var stage = Stage(catalog: Rehearsal.catalog)
      scenario.play(&stage)
      kinds.formUnion(stage.entries.filter { $0.event.kind.isDecision }.map(\.event.kind.name))
    }
    #expect(kinds == Set(EntryKind.allCases.filter(\.isDecision).map(\.name)))
  }

  private func compare(_ text: String, _ name: String) throws {
    let file = Self.folder.appending(path: name)
    if ProcessInfo.processInfo.environment["DAYBOOK_UPDATE_GOLDEN"] == "1" {
      try text.write(to: file, atomically: true, encoding: .utf8)
      return
    }
    let kept = try String(contentsOf: file, encoding: .utf8)
    let (old, new) = (kept.split(separator: "\n"), text.split(separator: "\n"))
    let same = zip(old, new).prefix { $0 == $1 }.count
    #expect(
      text == kept,
      """
      \(name) line \(same + 1)
      kept: \(same < old.count ? old[same] : "nothing")
      now:  \(same < new.count ? new[same] : "nothing")
      """)
  }

  /// One line of JSON an entry.
  static func journal(_ entries: [Entry]) -> String {
    var text = EntryText()
    return entries.map { entry in
      text.note(entry.event)
      return text.line(entry).text + "\n"
    }.joined()
  }

  /// The state hash, and what people look at: balances, positions, open orders.
  static func state(_ engine: borrowing Engine) -> String {
    func amount(_ money: Money) -> String { decimalText(money.raw, scale: Money.scale) }
    var lines = ["state_hash \(engine.stateHash())"]
    for book in engine.market.portfolio.ledger.books {
      for account in Ledger.Account.allCases {
        lines.append("balance \(book.currency) \(account) \(amount(book[account]))")
      }
    }
    for case let instrument? in engine.market.instruments {
      for (index, name) in engine.strategyNames.enumerated() {
        let position = engine.market.portfolio.position(
          StrategyID(UInt16(index)), instrument.id)
        guard position != Position() else { continue }
        lines.append(
          "position \(name) \(instrument.symbol) \(instrument.text(position.quantity)) "
            + "cost \(amount(position.cost)) realised \(amount(position.realised)) "
            + "fees \(amount(position.fees))")
      }
    }
    for order in engine.market.orders.open {
      lines.append(
        "open \(order.id) \(order.state.name) filled \(order.filled.raw) of "
          + "\(order.ticket.quantity.raw)")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
