/// Payloads of what the gate's limits, breakers and kills say (docs/journal-format.md, section 4.3).
extension LimitChange {
  func encode(into out: inout ByteBuffer) -> EntryKind {
    out.append(string: key)
    out.append(string: value)
    out.append(string: author)
    out.append(string: reason)
    out.append(effective.nanoseconds)
    return .limitChange
  }

  init(_ input: inout ByteReader) throws(Damage) {
    self.init(
      key: try input.readString(), value: try input.readString(), author: try input.readString(),
      reason: try input.readString(),
      effective: Instant(nanoseconds: try input.read(Int64.self)))
  }

  /// Appends the change, as in a journal.
  public func encodeState(to out: inout ByteBuffer) { _ = encode(into: &out) }

  /// Reads what `encodeState` wrote.
  public init(state input: inout ByteReader) throws(Damage) { try self.init(&input) }
}

extension OperatorAct.Closing {
  func encode(to out: inout ByteBuffer) {
    precondition(lots.count <= OrderTerms.maxLots)
    out.append(instrument.raw)
    out.append(quantity.raw)
    out.append(UInt16(lots.count))
    for lot in lots { out.append(lot) }
  }

  /// Reads what stands at the end of an act, if anything does.
  static func tail(_ input: inout ByteReader) throws(Damage) -> Self? {
    guard input.remaining > 0 else { return nil }
    var closing = Self(
      instrument: InstrumentID(try input.read(UInt16.self)), quantity: try input.readQuantity())
    let start = input.offset
    let count = try input.read(UInt16.self)
    guard count <= OrderTerms.maxLots else { throw Damage(at: start, "a list of \(count) lots") }
    for _ in 0..<count { closing.lots.append(try input.read(UInt64.self)) }
    return closing
  }
}

extension BreakerChange {
  func encode(into out: inout ByteBuffer) -> EntryKind {
    out.append(string: breaker)
    out.append(watch.rawValue)
    out.append(scope)
    out.append(state.rawValue)
    out.append(instrument.raw)
    out.append(value)
    out.append(limit)
    out.append(scale)
    out.append(string: unit)
    out.append(string: reason)
    return .breakerChanged
  }

  init(_ input: inout ByteReader) throws(Damage) {
    self.init(
      breaker: try input.readString(), watch: try input.read(named: "watch"),
      scope: try input.readScope(), state: try input.read(named: "breaker state"),
      instrument: InstrumentID(try input.read(UInt16.self)), value: try input.read(Int128.self),
      limit: try input.read(Int128.self), scale: try input.read(UInt8.self),
      unit: try input.readString(), reason: try input.readString())
  }
}

extension KillReport {
  func encode(into out: inout ByteBuffer) -> EntryKind {
    precondition(orders.count <= Self.listed)
    out.append(scope)
    out.append(round)
    out.append(open)
    out.append(UInt16(orders.count))
    for order in orders { out.append(order.raw) }
    return .killReport
  }

  init(_ input: inout ByteReader) throws(Damage) {
    self.init(
      scope: try input.readScope(), round: try input.read(UInt32.self),
      open: try input.read(UInt32.self), orders: [])
    let start = input.offset
    let count = try input.read(UInt16.self)
    guard count <= Self.listed else { throw Damage(at: start, "a list of \(count) orders") }
    for _ in 0..<count { orders.append(try input.readOrder()) }
  }
}

extension LimitApplied {
  func encode(into out: inout ByteBuffer) -> EntryKind {
    out.append(string: key)
    out.append(string: value)
    out.append(string: author)
    out.append(change)
    return .limitApplied
  }

  init(_ input: inout ByteReader) throws(Damage) {
    self.init(
      key: try input.readString(), value: try input.readString(), author: try input.readString(),
      change: try input.read(UInt64.self))
  }
}

extension LimitsScaled {
  func encode(into out: inout ByteBuffer) -> EntryKind {
    out.append(string: rule)
    out.append(watch.rawValue)
    out.append(scope)
    out.append(factor)
    out.append(value)
    out.append(bound)
    out.append(scale)
    out.append(string: unit)
    out.append(UInt16(limits.count))
    for limit in limits {
      out.append(string: limit.key)
      out.append(limit.base)
      out.append(limit.effective)
      out.append(limit.scale)
      out.append(string: limit.unit)
    }
    return .limitsScaled
  }

  init(_ input: inout ByteReader) throws(Damage) {
    self.init(
      rule: try input.readString(), watch: try input.read(named: "watch"),
      scope: try input.readScope(), factor: try input.read(Int64.self),
      value: try input.read(Int128.self), bound: try input.read(Int128.self),
      scale: try input.read(UInt8.self), unit: try input.readString(), limits: [])
    for _ in 0..<(try input.read(UInt16.self)) {
      limits.append(
        Limit(
          key: try input.readString(), base: try input.read(Int128.self),
          effective: try input.read(Int128.self), scale: try input.read(UInt8.self),
          unit: try input.readString()))
    }
  }
}

extension LimitsUsed {
  func encode(into out: inout ByteBuffer) -> EntryKind {
    out.append(order.raw)
    out.append(UInt16(uses.count))
    for use in uses {
      out.append(use.rule.rawValue)
      out.append(string: use.scope)
      out.append(use.value)
      out.append(use.limit)
      out.append(use.scale)
      out.append(string: use.unit)
    }
    return .limitsUsed
  }

  init(_ input: inout ByteReader) throws(Damage) {
    self.init(order: try input.readOrder(), uses: [])
    for _ in 0..<(try input.read(UInt16.self)) {
      uses.append(
        Use(
          rule: try input.read(named: "rule"), scope: try input.readString(),
          value: try input.read(Int128.self), limit: try input.read(Int128.self),
          scale: try input.read(UInt8.self), unit: try input.readString()))
    }
  }
}
