import Books
import Events

/// The book as a LOBSTER message file tells it, held against the rows of its order book file.
///
/// The message file of so many levels has no events beyond them: an order that comes, changes or leaves out of
/// sight is seen only when its level is in sight again, as a difference from the row. Which orders that were is
/// not told: what is missing is added as anonymous size, what is too much is taken from an order of that size, then
/// from anonymous size, then from the last in the queue.
struct LobsterMirror: Sendable {
  private var book = OrderBook()

  mutating func apply(_ change: OrderChange) { _ = book.apply(change) }

  /// What left the book out of sight, as far as it must be gone before a message's own change.
  mutating func departures(
    before change: OrderChange?, _ row: LobsterRow, of instrument: InstrumentID
  ) -> [OrderChange] {
    var changes: [OrderChange] = []
    for side in [Side.sell, .buy] {
      let shown = row.levels.filter { $0.side == side }
      // Both go from the best price outwards.
      var (depth, place) = (0, 0)
      while let own = book.level(depth, of: side) {
        while place < shown.count, isBetter(shown[place].price, than: own.price.raw, side) {
          place += 1
        }
        if place == shown.count, shown.count == row.depth { break }
        let isShown = place < shown.count && shown[place].price == own.price.raw
        let isTold = change.map { $0.side == side && $0.price == own.price } ?? false
        if isTold || isShown {
          depth += 1
        } else {
          take(own.size.raw, at: own.price, side, instrument, &changes)
        }
      }
    }
    return changes
  }

  private func isBetter(_ price: Int64, than other: Int64, _ side: Side) -> Bool {
    side == .buy ? price > other : price < other
  }

  /// What makes the book, with the message's own change in it, the row's.
  mutating func differences(from row: LobsterRow, of instrument: InstrumentID) -> [OrderChange] {
    var changes = departures(before: nil, row, of: instrument)
    for level in row.levels {
      let surplus = book.size(at: Price(level.price), side: level.side).raw - level.size
      if surplus > 0 { take(surplus, at: Price(level.price), level.side, instrument, &changes) }
    }
    for level in row.levels {
      let missing = level.size - book.size(at: Price(level.price), side: level.side).raw
      guard missing > 0 else { continue }
      note(.add, 0, missing, at: Price(level.price), level.side, instrument, &changes)
    }
    return changes
  }

  /// Takes size away at a price where there is at least as much.
  private mutating func take(
    _ size: Int64, at price: Price, _ side: Side, _ instrument: InstrumentID,
    _ changes: inout [OrderChange]
  ) {
    let queue = book.queue(at: price, side: side)
    if let same = queue.last(where: { $0.size.raw == size }) {
      return note(.delete, same.order, size, at: price, side, instrument, &changes)
    }
    var left = size
    let anonymous = min(left, book.anonymousSize(at: price, side: side).raw)
    if anonymous > 0 {
      note(.cancel, 0, anonymous, at: price, side, instrument, &changes)
      left -= anonymous
    }
    for order in queue.reversed() where left > 0 {
      let part = min(left, order.size.raw)
      let action: OrderChange.Action = part == order.size.raw ? .delete : .cancel
      note(action, order.order, part, at: price, side, instrument, &changes)
      left -= part
    }
  }

  private mutating func note(
    _ action: OrderChange.Action, _ order: UInt64, _ size: Int64, at price: Price, _ side: Side,
    _ instrument: InstrumentID, _ changes: inout [OrderChange]
  ) {
    let change = OrderChange(
      instrument: instrument, action: action, side: side, order: order, price: price,
      size: Quantity(size))
    apply(change)
    changes.append(change)
  }
}
