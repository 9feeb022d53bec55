extension EntryText {
  func write(_ tick: MarketEvent, to line: inout JSONLine) {
    let instrument = instrument(tick.instrument)
    line.field("instrument", symbol(tick.instrument))
    switch tick {
    case .quote(let quote):
      line.field("bid", text(quote.bid, instrument))
      line.field("ask", text(quote.ask, instrument))
      line.field("bid_size", text(quote.bidSize, instrument))
      line.field("ask_size", text(quote.askSize, instrument))
    case .trade(let trade):
      line.field("price", text(trade.price, instrument))
      line.field("size", text(trade.size, instrument))
      line.field("side", trade.side.name)
    case .depth(let change):
      line.field("side", change.side.name)
      if change.action == .set {
        line.field("price", text(change.price, instrument))
        line.field("size", text(change.size, instrument))
      }
      write(change.marks, to: &line)
    case .order(let change):
      if change.action != .clear { line.field("order", change.order) }
      line.field("side", change.side.name)
      if change.action != .clear {
        line.field("price", text(change.price, instrument))
        line.field("size", text(change.size, instrument))
      }
      write(change.marks, to: &line)
    case .bar(let bar):
      line.field("side", bar.side.name)
      line.field("interval", bar.interval)
      line.field("open", text(bar.open, instrument))
      line.field("high", text(bar.high, instrument))
      line.field("low", text(bar.low, instrument))
      line.field("close", text(bar.close, instrument))
      line.field("volume", text(bar.volume, instrument))
    case .status(let change): line.field("status", change.status.name)
    }
  }

  private func write(_ marks: EventMarks, to line: inout JSONLine) {
    line.field("last", marks.contains(.last))
    line.field("snapshot", marks.contains(.snapshot))
  }

  func write(_ observation: Observation, to line: inout JSONLine) {
    switch observation {
    case .market(let tick): write(tick, to: &line)
    case .instrument(let instrument): write(instrument, to: &line)
    case .signal(let signal):
      line.field("instrument", symbol(signal.instrument))
      line.field("score", decimalText(Int128(signal.score), scale: Signal.scoreScale))
      line.field("model", signal.model)
      line.field("version", signal.version)
      line.field("digest", signal.digest.description)
    case .report(let report): write(report, to: &line)
    case .timer(let timer):
      line.field("strategy", timer.strategy.raw)
      line.field("timer", timer.timer)
    case .operatorAct(let act):
      line.field("act", act.act.name)
      line.field("scope", act.scope.kind.name)
      line.field("scope_id", act.scope.id)
      line.field("subject", act.subject)
      line.field("reason", act.reason)
      guard let closing = act.closing else { return }
      line.field("instrument", symbol(closing.instrument))
      line.field("quantity", text(closing.quantity, instrument(closing.instrument)))
      line.field("lots", closing.lots.map { String($0) }.joined(separator: " "))
    case .configuration(let items):
      line.field("items", items.items.lazy.map { ($0.key, $0.value) })
    case .runStarted(let start):
      line.field("mode", start.mode.name)
      line.field("seed", start.seed)
      line.field("engine", start.engine)
      line.field("strategies", start.strategies)
      line.field("source", start.source)
    case .runStopped(let stop):
      line.field("why", stop.why.name)
      line.field("text", stop.text)
    case .dataQuality(let quality):
      line.field("issue", quality.issue.name)
      line.field("instrument", symbol(quality.instrument))
      line.field("expected", quality.expected)
      line.field("actual", quality.actual)
      line.field("detail", quality.detail)
    case .connection(let change):
      line.field("venue", change.venue.raw)
      line.field("state", change.state.name)
      line.field("text", change.text)
    case .reference(let value): write(value, to: &line)
    case .imbalance(let imbalance): write(imbalance, to: &line)
    case .priceBand(let band): write(band, to: &line)
    case .corporateAction(let action): write(action, to: &line)
    case .optionNotice(let notice): write(notice, to: &line)
    case .exchangeRate(let rate): write(rate, to: &line)
    case .limitChange(let change): write(change, to: &line)
    case .statement(let statement): write(statement, to: &line)
    case .breakResolution(let resolution): write(resolution, to: &line)
    case .instruction(let instruction):
      line.field("client_order", instruction.clientOrder)
      line.field("subject", instruction.subject)
      write(instruction.intent, to: &line)
    case .clockReading(let reading):
      line.field("offset", reading.offset)
      line.field("error", reading.error)
      line.field("synchronised", reading.isSynchronised)
      line.field("source", reading.source)
    }
  }

  private func write(_ instrument: Instrument, to line: inout JSONLine) {
    line.field("id", instrument.id.raw)
    line.field("symbol", instrument.symbol)
    line.field("venue", instrument.venueName)
    line.field("venue_id", instrument.venue.raw)
    line.field("class", instrument.kind.name)
    line.field("base", instrument.base)
    line.field("currency", instrument.currency)
    line.field("price_scale", instrument.priceScale)
    line.field("quantity_scale", instrument.quantityScale)
    line.field("tick_size", text(instrument.tickSize, instrument))
    line.field("lot_size", text(instrument.lotSize, instrument))
    line.field(
      "multiplier",
      decimalText(Int128(instrument.multiplier), scale: Int(Instrument.multiplierScale)))
    line.field("expiry", instrument.expiry == .epoch ? nil : instrument.expiry.text)
    if let option = instrument.option { write(option, of: instrument, to: &line) }
  }

  private func write(_ report: VenueReport, to line: inout JSONLine) {
    let instrument = instrument(of: report.order)
    line.field("order", report.order.raw)
    switch report.outcome {
    case .accepted(let venueOrder): line.field("venue_order", venueOrder)
    case .rejected(let code, let reason):
      line.field("code", code)
      line.field("text", reason)
    case .filled(let fill):
      write(fill, instrument, to: &line)
      if let basis = fill.basis { write(basis, instrument, to: &line) }
    case .cancelled(let why, let reason):
      line.field("why", why.name)
      line.field("text", reason)
    case .replaced(let quantity, let price):
      line.field("quantity", text(quantity, instrument))
      line.field("price", text(price, instrument))
    case .expired: break
    case .requestRejected(let request, let code, let reason):
      line.field("request", request.name)
      line.field("code", code)
      line.field("text", reason)
    case .status(let state, let filled):
      line.field("state", state.name)
      line.field("filled", text(filled, instrument))
    case .triggered(let price): line.field("price", text(price, instrument))
    case .busted(let fill, let reason):
      line.field("fill", fill)
      line.field("text", reason)
    case .corrected(let fill, let reason):
      write(fill, instrument, to: &line)
      line.field("text", reason)
    }
  }

  private func write(_ fill: Fill, _ instrument: Instrument?, to line: inout JSONLine) {
    line.field("fill", fill.id)
    line.field("price", text(fill.price, instrument))
    line.field("quantity", text(fill.quantity, instrument))
    line.field("fee", decimalText(fill.fee.raw, scale: Money.scale))
    line.field("fee_currency", fill.feeCurrency)
    line.field("liquidity", fill.liquidity.name)
  }
}
