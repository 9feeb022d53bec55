import Events

/// The lots of positions: which entry opened each part of them.
///
/// Kept only for accounts whose method needs them; others pay nothing. Lots stand in the order in which they
/// were opened, so all methods are a choice of index. O(lots) a closing fill.
struct LotBook: Equatable, Sendable {
  typealias Lot = Booking.Lot

  /// By strategy, then instrument; rows are as long as they had to be.
  private var rows: [[[Lot]]] = []

  /// What closing a quantity takes, and what that had cost.
  struct Choice: Equatable {
    var lots: [Lot] = []
    var cost = Money.zero
  }

  subscript(strategy: StrategyID, instrument: InstrumentID) -> [Lot] {
    guard strategy.index < rows.count, instrument.index < rows[strategy.index].count else {
      return []
    }
    return rows[strategy.index][instrument.index]
  }

  private mutating func change(
    _ strategy: StrategyID, _ instrument: InstrumentID, _ body: (inout [Lot]) -> Void
  ) {
    while rows.count <= strategy.index { rows.append([]) }
    while rows[strategy.index].count <= instrument.index { rows[strategy.index].append([]) }
    body(&rows[strategy.index][instrument.index])
  }

  /// The lots that closing a quantity would take.
  /// - Parameters:
  ///   - closed: signed as the position, not more than it.
  ///   - named: lots that go before all others, in this order.
  func choose(
    _ closed: Quantity, of strategy: StrategyID, _ instrument: InstrumentID, by method: LotMethod,
    named: [UInt64] = []
  ) -> Choice {
    let lots = self[strategy, instrument]
    var (choice, left) = (Choice(), closed)
    var order = Self.order(of: lots, by: method)
    if !named.isEmpty {
      var first: [Int] = []
      for name in named {
        guard let index = lots.firstIndex(where: { $0.id == name }), !first.contains(index) else {
          continue
        }
        first.append(index)
      }
      order = first + order.filter { !first.contains($0) }
    }
    for index in order {
      guard left != .zero else { break }
      let lot = lots[index]
      let part = lot.quantity.magnitude < left.magnitude ? lot.quantity : left
      let cost =
        part == lot.quantity
        ? lot.cost : lot.cost.scaled(by: part.raw, over: lot.quantity.raw)
      choice.lots.append(Lot(id: lot.id, quantity: part, cost: cost))
      choice.cost += cost
      left -= part
    }
    return choice
  }

  private static func order(of lots: [Lot], by method: LotMethod) -> [Int] {
    switch method {
    case .average, .fifo: Array(lots.indices)
    case .lifo: lots.indices.reversed()
    case .hifo:
      // Of equal costs the oldest comes first.
      lots.indices.sorted { a, b in
        isDearer(lots[a], lots[b]) || (!isDearer(lots[b], lots[a]) && a < b)
      }
    }
  }

  /// Whether a unit of one lot had cost more: cost and quantity have the same sign, or the price was below
  /// zero.
  private static func isDearer(_ a: Lot, _ b: Lot) -> Bool {
    let left = a.cost.raw.multipliedFullWidth(by: Int128(b.quantity.raw))
    let right = b.cost.raw.multipliedFullWidth(by: Int128(a.quantity.raw))
    // Of a short the dearer lot is the one that was sold for less, which gains least.
    let isMore = left.high != right.high ? left.high > right.high : left.low > right.low
    let isSame = left.high == right.high && left.low == right.low
    return !isSame && (a.quantity.raw > 0 ? isMore : !isMore)
  }

  /// Takes lots away.
  mutating func close(_ closed: [Lot], of strategy: StrategyID, _ instrument: InstrumentID) {
    guard !closed.isEmpty else { return }
    change(strategy, instrument) { lots in
      for part in closed {
        guard let index = lots.firstIndex(where: { $0.id == part.id }) else { continue }
        lots[index].quantity -= part.quantity
        lots[index].cost -= part.cost
        if lots[index].quantity == .zero { lots.remove(at: index) }
      }
    }
  }

  /// Adds a lot.
  mutating func add(_ lot: Lot, of strategy: StrategyID, _ instrument: InstrumentID) {
    guard lot.quantity != .zero else { return }
    change(strategy, instrument) { $0.append(lot) }
  }

  /// Scales all lots of an instrument, so that their quantities add up to `total` and their costs to `cost`. What
  /// rounding leaves over goes to the last lot, with the costs of lots of which no unit is left.
  mutating func split(
    to total: Quantity, costing cost: Money, of strategy: StrategyID, _ instrument: InstrumentID
  ) {
    let all = self[strategy, instrument]
    let before = all.reduce(Int128(0)) { $0 + Int128($1.quantity.raw) }
    let costBefore = all.reduce(Money.zero) { $0 + $1.cost }
    guard before != 0 else { return }
    change(strategy, instrument) { lots in
      var (left, costLeft) = (total, cost)
      for index in lots.indices {
        let isLast = index == lots.count - 1
        let share = Int128(lots[index].quantity.raw) * Int128(total.raw) / before
        lots[index].quantity = isLast ? left : Quantity(Int64(share))
        let part = lots[index].cost.scaled(to: cost, of: costBefore)
        lots[index].cost = isLast ? costLeft : lots[index].quantity == .zero ? .zero : part
        left -= lots[index].quantity
        costLeft -= lots[index].cost
      }
      lots.removeAll { $0.quantity == .zero }
    }
  }

  func encode(to out: inout ByteBuffer) {
    var used: [(strategy: Int, instrument: Int)] = []
    for strategy in rows.indices {
      for instrument in rows[strategy].indices where !rows[strategy][instrument].isEmpty {
        used.append((strategy, instrument))
      }
    }
    out.append(UInt32(used.count))
    for (strategy, instrument) in used {
      out.append(UInt16(strategy))
      out.append(UInt16(instrument))
      out.append(UInt32(rows[strategy][instrument].count))
      for lot in rows[strategy][instrument] { lot.encode(to: &out) }
    }
  }

  init() {}

  init(_ input: inout ByteReader) throws(Damage) {
    for _ in 0..<(try input.read(UInt32.self)) {
      let strategy = StrategyID(try input.read(UInt16.self))
      let instrument = InstrumentID(try input.read(UInt16.self))
      guard strategy.index < Configuration.maxStrategies, instrument != .none else {
        throw Damage(at: input.offset, "lots of an unknown strategy")
      }
      for _ in 0..<(try input.read(UInt32.self)) {
        let lot = try Lot(&input)
        guard lot.quantity != .zero else { throw Damage(at: input.offset, "a lot of nothing") }
        add(lot, of: strategy, instrument)
      }
    }
  }
}

extension Money {
  /// This part of a whole, when the whole becomes no more than it was; as it is if the whole was nothing.
  fileprivate func scaled(to whole: Money, of before: Money) -> Money {
    guard before != .zero, whole.magnitude <= before.magnitude else { return self }
    let product = raw.multipliedFullWidth(by: whole.raw)
    return Money(raw: before.raw.dividingFullWidth(product).quotient)
  }
}
