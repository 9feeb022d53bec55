import Events

/// Every order id the exchange has seen and its instrument, ascending by id. Adding the largest id so far
/// is O(1), which is the rule; looking up is O(log n).
struct OrderLedger {
  private var ids: [OrderID] = []
  private var instruments: [InstrumentID] = []

  /// Notes an order; false if its id was used before.
  mutating func add(_ order: OrderID, _ instrument: InstrumentID) -> Bool {
    let place = self.place(of: order)
    if place < ids.count && ids[place] == order { return false }
    if place == ids.count {
      ids.append(order)
      instruments.append(instrument)
    } else {
      ids.insert(order, at: place)
      instruments.insert(instrument, at: place)
    }
    return true
  }

  func instrument(of order: OrderID) -> InstrumentID? {
    let place = self.place(of: order)
    return place < ids.count && ids[place] == order ? instruments[place] : nil
  }

  private func place(of order: OrderID) -> Int {
    guard let last = ids.last, order <= last else { return ids.count }
    // Where ids have no gaps, which is the rule, the distance from the first is the place.
    let guess = Int(truncatingIfNeeded: order.raw &- ids[0].raw)
    if guess >= 0, guess < ids.count, ids[guess] == order { return guess }
    var low = 0
    var high = ids.count - 1
    while low < high {
      let middle = (low + high) / 2
      if ids[middle] < order { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
