/// Payloads of what moves the books beside fills (docs/journal-format.md, section 4.3).
extension Booking {
  func encode(into out: inout ByteBuffer) -> EntryKind {
    out.append(kind.rawValue)
    out.append(account.raw)
    out.append(strategy.raw)
    out.append(instrument.raw)
    out.append(quantity.raw)
    out.append(price.raw)
    out.append(string: currency)
    out.append(cash.raw)
    out.append(cost.raw)
    out.append(variation.raw)
    out.append(settles.nanoseconds)
    out.append(UInt16(lots.count))
    for lot in lots { lot.encode(to: &out) }
    out.append(order.raw)
    guard let charge else { return .booked }
    out.append(charge.base.raw)
    out.append(charge.rate)
    out.append(charge.days)
    out.append(charge.year)
    return .booked
  }

  init(_ input: inout ByteReader) throws(Damage) {
    self.init(
      try input.read(named: "booking"), account: AccountID(try input.read(UInt16.self)),
      strategy: StrategyID(try input.read(UInt16.self)),
      instrument: InstrumentID(try input.read(UInt16.self)), quantity: try input.readQuantity(),
      price: try input.readPrice(), currency: try input.readString(),
      cash: try input.readMoney(), cost: try input.readMoney(), variation: try input.readMoney(),
      settles: Instant(nanoseconds: try input.read(Int64.self)))
    for _ in 0..<(try input.read(UInt16.self)) { lots.append(try Lot(&input)) }
    order = try input.readOrder()
    guard input.remaining > 0 else { return }
    charge = Charge(
      base: try input.readMoney(), rate: try input.read(Int64.self),
      days: try input.read(UInt16.self), year: try input.read(UInt16.self))
  }
}

extension Booking.Lot {
  /// Appends the lot, as in a journal.
  public func encode(to out: inout ByteBuffer) {
    out.append(id)
    out.append(quantity.raw)
    out.append(cost.raw)
  }

  /// Reads what `encode` wrote.
  public init(_ input: inout ByteReader) throws(Damage) {
    self.init(
      id: try input.read(UInt64.self), quantity: try input.readQuantity(),
      cost: try input.readMoney())
  }
}

extension MarginCall {
  func encode(into out: inout ByteBuffer) -> EntryKind {
    out.append(account.raw)
    out.append(state.rawValue)
    out.append(string: currency)
    out.append(equity.raw)
    out.append(required.raw)
    return .marginCall
  }

  init(_ input: inout ByteReader) throws(Damage) {
    let account = AccountID(try input.read(UInt16.self))
    self.init(
      account: account, try input.read(named: "state"), currency: try input.readString(),
      equity: try input.readMoney(), required: try input.readMoney())
  }
}

extension Liquidation {
  func encode(into out: inout ByteBuffer) -> EntryKind {
    out.append(account.raw)
    out.append(reason.rawValue)
    out.append(round)
    out.append(string: currency)
    out.append(equity.raw)
    out.append(required.raw)
    out.append(UInt16(positions.count))
    for position in positions {
      out.append(position.strategy.raw)
      out.append(position.instrument.raw)
      out.append(position.quantity.raw)
      out.append(position.required.raw)
    }
    return .liquidation
  }

  init(_ input: inout ByteReader) throws(Damage) {
    let account = AccountID(try input.read(UInt16.self))
    self.init(
      account: account, try input.read(named: "reason"), round: try input.read(UInt32.self),
      currency: try input.readString(), equity: try input.readMoney(),
      required: try input.readMoney(), positions: [])
    for _ in 0..<(try input.read(UInt16.self)) {
      positions.append(
        Holding(
          strategy: StrategyID(try input.read(UInt16.self)),
          instrument: InstrumentID(try input.read(UInt16.self)),
          quantity: try input.readQuantity(), required: try input.readMoney()))
    }
  }
}

extension CorporateAction {
  func encode(into out: inout ByteBuffer) -> EntryKind {
    out.append(instrument.raw)
    out.append(action.rawValue)
    out.append(amount.raw)
    out.append(string: currency)
    out.append(new)
    out.append(old)
    out.append(string: symbol)
    out.append(payable.nanoseconds)
    return .corporateAction
  }

  init(_ input: inout ByteReader) throws(Damage) {
    let instrument = InstrumentID(try input.read(UInt16.self))
    self.init(
      try input.read(named: "action"), of: instrument, amount: try input.readMoney(),
      currency: try input.readString(), new: try input.read(UInt32.self),
      old: try input.read(UInt32.self), symbol: try input.readString(),
      payable: Instant(nanoseconds: try input.read(Int64.self)))
  }
}

extension OptionNotice {
  func encode(into out: inout ByteBuffer) -> EntryKind {
    out.append(account.raw)
    out.append(instrument.raw)
    out.append(notice.rawValue)
    out.append(quantity.raw)
    return .optionNotice
  }

  init(_ input: inout ByteReader) throws(Damage) {
    let account = AccountID(try input.read(UInt16.self))
    let instrument = InstrumentID(try input.read(UInt16.self))
    self.init(
      try input.read(named: "notice"), account: account, instrument: instrument,
      quantity: try input.readQuantity())
  }
}

extension ExchangeRate {
  func encode(into out: inout ByteBuffer) -> EntryKind {
    out.append(string: base)
    out.append(string: currency)
    out.append(rate)
    return .exchangeRate
  }

  init(_ input: inout ByteReader) throws(Damage) {
    self.init(
      base: try input.readString(), currency: try input.readString(),
      rate: try input.read(Int64.self))
  }
}

extension OptionTerms {
  /// Appends the terms, or that there are none.
  static func encode(_ terms: OptionTerms?, to out: inout ByteBuffer) {
    out.append(terms?.right.rawValue ?? 0)
    guard let terms else { return }
    out.append(terms.style.rawValue)
    out.append(terms.settlement.rawValue)
    out.append(terms.strike.raw)
    out.append(string: terms.underlying)
  }

  /// Reads the terms at the end of a definition, if there are any.
  static func tail(_ input: inout ByteReader) throws(Damage) -> OptionTerms? {
    guard input.remaining > 0 else { return nil }
    let start = input.offset
    let raw = try input.read(UInt8.self)
    if raw == 0 { return nil }
    guard let right = Right(rawValue: raw) else { throw Damage(at: start, "unknown right \(raw)") }
    return OptionTerms(
      right, style: try input.read(named: "style"),
      settlement: try input.read(named: "settlement"), strike: try input.readPrice(),
      underlying: try input.readString())
  }
}

extension ByteReader {
  @_lifetime(self: copy self)
  mutating func readMoney() throws(Damage) -> Money { Money(raw: try read(Int128.self)) }
}
