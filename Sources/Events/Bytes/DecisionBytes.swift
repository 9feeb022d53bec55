/// Payloads of decisions (docs/journal-format.md, section 4.3).
extension Decision {
  /// Appends the payload and says of which kind it is.
  public func encode(into out: inout ByteBuffer) -> EntryKind {
    switch self {
    case .intent(let intent): return intent.encode(into: &out)
    case .refused(let refusal): return refusal.encode(into: &out)
    case .submitted(let ticket): return ticket.encode(into: &out)
    case .cancelRequested(let order, let reason):
      out.append(order.raw)
      out.append(reason.rawValue)
      return .cancelRequested
    case .replaceRequested(let order, let quantity, let price):
      out.append(order.raw)
      out.append(quantity.raw)
      out.append(price.raw)
      return .replaceRequested
    case .alert(let alert):
      out.append(alert.severity.rawValue)
      out.append(alert.code.rawValue)
      out.append(alert.instrument.raw)
      out.append(alert.order.raw)
      out.append(string: alert.text)
      return .alert
    case .halted(let scope, let reason):
      out.append(scope)
      out.append(string: reason)
      return .halted
    case .resumed(let scope, let reason):
      out.append(scope)
      out.append(string: reason)
      return .resumed
    case .held(let ticket, let plan):
      ticket.encodeFields(to: &out)
      ticket.terms.encode(to: &out)
      plan?.encode(to: &out)
      return .held
    case .released(let release): return release.encode(into: &out)
    case .ended(let order, let cause):
      out.append(order.raw)
      out.append(cause.rawValue)
      return .ended
    case .routed(let route): return route.encode(into: &out)
    case .booked(let booking): return booking.encode(into: &out)
    case .marginCall(let call): return call.encode(into: &out)
    case .liquidation(let liquidation): return liquidation.encode(into: &out)
    case .rolled(let roll): return roll.encode(into: &out)
    case .breakerChanged(let change): return change.encode(into: &out)
    case .killReport(let report): return report.encode(into: &out)
    case .limitApplied(let applied): return applied.encode(into: &out)
    case .limitsScaled(let scaled): return scaled.encode(into: &out)
    case .limitsUsed(let used): return used.encode(into: &out)
    case .breakOpened(let record): return record.encode(into: &out)
    case .breakClosed(let id, let why):
      out.append(id)
      out.append(why.rawValue)
      return .breakClosed
    }
  }

  /// The order the decision names.
  var order: OrderID {
    switch self {
    case .intent(let intent): intent.order
    case .submitted(let ticket): ticket.order
    case .cancelRequested(let order, _): order
    case .replaceRequested(let order, _, _): order
    case .alert(let alert): alert.order
    case .held(let ticket, _): ticket.order
    case .released(let release): release.ticket.order
    case .ended(let order, _): order
    case .routed(let route): route.order
    case .booked(let booking): booking.order
    case .breakOpened(let record): record.check.order
    case .limitsUsed(let used): used.order
    case .refused, .halted, .resumed, .marginCall, .liquidation, .rolled, .breakerChanged,
      .killReport, .limitApplied, .limitsScaled, .breakClosed:
      .none
    }
  }

  /// Reads the payload of a decision.
  init(_ kind: EntryKind, _ input: inout ByteReader) throws(Damage) {
    switch kind {
    case .intent: self = .intent(try IntentRecord(&input))
    case .refused: self = .refused(try Refusal(&input))
    case .submitted: self = .submitted(try OrderTicket(&input))
    case .cancelRequested:
      self = .cancelRequested(try input.readOrder(), try input.read(named: "why"))
    case .replaceRequested:
      self = .replaceRequested(
        try input.readOrder(), quantity: try input.readQuantity(), price: try input.readPrice())
    case .alert:
      self = .alert(
        Alert(
          severity: try input.read(named: "severity"), code: try input.read(named: "code"),
          instrument: InstrumentID(try input.read(UInt16.self)), order: try input.readOrder(),
          text: try input.readString()))
    case .halted:
      self = .halted(try input.readScope(), reason: try input.readString())
    case .resumed:
      self = .resumed(try input.readScope(), reason: try input.readString())
    case .held:
      var ticket = try OrderTicket(fields: &input)
      ticket.terms = try OrderTerms(&input)
      self = .held(ticket, try ExecutionPlan.tail(&input))
    case .released: self = .released(try Release(&input))
    case .ended: self = .ended(try input.readOrder(), try input.read(named: "why"))
    case .routed: self = .routed(try RouteRecord(&input))
    case .booked: self = .booked(try Booking(&input))
    case .marginCall: self = .marginCall(try MarginCall(&input))
    case .liquidation: self = .liquidation(try Liquidation(&input))
    case .rolled: self = .rolled(try ContractRoll(&input))
    case .breakerChanged: self = .breakerChanged(try BreakerChange(&input))
    case .killReport: self = .killReport(try KillReport(&input))
    case .limitApplied: self = .limitApplied(try LimitApplied(&input))
    case .limitsScaled: self = .limitsScaled(try LimitsScaled(&input))
    case .limitsUsed: self = .limitsUsed(try LimitsUsed(&input))
    case .breakOpened: self = .breakOpened(try BreakRecord(state: &input))
    case .breakClosed:
      self = .breakClosed(try input.read(UInt64.self), try input.read(named: "why"))
    default: throw Damage(at: input.offset, "kind \(kind.rawValue) is not a decision")
    }
  }
}

extension PlainIntent {
  /// Appends the payload of an intent that has this and a reason.
  func encode(because reason: Reason, into out: inout ByteBuffer) {
    out.reserve(32)
    out.stage(strategy.raw, at: 0)
    out.stage(action.rawValue, at: 2)
    out.stage(instrument.raw, at: 3)
    out.stage(side.rawValue, at: 5)
    out.stage(type.rawValue, at: 6)
    out.stage(timeInForce.rawValue, at: 7)
    out.stage(quantity.raw, at: 8)
    out.stage(price.raw, at: 16)
    out.stage(order.raw, at: 24)
    out.commit(32)
    out.append(string: reason.text)
    out.append(reason.values)
  }
}

extension IntentRecord {
  func encode(into out: inout ByteBuffer) -> EntryKind {
    plain.encode(because: reason, into: &out)
    if !terms.isPlain || plan != nil { terms.encode(to: &out) }
    plan?.encode(to: &out)
    return .intent
  }

  init(_ input: inout ByteReader) throws(Damage) {
    self.init(
      strategy: StrategyID(try input.read(UInt16.self)), action: try input.read(named: "action"),
      instrument: InstrumentID(try input.read(UInt16.self)), side: try input.read(named: "side"),
      type: try input.read(named: "type"), timeInForce: try input.read(named: "time in force"),
      quantity: try input.readQuantity(), price: try input.readPrice(),
      order: try input.readOrder(), reason: Reason(try input.readString()))
    reason.values = try input.readValues()
    terms = try OrderTerms.tail(&input)
    rarePlan = Rare(try ExecutionPlan.tail(&input))
  }
}

extension Refusal {
  func encode(into out: inout ByteBuffer) -> EntryKind {
    out.append(strategy.raw)
    out.append(instrument.raw)
    out.append(rule.rawValue)
    out.append(side.rawValue)
    out.append(quantity.raw)
    out.append(price.raw)
    out.append(value)
    out.append(limit)
    out.append(scale)
    out.append(string: unit)
    guard !context.isEmpty || !values.isEmpty else { return .refused }
    out.append(string: context)
    out.append(values)
    return .refused
  }

  init(_ input: inout ByteReader) throws(Damage) {
    self.init(
      strategy: StrategyID(try input.read(UInt16.self)),
      instrument: InstrumentID(try input.read(UInt16.self)), rule: try input.read(named: "rule"),
      side: try input.read(named: "side"), quantity: try input.readQuantity(),
      price: try input.readPrice(), value: try input.read(Int128.self),
      limit: try input.read(Int128.self), scale: try input.read(UInt8.self),
      unit: try input.readString())
    guard input.remaining > 0 else { return }
    context = try input.readString()
    values = try input.readValues()
  }
}

extension OrderTicket {
  func encode(into out: inout ByteBuffer) -> EntryKind {
    encodeFields(to: &out)
    if !terms.isPlain { terms.encode(to: &out) }
    return .submitted
  }

  /// Appends all but the terms.
  func encodeFields(to out: inout ByteBuffer) {
    out.reserve(33)
    out.stage(order.raw, at: 0)
    out.stage(strategy.raw, at: 8)
    out.stage(account.raw, at: 10)
    out.stage(instrument.raw, at: 12)
    out.stage(side.rawValue, at: 14)
    out.stage(type.rawValue, at: 15)
    out.stage(timeInForce.rawValue, at: 16)
    out.stage(quantity.raw, at: 17)
    out.stage(price.raw, at: 25)
    out.commit(33)
  }

  init(_ input: inout ByteReader) throws(Damage) {
    try self.init(fields: &input)
    terms = try OrderTerms.tail(&input)
  }

  /// Reads what `encodeFields` wrote.
  init(fields input: inout ByteReader) throws(Damage) {
    self.init(
      order: try input.readOrder(), strategy: StrategyID(try input.read(UInt16.self)),
      account: AccountID(try input.read(UInt16.self)),
      instrument: InstrumentID(try input.read(UInt16.self)), side: try input.read(named: "side"),
      type: try input.read(named: "type"), timeInForce: try input.read(named: "time in force"),
      quantity: try input.readQuantity(), price: try input.readPrice())
  }
}

extension EntryKind {
  /// Reads the payload of an entry of this kind, which is at this range of the content.
  /// - Precondition: the kind is not a market event's.
  public func event(_ content: RawSpan, _ payload: Range<Int>) throws(Damage) -> Event {
    precondition(!isMarket)
    var input = ByteReader(content.extracting(0..<payload.upperBound), at: payload.lowerBound)
    if isDecision { return .decision(try Decision(self, &input)) }
    return .observation(try Observation(self, &input))
  }
}
