import Events

/// A resting order and where it stands.
public struct QueuePosition: Equatable, Sendable, BitwiseCopyable {
  public var side: Side
  public var price: Price
  /// What is left of the order.
  public var size: Quantity
  /// Known orders ahead of it at its price.
  public var ordersAhead: Int
  /// Size ahead of it at its price, the anonymous size included.
  public var sizeAhead: Quantity
}

extension OrderBook {
  /// Where an order stands in the queue of its price. O(orders ahead).
  /// - Returns: nil if the order is not in the book.
  public func position(of id: UInt64) -> QueuePosition? {
    let found = self.place(of: id)
    guard found != 0 else { return nil }
    let order = orders[found]
    let level = levels[Int(order.level)]
    var ahead = 0
    var sizeAhead = level.anonymous
    var place = order.previous
    while place != 0 {
      ahead += 1
      sizeAhead += orders[Int(place)].size
      place = orders[Int(place)].previous
    }
    return QueuePosition(
      side: level.isBid ? .buy : .sell, price: BookLevel(level).price, size: Quantity(order.size),
      ordersAhead: ahead, sizeAhead: Quantity(sizeAhead))
  }

  /// What is left of an order, nil if it is not in the book.
  public func size(of id: UInt64) -> Quantity? {
    let place = self.place(of: id)
    return place == 0 ? nil : Quantity(orders[place].size)
  }

  /// The size at a price of a side that belongs to no known order.
  public func anonymousSize(at price: Price, side: Side) -> Quantity {
    let place = self.place(of: price, side: side)
    return place < 0 ? .zero : Quantity(levels[Int(place)].anonymous)
  }

  /// The known orders at a price of a side, first in the queue first.
  public func queue(at price: Price, side: Side) -> [(order: UInt64, size: Quantity)] {
    let place = self.place(of: price, side: side)
    guard place >= 0 else { return [] }
    var queue: [(order: UInt64, size: Quantity)] = []
    var next = levels[Int(place)].first
    while next != 0 {
      let order = orders[Int(next)]
      queue.append((order.id, Quantity(order.size)))
      next = order.next
    }
    return queue
  }
}
