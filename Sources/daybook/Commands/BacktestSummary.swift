import Events
import Journaling
import Reporting
import Sequencing
import Trading

/// What a backtest did, in a few figures.
struct BacktestSummary {
  private let events: UInt64
  private let entries: UInt64
  private let rejected: UInt64
  private let tally: Tally
  private let start: [Valuation]
  private let end: [Valuation]
  private let state: Digest
  private let chain: Digest
  private let seconds: Double
  private let readFirst: [String]
  private let costs: TransactionCosts
  private let models: [(name: String, text: String)]
  /// Parents that the summary shows; the report has all.
  private static let shown = 12

  init(
    _ backtest: borrowing Backtest, _ counts: JournalCounts, head: JournalHead, state: Digest,
    seconds: Double, readFirst: [String], costs: TransactionCosts,
    models: [(name: String, text: String)]
  ) {
    events = counts.recorded
    entries = counts.total
    rejected = counts[.rejected]
    tally = backtest.sequencer.engine.tally
    start = backtest.startValuations
    end = backtest.sequencer.engine.valuations
    chain = head.chain
    self.state = state
    self.seconds = seconds
    self.readFirst = readFirst
    self.costs = costs
    self.models = models
  }

  private var refusals: [(rule: Rule, count: UInt64)] {
    Rule.allCases.map { ($0, tally.refused[Int($0.rawValue)]) }.filter { $0.count > 0 }
  }

  /// What became of the orders that the core kept.
  private var releases: [(name: String, count: UInt64)] {
    ReleaseCause.allCases.map { ($0.name, tally.released[Int($0.rawValue)]) }
      .filter { $0.1 > 0 }
  }

  private var ends: [(name: String, count: UInt64)] {
    EndCause.allCases.map { ($0.name, tally.ended[Int($0.rawValue)]) }.filter { $0.1 > 0 }
  }

  private var rate: Double { Double(events) / max(seconds, 1e-9) }

  func json(journal: String, report: String) -> JSON {
    .object([
      ("events", .number(events)), ("entries", .number(entries)), ("bars", .number(tally.bars)),
      ("signals", .number(tally.signals)), ("intents", .number(tally.intents)),
      ("derived", .number(tally.derived)),
      ("refused", .object(refusals.map { ($0.rule.name, .number($0.count)) })),
      ("held", .number(tally.held)),
      ("released", .object(releases.map { ($0.name, .number($0.count)) })),
      ("ended", .object(ends.map { ($0.name, .number($0.count)) })),
      ("routed", .number(tally.routed)),
      ("orders", .number(tally.orders)), ("children", .number(tally.children)),
      ("rejected", .number(rejected)),
      ("fills", .number(tally.fills)),
      ("alerts", .number(tally.alerts)),
      ("start_equity", .object(start.map { ($0.currency, .string(moneyText($0.equity))) })),
      ("end_equity", .object(end.map { ($0.currency, .string(moneyText($0.equity))) })),
      ("profit", .object(changes.map { ($0.currency, .string(moneyText($0.profit))) })),
      ("contributed", .object(changes.map { ($0.currency, .string(moneyText($0.contributed))) })),
      ("exchanged", .object(changes.map { ($0.currency, .string(moneyText($0.exchanged))) })),
      ("fees", .object(end.map { ($0.currency, .string(moneyText($0.fees))) })),
      ("read_first", .array(readFirst.map { .string($0) })),
      ("models", .object(models.map { ($0.name, .string($0.text)) })),
      ("state_hash", .string(state.description)), ("chain_head", .string(chain.description)),
      ("events_per_second", .number(rounded(rate, 0))), ("seconds", .number(rounded(seconds, 3))),
      ("journal", .string(journal)), ("report", .string(report)),
    ])
  }

  func lines(_ style: Style, journal: String, report: String) -> [String] {
    var facts = Facts()
    facts.add("events", "\(grouped(events))  in \(rounded(seconds, 2)) s, \(shortCount(rate))/s")
    if tally.bars > 0 { facts.add("bars", grouped(tally.bars)) }
    if tally.signals > 0 { facts.add("signals", grouped(tally.signals)) }
    let own = tally.intents - tally.derived
    facts.add(
      "intents",
      grouped(tally.intents)
        + (tally.derived > 0
          ? "  \(grouped(own)) of strategies, \(grouped(tally.derived)) made of them" : ""))
    for (index, refusal) in refusals.enumerated() {
      facts.add(
        index == 0 ? "refused" : "", "\(grouped(refusal.count))  by \(refusal.rule.name)")
    }
    addHeld(to: &facts)
    facts.add(
      "orders",
      grouped(tally.orders)
        + (tally.children > 0 ? "  \(grouped(tally.children)) of them children" : ""))
    if rejected > 0 { facts.add("rejected", "\(grouped(rejected))  by the venue") }
    facts.add("fills", grouped(tally.fills))
    if tally.alerts > 0 { facts.add("alerts", style(grouped(tally.alerts), .bad)) }
    for (valuation, change) in zip(end, changes) {
      facts.add("equity", equity(valuation, change, style))
      let moved = Self.moved(change)
      if !moved.isEmpty { facts.add("  and", moved.joined(separator: ", ")) }
    }
    for (index, warning) in readFirst.enumerated() {
      facts.add(index == 0 ? "read first" : "", style(warning, .notable))
    }
    for (index, line) in Self.lines(of: models).enumerated() {
      facts.add(index == 0 ? "models" : "", line)
    }
    facts.add("state hash", state.description)
    facts.add("journal", "\(journal)  \(grouped(entries)) entries")
    facts.add("report", report)
    return facts.lines(style) + parents(style)
  }

  private func addHeld(to facts: inout Facts) {
    guard tally.held > 0 else { return }
    let out = releases.map { "\(grouped($0.count)) \($0.name)" }
    let gone = ends.map { "\(grouped($0.count)) \($0.name)" }
    facts.add("held", "\(grouped(tally.held))  by the core")
    if !out.isEmpty { facts.add("  went out", out.joined(separator: ", ")) }
    if !gone.isEmpty { facts.add("  ended", gone.joined(separator: ", ")) }
    if tally.routed > 0 { facts.add("routed", "\(grouped(tally.routed))  over venues") }
  }

  /// What the orders that algorithms worked cost, in order of their ids.
  private func parents(_ style: Style) -> [String] {
    guard !costs.parents.isEmpty else { return [] }
    var table = Table(
      TransactionCosts.headings.enumerated().map { ($1, $0 < 4 ? .left : .right) })
    for row in costs.rows.prefix(Self.shown) { table.row(row) }
    let rest = costs.rows.count - Self.shown
    return ["", style("costs of the orders that algorithms worked, in basis points", .strong)]
      + table.lines(style)
      + (rest > 0 ? [style("… and \(grouped(rest)) more in the report", .quiet)] : [])
  }

  /// What happened to a currency in the run.
  private struct Change {
    var currency: String
    var profit: Money
    var contributed: Money
    var exchanged: Money
  }

  /// Of each currency at the end.
  private var changes: [Change] {
    end.map { valuation in
      let before = start.first { $0.currency == valuation.currency }
      return Change(
        currency: valuation.currency, profit: valuation.profit - (before?.profit ?? .zero),
        contributed: valuation.contributed - (before?.contributed ?? .zero),
        exchanged: valuation.exchanged - (before?.exchanged ?? .zero))
    }
  }

  private func equity(_ valuation: Valuation, _ change: Change, _ style: Style) -> String {
    let profit = change.profit
    let arrow = profit > .zero ? "▲" : profit < .zero ? "▼" : "="
    return "\(grouped(decimal: moneyText(valuation.equity))) \(valuation.currency)  "
      + style("\(arrow) \(Self.signed(profit)) profit", profit < .zero ? .bad : .good)
      + "  fees \(grouped(decimal: moneyText(valuation.fees)))"
  }

  /// What else moved the equity.
  private static func moved(_ change: Change) -> [String] {
    var moved: [String] = []
    if change.contributed != .zero { moved.append("\(signed(change.contributed)) brought in") }
    if change.exchanged != .zero {
      moved.append("\(signed(change.exchanged)) in exchange for other currencies")
    }
    return moved
  }

  private static func signed(_ amount: Money) -> String {
    (amount > .zero ? "+" : "") + grouped(decimal: moneyText(amount))
  }
}
