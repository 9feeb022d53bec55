/// Where the orders of a book are, by venue order id: an open-addressing hash table with linear
/// probing, Fibonacci hashing (Knuth, The Art of Computer Programming, volume 3, section 6.4) and
/// deletion that shifts back what follows, so that no dead slots collect.
///
/// A slot is 8 bytes: the upper half holds 32 bits of the id's hash, the lower half the order's place
/// plus 1; 0 is an empty slot. Ids are compared in the orders themselves, which the caller needs
/// next anyway. The layout depends on history and never leaves the book.
@usableFromInline
struct OrderIndex: Sendable {
  /// A power of two of slots, at most half of them used.
  @usableFromInline var slots: [UInt64] = []
  /// Orders in the table.
  @usableFromInline var count = 0

  @inlinable init() {}

  /// 32 well-mixed bits of an id. Folding the halves first keeps ids apart that differ only in their
  /// upper bits.
  @inlinable
  static func hash(_ id: UInt64) -> UInt64 {
    ((id ^ (id >> 32)) &* 0x9E37_79B9_7F4A_7C15) >> 32
  }

  /// How far a hash is shifted right to give its first slot.
  @inlinable var shift: UInt64 {
    UInt64(truncatingIfNeeded: 32 &- slots.count.trailingZeroBitCount)
  }

  /// The slot and the place of an order's id.
  /// - Returns: nil if the id is not in the table.
  @inlinable
  func find(_ id: UInt64, in orders: [RestingOrder]) -> (slot: Int, place: Int)? {
    if slots.isEmpty { return nil }
    let hash = Self.hash(id)
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash &>> shift)
    while slots[slot] != 0 {
      if slots[slot] &>> 32 == hash {
        let place = Int(truncatingIfNeeded: slots[slot] & 0xFFFF_FFFF) &- 1
        if orders[place].id == id { return (slot, place) }
      }
      slot = (slot &+ 1) & mask
    }
    return nil
  }

  /// Adds an id that is not in the table. Amortised O(1).
  @inlinable
  mutating func insert(_ id: UInt64, place: Int) {
    if count * 2 >= slots.count { grow() }
    put(Self.hash(id) << 32 | UInt64(truncatingIfNeeded: place &+ 1))
    count &+= 1
  }

  @inlinable
  mutating func put(_ entry: UInt64) {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: (entry &>> 32) &>> shift)
    while slots[slot] != 0 { slot = (slot &+ 1) & mask }
    slots[slot] = entry
  }

  @usableFromInline @inline(never)
  mutating func grow() {
    let old = slots
    slots = [UInt64](repeating: 0, count: max(64, old.count * 2))
    for entry in old where entry != 0 { put(entry) }
  }

  /// Empties a slot and moves later entries of the same run back where they are found from their
  /// first slot.
  @inlinable
  mutating func remove(slot: Int) {
    let mask = slots.count - 1
    var hole = slot
    var next = (slot &+ 1) & mask
    while slots[next] != 0 {
      let home = Int(truncatingIfNeeded: (slots[next] &>> 32) &>> shift)
      // The entry may move back only if its first slot is not between the hole and itself.
      if (next &- home) & mask >= (next &- hole) & mask {
        slots[hole] = slots[next]
        hole = next
      }
      next = (next &+ 1) & mask
    }
    slots[hole] = 0
    count &-= 1
  }
}
