import Events

extension Glossary {
  /// `dividend  momo  SPY  cash 148.48 USD`
  func text(_ booking: Booking) -> String {
    let instrument = names.instrument(booking.instrument)
    func size(_ size: Quantity) -> String { instrument?.text(size) ?? "\(size.raw)" }
    var parts = [booking.kind.name.replacing("_", with: " ")]
    if booking.strategy != .none { parts.append(strategy(booking.strategy)) }
    if let symbol = names.symbol(booking.instrument) { parts.append(symbol) }
    if booking.quantity != .zero {
      parts.append("position \(booking.quantity > .zero ? "+" : "")\(size(booking.quantity))")
    }
    if !booking.price.isNone {
      parts.append("at \(instrument?.text(booking.price) ?? "\(booking.price.raw)")")
    }
    let amounts = [
      ("cash", booking.cash), ("cost", booking.cost), ("variation", booking.variation),
    ]
    for (name, amount) in amounts where amount != .zero {
      parts.append("\(name) \(amount.shortText) \(booking.currency)")
    }
    if booking.settles != .epoch { parts.append("settles \(booking.settles.text)") }
    if !booking.lots.isEmpty {
      let lots = booking.lots.map {
        "\(size($0.quantity)) of #\($0.id) that cost \($0.cost.shortText)"
      }
      parts.append("lots: " + lots.joined(separator: ", ") + why(booking))
    }
    if let charge = booking.charge { parts.append(text(charge, booking.currency)) }
    return parts.joined(separator: "  ")
  }

  /// By which rule lots were closed.
  private func why(_ booking: Booking) -> String {
    if choosing.contains(booking.order) { return ", as \(booking.order) names them" }
    let index = Int(booking.account.raw)
    return index < accounts.count ? ", by \(accounts[index].lots)" : ""
  }

  /// `4.5 % a year on 10000.00 USD for 1 day, act/360`
  private func text(_ charge: Booking.Charge, _ currency: String) -> String {
    let rate = shortDecimal(decimalText(Int128(charge.rate), scale: 4))
    let base = "\(charge.base.shortText) \(currency)"
    guard charge.year > 0 else { return "\(rate) % of \(base)" }
    return "\(rate) % a year on \(base) for \(charge.days) day\(charge.days == 1 ? "" : "s"),"
      + " act/\(charge.year)"
  }

  /// `account main  equity 480.00 below 500.00 USD, which must be kept: closes p SHR 10, q IDX -1`
  func text(_ liquidation: Liquidation) -> String {
    let positions = liquidation.positions.map { position in
      let instrument = names.instrument(position.instrument)
      return "\(strategy(position.strategy)) \(names.symbol(position.instrument) ?? "–")"
        + " \(instrument?.text(position.quantity) ?? "\(position.quantity.raw)")"
        + " (keeps \(position.required.shortText))"
    }
    let why =
      liquidation.reason == .maintenance ? "which must be kept" : "and the call was not met in time"
    let round = liquidation.round == 0 ? "" : "  attempt \(liquidation.round + 1)"
    return "account \(account(liquidation.account))  equity \(liquidation.equity.shortText) below"
      + " \(liquidation.required.shortText) \(liquidation.currency), \(why)\(round): closes "
      + positions.joined(separator: ", ")
  }

  func text(_ action: CorporateAction) -> String {
    let name = names.symbol(action.instrument) ?? "–"
    let payable = action.payable == .epoch ? "" : ", paid \(action.payable.text)"
    switch action.action {
    case .dividend:
      return "\(name)  dividend of \(action.amount.shortText) \(action.currency)\(payable)"
    case .split: return "\(name)  split: \(action.new) for \(action.old)"
    case .symbolChange: return "\(name)  is now \(action.symbol)"
    case .delisting:
      return "\(name)  delisted at \(action.amount.shortText) \(action.currency)\(payable)"
    }
  }

  func text(_ notice: OptionNotice) -> String {
    let instrument = names.instrument(notice.instrument)
    return "\(names.symbol(notice.instrument) ?? "–")  \(notice.notice.name) of "
      + (instrument?.text(notice.quantity) ?? "\(notice.quantity.raw)")
      + " in account \(account(notice.account))"
  }
}
