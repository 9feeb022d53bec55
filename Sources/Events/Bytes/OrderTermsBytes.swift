/// What may follow the fields of intents and orders (docs/journal-format.md, section 4.4): the terms, if
/// the payload goes on, and then the plan, if it goes on further.
extension OrderTerms {
  /// Bytes of the terms, after their length, without lots.
  private static let byteCount = 70
  /// The most lots that an order names.
  public static let maxLots = 1000

  /// Appends the terms, their length first, so that later versions can append to them although
  /// something follows.
  public func encode(to out: inout ByteBuffer) {
    out.append(UInt16(Self.byteCount + (lots.isEmpty ? 0 : 2 + 8 * lots.count)))
    out.append(stop.raw)
    out.append(trigger.rawValue)
    out.append(trail.unit.rawValue)
    out.append(trail.amount)
    out.append(limitOffset)
    out.append(peg.rawValue)
    out.append(pegOffset)
    out.append(display.raw)
    out.append(
      UInt8(isPostOnly ? 1 : 0) | UInt8(isReduceOnly ? 2 : 0) | UInt8(isLiquidation ? 4 : 0)
        | UInt8(isRoll ? 8 : 0))
    out.append(expiry.nanoseconds)
    out.append(parent.raw)
    out.append(activation.rawValue)
    out.append(list.raw)
    out.append(linkage.rawValue)
    guard !lots.isEmpty else { return }
    out.append(UInt16(lots.count))
    for lot in lots { out.append(lot) }
  }

  /// Reads what `encode` wrote.
  public init(_ input: inout ByteReader) throws(Damage) {
    let length = Int(try input.read(UInt16.self))
    let end = input.offset + length
    guard length >= Self.byteCount else {
      throw Damage(at: input.offset, "terms of \(length) bytes")
    }
    guard input.remaining >= length else { throw Damage(at: input.offset, "ends too early") }
    self.init()
    stop = try input.readPrice()
    trigger = try input.read(named: "trigger")
    trail = Trail(try input.read(named: "unit of a trail"), try input.read(Int64.self))
    limitOffset = try input.read(Int64.self)
    peg = try input.read(named: "peg")
    pegOffset = try input.read(Int64.self)
    display = try input.readQuantity()
    let start = input.offset
    let marks = try input.read(UInt8.self)
    guard marks < 16 else { throw Damage(at: start, "reserved marks not 0") }
    isPostOnly = marks & 1 != 0
    isReduceOnly = marks & 2 != 0
    isLiquidation = marks & 4 != 0
    isRoll = marks & 8 != 0
    expiry = Instant(nanoseconds: try input.read(Int64.self))
    parent = try input.readOrder()
    activation = try input.read(named: "activation")
    list = try input.readOrder()
    linkage = try input.read(named: "linkage")
    if length > Self.byteCount { lots = try Self.lots(&input, within: end) }
    input.offset = end
  }

  private static func lots(_ input: inout ByteReader, within end: Int) throws(Damage) -> [UInt64] {
    let start = input.offset
    guard end - start >= 2 else { throw Damage(at: start, "ends too early") }
    let count = Int(try input.read(UInt16.self))
    guard count <= maxLots, end - input.offset >= 8 * count else {
      throw Damage(at: start, "a list of \(count) lots")
    }
    var lots: [UInt64] = []
    for _ in 0..<count { lots.append(try input.read(UInt64.self)) }
    return lots
  }

  /// Reads terms if there are any.
  static func tail(_ input: inout ByteReader) throws(Damage) -> OrderTerms {
    input.remaining > 0 ? try OrderTerms(&input) : .plain
  }
}

extension ExecutionPlan {
  /// Appends the plan.
  public func encode(to out: inout ByteBuffer) {
    out.append(algorithm.rawValue)
    out.append(start.nanoseconds)
    out.append(end.nanoseconds)
    out.append(values)
  }

  /// Reads what `encode` wrote.
  public init(_ input: inout ByteReader) throws(Damage) {
    self.init(
      try input.read(named: "algorithm"), start: Instant(nanoseconds: try input.read(Int64.self)),
      end: Instant(nanoseconds: try input.read(Int64.self)), values: try input.readValues())
  }

  /// Reads a plan if there is one: algorithm 0 leaves the place to what a later version may append.
  static func tail(_ input: inout ByteReader) throws(Damage) -> ExecutionPlan? {
    guard input.remaining > 0 else { return nil }
    let start = input.offset
    guard try input.read(UInt8.self) != 0 else { return nil }
    input.offset = start
    return try ExecutionPlan(&input)
  }
}

extension ByteBuffer {
  mutating func append(_ values: [Reason.Value]) {
    let count = min(values.count, Int(UInt16.max))
    append(UInt16(count))
    let values = values.span
    for index in 0..<count {
      append(string: values[index].name)
      reserve(9)
      stage(values[index].value.mantissa, at: 0)
      stage(values[index].value.scale, at: 8)
      commit(9)
    }
  }
}

extension ByteReader {
  @_lifetime(self: copy self)
  mutating func readValues() throws(Damage) -> [Reason.Value] {
    var values: [Reason.Value] = []
    for _ in 0..<(try read(UInt16.self)) {
      let name = try readString()
      let mantissa = try read(Int64.self)
      let scale = try read(UInt8.self)
      guard scale <= Decimal.largestScale else {
        throw Damage(at: offset, "a decimal with \(scale) digits")
      }
      values.append(Reason.Value(name, Decimal(mantissa: mantissa, scale: scale)))
    }
    return values
  }
}

extension Release {
  func encode(into out: inout ByteBuffer) -> EntryKind {
    ticket.encodeFields(to: &out)
    out.append(cause.rawValue)
    out.append(seen.raw)
    ticket.terms.encode(to: &out)
    return .released
  }

  init(_ input: inout ByteReader) throws(Damage) {
    var ticket = try OrderTicket(fields: &input)
    let cause: ReleaseCause = try input.read(named: "cause")
    let seen = try input.readPrice()
    ticket.terms = try OrderTerms(&input)
    self.init(ticket, cause, seen: seen)
  }
}

extension RouteRecord {
  func encode(into out: inout ByteBuffer) -> EntryKind {
    out.append(order.raw)
    out.append(round)
    out.append(quantity.raw)
    out.append(UInt16(candidates.count))
    for candidate in candidates {
      out.append(candidate.instrument.raw)
      out.append(candidate.price.raw)
      out.append(candidate.size.raw)
      out.append(candidate.fee)
      out.append(candidate.latency)
      out.append(candidate.fillRate)
      out.append(candidate.score)
      out.append(candidate.quantity.raw)
    }
    return .routed
  }

  init(_ input: inout ByteReader) throws(Damage) {
    self.init(
      order: try input.readOrder(), round: try input.read(UInt16.self),
      quantity: try input.readQuantity(), candidates: [])
    for _ in 0..<(try input.read(UInt16.self)) {
      candidates.append(
        Candidate(
          instrument: InstrumentID(try input.read(UInt16.self)), price: try input.readPrice(),
          size: try input.readQuantity(), fee: try input.read(Int64.self),
          latency: try input.read(Int64.self), fillRate: try input.read(Int64.self),
          score: try input.read(Int64.self), quantity: try input.readQuantity()))
    }
  }
}
