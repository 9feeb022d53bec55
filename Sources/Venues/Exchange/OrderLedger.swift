import Events

/// Every order id the exchange has seen and its instrument, ascending by id. Adding the largest id so far is O(1),
/// which is the rule; looking up is O(1) where ids have had no gaps since, else O(log n).
struct OrderLedger {
  private struct Known: BitwiseCopyable {
    var order: OrderID
    var instrument: InstrumentID
  }

  private var orders: [Known] = []

  /// Notes an order; false if its id was used before.
  @inline(__always)
  mutating func add(_ order: OrderID, _ instrument: InstrumentID) -> Bool {
    let count = orders.count
    if count > 0, orders[count - 1].order >= order { return addBelow(order, instrument) }
    orders.append(Known(order: order, instrument: instrument))
    return true
  }

  @inline(never)
  private mutating func addBelow(_ order: OrderID, _ instrument: InstrumentID) -> Bool {
    let place = self.place(of: order)
    if orders[place].order == order { return false }
    orders.insert(Known(order: order, instrument: instrument), at: place)
    return true
  }

  func instrument(of order: OrderID) -> InstrumentID? {
    guard let last = orders.last, order <= last.order else { return nil }
    let place = self.place(of: order)
    return orders[place].order == order ? orders[place].instrument : nil
  }

  /// The place of the first that is not below an order.
  /// - Precondition: the last is not.
  @inline(__always)
  private func place(of order: OrderID) -> Int {
    // Without gaps the distance from the last says the place.
    let distance = orders[orders.count - 1].order.raw - order.raw
    if distance < UInt64(truncatingIfNeeded: orders.count) {
      let guess = orders.count - 1 - Int(truncatingIfNeeded: distance)
      if orders[guess].order == order { return guess }
    }
    return search(order)
  }

  @inline(never)
  private func search(_ order: OrderID) -> Int {
    var (low, high) = (0, orders.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if orders[middle].order < order { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
