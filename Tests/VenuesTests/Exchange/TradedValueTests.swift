import Events
import Testing

@testable import Venues

@Suite struct TradedValueTests {
  private static func instrument(
    _ kind: InstrumentClass, _ scales: (UInt8, UInt8), _ multiplier: Int64
  ) -> Instrument {
    Instrument(
      id: InstrumentID(0), venueName: "TEST", symbol: "X", kind: kind,
      base: kind == .inverse ? "BTC" : "", currency: "USD", priceScale: scales.0,
      quantityScale: scales.1, multiplier: multiplier)
  }

  /// Whole units, a multiplier that leaves a rest, one too large for a word, an inverse contract.
  @Test(arguments: [
    (InstrumentClass.equity, 2, 0, 1_000_000_000), (.future, 2, 0, 50_000_000_000),
    (.crypto, 2, 8, 1_000_000_000), (.crypto, 9, 9, 1_000_000_000), (.future, 9, 9, 1),
    (.future, 4, 3, 12_345_678_901), (.future, 0, 0, Int64.max), (.inverse, 1, 0, 1_000_000_000),
  ])
  func `a value is the notional`(
    _ kind: InstrumentClass, _ priceScale: UInt8, _ quantityScale: UInt8, _ multiplier: Int64
  ) {
    let instrument = Self.instrument(kind, (priceScale, quantityScale), multiplier)
    let values = TradedValue(instrument.terms)
    var random = SeededRandom(seed: 3)
    var prices: [Int64] = [.min, .max, -.max, 0, 1, -1, Price.limit, -Price.limit]
    var quantities: [Int64] = [1, 3, 1_000, Quantity.limit, .max]
    for _ in 0..<200 {
      prices.append(Int64(bitPattern: random.next()) >> Int64(random.below(60)))
      quantities.append(Int64(random.next() >> UInt64(1 + random.below(60))))
    }
    for price in prices.map(Price.init(_:)) {
      for quantity in quantities.map(Quantity.init(_:)) {
        let (found, wanted) = (
          values.notional(price, quantity), Money.notional(price, quantity, of: instrument)
        )
        if found != wanted { Issue.record("\(price.raw) × \(quantity.raw): \(found as Any)") }
      }
    }
  }
}
