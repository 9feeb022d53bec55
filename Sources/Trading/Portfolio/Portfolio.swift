import Events

/// Positions of all strategies, and the books.
public struct Portfolio: Sendable {
  public private(set) var ledger = Ledger()
  /// By strategy, then instrument: `positions[strategy * stride + instrument]`.
  private var positions: [Position] = []
  private var stride = 0
  private let strategyCount: Int

  init(strategyCount: Int) { self.strategyCount = strategyCount }

  /// Brings in starting cash.
  mutating func deposit(_ amount: Money, _ currency: String) -> Bool {
    ledger.post(currency, [(.cash, amount), (.capital, -amount)])
  }

  /// Makes room for an instrument.
  mutating func admit(_ instrument: InstrumentID) {
    guard instrument.index >= stride else { return }
    let wider = max(instrument.index + 1, stride * 2)
    var moved = Array(repeating: Position(), count: wider * strategyCount)
    for strategy in 0..<strategyCount {
      for instrument in 0..<stride {
        moved[strategy * wider + instrument] = positions[strategy * stride + instrument]
      }
    }
    positions = moved
    stride = wider
  }

  /// What a strategy holds of an instrument.
  public func position(_ strategy: StrategyID, _ instrument: InstrumentID) -> Position {
    guard instrument.index < stride, strategy.index < strategyCount else { return Position() }
    return positions[strategy.index * stride + instrument.index]
  }

  /// What all strategies together hold of an instrument. O(strategies).
  public func quantity(_ instrument: InstrumentID) -> Quantity {
    Quantity(Int64(clamping: net(instrument)))
  }

  /// The same as a sum that cannot overflow.
  func net(_ instrument: InstrumentID) -> Int128 {
    (0..<strategyCount).reduce(0) { sum, strategy in
      sum + Int128(position(StrategyID(UInt16(strategy)), instrument).quantity.raw)
    }
  }

  /// Takes a fill into the position and the books.
  /// - Returns: false, with nothing changed, if an amount leaves its range.
  mutating func fill(_ fill: Fill, of ticket: OrderTicket, _ instrument: Instrument) -> Bool {
    guard fill.quantity.raw > 0, fill.quantity.raw <= Quantity.limit,
      fill.fee.raw.magnitude <= Money.limit.magnitude
    else { return false }
    let signed = Quantity(fill.quantity.raw * ticket.side.sign)
    let fee = fill.feeCurrency == instrument.currency ? fill.fee : .zero
    guard let notional = Money.notional(fill.price, signed, of: instrument),
      ticket.instrument.index < stride, ticket.strategy.index < strategyCount
    else { return false }
    let index = ticket.strategy.index * stride + ticket.instrument.index
    let before = positions[index]
    guard let movement = positions[index].fill(signed, notional: notional, fee: fee) else {
      return false
    }
    let cash = instrument.kind.isSettledInFull ? -movement.notional : movement.realised
    let inventory = instrument.kind.isSettledInFull ? movement.cost : .zero
    let books = ledger
    if ledger.post(
      instrument.currency,
      [(.cash, cash), (.inventory, inventory), (.realised, -movement.realised)]),
      fill.fee == .zero || ledger.post(fill.feeCurrency, [(.cash, -fill.fee), (.fees, fill.fee)])
    {
      return true
    }
    positions[index] = before
    ledger = books
    return false
  }

  func encode(to out: inout ByteBuffer) {
    ledger.encode(to: &out)
    // The room made for instruments is no state: only positions that were ever used are written.
    var used: [(strategy: Int, instrument: Int)] = []
    for strategy in 0..<strategyCount {
      for instrument in 0..<stride where positions[strategy * stride + instrument] != Position() {
        used.append((strategy, instrument))
      }
    }
    out.append(UInt32(used.count))
    for (strategy, instrument) in used {
      out.append(UInt16(strategy))
      out.append(UInt16(instrument))
      positions[strategy * stride + instrument].encode(to: &out)
    }
  }

  init(strategyCount: Int, _ input: inout ByteReader) throws(Damage) {
    self.strategyCount = strategyCount
    ledger = try Ledger(&input)
    for _ in 0..<(try input.read(UInt32.self)) {
      let strategy = Int(try input.read(UInt16.self))
      let instrument = InstrumentID(try input.read(UInt16.self))
      guard strategy < strategyCount, instrument != .none else {
        throw Damage(at: input.offset, "a position of an unknown strategy")
      }
      admit(instrument)
      positions[strategy * stride + instrument.index] = try Position(&input)
    }
  }
}
