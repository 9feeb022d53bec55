import Events

/// What fills of an instrument come to: their value, their fees, our position. Apart from the orders, so that one is
/// filled where it stands.
struct Clearing {
  let instrument: Instrument
  let fees: FeeModel
  /// Of the instrument: what all orders are asked for.
  let lotSize: Int64
  let tickSize: Int64
  private let values: TradedValue
  private let most = Money(raw: Money.limit)
  /// A moment of the day by which fills at a bar are charged; nil for that of now.
  var day: Instant?
  /// What our fills add up to, over all strategies.
  var position: Int64 = 0

  init(_ instrument: Instrument, fees: FeeModel) {
    self.instrument = instrument
    self.fees = fees
    (lotSize, tickSize) = (instrument.lotSize.raw, instrument.tickSize.raw)
    values = TradedValue(instrument.terms)
  }

  /// Fills part of an order at a price and reports it.
  /// - Parameter basis: why at this price.
  mutating func fill(
    _ order: inout WorkingOrder, at price: Price, _ quantity: Quantity,
    _ liquidity: Fill.Liquidity, _ basis: FillBasis, _ outbox: inout Outbox
  ) {
    precondition(quantity > .zero && quantity <= order.remaining)
    let notional = values.notional(price, quantity) ?? most
    let value = notional.magnitude
    let (fee, currency) =
      fees.charges.isEmpty
      ? (.zero, instrument.currency)
      : charge(&order, price, quantity, value, liquidity, &outbox)
    order.filled += quantity
    order.value = min(order.value + value, most)
    if order.isIceberg { order.visible -= min(quantity, order.visible) }
    position &+= quantity.raw &* order.ticket.side.sign
    outbox.sendFill(
      order.ticket.order, price: price, quantity: quantity, fee: fee, currency: currency,
      liquidity: liquidity, basis: basis)
    if order.isDone, order.withheld > .zero {
      outbox.send(order.ticket.order, .cancelled(.venue, text: "self-trade prevented"))
    }
  }

  /// The fee of a fill, and its currency.
  private func charge(
    _ order: inout WorkingOrder, _ price: Price, _ quantity: Quantity, _ value: Money,
    _ liquidity: Fill.Liquidity, _ outbox: inout Outbox
  ) -> (fee: Money, currency: String) {
    var volume = Money.zero
    let time = day ?? outbox.now
    if fees.hasTiers {
      volume = outbox.volume.sum(instrument.currency, at: time)
      outbox.volume.note(value, instrument.currency, at: time)
    }
    let fill = ChargedFill(
      quantity: quantity, value: value,
      unitPrice: Money.rescaled(Int128(price.raw), from: Int(instrument.priceScale))
        ?? Money(raw: Money.limit), liquidity: liquidity, time: time)
    return fees.charge(fill, &order, of: instrument, volume: volume)
  }
}

/// The traded value of an instrument's prices and quantities, by one multiplication where it is exact: the same as
/// `Money.notional`.
struct TradedValue {
  private let terms: Instrument.Terms
  /// Money × 10^12 of one unit of price × one of quantity; 0 where that is not whole.
  private let unit: Int64
  private let most = Money(raw: Money.limit).raw.magnitude

  init(_ terms: Instrument.Terms) {
    self.terms = terms
    unit = Money.unit(of: terms)
  }

  @inline(__always)
  func notional(_ price: Price, _ quantity: Quantity) -> Money? {
    let (units, isOver) = price.raw.multipliedReportingOverflow(by: quantity.raw)
    if unit == 0 || isOver || price.isNone { return Money.notional(price, quantity, of: terms) }
    let raw = Int128(units) &* Int128(unit)
    return raw.magnitude <= most ? Money(raw: raw) : nil
  }
}
