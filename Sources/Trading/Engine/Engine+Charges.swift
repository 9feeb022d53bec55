import Events

// What is charged by the day: interest on cash, fees for what is borrowed to be sold (docs/portfolio.md).
extension Engine {
  /// Has the days booked that have ended since the last time.
  mutating func accrue(through time: Instant, _ sequence: UInt64) {
    guard market.hasCharges, time >= schedule.accrued else { return }
    let days = time.since(schedule.accrued) / Nanoseconds.day + 1
    schedule.accrued = Self.nextDay(after: time)
    let portfolio = market.portfolio
    for (index, account) in portfolio.accounts.enumerated() where account.isCharged {
      let id = AccountID(UInt16(index))
      for book in portfolio.ledger(id).books where market.charges.interest(book.currency) != nil {
        work.add(.books(.interest(id, currency: book.currency, days: days)), cause: sequence)
      }
    }
    for case let instrument? in market.instruments
    where instrument.kind == .equity && market.charges.borrow(instrument) != nil {
      for strategy in portfolio.holders(of: instrument.id)
      where portfolio.position(strategy, instrument.id).quantity < .zero
        && portfolio.accounts[Int(portfolio.account(of: strategy).raw)].isCharged
      {
        work.add(.books(.borrowFee(strategy, instrument.id, days: days)), cause: sequence)
      }
    }
  }

  /// Interest on settled cash: what is held earns the credit rate, what is owed costs the debit rate.
  mutating func interest(_ account: AccountID, _ currency: String, _ days: Int64) -> Decision? {
    guard let terms = market.charges.interest(currency),
      let cash = market.portfolio.ledger(account)[currency]?.posted(.cash)
    else { return nil }
    let rate = cash > .zero ? terms.credit : terms.debit
    guard cash != .zero, rate > 0 else { return nil }
    let charge = Booking.Charge(
      base: cash, rate: rate, days: UInt16(clamping: days), year: terms.dayCount.year)
    guard let amount = charge.amount(decimals: terms.decimals) else { return overflow(.none) }
    if amount == .zero { return nil }
    return .booked(
      Booking(.interest, account: account, currency: currency, cash: amount, charge: charge))
  }

  /// A fee on the value of a short position at the mark.
  mutating func borrowFee(_ strategy: StrategyID, _ id: InstrumentID, _ days: Int64) -> Decision? {
    guard let instrument = market.instrument(id), let terms = market.charges.borrow(instrument)
    else { return nil }
    let held = market.portfolio.position(strategy, id).quantity
    guard held < .zero, terms.rate > 0 else { return nil }
    let mark = market.books[id.index].mark
    guard !mark.isNone else {
      return book(.unpriced(id, "a fee for borrowing is due, and there is no mark"))
    }
    guard let value = Money.notional(mark, held, of: instrument)?.magnitude else {
      return overflow(id)
    }
    let charge = Booking.Charge(
      base: value, rate: terms.rate, days: UInt16(clamping: days), year: terms.dayCount.year)
    guard let amount = charge.amount(decimals: terms.decimals) else { return overflow(id) }
    if amount == .zero { return nil }
    var booking = booking(.borrowFee, strategy, instrument)
    (booking.price, booking.cash, booking.charge) = (mark, -amount, charge)
    return .booked(booking)
  }
}

extension Booking.Charge {
  /// Base × rate × days / year, rounded half to even once; nil if it is out of range.
  /// - Parameter decimals: digits after the point that stay, 0 to 12.
  func amount(decimals: Int) -> Money? {
    let step = power(Money.scale - decimals)
    let year = 1_000_000 * Int128(max(year, 1))
    // A whole number of steps: the divisor is below 10^9 × 10^9 for all but the coarsest.
    guard step * year < 1 << 63 else {
      return base.times(Int128(rate) * Int128(days), over: year).map {
        Money(raw: divideHalfEven($0.raw, by: step) * step)
      }
    }
    return base.times(Int128(rate) * Int128(days), over: year * step).map {
      Money(raw: $0.raw * step)
    }
  }
}

extension Market {
  /// Whether anything is charged by the day.
  var hasCharges: Bool { !charges.isEmpty }
}
