import Events

@testable import Trading

/// A parent's desk: quotes at which everything can be had, and short words for tests.
enum Parents {
  static let second: Int64 = 1_000_000_000
  /// Noon of a day.
  static let noon = Instant(nanoseconds: 1_700_000_000_000_000_000)

  static func at(_ seconds: Int64) -> Instant { noon.advanced(by: seconds * second) }

  static func instrument(_ id: UInt16 = 0, lot: Int64 = 1, scale: UInt8 = 0) -> Instrument {
    Instrument(
      id: InstrumentID(id), venueName: "XTST", symbol: "T\(id)", kind: .equity, currency: "USD",
      priceScale: 2, quantityScale: scale, lotSize: Quantity(lot))
  }

  static func ticket(_ quantity: Int64, _ side: Side = .buy, limit: Price = .none) -> OrderTicket {
    OrderTicket(
      order: OrderID(7), strategy: StrategyID(0), instrument: InstrumentID(0), side: side,
      type: limit.isNone ? .market : .limit, timeInForce: .day, quantity: Quantity(quantity),
      price: limit)
  }

  /// A plan from noon on, with values of nine decimals.
  static func plan(
    _ algorithm: ExecutionPlan.Algorithm, seconds: Int64,
    _ values: KeyValuePairs<String, Double> = [:]
  ) -> ExecutionPlan {
    ExecutionPlan(
      algorithm, start: noon, end: at(seconds),
      values: values.map { Reason.Value($0.key, Decimal(rounding: $0.value)) })
  }

  static func view(bid: Int64 = 99, ask: Int64 = 101) -> Execution.View {
    let quote = Quote(
      instrument: InstrumentID(0), bid: Price(bid), ask: Price(ask), bidSize: Quantity(100),
      askSize: Quantity(100))
    var second = quote
    second.instrument = InstrumentID(1)
    return Execution.View(best: quote, second: second)
  }

  static let empty = Execution.View(
    best: Quote(
      instrument: InstrumentID(0), bid: .none, ask: .none, bidSize: .zero, askSize: .zero))
}

/// Numbers from a seed (SplitMix64, Steele, Lea and Flood, 2014).
struct Dice: RandomNumberGenerator {
  var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func roll(_ range: ClosedRange<Int64>) -> Int64 { .random(in: range, using: &self) }
}
