/// The price and order id that an instrument's compact records are relative to, within one block.
@usableFromInline
struct TickReference: BitwiseCopyable {
  /// Block in which the reference was set; in another block it is undefined.
  @usableFromInline var block: UInt64 = 0
  @usableFromInline var price: Int64 = 0
  @usableFromInline var order: UInt64 = 0

  @usableFromInline init() {}
}

/// The references of all instruments, cheap to forget at the start of a block.
///
/// They are behind a pointer and not in an array, whose uniqueness would be checked on each write of
/// each tick. Every access is below `count`: `admit` comes first.
@usableFromInline @safe
struct TickReferences: ~Copyable {
  @usableFromInline var slots: UnsafeMutablePointer<TickReference>
  @usableFromInline var count = 64
  /// Counts blocks; never 0, which marks a slot that was never set.
  @usableFromInline var block: UInt64 = 1

  init() {
    unsafe slots = .allocate(capacity: count)
    unsafe slots.initialize(repeating: TickReference(), count: count)
  }

  @inlinable
  deinit { unsafe slots.deallocate() }

  /// Makes all references undefined.
  mutating func forget() { block &+= 1 }

  /// Makes room for an instrument.
  @inlinable @inline(__always)
  mutating func admit(_ instrument: InstrumentID) {
    if instrument.index >= count { grow(instrument.index) }
  }

  @usableFromInline @inline(never)
  mutating func grow(_ index: Int) {
    let wanted = max(index + 1, min(count * 2, Int(UInt16.max) + 1))
    let larger = UnsafeMutablePointer<TickReference>.allocate(capacity: wanted)
    unsafe larger.initialize(repeating: TickReference(), count: wanted)
    unsafe larger.update(from: slots, count: count)
    unsafe slots.deallocate()
    unsafe slots = larger
    count = wanted
  }

  /// The reference of an instrument, or nil if this block has not set it.
  /// - Precondition: there is room for the instrument.
  @inlinable @inline(__always)
  subscript(instrument: InstrumentID) -> TickReference? {
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

  /// Remembers a wide record's price, unless it is absent, and its order id, unless it has none; what
  /// is neither given nor defined becomes 0.
  @usableFromInline
  mutating func define(_ instrument: InstrumentID, price: Int64, order: UInt64? = nil) {
    var slot = self[instrument] ?? TickReference()
    slot.block = block
    if price != Price.none.raw { slot.price = price }
    if let order { slot.order = order }
    unsafe slots[instrument.index] = slot
  }
}
