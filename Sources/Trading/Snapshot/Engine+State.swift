import Books
import Events

extension Engine {
  /// Version of the state's encoding.
  public static let stateVersion: UInt32 = 7

  /// Appends the whole state: equal states give equal bytes, in every build and on every machine, so
  /// their SHA-256 is the state hash.
  /// - Precondition: nothing is left to decide.
  public func encodeState(to out: inout ByteBuffer) {
    precondition(!hasWork, "state is taken between steps")
    configuration.encodeState(to: &out)
    out.append(market.time.nanoseconds)
    out.append(UInt16(strategies.count))
    for index in strategies.indices {
      out.append(string: strategies[index].name)
      out.append(string: strategies[index].kind)
      let state = Self.state(of: strategies[index].logic)
      out.append(UInt32(state.count))
      out.append(state)
    }
    out.append(UInt16(market.instruments.count))
    for (index, instrument) in market.instruments.enumerated() {
      let former = instrument?.formerSymbol ?? ""
      out.append(UInt8(instrument == nil ? 0 : former.isEmpty ? 1 : 2))
      instrument?.encodeState(to: &out)
      if !former.isEmpty { out.append(string: former) }
      market.books[index].encode(to: &out)
    }
    for references in market.references { references.encode(to: &out) }
    out.append(UInt32(deferred.count))
    for change in deferred {
      out.append(change.order.raw)
      out.append(change.change)
    }
    executions.encode(to: &out)
    fillHistory.encode(to: &out)
    out.append(UInt32(awaited.count))
    for target in awaited { target.encode(to: &out) }
    market.orders.encode(to: &out)
    market.portfolio.encode(to: &out)
    market.rates.encode(to: &out)
    schedule.encode(to: &out)
    encodeRisk(to: &out)
    gate.encode(to: &out)
    bars.encode(to: &out)
    tally.encode(to: &out)
    instructions.encode(to: &out)
    // A state without continuous futures has the bytes it had before there were any.
    if !market.series.isEmpty { encodeSeries(to: &out) }
    // A state without breaks has the bytes it had before there were any.
    if !reconciliation.isUnused { reconciliation.encode(to: &out) }
  }

  private static func state(of logic: any Strategy) -> [UInt8] {
    do { return try StateEncoder.bytes(of: logic) } catch {
      preconditionFailure("a strategy's state must be encodable: \(error)")
    }
  }

  /// Reads the bytes of a state, all of them, into a new engine; see below.
  public mutating func restoreState(_ bytes: [UInt8]) throws(Damage) {
    try bytes.withBytes { (span) throws(Damage) in
      var input = ByteReader(span)
      try restoreState(&input)
      guard input.remaining == 0 else { throw Damage(at: input.offset, "bytes after the state") }
    }
  }

  /// Reads a state into a new engine.
  /// - Throws: `Damage` if the bytes are not a state of an engine with this catalog; the engine is then
  ///   of no use.
  public mutating func restoreState(_ input: inout ByteReader) throws(Damage) {
    let offset = input.offset
    let items = try ConfigurationItems(state: &input)
    configure(items, EntryHeader(sequence: 0, eventTime: .epoch, receiveTime: .epoch))
    guard !hasWork else { throw Damage(at: offset, "the configuration cannot be run") }
    market.time = Instant(nanoseconds: try input.read(Int64.self))
    guard Int(try input.read(UInt16.self)) == strategies.count else {
      throw Damage(at: input.offset, "another number of strategies")
    }
    for index in strategies.indices {
      let name = try input.readString()
      let kind = try input.readString()
      guard strategies[index].name == name, strategies[index].kind == kind else {
        throw Damage(at: input.offset, "strategy `\(name)` of kind `\(kind)` is not configured")
      }
      let bytes = try input.read(count: Int(try input.read(UInt32.self)))
      strategies[index].logic = try strategies[index].logic.restored(from: bytes, at: input.offset)
    }
    var books: [MarketBook] = []
    for _ in 0..<(try input.read(UInt16.self)) {
      let mark = try input.read(UInt8.self)
      if mark != 0 {
        var instrument = try Instrument(state: &input)
        if mark == 2 { instrument.formerSymbol = try input.readString() }
        define(instrument)
      }
      books.append(try MarketBook(reading: &input))
    }
    guard books.count == market.books.count else {
      throw Damage(at: input.offset, "another number of instruments")
    }
    market.books = Slots(books)
    for index in market.references.indices { market.references[index] = try References(&input) }
    for _ in 0..<(try input.read(UInt32.self)) {
      deferred.append(
        Deferred(
          order: OrderID(try input.read(UInt64.self)), change: try input.read(Int64.self)))
    }
    executions = try Executions(&input)
    fillHistory = try FillHistory(&input)
    for _ in 0..<(try input.read(UInt32.self)) { awaited.append(try AwaitedTarget(&input)) }
    market.orders = try Orders(&input)
    try restoreParents(at: input.offset)
    for order in market.orders.open { market.recount(order, from: .zero) }
    try market.portfolio.restore(&input)
    try market.rates.restore(&input)
    schedule = try BooksSchedule(&input)
    for case let instrument? in market.instruments { market.portfolio.admit(instrument.id) }
    market.track(strategies: gate.hasControls ? strategies.count : 0)
    try restoreRisk(&input)
    try gate.restore(&input)
    if gate.controls?.dynamic.isScaling == true { rescaleLimits() }
    try bars.restore(&input)
    tally = try Tally(&input)
    instructions = try Instructions(&input)
    if !market.series.isEmpty { try restoreSeries(&input) }
    if input.remaining > 0 { reconciliation = try Reconciliation(&input) }
    rebuildHeld()
  }
}

extension Engine {
  /// Marks the orders that algorithms work.
  private mutating func restoreParents(at offset: Int) throws(Damage) {
    for execution in executions.live {
      let placed = placedQuantity(execution)
      let isHeld = market.orders.change(execution.parent.order) { order in
        if order.state == .held { order.placed = placed }
        return order.state == .held
      }
      guard isHeld == true, execution.parent.instrument.index < interest.count else {
        throw Damage(at: offset, "an algorithm works an order that is not held")
      }
    }
  }
}

extension Engine {
  private func encodeSeries(to out: inout ByteBuffer) {
    for series in market.series { series.encode(to: &out) }
    out.append(nextDayEnd.nanoseconds)
    out.append(UInt16(moving.count))
    for move in moving {
      out.append(move.strategy.raw)
      out.append(move.series.raw)
    }
  }

  private mutating func restoreSeries(_ input: inout ByteReader) throws(Damage) {
    for index in market.series.indices { try market.series[index].restore(&input) }
    nextDayEnd = Instant(nanoseconds: try input.read(Int64.self))
    for _ in 0..<(try input.read(UInt16.self)) {
      moving.append(
        MovingPosition(
          strategy: StrategyID(try input.read(UInt16.self)),
          series: InstrumentID(try input.read(UInt16.self))))
    }
  }
}

extension AwaitedTarget {
  fileprivate func encode(to out: inout ByteBuffer) {
    out.append(strategy.raw)
    out.append(instrument.raw)
    out.append(quantity.raw)
  }

  fileprivate init(_ input: inout ByteReader) throws(Damage) {
    self.init(
      strategy: StrategyID(try input.read(UInt16.self)),
      instrument: InstrumentID(try input.read(UInt16.self)),
      quantity: Quantity(try input.read(Int64.self)))
  }
}

extension Strategy {
  /// A strategy of the same kind with the state in these bytes.
  fileprivate func restored(from bytes: [UInt8], at offset: Int) throws(Damage) -> any Strategy {
    do { return try StateDecoder.decode(Self.self, from: bytes) } catch {
      throw Damage(at: offset, "a strategy's state: \(error)")
    }
  }
}
