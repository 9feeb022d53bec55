import Events

/// A book of price levels (L2): the absolute size at each price of each side.
///
/// There is no bound on the number of levels. A change costs O(log levels) plus the distance of the
/// level from the best price if the level comes or goes.
public struct DepthBook: Equatable, Sendable {
  @usableFromInline var bids = Ladder()
  @usableFromInline var asks = Ladder()

  public init() {}

  /// Sets or clears levels. A change with a price, size or side that cannot be is not applied.
  @inlinable
  public mutating func apply(_ change: DepthChange) -> BookOutcome {
    guard change.action == .set else { return clear(change.side) }
    guard change.price.isPossible, change.size == .zero || change.size.isPossible else {
      return .impossible
    }
    let isTopChanged: Bool
    switch change.side {
    case .buy: isTopChanged = Self.set(change.price.raw, change.size.raw, in: &bids)
    case .sell: isTopChanged = Self.set(~change.price.raw, change.size.raw, in: &asks)
    case .none: return .impossible
    }
    guard isTopChanged else { return [] }
    return isCrossed ? [.topChanged, .crossed] : .topChanged
  }

  /// Sets the size of a rung, 0 to remove it.
  /// - Returns: whether the best rung changed.
  @inlinable
  static func set(_ key: Int64, _ size: Int64, in ladder: inout Ladder) -> Bool {
    let place = ladder.place(of: key)
    let isTop = place >= ladder.count - 1
    if ladder.holds(key, at: place) {
      if size == 0 {
        ladder.remove(at: place)
      } else if ladder.rungs[place].value != size {
        ladder.rungs[place].value = size
      } else {
        return false
      }
      return isTop
    }
    if size == 0 { return false }
    ladder.insert(Rung(key: key, value: size), at: place)
    // The new rung is the best one only if it was put at the very end.
    return place == ladder.count - 1
  }

  /// Empties a side, or both sides if `side` is none.
  @usableFromInline
  mutating func clear(_ side: Side) -> BookOutcome {
    var isTopChanged = false
    if side != .sell {
      isTopChanged = bids.count > 0
      bids.removeAll()
    }
    if side != .buy {
      isTopChanged = isTopChanged || asks.count > 0
      asks.removeAll()
    }
    return isTopChanged ? .topChanged : []
  }

  /// Whether the best bid is above the best ask.
  @inlinable public var isCrossed: Bool {
    guard let bid = bids.best, let ask = asks.best else { return false }
    return bid.key > ~ask.key
  }

  /// Whether no side has a level.
  @inlinable public var isEmpty: Bool { bids.count == 0 && asks.count == 0 }

  /// Number of levels of a side; of both sides if `side` is none.
  @inlinable
  public func levelCount(of side: Side) -> Int {
    switch side {
    case .buy: bids.count
    case .sell: asks.count
    case .none: bids.count + asks.count
    }
  }

  /// The level at `depth`, counted from 0 at the best price.
  /// - Returns: nil if the side has fewer levels.
  @inlinable
  public func level(_ depth: Int, of side: Side) -> BookLevel? {
    switch side {
    case .buy: Self.level(depth, of: bids, isBid: true)
    case .sell: Self.level(depth, of: asks, isBid: false)
    case .none: nil
    }
  }

  @inlinable
  static func level(_ depth: Int, of ladder: Ladder, isBid: Bool) -> BookLevel? {
    guard depth >= 0, depth < ladder.count else { return nil }
    let rung = ladder.rungs[ladder.count - 1 - depth]
    return BookLevel(
      price: Price(Ladder.key(rung.key, isBid: isBid)), size: Quantity(rung.value))
  }

  /// Best bid and ask with their sizes, as a quote of the instrument.
  @inlinable
  public func best(of instrument: InstrumentID) -> Quote {
    let bid = bids.best
    let ask = asks.best
    return Quote(
      instrument: instrument, bid: bid.map { Price($0.key) } ?? .none,
      ask: ask.map { Price(~$0.key) } ?? .none, bidSize: Quantity(bid?.value ?? 0),
      askSize: Quantity(ask?.value ?? 0))
  }

  /// The size at a price of a side, 0 if there is no such level. O(log levels).
  public func size(at price: Price, side: Side) -> Quantity {
    switch side {
    case .buy: Self.size(price.raw, in: bids)
    case .sell: Self.size(~price.raw, in: asks)
    case .none: .zero
    }
  }

  @inline(__always)
  private static func size(_ key: Int64, in ladder: Ladder) -> Quantity {
    let place = ladder.place(of: key)
    return ladder.holds(key, at: place) ? Quantity(ladder.rungs[place].value) : .zero
  }
}

extension DepthBook {
  /// Appends the book: per side, bids first, `u32` number of levels, then price and size (`i64`) of
  /// each from the worst to the best. Equal books give equal bytes.
  public func encode(to buffer: inout ByteBuffer) {
    Self.encode(bids, isBid: true, to: &buffer)
    Self.encode(asks, isBid: false, to: &buffer)
  }

  private static func encode(_ ladder: Ladder, isBid: Bool, to buffer: inout ByteBuffer) {
    buffer.append(UInt32(ladder.count))
    for rung in ladder.rungs {
      buffer.append(Ladder.key(rung.key, isBid: isBid))
      buffer.append(rung.value)
    }
  }

  /// Reads a book written by `encode`.
  /// - Throws: `Damage` if levels are out of order, impossible, or missing.
  public init(reading reader: inout ByteReader) throws(Damage) {
    bids = try Self.ladder(reading: &reader, isBid: true)
    asks = try Self.ladder(reading: &reader, isBid: false)
  }

  private static func ladder(reading reader: inout ByteReader, isBid: Bool) throws(Damage)
    -> Ladder
  {
    var ladder = Ladder()
    for _ in 0..<(try reader.read(UInt32.self)) {
      let offset = reader.offset
      let price = Price(try reader.read(Int64.self))
      let size = Quantity(try reader.read(Int64.self))
      let key = Ladder.key(price.raw, isBid: isBid)
      guard price.isPossible, size.isPossible, ladder.best.map({ $0.key < key }) ?? true else {
        throw Damage(at: offset, "a level that cannot be there")
      }
      ladder.rungs.append(Rung(key: key, value: size.raw))
    }
    return ladder
  }
}
