import Books
import Events
import Trading

/// Moving-average crossover: two exponential averages of the price; the faster one above the slower one
/// means up.
///
/// Works on any clock: mid prices of quotes, trade prices or closes of bars. Parameters: `fast` and
/// `slow` (numbers of observations, alpha = 2 / (n + 1), seeded with the first value), `size`, `mode`:
/// - `flip`: once `slow` observations are seen, a market order of `size` at every change of the sign of
///   fast − slow, in the direction of the new sign;
/// - `target`: hold `size` while up and −`size` while down;
/// - `long`: hold `size` while up and nothing while down.
public struct EmaCross: Strategy {
  enum Mode: String, CaseIterable, Codable {
    case flip
    case target
    case long
  }

  private struct State: Codable {
    var instrument: UInt16
    var fast: ExponentialAverage
    var slow: ExponentialAverage
    /// Sign of fast − slow when it was last not 0, once there were enough observations.
    var sign = 0

    /// Takes in a price.
    /// - Returns: how the averages stand, if the sign of fast − slow is another than before.
    @inline(__always)
    mutating func push(_ price: Double) -> Crossing? {
      let fast = fast.push(price)
      let slow = slow.push(price)
      guard self.slow.isReady else { return nil }
      let sign = fast > slow ? 1 : fast < slow ? -1 : 0
      guard sign != 0, sign != self.sign else { return nil }
      defer { self.sign = sign }
      return Crossing(isUp: sign > 0, isFirst: self.sign == 0, fast: fast, slow: slow)
    }
  }

  private struct Crossing {
    var isUp: Bool
    /// There was no sign before.
    var isFirst: Bool
    var fast: Double
    var slow: Double
  }

  private struct Settings: Codable {
    var fast: Int
    var slow: Int
    var size: Int64
    var sizeScale: UInt8
    var mode: Mode
  }

  /// Of one, apart: a strategy of at most three words is kept where it is called, a larger one behind a
  /// reference that each call checks.
  private let settings: [Settings]
  private var states: [State] = []

  public init(_ parameters: inout Parameters) throws(ConfigurationError) {
    let fast = Int(try parameters.integer("fast", in: 1...1_000_000))
    let slow = Int(try parameters.integer("slow", in: 2...1_000_000))
    guard fast < slow else { throw parameters.error("fast", "is not below slow") }
    let size = try parameters.positive("size")
    settings = [
      Settings(
        fast: fast, slow: slow, size: size.mantissa, sizeScale: size.scale,
        mode: try parameters.word("mode", default: .flip))
    ]
  }

  public mutating func onQuote(_ quote: Quote, in market: borrowing Market) -> Intent {
    guard quote.isTwoSided else { return .hold }
    return observe((Double(quote.bid.raw) + Double(quote.ask.raw)) * 0.5, quote.instrument, market)
  }

  public mutating func onTrade(_ trade: Trade, in market: borrowing Market) -> Intent {
    observe(Double(trade.price.raw), trade.instrument, market)
  }

  public mutating func onBar(_ bar: Bar, in market: borrowing Market) -> Intent {
    observe(Double(bar.close.raw), bar.instrument, market)
  }

  /// - Parameter price: in the instrument's own integers; the averages are brought to units of the
  ///   currency only where they are shown.
  @inline(__always)
  private mutating func observe(
    _ price: Double, _ instrument: InstrumentID, _ market: borrowing Market
  ) -> Intent {
    guard let crossing = states[index(of: instrument)].push(price) else { return .hold }
    return cross(instrument, crossing, market)
  }

  // Out of line: it is seldom, and its room on the stack would be made for every price.
  @inline(never)
  private func cross(
    _ id: InstrumentID, _ crossing: Crossing, _ market: borrowing Market
  ) -> Intent {
    guard let terms = market.terms(id),
      let quantity = market.quantity(
        Decimal(mantissa: settings[0].size, scale: settings[0].sizeScale), of: id)
    else { return .hold }
    let scale = binaryPower(Int(terms.priceScale))
    let up = crossing.isUp
    let reason = Reason(
      up ? "fast average above slow" : "fast average below slow",
      values: [
        Reason.Value("fast", rounding: crossing.fast / scale),
        Reason.Value("slow", rounding: crossing.slow / scale),
      ])
    switch settings[0].mode {
    case .flip:
      if crossing.isFirst { return .hold }
      return .order(.market(id, up ? .buy : .sell, quantity), because: reason)
    case .target: return .target(id, up ? quantity : -quantity, because: reason)
    case .long: return .target(id, up ? quantity : .zero, because: reason)
    }
  }

  @inline(__always)
  private mutating func index(of instrument: InstrumentID) -> Int {
    if states.first?.instrument == instrument.raw { return 0 }
    return furtherIndex(of: instrument)
  }

  @inline(never)
  private mutating func furtherIndex(of instrument: InstrumentID) -> Int {
    if let index = states.firstIndex(where: { $0.instrument == instrument.raw }) { return index }
    states.append(
      State(
        instrument: instrument.raw, fast: ExponentialAverage(settings[0].fast),
        slow: ExponentialAverage(settings[0].slow)))
    return states.count - 1
  }
}

// Settings and states side by side, as if they were fields.
extension EmaCross {
  private enum Key: CodingKey { case states }

  public init(from decoder: any Decoder) throws {
    settings = [try Settings(from: decoder)]
    states = try decoder.container(keyedBy: Key.self).decode([State].self, forKey: .states)
  }

  public func encode(to encoder: any Encoder) throws {
    try settings[0].encode(to: encoder)
    var fields = encoder.container(keyedBy: Key.self)
    try fields.encode(states, forKey: .states)
  }
}
