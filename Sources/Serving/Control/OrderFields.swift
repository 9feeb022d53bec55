import Events
import Sequencing
import Trading

/// The fields of an order that a person gives (docs/live.md, The control socket).
struct OrderFields {
  typealias Problem = ControlRequest.Problem

  private var left: [String: String]

  init(_ fields: [String: String]) { left = fields }

  /// What was not asked for.
  var rest: [String: String] { left }

  mutating func instruction(_ user: String, _ status: LiveStatus) throws(Problem) -> Instruction {
    let name = try required("id")
    guard Instruction.isClientOrder(name) else {
      throw Problem(
        "bad_value",
        "`\(name)` is not a name for an order: 1 to \(Instruction.longestClientOrder) of A-Z a-z "
          + "0-9 . _ -, no number, not ord-")
    }
    let strategy = try required("strategy")
    guard let index = status.strategies.firstIndex(of: strategy) else {
      throw Problem(
        "unknown_strategy",
        "there is no strategy `\(strategy)`; there is \(status.strategies.joined(separator: ", "))")
    }
    let symbol = try required("instrument")
    guard let instrument = status.instruments.first(where: { $0.isNamed(symbol) }) else {
      throw Problem("unknown_instrument", "`\(symbol)` is not an instrument of this run")
    }
    var intent = IntentRecord(
      strategy: StrategyID(UInt16(index)), action: .order, instrument: instrument.id,
      side: try word("side", among: [Side.buy, .sell]),
      type: try word("type", among: OrderType.allCases.filter { $0 != .none }, default: .market),
      quantity: Quantity(
        try Self.raw(try required("quantity"), Int(instrument.quantityScale), "quantity")),
      price: try price("price", instrument),
      reason: Reason(left.removeValue(forKey: "reason") ?? ""))
    intent.timeInForce = try word(
      "time_in_force", among: TimeInForce.allCases.filter { $0 != .none },
      default: intent.type == .market ? .immediateOrCancel : .day)
    try readTerms(&intent.terms, instrument)
    if let fault = OrderRequest(intent).fault(in: instrument) { throw Problem("bad_value", fault) }
    return Instruction(
      clientOrder: name, subject: left.removeValue(forKey: "subject") ?? user, intent: intent)
  }

  private mutating func readTerms(
    _ terms: inout OrderTerms, _ instrument: Instrument
  ) throws(Problem) {
    let stop = try price("stop", instrument)
    if !stop.isNone { terms.stop = stop }
    if let trail = left.removeValue(forKey: "trail") {
      terms.trail = try Self.trail(trail, instrument)
    }
    if let offset = try raw("limit_offset", Int(instrument.priceScale)) {
      terms.limitOffset = offset
    }
    if left["peg"] != nil {
      terms.peg = try word("peg", among: PegReference.allCases.filter { $0 != .none })
    }
    if let offset = try raw("peg_offset", Int(instrument.priceScale)) { terms.pegOffset = offset }
    if let display = try raw("display", Int(instrument.quantityScale)) {
      terms.display = Quantity(display)
    }
    if left["trigger"] != nil { terms.trigger = try word("trigger", among: TriggerSource.allCases) }
    if try truth("post_only") { terms.isPostOnly = true }
    if try truth("reduce_only") { terms.isReduceOnly = true }
    guard let text = left.removeValue(forKey: "expires") else { return }
    guard let time = Instant(text) else {
      throw Problem("bad_value", "`\(text)` is not a time: write 2026-01-05T14:30:00Z")
    }
    terms.expiry = time
  }

  private mutating func required(_ name: String) throws(Problem) -> String {
    guard let value = left.removeValue(forKey: name) else {
      throw Problem("missing", "`\(name)` is missing")
    }
    return value
  }

  private mutating func word<Word: Named>(
    _ field: String, among words: [Word], default standard: Word? = nil
  ) throws(Problem) -> Word {
    guard let text = left.removeValue(forKey: field) else {
      if let standard { return standard }
      throw Problem("missing", "`\(field)` is missing")
    }
    guard let word = words.first(where: { $0.name == text }) else {
      let known = words.map(\.name).joined(separator: ", ")
      throw Problem("bad_value", "`\(field)`: `\(text)` is not one of \(known)")
    }
    return word
  }

  private mutating func truth(_ field: String) throws(Problem) -> Bool {
    switch left.removeValue(forKey: field) {
    case nil, "false": return false
    case "true": return true
    case let text?: throw Problem("bad_value", "`\(field)`: `\(text)` is not true or false")
    }
  }

  /// A decimal in units of 10^-scale.
  private mutating func raw(_ field: String, _ scale: Int) throws(Problem) -> Int64? {
    guard let text = left.removeValue(forKey: field) else { return nil }
    return try Self.raw(text, scale, field)
  }

  private static func raw(_ text: String, _ scale: Int, _ field: String) throws(Problem) -> Int64 {
    guard case .success(let raw) = parseDecimal(text.utf8, scale: scale),
      raw.magnitude <= UInt64(Quantity.limit)
    else {
      throw Problem(
        "bad_value", "`\(field)`: `\(text)` is not a decimal with up to \(scale) places")
    }
    return raw
  }

  private mutating func price(
    _ field: String, _ instrument: Instrument
  ) throws(Problem) -> Price {
    try raw(field, Int(instrument.priceScale)).map { Price($0) } ?? .none
  }

  /// `1.50` behind the market, or `2 %`.
  private static func trail(_ text: String, _ instrument: Instrument) throws(Problem) -> Trail {
    guard text.hasSuffix("%") else {
      return Trail(.price, try raw(text, Int(instrument.priceScale), "trail"))
    }
    var digits = text.dropLast()
    while digits.last == " " { digits.removeLast() }
    return Trail(.ppm, try raw(String(digits), 4, "trail"))
  }
}
