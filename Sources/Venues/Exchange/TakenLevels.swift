import Events

/// Part of a displayed level that our orders took. The recorded book still shows it, we no longer see it.
struct TakenLevel: PricedRung {
  var key: Int64
  var size: Quantity
  /// What the recorded book showed when last looked at.
  var displayed: Quantity
  /// The recorded level may have changed since.
  var isChanged = false
}

/// What our orders took of displayed levels.
struct TakenLevels: ~Copyable {
  private typealias Ladder = PriceLadder<TakenLevel>

  /// Of bids, then of asks.
  private var ladders: InlineArray<2, Ladder> = [Ladder(), Ladder()]
  /// Some level is to be compared with the book.
  private(set) var hasChanges = false
  /// Where those are, of bids, then of asks.
  private var changed: InlineArray<2, KeyRange> = [KeyRange(), KeyRange()]

  var isEmpty: Bool { ladders[0].isEmpty && ladders[1].isEmpty }

  @inline(__always)
  private static func index(_ side: Side) -> Int { side == .buy ? 0 : 1 }

  /// What was taken at a price of a side.
  func size(_ side: Side, at price: Price) -> Quantity {
    let index = Self.index(side)
    guard let place = ladders[index].find(Ladder.key(price, side)) else { return .zero }
    return ladders[index][place].size
  }

  /// Notes that an order took of a level that displays `displayed`.
  mutating func take(_ size: Quantity, _ side: Side, at price: Price, displayed: Quantity) {
    let (index, key) = (Self.index(side), Ladder.key(price, side))
    let place = ladders[index].place(of: key)
    if place < ladders[index].count, ladders[index][place].key == key {
      ladders[index][place].size += size
    } else {
      let level = TakenLevel(key: key, size: size, displayed: displayed)
      ladders[index].insert(level, at: place)
    }
  }

  /// The recorded level at a price may have changed.
  mutating func note(_ side: Side, at price: Price) {
    let index = Self.index(side)
    guard let place = ladders[index].find(Ladder.key(price, side)) else { return }
    ladders[index][place].isChanged = true
    changed[index].add(ladders[index][place].key, at: place)
    hasChanges = true
  }

  /// All recorded levels may have changed.
  mutating func noteAll() {
    for index in 0..<2 {
      for place in 0..<ladders[index].count { ladders[index][place].isChanged = true }
      changed[index] = .all
    }
    hasChanges = !isEmpty
  }

  mutating func removeAll() {
    for index in 0..<2 { ladders[index].removeAll() }
    endChanges()
  }

  /// Takes the next level that is to be compared with the book.
  /// - Parameter place: below which to look; then where the level is.
  mutating func takeChanged(_ side: Side, below place: inout Int) -> Price? {
    let index = Self.index(side)
    place = min(place, ladders[index].end(of: changed[index]))
    while place > 0, changed[index].low <= ladders[index][place - 1].key {
      place -= 1
      if !ladders[index][place].isChanged { continue }
      ladders[index][place].isChanged = false
      return Ladder.price(ladders[index][place].key, side)
    }
    return nil
  }

  /// Some of what was taken at a price has left the recorded book.
  mutating func shrink(_ side: Side, at price: Price, by size: Quantity) {
    let index = Self.index(side)
    guard let place = ladders[index].find(Ladder.key(price, side)) else { return }
    ladders[index][place].size -= size
  }

  /// Compares a level with what the book shows: what joins it is new, and if it left it is forgotten.
  /// - Parameter isExact: whether `shrink` was told what left of what we took; else all that left is supposed to be
  ///   that.
  mutating func compare(_ side: Side, _ place: Int, with now: Quantity, isExact: Bool) {
    let index = Self.index(side)
    let left = ladders[index][place].displayed - now
    if isExact {
      ladders[index][place].size = min(ladders[index][place].size, now)
    } else if left > .zero {
      ladders[index][place].size -= left
    }
    ladders[index][place].displayed = now
    if now <= .zero || ladders[index][place].size <= .zero { ladders[index].remove(at: place) }
  }

  /// All levels have been compared.
  mutating func endChanges() {
    hasChanges = false
    changed = [KeyRange(), KeyRange()]
  }
}
