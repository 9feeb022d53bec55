/// Payloads of observations (docs/journal-format.md, section 4.3). Fields are only ever appended, and
/// a reader ignores what follows the fields it knows.
extension Observation {
  /// Appends the payload and says of which kind it is.
  /// - Precondition: not a market event, which has a layout of its own.
  func encode(into out: inout ByteBuffer) -> EntryKind {
    switch self {
    case .market: preconditionFailure("market events have no payload")
    case .instrument(let instrument): return instrument.encode(into: &out)
    case .signal(let signal): return signal.encode(into: &out)
    case .report(let report): return report.encode(into: &out)
    case .timer(let timer):
      out.append(timer.strategy.raw)
      out.append(timer.timer)
      return .timer
    case .operatorAct(let act):
      out.append(act.act.rawValue)
      out.append(act.scope)
      out.append(string: act.subject)
      out.append(string: act.reason)
      act.closing?.encode(to: &out)
      return .operatorAct
    case .configuration(let items):
      items.encodeState(to: &out)
      return .configuration
    case .runStarted(let start):
      out.append(start.mode.rawValue)
      out.append(start.seed)
      out.append(string: start.engine)
      out.append(string: start.strategies)
      out.append(string: start.source)
      return .runStarted
    case .runStopped(let stop):
      out.append(stop.why.rawValue)
      out.append(string: stop.text)
      return .runStopped
    case .dataQuality(let quality):
      out.reserve(19)
      out.stage(quality.issue.rawValue, at: 0)
      out.stage(quality.instrument.raw, at: 1)
      out.stage(quality.expected, at: 3)
      out.stage(quality.actual, at: 11)
      out.commit(19)
      out.append(string: quality.detail)
      return .dataQuality
    case .connection(let change):
      out.append(change.venue.raw)
      out.append(change.state.rawValue)
      out.append(string: change.text)
      return .connection
    case .reference(let value): return value.encode(into: &out)
    case .imbalance(let imbalance): return imbalance.encode(into: &out)
    case .priceBand(let band): return band.encode(into: &out)
    case .corporateAction(let action): return action.encode(into: &out)
    case .optionNotice(let notice): return notice.encode(into: &out)
    case .exchangeRate(let rate): return rate.encode(into: &out)
    case .limitChange(let change): return change.encode(into: &out)
    case .statement(let statement): return statement.encode(into: &out)
    case .breakResolution(let resolution): return resolution.encode(into: &out)
    case .instruction(let instruction): return instruction.encode(into: &out)
    case .clockReading(let reading): return reading.encode(into: &out)
    }
  }

  /// The order the observation names.
  var order: OrderID {
    if case .report(let report) = self { return report.order }
    return .none
  }

  /// Reads the payload of an observation other than a market event.
  init(_ kind: EntryKind, _ input: inout ByteReader) throws(Damage) {
    switch kind {
    case .instrument: self = .instrument(try Instrument(&input))
    case .signal: self = .signal(try Signal(&input))
    case .timer:
      self = .timer(
        Timer(
          strategy: StrategyID(try input.read(UInt16.self)), timer: try input.read(UInt32.self)))
    case .operatorAct:
      self = .operatorAct(
        OperatorAct(
          act: try input.read(named: "act"), scope: try input.readScope(),
          subject: try input.readString(), reason: try input.readString(),
          closing: try OperatorAct.Closing.tail(&input)))
    case .configuration: self = .configuration(try ConfigurationItems(&input))
    case .runStarted:
      self = .runStarted(
        RunStart(
          mode: try input.read(named: "mode"), seed: try input.read(UInt64.self),
          engine: try input.readString(), strategies: try input.readString(),
          source: try input.readString()))
    case .runStopped:
      self = .runStopped(
        RunStop(why: try input.read(named: "why"), text: try input.readString()))
    case .dataQuality:
      self = .dataQuality(
        DataQuality(
          issue: try input.read(named: "issue"),
          instrument: InstrumentID(try input.read(UInt16.self)),
          expected: try input.read(UInt64.self), actual: try input.read(UInt64.self),
          detail: try input.readString()))
    case .connection:
      self = .connection(
        ConnectionChange(
          venue: VenueID(try input.read(UInt16.self)), state: try input.read(named: "state"),
          text: try input.readString()))
    case .reference: self = .reference(try ReferenceValue(&input))
    case .imbalance: self = .imbalance(try AuctionImbalance(&input))
    case .priceBand: self = .priceBand(try PriceBand(&input))
    case .corporateAction: self = .corporateAction(try CorporateAction(&input))
    case .optionNotice: self = .optionNotice(try OptionNotice(&input))
    case .exchangeRate: self = .exchangeRate(try ExchangeRate(&input))
    case .limitChange: self = .limitChange(try LimitChange(&input))
    case .statement: self = .statement(try StatementTaken(&input))
    case .breakResolution: self = .breakResolution(try BreakResolution(&input))
    case .instruction: self = .instruction(try Instruction(&input))
    case .clockReading: self = .clockReading(try ClockReading(&input))
    default: self = .report(try VenueReport(kind, &input))
    }
  }
}

extension ByteReader {
  /// Takes an enumerated value.
  @_lifetime(self: copy self)
  mutating func read<T: RawRepresentable>(named name: StaticString) throws(Damage) -> T
  where T.RawValue: FixedWidthInteger & BitwiseCopyable {
    let start = offset
    let raw = try read(T.RawValue.self)
    guard let value = T(rawValue: raw) else { throw Damage(at: start, "unknown \(name) \(raw)") }
    return value
  }

  @_lifetime(self: copy self)
  mutating func readScope() throws(Damage) -> Scope {
    Scope(try read(named: "scope"), try read(UInt64.self))
  }

  @_lifetime(self: copy self)
  mutating func readQuantity() throws(Damage) -> Quantity { Quantity(try read(Int64.self)) }

  @_lifetime(self: copy self)
  mutating func readPrice() throws(Damage) -> Price { Price(try read(Int64.self)) }

  @_lifetime(self: copy self)
  mutating func readOrder() throws(Damage) -> OrderID { OrderID(try read(UInt64.self)) }
}

extension ByteBuffer {
  mutating func append(_ scope: Scope) {
    append(scope.kind.rawValue)
    append(scope.id)
  }
}

extension Instrument {
  func encode(into out: inout ByteBuffer) -> EntryKind {
    precondition(problem == nil && id != .none, "a definition that no reader would take")
    out.append(id.raw)
    out.append(venue.raw)
    out.append(string: venueName)
    out.append(string: symbol)
    out.append(kind.rawValue)
    out.append(string: base)
    out.append(string: currency)
    out.append(priceScale)
    out.append(quantityScale)
    out.append(tickSize.raw)
    out.append(lotSize.raw)
    out.append(multiplier)
    out.append(expiry.nanoseconds)
    if option != nil { OptionTerms.encode(option, to: &out) }
    return .instrument
  }

  init(_ input: inout ByteReader) throws(Damage) {
    self.init(
      id: InstrumentID(try input.read(UInt16.self)), venue: VenueID(try input.read(UInt16.self)),
      venueName: try input.readString(), symbol: try input.readString(),
      kind: try input.read(named: "class"), base: try input.readString(),
      currency: try input.readString(), priceScale: try input.read(UInt8.self),
      quantityScale: try input.read(UInt8.self), tickSize: try input.readPrice(),
      lotSize: try input.readQuantity(), multiplier: try input.read(Int64.self),
      expiry: Instant(nanoseconds: try input.read(Int64.self)))
    option = try OptionTerms.tail(&input)
    guard id != .none else { throw Damage(at: input.offset, "instrument without an id") }
    if let problem { throw Damage(at: input.offset, "instrument: \(problem)") }
  }
}

extension Instrument {
  /// Appends the definition, as in a journal, but always with what is said of options.
  public func encodeState(to out: inout ByteBuffer) {
    _ = encode(into: &out)
    if option == nil { OptionTerms.encode(nil, to: &out) }
  }

  /// Reads what `encodeState` wrote.
  public init(state input: inout ByteReader) throws(Damage) { try self.init(&input) }
}

extension Signal {
  func encode(into out: inout ByteBuffer) -> EntryKind {
    out.append(instrument.raw)
    out.append(score)
    out.append(string: model)
    out.append(string: version)
    out.append(digest.bytes)
    return .signal
  }

  init(_ input: inout ByteReader) throws(Damage) {
    self.init(
      instrument: InstrumentID(try input.read(UInt16.self)), score: try input.read(Int64.self),
      model: try input.readString(), version: try input.readString(),
      digest: Digest(try input.read(count: 32))!)
  }
}

extension ConfigurationItems {
  /// Appends the items, as in a journal.
  public func encodeState(to out: inout ByteBuffer) {
    out.append(UInt32(items.count))
    for item in items {
      out.append(string: item.key)
      out.append(UInt32(item.value.utf8.count))
      out.append([UInt8](item.value.utf8))
    }
  }

  /// Reads what `encodeState` wrote.
  public init(state input: inout ByteReader) throws(Damage) { try self.init(&input) }

  init(_ input: inout ByteReader) throws(Damage) {
    let count = try input.read(UInt32.self)
    let start = input.offset
    var items: [Item] = []
    for _ in 0..<count {
      let key = try input.readString()
      let length = try input.read(UInt32.self)
      items.append(Item(key: key, value: try input.read(utf8: Int(length))))
    }
    guard let ordered = Self(inOrder: items) else {
      throw Damage(at: start, "keys are not in order")
    }
    self = ordered
  }
}
