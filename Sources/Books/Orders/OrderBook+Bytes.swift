import Events

extension OrderBook {
  /// Appends the book: per side, bids first, `u32` number of levels; of each level, from the worst to
  /// the best, price and anonymous size (`i64`), `u32` number of orders; of each order in the queue,
  /// id (`u64`) and size (`i64`). Books that hold the same give the same bytes, whatever their past.
  public func encode(to buffer: inout ByteBuffer) {
    encode(bids, to: &buffer)
    encode(asks, to: &buffer)
  }

  private func encode(_ ladder: Ladder, to buffer: inout ByteBuffer) {
    buffer.append(UInt32(ladder.count))
    for rung in ladder.rungs {
      let level = levels[Int(rung.value)]
      buffer.append(BookLevel(level).price.raw)
      buffer.append(level.anonymous)
      buffer.append(UInt32(level.count))
      var place = level.first
      while place != 0 {
        let order = orders[Int(place)]
        buffer.append(order.id)
        buffer.append(order.size)
        place = order.next
      }
    }
  }

  /// Reads a book written by `encode`.
  /// - Throws: `Damage` if levels or orders are out of order, impossible, repeated, or missing.
  public init(reading reader: inout ByteReader) throws(Damage) {
    self.init()
    for side in [Side.buy, .sell] {
      var before: Int64?
      for _ in 0..<(try reader.read(UInt32.self)) {
        let offset = reader.offset
        let price = Price(try reader.read(Int64.self))
        let key = Ladder.key(price.raw, isBid: side == .buy)
        guard price.isPossible, before.map({ $0 < key }) ?? true else {
          throw Damage(at: offset, "a level that cannot be there")
        }
        before = key
        try readLevel(price, side, from: &reader)
      }
    }
  }

  private mutating func readLevel(
    _ price: Price, _ side: Side, from reader: inout ByteReader
  ) throws(Damage) {
    let offset = reader.offset
    let anonymous = Quantity(try reader.read(Int64.self))
    let count = try reader.read(UInt32.self)
    guard anonymous.raw > 0 || (anonymous == .zero && count > 0) else {
      throw Damage(at: offset, "a level without size")
    }
    if anonymous.raw > 0 { try readOrder(0, anonymous, price, side, at: offset) }
    for _ in 0..<count {
      let offset = reader.offset
      let id = try reader.read(UInt64.self)
      let size = Quantity(try reader.read(Int64.self))
      guard id != 0 else { throw Damage(at: offset, "an order without id") }
      try readOrder(id, size, price, side, at: offset)
    }
  }

  private mutating func readOrder(
    _ id: UInt64, _ size: Quantity, _ price: Price, _ side: Side, at offset: Int
  ) throws(Damage) {
    let outcome = apply(
      OrderChange(
        instrument: .none, action: .add, side: side, order: id, price: price, size: size))
    guard outcome.isDisjoint(with: [.impossible, .duplicateOrder]) else {
      throw Damage(at: offset, "an order that cannot be there")
    }
  }
}
