extension EntryText {
  func write(_ booking: Booking, to line: inout JSONLine) {
    let instrument = instrument(booking.instrument)
    line.field("booking", booking.kind.name)
    line.field("account", booking.account.raw)
    if booking.strategy == .none {
      line.field("strategy", nil as String?)
    } else {
      line.field("strategy", booking.strategy.raw)
    }
    line.field("instrument", symbol(booking.instrument))
    line.field("quantity", text(booking.quantity, instrument))
    line.field("price", text(booking.price, instrument))
    line.field("currency", booking.currency)
    line.field("cash", text(booking.cash))
    line.field("cost", text(booking.cost))
    line.field("variation", text(booking.variation))
    line.field("settles", booking.settles == .epoch ? nil : booking.settles.text)
    line.field(
      "lots",
      booking.lots.lazy.map { lot in
        (String(lot.id), "\(text(lot.quantity, instrument)) cost \(text(lot.cost))")
      })
    if booking.order == .none {
      line.field("order", nil as String?)
    } else {
      line.field("order", booking.order.raw)
    }
    guard let charge = booking.charge else { return }
    line.field("base", text(charge.base))
    line.field("rate", decimalText(Int128(charge.rate), scale: 6))
    line.field("days", UInt64(charge.days))
    line.field("year", UInt64(charge.year))
  }

  func write(_ call: MarginCall, to line: inout JSONLine) {
    line.field("account", call.account.raw)
    line.field("state", call.state.name)
    line.field("currency", call.currency)
    line.field("equity", text(call.equity))
    line.field("required", text(call.required))
  }

  func write(_ liquidation: Liquidation, to line: inout JSONLine) {
    line.field("account", liquidation.account.raw)
    line.field("reason", liquidation.reason.name)
    line.field("round", UInt64(liquidation.round))
    line.field("currency", liquidation.currency)
    line.field("equity", text(liquidation.equity))
    line.field("required", text(liquidation.required))
    // By rank: an instrument may be held by several strategies.
    line.field(
      "positions",
      liquidation.positions.enumerated().map { rank, position in
        let instrument = instrument(position.instrument)
        return (
          String(rank + 1),
          "\(position.strategy.raw) \(symbol(position.instrument) ?? "") "
            + "\(text(position.quantity, instrument)) required \(text(position.required))"
        )
      })
  }

  func write(_ action: CorporateAction, to line: inout JSONLine) {
    line.field("instrument", symbol(action.instrument))
    line.field("action", action.action.name)
    line.field("amount", text(action.amount))
    line.field("currency", action.currency)
    line.field("new", action.new)
    line.field("old", action.old)
    line.field("new_symbol", action.symbol)
    line.field("payable", action.payable == .epoch ? nil : action.payable.text)
  }

  func write(_ notice: OptionNotice, to line: inout JSONLine) {
    line.field("account", notice.account.raw)
    line.field("instrument", symbol(notice.instrument))
    line.field("notice", notice.notice.name)
    line.field("quantity", text(notice.quantity, instrument(notice.instrument)))
  }

  func write(_ rate: ExchangeRate, to line: inout JSONLine) {
    line.field("base", rate.base)
    line.field("currency", rate.currency)
    line.field("rate", decimalText(Int128(rate.rate), scale: ExchangeRate.scale))
  }

  /// Only of an option: the terms of other instruments end before.
  func write(_ option: OptionTerms, of instrument: Instrument, to line: inout JSONLine) {
    line.field("right", option.right.name)
    line.field("style", option.style.name)
    line.field("settlement", option.settlement.name)
    line.field("strike", text(option.strike, instrument))
    line.field("underlying", option.underlying)
  }

  private func text(_ money: Money) -> String { decimalText(money.raw, scale: Money.scale) }
}
