import Books
import Events
import Trading

/// Market maker on quotes: one bid and one ask around the microprice, moved against the inventory.
///
/// Parameters: `size` of each order; `spread`, ticks from the centre to each side (at least 1);
/// `skew`, ticks by which the centre moves per `size` held, against the position (default 1);
/// `max_position`, beyond which the side that would add to it is withdrawn; `requote`, ticks the wanted
/// price must differ from the working one before it is moved (default 1).
public struct MarketMaker: Strategy {
  private let size: Int64
  private let sizeScale: UInt8
  private let limit: Int64
  private let limitScale: UInt8
  private let spread: Int64
  private let skew: Int64
  private let requote: Int64

  public init(_ parameters: inout Parameters) throws(ConfigurationError) {
    let size = try parameters.positive("size")
    (self.size, sizeScale) = (size.mantissa, size.scale)
    let limit = try parameters.positive("max_position")
    (self.limit, limitScale) = (limit.mantissa, limit.scale)
    spread = try parameters.integer("spread", in: 1...10_000)
    skew = try parameters.integer("skew", in: 0...10_000, default: 1)
    requote = try parameters.integer("requote", in: 1...10_000, default: 1)
  }

  public mutating func onQuote(_ quote: Quote, in market: borrowing Market) -> Intent {
    guard let instrument = market.instrument(quote.instrument), quote.bid < quote.ask,
      let centre = quote.microprice,
      let size = market.quantity(Decimal(mantissa: size, scale: sizeScale), of: instrument.id),
      let limit = market.quantity(Decimal(mantissa: limit, scale: limitScale), of: instrument.id),
      size.raw > 0
    else { return .hold }
    let held = market.position(instrument.id).quantity
    let tick = instrument.tickSize.raw
    let shift = Double(skew) * Double(tick) * (Double(held.raw) / Double(size.raw))
    let ticks = ((centre - shift) / Double(tick)).rounded(.toNearestOrEven)
    guard ticks.magnitude < 1e15, (ticks.magnitude + 1e5) * Double(tick) < Double(Price.limit)
    else { return .hold }
    // Never cross the market: a maker that takes pays the spread it means to earn.
    let bid = min(Int64(ticks) - spread, Self.floor(quote.ask.raw - 1, tick)) * tick
    let ask = max(Int64(ticks) + spread, -Self.floor(-quote.bid.raw - 1, tick)) * tick
    let values: KeyValuePairs<String, Double> = [
      "centre": centre / binaryPower(Int(instrument.priceScale)),
      "held": Double(held.raw) / binaryPower(Int(instrument.quantityScale)),
    ]
    return .several([
      side(.buy, Price(bid), size, held.raw < limit.raw, values, instrument, market),
      side(.sell, Price(ask), size, held.raw > -limit.raw, values, instrument, market),
    ])
  }

  /// The quotient rounded down.
  private static func floor(_ price: Int64, _ tick: Int64) -> Int64 {
    let (quotient, rest) = price.quotientAndRemainder(dividingBy: tick)
    return rest < 0 ? quotient - 1 : quotient
  }

  /// What is wanted of one side.
  private func side(
    _ side: Side, _ price: Price, _ size: Quantity, _ isWanted: Bool,
    _ values: KeyValuePairs<String, Double>, _ instrument: Instrument, _ market: borrowing Market
  ) -> Intent {
    guard let order = market.openOrder(instrument.id, side) else {
      guard isWanted else { return .hold }
      return .order(
        .limit(instrument.id, side, size, at: price),
        because: Reason(
          side == .buy ? "bid around the microprice" : "ask around the microprice", values))
    }
    guard order.state == .working || order.state == .partial, order.replacement == nil else {
      return .hold
    }
    guard isWanted else {
      return .cancel(order.id, because: Reason("the position is at its limit", values))
    }
    guard abs(order.ticket.price.raw - price.raw) >= requote * instrument.tickSize.raw else {
      return .hold
    }
    return .replace(
      order.id, quantity: order.filled + size, price: price,
      because: Reason("the microprice moved", values))
  }
}
