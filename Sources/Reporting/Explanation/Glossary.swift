import Events
import Journaling
import Trading

/// The names that entries refer to by number, as of some sequence, and entries in words.
struct Glossary: Sendable {
  private(set) var names = EntryText()
  private var strategies: [String] = []

  /// Reads the definitions up to a sequence.
  init(_ reader: JournalReader, through last: UInt64) throws(JournalError) {
    var decoder = BlockDecoder()
    try reader.forEachBlock(through: last) { (_, content) throws(Damage) in
      _ = try decoder.begin(content)
      return try decoder.forEachEntry(
        of: content, tick: { (_, entry) throws(Damage) in entry.sequence <= last },
        record: { (kind, payload, entry) throws(Damage) in
          guard entry.sequence <= last else { return false }
          if kind == .instrument || kind == .submitted || kind == .configuration {
            note(try kind.event(content, payload))
          }
          return true
        })
    }
  }

  private mutating func note(_ event: Event) {
    names.note(event)
    guard case .observation(.configuration(let items)) = event else { return }
    // Numbered in order of their names, as `Configuration` numbers them.
    strategies = items.items.reduce(into: []) { found, item in
      let parts = item.key.split(separator: ".")
      if parts.count > 2, parts[0] == "strategy", found.last != String(parts[1]) {
        found.append(String(parts[1]))
      }
    }
  }

  func strategy(_ id: StrategyID) -> String {
    id.index < strategies.count ? strategies[id.index] : "strategy \(id.raw)"
  }

  /// What an entry is, in a word.
  func label(_ event: Event) -> String {
    switch event {
    case .observation(.market(let tick)): tick.kind.name.replacing("_", with: " ")
    case .decision(.cancelRequested): "cancel"
    case .decision(.replaceRequested): "replace"
    default: event.kind.name.replacing("_", with: " ")
    }
  }

  /// An entry in a few words.
  func text(_ event: Event) -> String {
    switch event {
    case .observation(.market(let tick)): text(tick)
    case .observation(let observation): text(observation)
    case .decision(let decision): text(decision)
    }
  }

  private func text(_ tick: MarketEvent) -> String {
    let name = names.symbol(tick.instrument) ?? "–"
    let instrument = names.instrument(tick.instrument)
    func price(_ price: Price) -> String { instrument?.text(price) ?? "\(price.raw)" }
    func size(_ size: Quantity) -> String { instrument?.text(size) ?? "\(size.raw)" }
    switch tick {
    case .quote(let quote):
      return "\(name)  \(size(quote.bidSize)) x \(price(quote.bid)) | \(price(quote.ask)) x "
        + size(quote.askSize)
    case .trade(let trade):
      let side = trade.side == .none ? "" : ", \(trade.side.name)er took"
      return "\(name)  \(price(trade.price)) x \(size(trade.size))\(side)"
    case .depth(let change):
      return change.action == .clear
        ? "\(name)  emptied"
        : "\(name)  \(change.side.name) \(price(change.price)) now \(size(change.size))"
    case .order(let change):
      return change.action == .clear
        ? "\(name)  emptied"
        : "\(name)  \(change.side.name) \(size(change.size)) @ \(price(change.price))"
          + " (venue order \(change.order))"
    case .bar(let bar):
      return "\(name)  open \(price(bar.open)) high \(price(bar.high)) low \(price(bar.low))"
        + " close \(price(bar.close)) volume \(size(bar.volume))"
    case .status(let change): return "\(name)  \(change.status.name)"
    }
  }

  private func text(_ observation: Observation) -> String {
    switch observation {
    case .market(let tick): return text(tick)
    case .instrument(let instrument): return "\(instrument.symbol) on \(instrument.venueName)"
    case .signal(let signal):
      let score = decimalText(Int128(signal.score), scale: Signal.scoreScale)
      return "\(names.symbol(signal.instrument) ?? "–")  \(signal.model) \(signal.version)"
        + "  \(score)  model \(signal.digest.short)"
    case .report(let report): return text(report)
    case .timer(let timer): return "\(strategy(timer.strategy))  timer \(timer.timer)"
    case .operatorAct(let act):
      return "\(act.subject)  \(act.act.name) \(text(act.scope))  \(act.reason)"
    case .configuration(let items): return "\(items.items.count) values"
    case .runStarted(let run): return "\(run.mode.name) of \(run.source), seed \(run.seed)"
    case .runStopped(let stop): return "\(stop.why.name) \(stop.text)"
    case .dataQuality(let quality):
      return "\(names.symbol(quality.instrument) ?? "–")  \(quality.issue.name)  \(quality.detail)"
    case .connection(let change): return "venue \(change.venue.raw) \(change.state.name)"
    }
  }

  private func text(_ report: VenueReport) -> String {
    let instrument = names.instrument(of: report.order)
    func price(_ price: Price) -> String { instrument?.text(price) ?? "\(price.raw)" }
    func size(_ size: Quantity) -> String { instrument?.text(size) ?? "\(size.raw)" }
    switch report.outcome {
    case .accepted(let venueOrder): return "as venue order \(venueOrder)"
    case .rejected(let code, let text): return "code \(code): \(text)"
    case .filled(let fill):
      return "\(size(fill.quantity)) @ \(price(fill.price))  fee \(money(fill.fee))"
        + " \(fill.feeCurrency)  \(fill.liquidity.name)"
    case .cancelled(let cause, let text): return "\(cause.name) \(text)"
    case .replaced(let quantity, let limit): return "now \(size(quantity)) @ \(price(limit))"
    case .expired: return ""
    case .requestRejected(let request, let code, let text):
      return "\(request.name), code \(code): \(text)"
    case .status(let state, let filled): return "\(state.name), filled \(size(filled))"
    }
  }

  private func text(_ decision: Decision) -> String {
    switch decision {
    case .intent(let intent): return text(intent)
    case .refused(let refusal):
      let unit = refusal.unit.isEmpty ? "" : " \(refusal.unit)"
      let value = decimalText(refusal.value, scale: Int(refusal.scale))
      let limit = decimalText(refusal.limit, scale: Int(refusal.scale))
      let hasValues = refusal.value != 0 || refusal.limit != 0
      return "\(refusal.rule.name)" + (hasValues ? "  \(value) against \(limit)\(unit)" : "")
    case .submitted(let ticket): return "\(ticket.order)  \(describe(ticket))"
    case .cancelRequested(let order, let reason): return "\(order) for the \(reason.name)"
    case .replaceRequested(let order, let quantity, let price):
      let instrument = names.instrument(of: order)
      return "\(order) by \(instrument?.text(quantity) ?? "\(quantity.raw)")"
        + " @ \(instrument?.text(price) ?? "\(price.raw)")"
    case .alert(let alert): return "\(alert.severity.name)  \(alert.code.name)  \(alert.text)"
    case .halted(let scope, let reason), .resumed(let scope, let reason):
      return "\(text(scope))  \(reason)"
    }
  }

  private func text(_ intent: IntentRecord) -> String {
    let instrument = names.instrument(intent.instrument)
    func size(_ size: Quantity) -> String { instrument?.text(size) ?? "\(size.raw)" }
    let wish =
      switch intent.action {
      case .target: "target \(size(intent.quantity))"
      case .order:
        "\(intent.side.name) \(size(intent.quantity))"
          + (intent.price.isNone ? "" : " @ \(instrument?.text(intent.price) ?? "")")
      case .cancel: "cancel \(intent.order)"
      case .replace:
        "replace \(intent.order) by \(size(intent.quantity))"
          + " @ \(instrument?.text(intent.price) ?? "")"
      }
    let values = intent.reason.values.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
    return "\(strategy(intent.strategy))  \(wish)  because \(intent.reason.text)"
      + (values.isEmpty ? "" : " (\(values))")
  }

  private func text(_ scope: Scope) -> String {
    scope.kind == .all ? "all" : "\(scope.kind.name) \(scope.id)"
  }

  private func money(_ money: Money) -> String { Self.short(money) }

  /// `BUY 100 DAYB @ 12.34 gtc`
  private func describe(_ ticket: OrderTicket) -> String {
    let instrument = names.instrument(ticket.instrument)
    let size = instrument?.text(ticket.quantity) ?? "\(ticket.quantity.raw)"
    let price = ticket.price.isNone ? "at market" : "@ \(instrument?.text(ticket.price) ?? "")"
    return "\(ticket.side.name.uppercased()) \(size) \(names.symbol(ticket.instrument) ?? "–")"
      + " \(price) \(ticket.timeInForce.name)"
  }

  /// Money without the zeros beyond cents that its twelve decimals usually are.
  static func short(_ money: Money) -> String {
    var text = decimalText(money.raw, scale: Money.scale)
    for _ in 0..<(Money.scale - 2) where text.hasSuffix("0") { text.removeLast() }
    return text
  }

  /// The headline of a chain: what the order is and what became of it.
  func title(_ entries: [Entry], _ order: OrderID?) -> String {
    guard let order else {
      return entries.last.map { "#\($0.header.sequence)  \(label($0.event))" } ?? ""
    }
    var ticket: OrderTicket?
    var filled = Quantity.zero
    var outcome = "pending"
    for entry in entries {
      switch entry.event {
      case .decision(.submitted(let submitted)) where submitted.order == order: ticket = submitted
      case .observation(.report(let report)) where report.order == order:
        if case .filled(let fill) = report.outcome {
          filled += fill.quantity
          outcome = filled >= ticket?.quantity ?? .zero ? "filled" : "partial"
        } else if let state = Self.state(after: report.outcome) {
          outcome = state
        }
      default: break
      }
    }
    guard let ticket else { return "\(order)  never submitted" }
    return "\(order)  \(describe(ticket))  \(outcome.uppercased())"
  }

  private static func state(after outcome: VenueReport.Outcome) -> String? {
    switch outcome {
    case .accepted: "working"
    case .rejected: "rejected"
    case .cancelled: "cancelled"
    case .expired: "expired"
    case .filled, .replaced, .requestRejected, .status: nil
    }
  }
}
