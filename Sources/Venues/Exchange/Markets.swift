import Events

/// The markets by instrument number.
struct Markets: ~Copyable {
  private var all = Slots<TradedMarket>()

  var count: Int { all.count }

  /// Adds an undefined one under the next number.
  mutating func append() {
    all.append(TradedMarket(undefined: InstrumentID(UInt16(count))))
  }

  /// Looks at or changes a market.
  /// - Precondition: the index is below `count`.
  @inline(__always)
  mutating func change<R>(_ index: Int, _ body: (inout TradedMarket) -> R) -> R {
    body(&all[index])
  }
}
