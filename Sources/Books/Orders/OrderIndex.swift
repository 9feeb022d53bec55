/// Where orders are, by id: an open-addressing hash table with linear probing, Fibonacci hashing (Knuth, The
/// Art of Computer Programming, volume 3, section 6.4) and deletion that shifts back what follows, so that
/// no dead slots collect.
///
/// A slot is 8 bytes: the upper half holds 32 bits of the id's hash, the lower half the order's place,
/// which is above 0; 0 is an empty slot. Ids are compared in the orders themselves, which the caller needs
/// next anyway. The layout depends on history and never leaves its owner.
public struct OrderIndex: Sendable {
  /// A power of two of slots, at most half of them used.
  @usableFromInline var slots: [UInt64] = []
  /// Orders in the table.
  @usableFromInline var count = 0

  @inlinable public init() {}

  /// 32 well-mixed bits of an id. Folding the halves first keeps ids apart that differ only in their
  /// upper bits.
  @inlinable @inline(__always)
  static func hash(_ id: UInt64) -> UInt64 {
    ((id ^ (id &>> 32)) &* 0x9E37_79B9_7F4A_7C15) &>> 32
  }

  /// How far a hash is shifted right to give its first slot.
  @inlinable @inline(__always) var shift: UInt64 {
    UInt64(truncatingIfNeeded: 32 &- slots.count.trailingZeroBitCount)
  }

  /// Where an id is, or the empty slot where it belongs; its place is 0 then. O(1) expected.
  /// - Parameter isAt: whether the order with the id is at a place.
  /// - Precondition: there are slots.
  @inlinable @inline(__always)
  public func find(_ id: UInt64, _ isAt: (Int) -> Bool) -> (slot: Int, place: Int) {
    let hash = Self.hash(id)
    let mask = slots.count &- 1
    var slot = Int(truncatingIfNeeded: hash &>> shift)
    while true {
      let entry = slots[slot]
      if entry == 0 { return (slot, 0) }
      if entry &>> 32 == hash {
        let place = Int(truncatingIfNeeded: entry & 0xFFFF_FFFF)
        if isAt(place) { return (slot, place) }
      }
      slot = (slot &+ 1) & mask
    }
  }

  /// Makes sure that there are slots, and one more than needed. Amortised O(1).
  @inlinable @inline(__always)
  public mutating func makeRoom() {
    if count &* 2 >= slots.count { grow() }
  }

  /// Fills the empty slot that `find` gave for an id.
  @inlinable @inline(__always)
  public mutating func insert(_ id: UInt64, place: Int, slot: Int) {
    slots[slot] = Self.hash(id) << 32 | UInt64(truncatingIfNeeded: place)
    count &+= 1
  }

  @usableFromInline @inline(never)
  mutating func grow() {
    let old = slots
    slots = [UInt64](repeating: 0, count: max(64, old.count * 2))
    let mask = slots.count - 1
    for entry in old where entry != 0 {
      var slot = Int(truncatingIfNeeded: (entry &>> 32) &>> shift)
      while slots[slot] != 0 { slot = (slot &+ 1) & mask }
      slots[slot] = entry
    }
  }

  /// Empties a slot and moves later entries of the same run back where they are found from their
  /// first slot.
  @inlinable @inline(__always)
  public mutating func remove(slot: Int) {
    let shift = self.shift
    count &-= 1
    var slots = self.slots.mutableSpan
    let mask = slots.count &- 1
    var hole = slot
    var next = (slot &+ 1) & mask
    while true {
      let entry = slots[next]
      if entry == 0 { break }
      let home = Int(truncatingIfNeeded: (entry &>> 32) &>> shift)
      // The entry may move back only if its first slot is not between the hole and itself.
      if (next &- home) & mask >= (next &- hole) & mask {
        slots[hole] = entry
        hole = next
      }
      next = (next &+ 1) & mask
    }
    slots[hole] = 0
  }
}
