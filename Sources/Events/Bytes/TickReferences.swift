/// The price and order id that an instrument's compact records are relative to, within one block.
@usableFromInline
struct TickReference: BitwiseCopyable {
  /// Block in which the reference was set; in another block it is undefined.
  @usableFromInline var block: UInt64 = 0
  @usableFromInline var price: Int64 = 0
  @usableFromInline var order: UInt64 = 0

  @usableFromInline init() {}
}

/// The references of all instruments as they are looked up: a copy of where they are, which a loop can
/// keep in registers until an instrument is admitted or a block begun.
@usableFromInline @safe
struct TickReferenceTable: BitwiseCopyable {
  @usableFromInline var slots: UnsafeMutablePointer<TickReference>
  @usableFromInline var count: Int
  /// Counts blocks; never 0, which marks a slot that was never set.
  @usableFromInline var block: UInt64 = 1

  @usableFromInline
  init(count: Int) {
    unsafe slots = .allocate(capacity: count)
    unsafe slots.initialize(repeating: TickReference(), count: count)
    self.count = count
  }

  /// The reference of an instrument, or nil if this block has not set it.
  @inlinable @inline(__always)
  subscript(instrument: InstrumentID) -> TickReference? {
    guard instrument.index < count else { return nil }
    let slot = unsafe slots[instrument.index]
    return slot.block == block ? slot : nil
  }

  /// Sets the price of a reference that is defined.
  @inlinable @inline(__always)
  func move(_ instrument: InstrumentID, to price: Int64) {
    unsafe slots[instrument.index].price = price
  }

  /// Sets price and order id of a reference that is defined.
  @inlinable @inline(__always)
  func move(_ instrument: InstrumentID, to price: Int64, order: UInt64) {
    unsafe slots[instrument.index].price = price
    unsafe slots[instrument.index].order = order
  }
}

/// The references of all instruments, cheap to forget at the start of a block.
///
/// They are behind a pointer and not in an array, whose uniqueness would be checked on each write of
/// each tick. Every write is below `count`: `admit` comes first.
@usableFromInline @safe
struct TickReferences: ~Copyable {
  @usableFromInline var table = TickReferenceTable(count: 64)
  /// Whether no price of the block can leave the range of 64 bits, or become that of no price, by
  /// differences: there are fewer than 2^29 in a block, each below 2^32.
  @usableFromInline var areInner = true

  init() {}

  @inlinable
  deinit { unsafe table.slots.deallocate() }

  /// Makes all references undefined.
  mutating func forget() {
    table.block &+= 1
    areInner = true
  }

  /// Makes room for an instrument.
  @inlinable @inline(__always)
  mutating func admit(_ instrument: InstrumentID) {
    if instrument.index >= table.count { grow(instrument.index) }
  }

  @usableFromInline @inline(never)
  mutating func grow(_ index: Int) {
    var larger = TickReferenceTable(
      count: max(index + 1, min(table.count * 2, Int(UInt16.max) + 1)))
    larger.block = table.block
    unsafe larger.slots.update(from: table.slots, count: table.count)
    unsafe table.slots.deallocate()
    table = larger
  }

  /// The reference of an instrument, or nil if this block has not set it.
  @inlinable @inline(__always)
  subscript(instrument: InstrumentID) -> TickReference? { table[instrument] }

  /// Remembers a wide record's price, unless it is absent, and its order id, unless it has none; what
  /// is neither given nor defined becomes 0.
  /// - Precondition: there is room for the instrument.
  @usableFromInline
  mutating func define(_ instrument: InstrumentID, price: Int64, order: UInt64? = nil) {
    var slot = self[instrument] ?? TickReference()
    slot.block = table.block
    if price != Price.none.raw {
      slot.price = price
      if price.magnitude > 1 << 61 { areInner = false }
    }
    if let order { slot.order = order }
    unsafe table.slots[instrument.index] = slot
  }
}
