import Books
import Events

// The prices that rules compare with.
extension RiskGate {
  /// The price an order is valued at: its limit, else its stop, else what it would trade against.
  static func reference(_ request: OrderRequest, _ market: borrowing Market) -> Price {
    if request.type.hasLimit { return request.price }
    if !request.terms.stop.isNone { return request.terms.stop }
    return opposite(request.side, request.instrument, market)
  }

  /// The best price an order of a side would trade against, or the mark if there is none.
  static func opposite(
    _ side: Side, _ id: InstrumentID, _ market: borrowing Market
  ) -> Price {
    let best = market.books[id.index].best
    let price = side == .buy ? best.ask : best.bid
    return price.isNone ? market.books[id.index].mark : price
  }

  /// How far a limit may reach beyond a price on the side on which the order would pay too much, and whether it
  /// does.
  static func bound(_ reference: Price, _ request: OrderRequest, _ collar: Int64) -> (Int128, Bool)
  {
    let reach = Int128(reference.raw).magnitude * UInt128(collar) / 1_000_000
    let bound = Int128(reference.raw) + Int128(reach) * Int128(request.side.sign)
    let price = Int128(request.price.raw)
    return (bound, request.side == .buy ? price > bound : price < bound)
  }
}
