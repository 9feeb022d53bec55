import Events

extension RandomEntries {
  mutating func booking() -> Booking {
    Booking(
      any(), account: AccountID(id()), strategy: random.oneIn(3) ? .none : StrategyID(id()),
      instrument: random.oneIn(4) ? .none : instrument(), quantity: quantity(),
      price: price(.init(0)), currency: text(), cash: Money(raw: wide()), cost: Money(raw: wide()),
      variation: Money(raw: wide()), settles: time(),
      lots: (0..<Int.random(in: 0...3, using: &random)).map { _ in
        Booking.Lot(id: random.next(), quantity: quantity(), cost: Money(raw: wide()))
      }, order: orderID(),
      charge: random.oneIn(2)
        ? nil
        : Booking.Charge(
          base: Money(raw: wide()), rate: raw(), days: id(), year: id()))
  }

  mutating func liquidation() -> Liquidation {
    Liquidation(
      account: AccountID(id()), any(), round: UInt32(truncatingIfNeeded: random.next()),
      currency: text(), equity: Money(raw: wide()), required: Money(raw: wide()),
      positions: (0..<Int.random(in: 0...3, using: &random)).map { _ in
        Liquidation.Holding(
          strategy: StrategyID(id()), instrument: instrument(), quantity: quantity(),
          required: Money(raw: wide()))
      })
  }

  mutating func roll() -> ContractRoll {
    ContractRoll(
      of: instrument(), from: random.oneIn(4) ? .none : instrument(), to: instrument(), by: any(),
      day: CivilDate(daysSinceEpoch: Int.random(in: -10_000...10_000, using: &random)),
      figures: (raw(), raw()), prices: (price(.init(0)), price(.init(0))), adjust: any(),
      adjustment: raw(), positions: any())
  }

  mutating func corporateAction() -> CorporateAction {
    CorporateAction(
      any(), of: instrument(), amount: Money(raw: wide()), currency: text(),
      new: UInt32(truncatingIfNeeded: random.next()),
      old: UInt32(truncatingIfNeeded: random.next()), symbol: text(), payable: time())
  }

  mutating func optionNotice() -> OptionNotice {
    OptionNotice(
      any(), account: AccountID(id()), instrument: instrument(), quantity: quantity())
  }

  mutating func optionTerms() -> OptionTerms {
    OptionTerms(
      any(), style: any(), settlement: any(),
      strike: Price(Int64.random(in: 0...Price.limit, using: &random)), underlying: "U" + text())
  }
}
