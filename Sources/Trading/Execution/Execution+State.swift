import Events

extension Execution {
  /// Appends the state; equal executions give equal bytes.
  func encode(to out: inout ByteBuffer) {
    parent.encode(to: &out)
    plan.encode(to: &out)
    out.append(UInt8(second == nil ? 0 : 1))
    second?.encode(to: &out)
    out.append(rounds)
    out.append(UInt16(children.count))
    for child in children { child.encode(to: &out) }
    for quantity in [filled, secondFilled, asked, secondAsked] { out.append(quantity.raw) }
    for value in [volume, volumeAtLastChild, wakeVolume] { out.append(value) }
    for moment in [nextWake, restUntil, notBefore, secondNotBefore] {
      out.append(moment.nanoseconds)
    }
    out.append(secondFailures)
    out.append(round)
    out.append(UInt16(excluded.count))
    for instrument in excluded { out.append(instrument.raw) }
    out.append(
      UInt8(asksForResting ? 1 : 0) | UInt8(hasFailed ? 2 : 0) | UInt8(hasEnded ? 4 : 0))
    out.append(ending?.rawValue ?? 0)
  }

  /// Reads what `encode` wrote.
  /// - Throws: `Damage` for anything that no execution can be.
  init(_ input: inout ByteReader) throws(Damage) {
    let start = input.offset
    let parent = try Parent(&input)
    let plan = try ExecutionPlan(&input)
    let second = try input.read(UInt8.self) == 0 ? nil : try SecondLeg(&input)
    let settings: ExecutionSettings
    do throws(PlanProblem) {
      settings = try ExecutionSettings(
        plan, quantityScale: parent.quantityScale, lot: parent.lot)
    } catch { throw Damage(at: start, "a plan: \(error)") }
    guard (plan.algorithm == .pairs) == (second != nil) else {
      throw Damage(at: start, "a second leg that does not fit the plan")
    }
    self.init(parent, plan, settings, second, rounds: try input.read(UInt16.self))
    for _ in 0..<(try input.read(UInt16.self)) { children.append(try Child(&input)) }
    filled = try input.readCount()
    secondFilled = try input.readCount()
    asked = try input.readCount()
    secondAsked = try input.readCount()
    volume = try input.readCount().raw
    volumeAtLastChild = try input.readCount().raw
    guard volumeAtLastChild <= volume else { throw Damage(at: start, "an execution's volumes") }
    wakeVolume = try input.readCount().raw
    nextWake = Instant(nanoseconds: try input.read(Int64.self))
    restUntil = Instant(nanoseconds: try input.read(Int64.self))
    notBefore = Instant(nanoseconds: try input.read(Int64.self))
    secondNotBefore = Instant(nanoseconds: try input.read(Int64.self))
    secondFailures = try input.read(UInt16.self)
    round = try input.read(UInt16.self)
    guard round < max(rounds, 1) else { throw Damage(at: input.offset, "a round too many") }
    for _ in 0..<(try input.read(UInt16.self)) {
      excluded.append(InstrumentID(try input.read(UInt16.self)))
    }
    let marks = try input.read(UInt8.self)
    let cause = try input.read(UInt8.self)
    ending = EndCause(rawValue: cause)
    guard marks < 8, cause == 0 || ending != nil else {
      throw Damage(at: input.offset, "an execution's marks")
    }
    asksForResting = marks & 1 != 0
    hasFailed = marks & 2 != 0
    hasEnded = marks & 4 != 0
  }
}

extension Execution.Parent {
  func encode(to out: inout ByteBuffer) {
    out.append(order.raw)
    out.append(instrument.raw)
    out.append(side.rawValue)
    out.append(quantity.raw)
    out.append(price.raw)
    out.append(timeInForce.rawValue)
    out.append(lot.raw)
    out.append(quantityScale)
  }

  init(_ input: inout ByteReader) throws(Damage) {
    let start = input.offset
    order = OrderID(try input.read(UInt64.self))
    instrument = InstrumentID(try input.read(UInt16.self))
    side = try input.readSide()
    quantity = Quantity(try input.read(Int64.self))
    price = Price(try input.read(Int64.self))
    guard let time = TimeInForce(rawValue: try input.read(UInt8.self)) else {
      throw Damage(at: start, "a parent's time in force")
    }
    timeInForce = time
    lot = try input.readLot()
    quantityScale = try input.readScale()
    guard (1...Quantity.limit).contains(quantity.raw) else {
      throw Damage(at: start, "a parent's quantity")
    }
  }
}

extension Execution.Child {
  func encode(to out: inout ByteBuffer) {
    out.append(order.raw)
    out.append(instrument.raw)
    out.append(leg.rawValue)
    out.append(UInt8(isResting ? 1 : 0) | UInt8(isCancelling ? 2 : 0))
    out.append(quantity.raw)
    out.append(filled.raw)
  }

  init(_ input: inout ByteReader) throws(Damage) {
    let start = input.offset
    order = OrderID(try input.read(UInt64.self))
    instrument = InstrumentID(try input.read(UInt16.self))
    guard let leg = Execution.Leg(rawValue: try input.read(UInt8.self)) else {
      throw Damage(at: start, "a child's leg")
    }
    self.leg = leg
    let marks = try input.read(UInt8.self)
    isResting = marks & 1 != 0
    isCancelling = marks & 2 != 0
    quantity = try input.readCount()
    filled = try input.readCount()
    guard marks < 4, quantity.raw <= Quantity.limit, filled <= quantity else {
      throw Damage(at: start, "a child's quantities")
    }
  }
}

extension SecondLeg {
  func encode(to out: inout ByteBuffer) {
    out.append(instrument.raw)
    out.append(side.rawValue)
    out.append(ratio)
    out.append(lot.raw)
    out.append(quantityScale)
    out.append(firstScale)
  }

  init(_ input: inout ByteReader) throws(Damage) {
    let instrument = InstrumentID(try input.read(UInt16.self))
    let side = try input.readSide()
    let ratio = try input.readCount().raw
    self.init(
      instrument: instrument, side: side, ratio: ratio, lot: try input.readLot(),
      quantityScale: try input.readScale(), firstScale: try input.readScale())
    guard ratio > 0, ratio <= Int64(1) << 60 else {
      throw Damage(at: input.offset, "a ratio out of range")
    }
  }
}

extension ByteReader {
  /// A number that is not negative.
  @_lifetime(self: copy self)
  fileprivate mutating func readCount() throws(Damage) -> Quantity {
    let start = offset
    let value = try read(Int64.self)
    guard value >= 0 else { throw Damage(at: start, "a negative quantity") }
    return Quantity(value)
  }

  @_lifetime(self: copy self)
  fileprivate mutating func readLot() throws(Damage) -> Quantity {
    let start = offset
    let lot = Quantity(try read(Int64.self))
    guard (1...Quantity.limit).contains(lot.raw) else { throw Damage(at: start, "a lot size") }
    return lot
  }

  @_lifetime(self: copy self)
  fileprivate mutating func readScale() throws(Damage) -> UInt8 {
    let start = offset
    let scale = try read(UInt8.self)
    guard scale <= 9 else { throw Damage(at: start, "a scale above 9") }
    return scale
  }

  @_lifetime(self: copy self)
  fileprivate mutating func readSide() throws(Damage) -> Side {
    let start = offset
    guard let side = Side(rawValue: try read(UInt8.self)), side != .none else {
      throw Damage(at: start, "a side")
    }
    return side
  }
}
