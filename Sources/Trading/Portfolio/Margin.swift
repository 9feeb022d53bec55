import Events

/// What an account has, and what it must have for what it holds.
public struct MarginState: Equatable, Sendable {
  public var currency: String
  /// Worth of the account, without its parts.
  public var equity: Money
  /// To open what is held.
  public var initial: Money
  /// To keep it.
  public var maintenance: Money

  /// What could still be used to open.
  public var available: Money { equity - initial }
  /// By how much what must be kept is exceeded; below 0 there is a margin call.
  public var excess: Money { equity - maintenance }
}

extension Market {
  /// The margin of an account in its currency, or in the only one it has; nil if its model is `none`, or if
  /// a mark, a rate or a contract's row of the table is not known. O(strategies × instruments).
  public func margin(of account: AccountID) -> MarginState? {
    let known = portfolio.accounts
    guard Int(account.raw) < known.count, known[Int(account.raw)].margin != .exempt else {
      return nil
    }
    let own = known[Int(account.raw)]
    let valuations = valuations(of: account, atPublishedMarks: true)
    guard let currency = own.currency ?? (valuations.count == 1 ? valuations[0].currency : nil)
    else { return nil }
    var state = MarginState(currency: currency, equity: .zero, initial: .zero, maintenance: .zero)
    for one in valuations {
      guard let value = convert(one.equity, from: one.currency, to: currency) else { return nil }
      state.equity += value
    }
    for id in portfolio.held(by: account) {
      guard let instrument = instrument(id) else { continue }
      let net = portfolio.quantity(id, of: account)
      guard net != .zero, !isExchanged(instrument, account) else { continue }
      guard let needed = requirement(id, net, at: marginMark(id), own.margin),
        let initial = convert(needed.initial, from: instrument.currency, to: currency),
        let maintenance = convert(needed.maintenance, from: instrument.currency, to: currency)
      else { return nil }
      state.initial += initial
      state.maintenance += maintenance
    }
    return state
  }

  typealias Needed = (initial: Money, maintenance: Money)

  /// What margins go by: the mark that the venue publishes of a contract, else the book's.
  func marginMark(_ id: InstrumentID) -> Price {
    let published = references[id.index].mark
    if !published.isNone, terms(id)?.kind.isFunded == true { return published }
    return books[id.index].mark
  }

  /// What an account must keep for an instrument, in the currency of its margin; nil if that is not known.
  func maintenance(of instrument: Instrument, _ account: AccountID, in currency: String) -> Money? {
    guard
      let needed = requirement(
        instrument.id, portfolio.quantity(instrument.id, of: account),
        at: marginMark(instrument.id),
        portfolio.accounts[Int(account.raw)].margin)
    else { return nil }
    return convert(needed.maintenance, from: instrument.currency, to: currency)
  }

  /// What a quantity of an instrument asks for at a price, in its currency; nil if that is not known.
  func requirement(
    _ id: InstrumentID, _ net: Quantity, at price: Price, _ model: MarginModel
  ) -> Needed? {
    guard let terms = terms(id), let value = Money.notional(price, net, of: terms)?.magnitude
    else { return nil }
    let place = marginPlaces[id.index]
    if place >= 0 {
      return margins[place].needed(value, net, terms, currency(id) ?? "")
    }
    switch (model, terms.kind) {
    case (.exempt, _): return (.zero, .zero)
    case (_, .future), (_, .perpetual), (_, .inverse), (_, .index), (_, .continuous): return nil
    case (.regT, .equity):
      // 12 CFR 220.12: half of the value, a short's beside its proceeds. FINRA 4210(c): to keep, a quarter
      // of a long and three tenths of a short.
      return (value.share(500_000), value.share(net > .zero ? 250_000 : 300_000))
    case (.regT, .option) where net < .zero:
      return instrument(id).flatMap { written($0, net, value) }
    case (_, .equity), (_, .option), (_, .forex), (_, .crypto): return (value, value)
    }
  }

  /// FINRA 4210(f)(2)(E): the premium and a fifth of what it is on, less what it is out of the money; at
  /// least the premium and a tenth.
  private func written(_ instrument: Instrument, _ net: Quantity, _ value: Money) -> Needed? {
    guard let option = instrument.option,
      let underlying = self.instrument(named: option.underlying),
      let spot = unitValue(of: underlying),
      let strike = Money.rescaled(Int128(option.strike.raw), from: Int(instrument.priceScale))
    else { return nil }
    let away = option.right == .call ? strike - spot : spot - strike
    let base = option.right == .call ? spot : strike
    let unit = max(
      spot.share(200_000) - max(away, .zero), base.share(100_000))
    guard let whole = unit.times(net.magnitude, scale: instrument.quantityScale),
      let added = whole.times(multiplier: instrument.multiplier)
    else { return nil }
    return (value + added, value + added)
  }

  private func unitValue(of instrument: Instrument) -> Money? {
    let mark = books[instrument.id.index].mark
    return mark.isNone ? nil : Money.rescaled(Int128(mark.raw), from: Int(instrument.priceScale))
  }
}

extension MarginRow {
  fileprivate func needed(
    _ value: Money, _ net: Quantity, _ terms: Instrument.Terms, _ currency: String
  ) -> (initial: Money, maintenance: Money)? {
    if let tier = tiers.last(where: { $0.from <= value }) {
      return (value.share(tier.initial), value.share(tier.maintenance))
    }
    guard self.currency == nil || self.currency == currency else { return nil }
    func amount(_ requirement: MarginRequirement) -> Money? {
      switch requirement {
      case .share(let share): value.share(share)
      case .unit(let amount): amount.times(net.magnitude, scale: terms.quantityScale)
      }
    }
    guard let initial = amount(initial), let maintenance = amount(maintenance) else { return nil }
    return (initial, maintenance)
  }
}

extension Portfolio {
  /// The instruments of which a strategy of an account holds something, ascending.
  /// O(strategies × instruments), of plain numbers.
  func held(by account: AccountID) -> [InstrumentID] {
    let rows = owners.indices.filter { owners[$0] == account }
    return (0..<stride).filter { instrument in
      rows.contains { positions[$0 * stride + instrument].quantity != .zero }
    }.map { InstrumentID(UInt16($0)) }
  }

  /// Whether any position is open.
  var isHolding: Bool { positions.contains { $0.quantity != .zero } }
}

extension Money {
  /// So many millionths, rounded half to even; not beyond the limit of money.
  func share(_ millionths: Int64) -> Money {
    times(Int128(millionths), over: 1_000_000) ?? Money(raw: raw < 0 ? -Self.limit : Self.limit)
  }
}
