import Events
import Journaling
import Trading

/// The names that entries refer to by number, as of some sequence, and entries in words.
struct Glossary: Sendable {
  private(set) var names = EntryText()
  private var strategies: [String] = []
  /// What a strategy held of the instrument's market when it wanted something, by the intent's sequence.
  private var held: [UInt64: String] = [:]
  /// Names of instruments that are one market, by route.
  private var routes: [[String]] = []
  private var instruments: [Instrument] = []
  /// By account id: name, and in which order lots are closed.
  private(set) var accounts: [(name: String, lots: String)] = [("main", "average")]
  /// Orders that name the lots which they close.
  private(set) var choosing: Set<OrderID> = []

  /// Of the entries: how limits were scaled, by sequence.
  private(set) var scalings: [UInt64: LimitsScaled] = [:]

  /// Reads what there is to know of some entries, which are in order of sequence.
  init(_ reader: JournalReader, of entries: [Entry]) throws(JournalError) {
    let last = entries.last?.header.sequence ?? 0
    for entry in entries {
      guard case .decision(.limitsScaled(let scaled)) = entry.event else { continue }
      scalings[entry.header.sequence] = scaled
    }
    let intents = entries.filter { $0.event.kind == .intent }
    var next = intents[...]
    var holdings = Holdings()
    var decoder = BlockDecoder()
    try reader.forEachBlock(through: last, verify: true) { (_, content) throws(Damage) in
      _ = try decoder.begin(content)
      return try decoder.forEachEntry(
        of: content, tick: { (_, entry) throws(Damage) in entry.sequence <= last },
        record: { (kind, payload, entry) throws(Damage) in
          guard entry.sequence <= last else { return false }
          while let first = next.first, first.header.sequence <= entry.sequence {
            note(holdings, at: first)
            next.removeFirst()
          }
          switch kind {
          case .instrument, .submitted, .held, .configuration, .filled, .busted, .corrected:
            let event = try kind.event(content, payload)
            note(event)
            holdings.note(event)
          default: break
          }
          return true
        })
    }
  }

  private mutating func note(_ holdings: Holdings, at entry: Entry) {
    guard case .decision(.intent(let intent)) = entry.event else { return }
    let parts = market(of: intent.instrument).map { ($0, holdings.quantity(intent.strategy, $0)) }
    held[entry.header.sequence] = sum(
      parts, least: names.instrument(intent.instrument)?.quantityScale ?? 0)
  }

  /// The instruments that are one market with an instrument, itself among them.
  private func market(of id: InstrumentID) -> [InstrumentID] {
    guard let own = instruments.first(where: { $0.id == id }),
      let route = routes.first(where: { $0.contains(where: own.isNamed) })
    else { return [id] }
    return instruments.filter { other in route.contains(where: other.isNamed) }.map(\.id)
  }

  private mutating func note(_ event: Event) {
    names.note(event)
    if case .observation(.instrument(let instrument)) = event {
      instruments.removeAll { $0.id == instrument.id }
      instruments.append(instrument)
    }
    if case .decision(.submitted(let ticket)) = event, !ticket.terms.lots.isEmpty {
      choosing.insert(ticket.order)
    }
    guard case .observation(.configuration(let items)) = event else { return }
    noteAccounts(items)
    // Numbered in order of their names, as `Configuration` numbers them.
    strategies = items.items.reduce(into: []) { found, item in
      let parts = item.key.split(separator: ".")
      if parts.count == 3, parts[0] == "route", parts[2] == "instruments" {
        routes.append(
          item.value.split(separator: ",").map { String($0.trimmingPrefix(while: \.isWhitespace)) })
      }
      if parts.count > 2, parts[0] == "strategy", found.last != String(parts[1]) {
        found.append(String(parts[1]))
      }
    }
  }

  /// Numbered in order of their names after the first, as `Configuration` numbers them.
  private mutating func noteAccounts(_ items: ConfigurationItems) {
    accounts = [("main", "average")]
    for item in items.items where item.key.hasPrefix("account.") {
      let parts = item.key.split(separator: ".")
      if parts.count == 2, parts[1] == "lots" { accounts[0].lots = item.value }
      guard parts.count == 3 else { continue }
      if accounts[accounts.count - 1].name != parts[1] || accounts.count == 1 {
        accounts.append((String(parts[1]), "average"))
      }
      if parts[2] == "lots" { accounts[accounts.count - 1].lots = item.value }
    }
  }

  func account(_ id: AccountID) -> String {
    Int(id.raw) < accounts.count ? accounts[Int(id.raw)].name : "\(id.raw)"
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
  func text(_ entry: Entry) -> String {
    switch entry.event {
    case .decision(.intent(let intent)): text(intent, held: held[entry.header.sequence])
    default: text(entry.event)
    }
  }

  private func text(_ event: Event) -> String {
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
        + "  \(shortDecimal(score))"
        // A signal of no model has no digest.
        + (signal.digest == .zero ? "" : "  model \(signal.digest.short)")
    case .report(let report): return text(report)
    case .timer(.engine): return "for the engine, which has something to do by time"
    case .timer(let timer): return "\(strategy(timer.strategy))  timer \(timer.timer)"
    case .operatorAct(let act):
      return "\(act.subject)  \(act.act.name) \(text(act.scope))\(text(act.closing))  \(act.reason)"
    case .configuration(let items): return "\(items.items.count) values"
    case .runStarted(let run): return "\(run.mode.name) of \(run.source), seed \(run.seed)"
    case .runStopped(let stop): return "\(stop.why.name) \(stop.text)"
    case .dataQuality(let quality):
      return "\(names.symbol(quality.instrument) ?? "–")  \(quality.issue.name)  \(quality.detail)"
    case .connection(let change): return "venue \(change.venue.raw) \(change.state.name)"
    case .reference(let value): return text(value)
    case .imbalance(let imbalance): return text(imbalance)
    case .priceBand(let band): return text(band)
    case .corporateAction(let action): return text(action)
    case .optionNotice(let notice): return text(notice)
    case .exchangeRate(let rate):
      return "1 \(rate.base) = "
        + shortDecimal(decimalText(Int128(rate.rate), scale: ExchangeRate.scale))
        + " \(rate.currency)"
    case .limitChange(let change): return text(change)
    case .statement(let statement): return text(statement)
    case .breakResolution(let resolution): return text(resolution)
    case .instruction(let instruction):
      return "\(instruction.subject)  \(instruction.clientOrder)  "
        + text(instruction.intent, held: nil)
    case .clockReading(let reading):
      return "\(reading.source)  \(reading.isSynchronised ? "synchronised" : "not synchronised")"
        + "  \(reading.offset) ns off, within \(reading.error) ns"
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
      return text(fill, instrument) + (fill.basis.map { ", \(text($0, instrument))" } ?? "")
    case .cancelled(let cause, let text): return "\(cause.name) \(text)"
    case .replaced(let quantity, let limit): return "now \(size(quantity)) @ \(price(limit))"
    case .expired: return ""
    case .requestRejected(let request, let code, let text):
      return "\(request.name), code \(code): \(text)"
    case .status(let state, let filled): return "\(state.name), filled \(size(filled))"
    case .triggered(let seen): return "at \(price(seen)), by the venue"
    case .busted(let fill, let text): return "execution \(fill) taken back \(text)"
    case .corrected(let fill, let why):
      return "execution \(fill.id) is now \(text(fill, instrument)) \(why)"
    }
  }

  private func text(_ fill: Fill, _ instrument: Instrument?) -> String {
    "\(instrument?.text(fill.quantity) ?? "\(fill.quantity.raw)")"
      + " @ \(instrument?.text(fill.price) ?? "\(fill.price.raw)")  fee \(money(fill.fee))"
      + " \(fill.feeCurrency)  \(fill.liquidity.name)"
  }

  private func text(_ decision: Decision) -> String {
    switch decision {
    case .intent(let intent): return text(intent, held: nil)
    case .refused(let refusal):
      return (refusal.side == .none ? "" : "\(describe(refusal))  by ") + text(refusal)
    case .submitted(let ticket): return "\(ticket.order)  \(describe(ticket))"
    case .cancelRequested(let order, let reason): return "\(order)  because \(Self.text(reason))"
    case .replaceRequested(let order, let quantity, let price):
      let instrument = names.instrument(of: order)
      return "\(order) by \(instrument?.text(quantity) ?? "\(quantity.raw)")"
        + " @ \(instrument?.text(price) ?? "\(price.raw)")"
    case .alert(let alert): return "\(alert.severity.name)  \(alert.code.name)  \(alert.text)"
    case .halted(let scope, let reason), .resumed(let scope, let reason):
      return "\(text(scope))  \(reason)"
    case .held(let ticket, let plan):
      return "\(ticket.order)  \(describe(ticket))" + (plan.map { "  \(text($0))" } ?? "")
    case .released(let release): return text(release)
    case .ended(let order, let cause): return "\(order)  \(Self.text(cause))"
    case .routed(let route): return text(route)
    case .booked(let booking): return text(booking)
    case .marginCall(let call):
      return
        "account \(account(call.account))  \(call.state.name): equity \(call.equity.shortText)"
        + " of \(call.required.shortText) \(call.currency)"
    case .liquidation(let liquidation): return text(liquidation)
    case .rolled(let roll): return text(roll)
    case .breakerChanged(let change): return text(change)
    case .killReport(let report): return text(report)
    case .limitApplied(let applied): return text(applied)
    case .limitsScaled(let scaled): return text(scaled)
    case .limitsUsed(let used): return text(used)
    case .breakOpened(let record): return text(record)
    case .breakClosed(let id, let why): return "brk-\(id)  \(Self.text(why))"
    }
  }

  /// `SELL 200 SPY at market`
  func describe(_ refusal: Refusal) -> String {
    let instrument = names.instrument(refusal.instrument)
    let size = instrument?.text(refusal.quantity) ?? "\(refusal.quantity.raw)"
    let price = refusal.price.isNone ? "at market" : "@ \(instrument?.text(refusal.price) ?? "")"
    return "\(refusal.side.name.uppercased()) \(size) \(names.symbol(refusal.instrument) ?? "–")"
      + " \(price)"
  }

  /// - Parameter held: what the strategy held of the instrument before.
  private func text(_ intent: IntentRecord, held: String?) -> String {
    let instrument = names.instrument(intent.instrument)
    func size(_ size: Quantity) -> String { instrument?.text(size) ?? "\(size.raw)" }
    let wish =
      switch intent.action {
      case .target:
        "target \(size(intent.quantity))" + (held.map { ", holding \($0)" } ?? "")
      case .order:
        "\(intent.side.name) \(size(intent.quantity))"
          + (intent.price.isNone ? "" : " @ \(instrument?.text(intent.price) ?? "")")
      case .execute:
        "\(intent.side.name) \(size(intent.quantity)) by \(intent.plan.map(text) ?? "")"
      case .cancel: "cancel \(intent.order)"
      case .replace:
        "replace \(intent.order) by \(size(intent.quantity))"
          + " @ \(instrument?.text(intent.price) ?? "")"
      }
    let values = intent.reason.values.map { "\($0.name) \(shortDecimal("\($0.value)"))" }.joined(
      separator: ", ")
    return "\(strategy(intent.strategy))  \(wish)  because \(intent.reason.text)"
      + (values.isEmpty ? "" : " (\(values))")
  }

  func text(_ scope: Scope) -> String {
    let id = UInt16(truncatingIfNeeded: scope.id)
    return switch scope.kind {
    case .all: "all"
    case .strategy: "strategy \(strategy(StrategyID(id)))"
    case .instrument: "instrument \(names.symbol(InstrumentID(id)) ?? "\(id)")"
    case .account: "account \(account(AccountID(id)))"
    case .venue, .order: "\(scope.kind.name) \(scope.id)"
    }
  }

  private func money(_ money: Money) -> String { money.shortText }

  /// The headline of a chain: what the order is and what became of it.
  func title(_ entries: [Entry], _ order: OrderID?) -> String {
    guard let order else {
      guard let last = entries.last else { return "" }
      let place = "#\(last.header.sequence)"
      guard case .decision(.refused(let refusal)) = last.event, refusal.side != .none else {
        return "\(place)  \(label(last.event))"
      }
      return "\(place)  \(describe(refusal))  REFUSED"
    }
    var ticket: OrderTicket?
    var filled = Quantity.zero
    var outcome = "pending"
    for entry in entries {
      switch entry.event {
      case .decision(.submitted(let submitted)) where submitted.order == order: ticket = submitted
      case .decision(.held(let held, _)) where held.order == order:
        (ticket, outcome) = (held, "held")
      case .decision(.released(let release)) where release.ticket.order == order:
        outcome = "pending"
      case .decision(.ended(order, let cause)):
        outcome =
          switch cause {
          case .expired: "expired"
          case .refused: "refused"
          case .completed: "completed"
          case .strategy, .operator, .halt, .linked, .parentEnded, .adjusted, .liquidation,
            .roll:
            "cancelled"
          }
      case .observation(.report(let report)) where report.order == order:
        if case .filled(let fill) = report.outcome {
          filled += fill.quantity
          outcome = filled >= ticket?.quantity ?? .zero ? "filled" : "partial"
        } else if case .replaced(let quantity, let price) = report.outcome {
          ticket?.replace(quantity, price)
        } else if let state = Self.state(after: report.outcome) {
          outcome = state
        }
      default: break
      }
    }
    guard let ticket else { return "\(order)  never submitted" }
    return "\(order)  \(describe(ticket))  \(outcome.uppercased())"
  }

  static func state(after outcome: VenueReport.Outcome) -> String? {
    switch outcome {
    case .accepted: "working"
    case .rejected: "rejected"
    case .cancelled: "cancelled"
    case .expired: "expired"
    case .filled, .replaced, .requestRejected, .status, .triggered, .busted, .corrected: nil
    }
  }
}
