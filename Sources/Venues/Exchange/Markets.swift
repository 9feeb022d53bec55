import Events

/// The markets by instrument number. Those of the first numbers stand in here, where the compiler knows that nobody
/// else looks at them; of the others each has a place of its own, where each access is checked for that.
struct Markets: ~Copyable {
  /// How many stand in here: a run of one strategy has few instruments, of a universe the check is the least.
  private static let near = 4

  private(set) var count = 0
  private var first = InlineArray<4, TradedMarket> {
    TradedMarket(undefined: InstrumentID(UInt16($0)))
  }
  private var others: [Place] = []

  /// An array holds only what can be copied.
  private final class Place {
    var market: TradedMarket
    init(_ market: consuming TradedMarket) { self.market = market }
  }

  /// Adds an undefined one under the next number.
  mutating func append() {
    if count >= Self.near {
      others.append(Place(TradedMarket(undefined: InstrumentID(UInt16(count)))))
    }
    count += 1
  }

  /// Looks at or changes a market.
  /// - Precondition: the index is below `count`.
  @inline(__always)
  mutating func change<R>(_ index: Int, _ body: (inout TradedMarket) -> R) -> R {
    precondition(index < count)
    if index < Self.near { return body(&first[index]) }
    return body(&others[index - Self.near].market)
  }
}
