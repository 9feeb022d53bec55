import Books
import Events

extension MarketBook {
  /// The whole book as market events, for somebody who knows nothing of it or something else: after them their
  /// book is this one, queues included. Of an instrument without data it is nothing.
  func tell(into events: inout [Observation]) {
    if sources.contains(.orders) { tellOrders(into: &events) }
    if sources.contains(.depth) { tellLevels(into: &events) }
    if sources.contains(.quotes) { events.append(.market(.quote(best))) }
    if let status {
      events.append(.market(.status(StatusChange(instrument: instrument, status: status))))
    }
  }

  private func tellOrders(into events: inout [Observation]) {
    var changes = [
      OrderChange(instrument: instrument, action: .clear, side: .none, marks: .snapshot)
    ]
    for side in [Side.buy, .sell] {
      for depth in 0..<orders.levelCount(of: side) {
        guard let level = orders.level(depth, of: side) else { break }
        func add(_ order: UInt64, _ size: Quantity) {
          changes.append(
            OrderChange(
              instrument: instrument, action: .add, side: side, order: order, price: level.price,
              size: size, marks: .snapshot))
        }
        // Size of no known order is older than the known ones.
        let anonymous = orders.anonymousSize(at: level.price, side: side)
        if anonymous != .zero { add(0, anonymous) }
        for (order, size) in orders.queue(at: level.price, side: side) { add(order, size) }
      }
    }
    changes[changes.count - 1].marks.formUnion(.last)
    events += changes.map { .market(.order($0)) }
  }

  private func tellLevels(into events: inout [Observation]) {
    events += depth.snapshot(of: instrument).map { .market(.depth($0)) }
  }
}

extension DepthBook {
  /// What tells the whole book: it is emptied, then each level set, the best first.
  func snapshot(of instrument: InstrumentID) -> [DepthChange] {
    var changes = [
      DepthChange(instrument: instrument, action: .clear, side: .none, marks: .snapshot)
    ]
    for side in [Side.buy, .sell] {
      for place in 0..<levelCount(of: side) {
        guard let level = level(place, of: side) else { break }
        changes.append(
          DepthChange(
            instrument: instrument, action: .set, side: side, price: level.price,
            size: level.size, marks: .snapshot))
      }
    }
    changes[changes.count - 1].marks.formUnion(.last)
    return changes
  }
}
