import Events

// What a fill costs beyond its price.
extension TradedMarket {
  /// The price that slippage makes of the one found.
  func slipped(_ price: Price, _ order: WorkingOrder) -> Price {
    var volume: Quantity?
    if source == .bars, let bar = lastBars[.none]?.bar, bar.volume > .zero { volume = bar.volume }
    return slippage.price(price, order.ticket, instrument, volume: volume)
  }

  /// The fee of a fill, and its currency.
  func charge(
    _ order: inout WorkingOrder, _ price: Price, _ quantity: Quantity, _ value: Money,
    _ liquidity: Fill.Liquidity, _ outbox: inout Outbox
  ) -> (fee: Money, currency: String) {
    if fees.charges.isEmpty { return (.zero, instrument.currency) }
    var volume = Money.zero
    if fees.hasTiers {
      volume = outbox.volume.sum(instrument.currency, at: outbox.now)
      outbox.volume.note(value, instrument.currency, at: outbox.now)
    }
    let fill = ChargedFill(
      quantity: quantity, value: value,
      unitPrice: Money.rescaled(Int128(price.raw), from: Int(instrument.priceScale))
        ?? Money(raw: Money.limit), liquidity: liquidity, time: outbox.now)
    return fees.charge(fill, &order, of: instrument, volume: volume)
  }
}
