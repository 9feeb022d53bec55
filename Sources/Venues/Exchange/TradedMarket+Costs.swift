import Events

// What a fill costs beyond its price.
extension TradedMarket {
  /// Makes the price found what slippage makes of it, if the fill takes, and says so in the basis.
  @inline(__always)
  func slip(
    _ price: inout Price, _ basis: inout FillBasis, _ ticket: @autoclosure () -> OrderTicket,
    as liquidity: Fill.Liquidity
  ) {
    if liquidity != .taker || !slips { return }
    let found = price
    price = slipped(found, ticket())
    if price != found { basis.detail = .slippage(Int64(found.distance(to: price))) }
  }

  /// The price that slippage makes of the one found.
  private func slipped(_ price: Price, _ ticket: OrderTicket) -> Price {
    var volume: Quantity?
    if source == .bars, let bar = lastBars[.none]?.bar, bar.volume > .zero { volume = bar.volume }
    return slippage.price(price, ticket, clearing.instrument, volume: volume)
  }
}
