import Events

/// A resting order as the book keeps it.
@usableFromInline
struct RestingOrder: Sendable, BitwiseCopyable {
  /// The venue's id, never 0.
  @usableFromInline var id: UInt64
  @usableFromInline var size: Int64
  /// Place of the order's level.
  @usableFromInline var level: Int32
  /// Place of the order before this one in the queue, 0 for none.
  @usableFromInline var previous: Int32
  /// Place of the order after this one in the queue, or of the next unused place; 0 for none.
  @usableFromInline var next: Int32

  @inlinable
  init(id: UInt64, size: Int64, level: Int32, previous: Int32, next: Int32) {
    self.id = id
    self.size = size
    self.level = level
    self.previous = previous
    self.next = next
  }
}

/// A price level with its queue of orders. A level in use has a total above 0.
@usableFromInline
struct OrderLevel: Sendable, BitwiseCopyable {
  /// The price as `Ladder` orders it.
  @usableFromInline var key: Int64
  /// All sizes at the price, the anonymous one included; 0 for an unused place.
  @usableFromInline var total: Int64
  /// Size of orders whose ids are not known; it stands ahead of the known ones.
  @usableFromInline var anonymous: Int64
  /// Place of the first order in the queue, 0 for none.
  @usableFromInline var first: Int32
  /// Place of the last order in the queue, 0 for none; the next unused place, −1 for none, of a
  /// place out of use.
  @usableFromInline var last: Int32
  @usableFromInline var count: Int32
  @usableFromInline var isBid: Bool

  @inlinable
  init(key: Int64, isBid: Bool) {
    self.key = key
    self.isBid = isBid
    total = 0
    anonymous = 0
    first = 0
    last = 0
    count = 0
  }
}

/// An order-by-order book (L3): every resting order in the queue of its price.
///
/// Orders are known by the venue's id. Size that no known order accounts for — an order added with id
/// 0, a book that starts from levels — is the level's *anonymous* size; it is older than the known
/// orders and stands ahead of them. Whatever comes in, the book stays consistent and never traps: what
/// cannot be is not applied and told by the outcome.
///
/// Adding, reducing and removing an order is O(1); a level that comes or goes costs its distance from
/// the best price. Memory is flat arrays: 32 bytes an order and 16 to 32 in the index.
public struct OrderBook: Sendable {
  /// Place 0 is no order: links to no order lead there, so that linking needs no branches.
  @usableFromInline var orders: [RestingOrder] = []
  @usableFromInline var freeOrder: Int32 = 0
  @usableFromInline var levels: [OrderLevel] = []
  @usableFromInline var freeLevel: Int32 = -1
  @usableFromInline var bids = Ladder()
  @usableFromInline var asks = Ladder()
  /// Places of the best levels, −1 for none.
  @usableFromInline var bestBid: Int32 = -1
  @usableFromInline var bestAsk: Int32 = -1
  @usableFromInline var index = OrderIndex()
  /// Where levels were last seen, by a hash of their key. A hint may be wrong, never a level.
  @usableFromInline var hints: [Int32] = []

  public init() {}

  /// Where an order is in the index, and its place, 0 if it is not in the book.
  @inlinable @inline(__always)
  func find(_ id: UInt64) -> (slot: Int, place: Int) { index.find(id) { orders[$0].id == id } }

  /// The place of an order, 0 if it is not in the book.
  @inlinable
  func place(of id: UInt64) -> Int { orderCount == 0 ? 0 : find(id).place }

  /// Orders known by id.
  @inlinable public var orderCount: Int { index.count }

  /// Whether no side has a level.
  @inlinable public var isEmpty: Bool { bids.count == 0 && asks.count == 0 }

  /// Whether the best bid is above the best ask.
  @inlinable public var isCrossed: Bool {
    guard bestBid >= 0, bestAsk >= 0 else { return false }
    return levels[Int(bestBid)].key > ~levels[Int(bestAsk)].key
  }

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
    case .buy: level(depth, in: bids)
    case .sell: level(depth, in: asks)
    case .none: nil
    }
  }

  @inlinable
  func level(_ depth: Int, in ladder: Ladder) -> BookLevel? {
    guard depth >= 0, depth < ladder.count else { return nil }
    return BookLevel(levels[Int(ladder.rungs[ladder.count - 1 - depth].value)])
  }

  /// Best bid and ask with their sizes, as a quote of the instrument.
  @inlinable
  public func best(of instrument: InstrumentID) -> Quote {
    var quote = Quote(
      instrument: instrument, bid: .none, ask: .none, bidSize: .zero, askSize: .zero)
    if bestBid >= 0 {
      quote.bid = Price(levels[Int(bestBid)].key)
      quote.bidSize = Quantity(levels[Int(bestBid)].total)
    }
    if bestAsk >= 0 {
      quote.ask = Price(~levels[Int(bestAsk)].key)
      quote.askSize = Quantity(levels[Int(bestAsk)].total)
    }
    return quote
  }

  /// The size at a price of a side, 0 if there is no such level.
  public func size(at price: Price, side: Side) -> Quantity {
    let place = self.place(of: price, side: side)
    return place < 0 ? .zero : Quantity(levels[Int(place)].total)
  }

  /// The place of a price's level, −1 for none. O(log levels), O(1) near the best price.
  func place(of price: Price, side: Side) -> Int32 {
    guard side != .none else { return -1 }
    let key = Ladder.key(price.raw, isBid: side == .buy)
    return side == .buy ? Self.place(of: key, in: bids) : Self.place(of: key, in: asks)
  }

  static func place(of key: Int64, in ladder: Ladder) -> Int32 {
    let place = ladder.place(of: key)
    return ladder.holds(key, at: place) ? Int32(truncatingIfNeeded: ladder.rungs[place].value) : -1
  }
}

extension BookLevel {
  @inlinable
  init(_ level: OrderLevel) {
    self.init(
      price: Price(Ladder.key(level.key, isBid: level.isBid)), size: Quantity(level.total),
      orderCount: Int(level.count))
  }
}
