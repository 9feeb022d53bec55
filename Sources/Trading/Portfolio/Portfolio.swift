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
    let posting = Ledger.Amounts(cash: amount, capital: -amount)
    guard ledger.admits(posting, currency) else { return false }
    ledger.post(posting, currency)
    return true
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
  /// - Parameter currency: the instrument's.
  /// - Returns: false, with nothing changed, if an amount leaves its range.
  mutating func fill(
    _ fill: Fill, of ticket: OrderTicket, _ terms: Instrument.Terms, _ currency: String
  ) -> Bool {
    guard fill.quantity.raw > 0, fill.quantity.raw <= Quantity.limit,
      fill.fee.raw.magnitude <= Money.limit.magnitude
    else { return false }
    let signed = Quantity(fill.quantity.raw * ticket.side.sign)
    let isOwnCurrency = fill.feeCurrency == currency
    guard let notional = Money.notional(fill.price, signed, of: terms),
      ticket.instrument.index < stride, ticket.strategy.index < strategyCount
    else { return false }
    let index = ticket.strategy.index * stride + ticket.instrument.index
    var position = positions[index]
    guard
      let movement = position.fill(
        signed, notional: notional, fee: isOwnCurrency ? fill.fee : .zero)
    else { return false }
    let isSettledInFull = terms.kind.isSettledInFull
    let trade = Ledger.Amounts(
      cash: isSettledInFull ? -movement.notional : movement.realised,
      inventory: isSettledInFull ? movement.cost : .zero, realised: -movement.realised)
    let fee = Ledger.Amounts(cash: -fill.fee, fees: fill.fee)
    guard ledger.admits(trade, currency),
      fill.fee == .zero
        || ledger.admits(isOwnCurrency ? trade + fee : fee, fill.feeCurrency)
    else { return false }
    ledger.post(trade, currency)
    if fill.fee != .zero { ledger.post(fee, fill.feeCurrency) }
    positions[index] = position
    return true
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
