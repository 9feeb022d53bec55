/// Flags and sizes of the records of market events (docs/journal-format.md, section 4.2).
@usableFromInline
enum TickLayout {
  @usableFromInline static let formMask: UInt8 = 3
  @usableFromInline static let hasEventTime: UInt8 = 4
  @usableFromInline static let sideShift: UInt8 = 3
  @usableFromInline static let reserved: UInt8 = 128
  @usableFromInline static let marksMask: UInt8 = 32 | 64
  /// Length of a market record's head: kind, flags, instrument, time.
  @usableFromInline static let head = 8
  /// Length of the head of any other record.
  @usableFromInline static let recordHead = 32

  /// Length of a body in bytes, or −1 where the kind has no such form.
  @inlinable @inline(__always)
  static func bodySize(kind: UInt8, form: UInt8) -> Int {
    switch kind {
    case 1: form == 0 ? 8 : form == 1 ? 16 : 32
    case 2, 3: form == 0 ? 4 : form == 1 ? 8 : 16
    case 5, 6, 7, 8, 9: form == 0 ? 8 : form == 1 ? 16 : 24
    case 4, 10: form == 1 ? -1 : 0
    case 11: form == 1 ? 24 : form == 2 ? 48 : -1
    case 12: form == 1 ? -1 : 4
    default: -1
    }
  }
}

/// The price and order id that an instrument's compact records are relative to, within one block.
@usableFromInline
struct TickReference {
  /// Block in which the reference was set; of another block it is undefined.
  @usableFromInline var block: UInt64 = 0
  @usableFromInline var price: Int64 = 0
  @usableFromInline var order: UInt64 = 0

  @usableFromInline init() {}
}

/// The references of all instruments, cheap to forget at the start of a block.
@usableFromInline
struct TickReferences {
  @usableFromInline var slots: [TickReference] = []
  /// Counts blocks; never 0, which marks a slot that was never set.
  @usableFromInline var block: UInt64 = 0

  @usableFromInline init() {}

  @inlinable @inline(__always)
  mutating func forget() { block &+= 1 }

  /// Makes room for an instrument.
  @inlinable @inline(__always)
  mutating func admit(_ instrument: Int) {
    if instrument >= slots.count { grow(instrument) }
  }

  @usableFromInline @inline(never)
  mutating func grow(_ instrument: Int) {
    let extra = max(instrument + 1, slots.count * 2) - slots.count
    slots.append(contentsOf: repeatElement(TickReference(), count: extra))
  }

  /// Remembers a record's price, unless it is absent, and its order id, unless it has none.
  @inlinable @inline(__always)
  mutating func remember(_ instrument: Int, price: Int64, order: UInt64? = nil) {
    let isKnown = slots[instrument].block == block
    if price != .min {
      slots[instrument].price = price
    } else if !isKnown {
      slots[instrument].price = 0
    }
    if let order {
      slots[instrument].order = order
    } else if !isKnown {
      slots[instrument].order = 0
    }
    slots[instrument].block = block
  }
}
