import Events

// What is booked, with all amounts: from the state as it is when the booking's turn comes.
extension Engine {
  /// The decision by which the books move; nil if nothing is left to book.
  mutating func book(_ matter: Bookkeeping) -> Decision? {
    switch matter {
    case .closed(let booking), .liquidationFee(let booking): return .booked(booking)
    case .unpriced(let id, let text):
      return .alert(
        Alert(severity: .critical, code: .booksUnpriced, instrument: id, text: text))
    case .margin(let account): return margin(account)
    case .settle(let account, let currency):
      guard
        let item = market.portfolio.settlements.items.first(where: {
          $0.account == account && $0.currency == currency
        }), item.moment <= market.time
      else { return nil }
      return .booked(
        Booking(.settled, account: account, currency: currency, cash: item.amounts.cash))
    case .open(let strategy, let id, let quantity, let price):
      return bring(strategy, id, quantity, price)
    case .dividend(let strategy, let action): return dividend(strategy, action)
    case .split(let strategy, let action): return split(strategy, action)
    case .reprice(let action):
      // The bookings before it were at the last price of the old units.
      market.books[action.instrument.index].split(new: action.new, old: action.old)
      gate.controls?.dynamic.forget(action.instrument)
      return nil
    case .delist(let strategy, let action): return delist(strategy, action)
    case .variation(let strategy, let id, let price): return variation(strategy, id, price)
    case .expire(let strategy, let id): return expire(strategy, id)
    case .exercise(let strategy, let id, let quantity): return exercise(strategy, id, quantity)
    case .deliver(let strategy, let option, let quantity):
      return deliver(strategy, option, quantity)
    case .funding(let strategy, let id, let rate): return funding(strategy, id, rate)
    case .interest(let account, let currency, let days):
      return interest(account, currency, days)
    case .borrowFee(let strategy, let id, let days): return borrowFee(strategy, id, days)
    }
  }

  func booking(
    _ kind: Booking.Kind, _ strategy: StrategyID, _ instrument: Instrument
  ) -> Booking {
    Booking(
      kind, account: market.portfolio.account(of: strategy), strategy: strategy,
      instrument: instrument.id, currency: instrument.currency)
  }

  /// What is out of range cannot be booked, and nothing more may be sent.
  mutating func overflow(_ id: InstrumentID) -> Decision {
    work.addFirst(.halt(.all, reason: "the books cannot hold a booking"), cause: deciding)
    return .alert(
      Alert(
        severity: .critical, code: .booksOverflow, instrument: id,
        text: "an amount is out of range"))
  }

  private mutating func bring(
    _ strategy: StrategyID, _ id: InstrumentID, _ quantity: Quantity, _ price: Price
  ) -> Decision? {
    guard let instrument = market.instrument(id), !market.portfolio.isOpened(strategy, id) else {
      return nil
    }
    guard let cost = Money.cost(price, quantity, of: instrument) else { return overflow(id) }
    var booking = booking(.opening, strategy, instrument)
    (booking.quantity, booking.price, booking.cost) = (quantity, price, cost)
    return .booked(booking)
  }

  private mutating func dividend(_ strategy: StrategyID, _ action: CorporateAction) -> Decision? {
    guard let instrument = market.instrument(action.instrument) else { return nil }
    let held = market.portfolio.position(strategy, action.instrument).quantity
    guard held != .zero else { return nil }
    guard let cash = action.amount.times(held, scale: instrument.quantityScale) else {
      return overflow(instrument.id)
    }
    var booking = booking(.dividend, strategy, instrument)
    booking.cash = cash
    if !action.currency.isEmpty { booking.currency = action.currency }
    if action.payable > market.time { booking.settles = action.payable }
    return .booked(booking)
  }

  /// Whole units of the new quantity stay; what is less is sold at the last price.
  private mutating func split(_ strategy: StrategyID, _ action: CorporateAction) -> Decision? {
    guard let instrument = market.instrument(action.instrument) else { return nil }
    let position = market.portfolio.position(strategy, action.instrument)
    guard position.quantity != .zero else { return nil }
    let product = Int128(position.quantity.raw) * Int128(action.new)
    let (whole, rest) = product.quotientAndRemainder(dividingBy: Int128(action.old))
    guard whole.magnitude <= Quantity.limit.magnitude, let product = Int64(exactly: product) else {
      return overflow(instrument.id)
    }
    var booking = booking(.split, strategy, instrument)
    booking.quantity = Quantity(Int64(whole)) - position.quantity
    let mark = market.books[instrument.id.index].mark
    if rest != 0, let value = Money.notional(mark, Quantity(Int64(rest)), of: instrument) {
      booking.price = mark
      booking.cash = Money(raw: divideHalfEven(value.raw, by: Int128(action.new)))
      booking.cost = -position.cost.scaled(by: Int64(rest), over: product)
    }
    return .booked(booking)
  }

  private mutating func delist(_ strategy: StrategyID, _ action: CorporateAction) -> Decision? {
    guard let instrument = market.instrument(action.instrument),
      instrument.kind.isSettledInFull,
      !market.isExchanged(instrument, market.portfolio.account(of: strategy))
    else { return nil }
    let position = market.portfolio.position(strategy, action.instrument)
    guard position.quantity != .zero else { return nil }
    guard let cash = action.amount.times(position.quantity, scale: instrument.quantityScale)
    else { return overflow(instrument.id) }
    var booking = closing(.delisted, strategy, instrument, -position.quantity)
    booking.cash = cash
    if action.payable > market.time { booking.settles = action.payable }
    return .booked(booking)
  }

  /// A booking that takes quantity away at no price.
  private func closing(
    _ kind: Booking.Kind, _ strategy: StrategyID, _ instrument: Instrument, _ change: Quantity
  ) -> Booking {
    let (movement, lots) = market.portfolio.movement(
      of: change, notional: .zero, strategy, instrument.id)
    var booking = booking(kind, strategy, instrument)
    booking.quantity = change
    booking.cost = movement.cost
    booking.variation = -movement.variation
    booking.lots = lots
    return booking
  }

  private mutating func variation(
    _ strategy: StrategyID, _ id: InstrumentID, _ price: Price
  ) -> Decision? {
    guard let instrument = market.instrument(id) else { return nil }
    let position = market.portfolio.position(strategy, id)
    guard position.quantity != .zero else { return nil }
    guard let value = Money.cost(price, position.quantity, of: instrument) else {
      return overflow(id)
    }
    let paid = value - position.cost - position.variation
    guard paid != .zero else { return nil }
    var booking = booking(.variation, strategy, instrument)
    (booking.price, booking.cash, booking.variation) = (price, paid, paid)
    return .booked(booking)
  }

  private func expire(_ strategy: StrategyID, _ id: InstrumentID) -> Decision? {
    guard let instrument = market.instrument(id) else { return nil }
    let held = market.portfolio.position(strategy, id).quantity
    guard held != .zero else { return nil }
    return .booked(closing(.expired, strategy, instrument, -held))
  }

  // MARK: - Options

  /// The last price of what an option is on.
  private func price(of option: OptionTerms) -> (price: Price, instrument: Instrument)? {
    guard let underlying = market.instrument(named: option.underlying) else { return nil }
    let book = market.books[underlying.id.index]
    let price = book.lastPrice.isNone ? book.mark : book.lastPrice
    return price.isNone ? nil : (price, underlying)
  }

  /// By how much a unit of what an option is on is better than the strike; nil without a price.
  func moneyness(_ option: OptionTerms, of instrument: Instrument) -> Money? {
    guard let (price, underlying) = price(of: option),
      let spot = Money.rescaled(Int128(price.raw), from: Int(underlying.priceScale)),
      let strike = Money.rescaled(Int128(option.strike.raw), from: Int(instrument.priceScale))
    else { return nil }
    return option.right == .call ? spot - strike : strike - spot
  }

  private mutating func exercise(
    _ strategy: StrategyID, _ id: InstrumentID, _ quantity: Quantity
  ) -> Decision? {
    guard let instrument = market.instrument(id), let option = instrument.option else { return nil }
    let held = market.portfolio.position(strategy, id).quantity
    guard held != .zero, quantity > .zero else { return nil }
    let part = min(quantity, held.magnitude)
    let change = held > .zero ? -part : part
    let kind: Booking.Kind = held > .zero ? .exercised : .assigned
    var booking = closing(kind, strategy, instrument, change)
    booking.price = option.strike
    if option.settlement == .cash {
      guard let difference = moneyness(option, of: instrument) else {
        return book(.unpriced(id, "\(option.underlying) has no price"))
      }
      let whole = max(difference, .zero).times(-change, scale: instrument.quantityScale)
      guard let cash = whole?.times(multiplier: instrument.multiplier) else { return overflow(id) }
      booking.cash = cash
      if cash != .zero { booking.settles = settlement(of: id, booking.account) }
    }
    return .booked(booking)
  }

  /// Moves the underlying at the strike.
  /// - Parameter quantity: of the option, positive for one that was long.
  private mutating func deliver(
    _ strategy: StrategyID, _ id: InstrumentID, _ quantity: Quantity
  ) -> Decision? {
    guard let instrument = market.instrument(id), let option = instrument.option else { return nil }
    guard let underlying = market.instrument(named: option.underlying) else {
      return book(.unpriced(id, "\(option.underlying) is not defined, and must be delivered"))
    }
    let bought = option.right == .call ? quantity : -quantity
    let units = Int128(bought.raw) * Int128(instrument.multiplier)
    let scale = Int(instrument.quantityScale) + Int(Instrument.multiplierScale)
    guard let amount = Money.rescaled(units, from: scale),
      let value = Money.notional(option.strike, bought, of: instrument)
    else { return overflow(id) }
    let raw = divideHalfEven(
      amount.raw, by: power(Money.scale - Int(underlying.quantityScale)))
    guard raw.magnitude <= Quantity.limit.magnitude else { return overflow(id) }
    let change = Quantity(Int64(raw))
    let (movement, lots) = market.portfolio.movement(
      of: change, notional: value, strategy, underlying.id)
    var booking = booking(.delivered, strategy, underlying)
    booking.quantity = change
    booking.price = option.strike.rescaled(
      from: instrument.priceScale, to: underlying.priceScale)
    booking.cost = movement.cost
    booking.lots = lots
    if underlying.kind.isSettledInFull {
      booking.cash = -value
    } else {
      booking.cash = movement.realised - movement.variation
      booking.variation = -movement.variation
    }
    booking.settles = settlement(of: underlying.id, booking.account)
    return .booked(booking)
  }

  // MARK: - Funding

  private mutating func funding(
    _ strategy: StrategyID, _ id: InstrumentID, _ rate: Int64
  ) -> Decision? {
    guard let instrument = market.instrument(id) else { return nil }
    let held = market.portfolio.position(strategy, id).quantity
    guard held != .zero else { return nil }
    let published = market.references[id.index].mark
    let mark = published.isNone ? market.books[id.index].mark : published
    guard !mark.isNone else {
      return book(.unpriced(id, "funding is due, and there is no mark"))
    }
    guard let value = Money.notional(mark, held, of: instrument) else { return overflow(id) }
    let (product, overflows) = value.raw.multipliedReportingOverflow(by: Int128(rate))
    if overflows { return overflow(id) }
    var booking = booking(.funding, strategy, instrument)
    booking.price = mark
    booking.cash = Money(raw: -divideHalfEven(product, by: 1_000_000_000))
    return .booked(booking)
  }
}

extension Money {
  /// This amount a unit for a quantity, rounded half to even; nil if it is out of range.
  func times(_ quantity: Quantity, scale: UInt8) -> Money? {
    let (product, overflow) = raw.multipliedReportingOverflow(by: Int128(quantity.raw))
    guard !overflow else { return nil }
    let amount = divideHalfEven(product, by: power(Int(scale)))
    return amount.magnitude <= Self.limit.magnitude ? Money(raw: amount) : nil
  }

  /// This amount × a multiplier of an instrument.
  func times(multiplier: Int64) -> Money? {
    times(Quantity(multiplier), scale: Instrument.multiplierScale)
  }
}

extension Price {
  /// A price at another scale, rounded half to even.
  func rescaled(from scale: UInt8, to other: UInt8) -> Price {
    if other >= scale {
      let (product, overflow) = raw.multipliedReportingOverflow(
        by: Int64(power(Int(other - scale))))
      return overflow ? .none : Price(product)
    }
    return Price(Int64(divideHalfEven(Int128(raw), by: power(Int(scale - other)))))
  }
}
