import Events

/// Places of working orders by id: open addressing with linear probing, Fibonacci hashing and deletion that
/// shifts back what follows, so that no dead entries collect (Knuth, The Art of Computer Programming,
/// volume 3, section 6.4). O(1) expected. Its layout never reaches a report.
struct OrderTable {
  private struct Entry: BitwiseCopyable {
    var id: UInt64
    /// Below 0: the entry is free.
    var place: Int32

    static let free = Entry(id: 0, place: -1)
  }

  /// A power of two of entries, at most half of them used; none before the first order.
  private var entries: [Entry] = []
  private var count = 0
  /// How far a product is shifted right to give its first entry.
  private var shift: UInt64 = 0

  /// The place of an order, or nil.
  func find(_ order: OrderID) -> Int? {
    if count == 0 { return nil }
    let entry = entries[slot(of: order.raw)]
    return entry.place < 0 ? nil : Int(entry.place)
  }

  /// Notes where an order is.
  /// - Precondition: the order is not there.
  mutating func insert(_ order: OrderID, at place: Int) {
    if count * 2 >= entries.count { grow() }
    let slot = slot(of: order.raw)
    precondition(entries[slot].place < 0)
    entries[slot] = Entry(id: order.raw, place: Int32(place))
    count += 1
  }

  /// - Precondition: the order is there.
  mutating func remove(_ order: OrderID) {
    var hole = slot(of: order.raw)
    precondition(entries[hole].place >= 0)
    count -= 1
    let mask = entries.count - 1
    var next = (hole + 1) & mask
    while entries[next].place >= 0 {
      // An entry may move back only if its first slot is not between the hole and itself.
      if (next &- home(entries[next].id)) & mask >= (next &- hole) & mask {
        entries[hole] = entries[next]
        hole = next
      }
      next = (next + 1) & mask
    }
    entries[hole] = .free
  }

  /// Where an id is, or the free entry where it belongs.
  private func slot(of id: UInt64) -> Int {
    let entries = self.entries.span
    let mask = entries.count - 1
    var slot = home(id)
    while entries[slot].place >= 0, entries[slot].id != id { slot = (slot + 1) & mask }
    return slot
  }

  private func home(_ id: UInt64) -> Int {
    Int(truncatingIfNeeded: (id &* 0x9E37_79B9_7F4A_7C15) &>> shift)
  }

  private mutating func grow() {
    let old = entries
    entries = [Entry](repeating: .free, count: max(16, old.count * 2))
    shift = UInt64(64 - entries.count.trailingZeroBitCount)
    for entry in old where entry.place >= 0 { entries[slot(of: entry.id)] = entry }
  }
}
