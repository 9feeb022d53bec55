import Books
import Events
import Trading

/// Buys after `n` falling bars, sells at the next rising one.
public struct Dip: Strategy {
  private let n: Int
  private let size: Decimal
  private var falling = 0

  public init(_ parameters: inout Parameters) throws(ConfigurationError) {
    n = Int(try parameters.integer("n", in: 1...100))
    size = try parameters.positive("size")
  }

  public mutating func onBar(_ bar: Bar, in market: borrowing Market) -> Intent {
    falling = bar.close < bar.open ? falling + 1 : 0
    guard let size = market.quantity(size, of: bar.instrument) else { return .hold }
    let reason = Reason("falling bars", ["count": Double(falling)])
    return .target(bar.instrument, falling >= n ? size : .zero, because: reason)
  }
}
