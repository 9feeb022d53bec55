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
    guard let terms = market.terms(quote.instrument), quote.bid < quote.ask,
      let centre = quote.microprice,
      let size = market.quantity(Decimal(mantissa: size, scale: sizeScale), of: quote.instrument),
      let limit = market.quantity(
        Decimal(mantissa: limit, scale: limitScale), of: quote.instrument),
      size.raw > 0
    else { return .hold }
    let held = market.position(quote.instrument).quantity
    let tick = terms.tickSize.raw
    let shift = Double(skew) * Double(tick) * (Double(held.raw) / Double(size.raw))
    let ticks = ((centre - shift) / Double(tick)).rounded(.toNearestOrEven)
    guard ticks.magnitude < 1e15, (ticks.magnitude + 1e5) * Double(tick) < Double(Price.limit)
    else { return .hold }
    // Never cross the market: a maker that takes pays the spread it means to earn.
    let bid = min(Int64(ticks) - spread, Self.floor(quote.ask.raw - 1, tick)) * tick
    let ask = max(Int64(ticks) + spread, -Self.floor(-quote.bid.raw - 1, tick)) * tick
    let view = View(
      instrument: quote.instrument, tick: tick,
      centre: centre / binaryPower(Int(terms.priceScale)),
      held: Double(held.raw) / binaryPower(Int(terms.quantityScale)))
    let buy = side(.buy, Price(bid), size, held.raw < limit.raw, view, market)
    let sell = side(.sell, Price(ask), size, held.raw > -limit.raw, view, market)
    if case .hold = buy, case .hold = sell { return .hold }
    return .several([buy, sell])
  }

  /// What both sides look at.
  private struct View {
    var instrument: InstrumentID
    var tick: Int64
    var centre: Double
    var held: Double

    func reason(_ text: String) -> Reason {
      Reason(
        text,
        values: [
          Reason.Value("centre", rounding: centre), Reason.Value("held", rounding: held),
        ])
    }
  }

  /// The quotient rounded down.
  private static func floor(_ price: Int64, _ tick: Int64) -> Int64 {
    let (quotient, rest) = price.quotientAndRemainder(dividingBy: tick)
    return rest < 0 ? quotient - 1 : quotient
  }

  /// What is wanted of one side.
  private func side(
    _ side: Side, _ price: Price, _ size: Quantity, _ isWanted: Bool,
    _ view: View, _ market: borrowing Market
  ) -> Intent {
    guard let order = market.openOrder(view.instrument, side) else {
      guard isWanted else { return .hold }
      return .order(
        .limit(view.instrument, side, size, at: price),
        because: view.reason(
          side == .buy ? "bid around the microprice" : "ask around the microprice"))
    }
    guard order.state == .working || order.state == .partial, order.replacement == nil else {
      return .hold
    }
    guard isWanted else {
      return .cancel(order.id, because: view.reason("the position is at its limit"))
    }
    guard abs(order.ticket.price.raw - price.raw) >= requote * view.tick else {
      return .hold
    }
    return .replace(
      order.id, quantity: order.filled + size, price: price,
      because: view.reason("the microprice moved"))
  }
}
