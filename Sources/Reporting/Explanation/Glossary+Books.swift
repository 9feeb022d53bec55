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
      parts.append("\(name) \(Self.short(amount)) \(booking.currency)")
    }
    if booking.settles != .epoch { parts.append("settles \(booking.settles.text)") }
    if !booking.lots.isEmpty {
      let lots = booking.lots.map {
        "\(size($0.quantity)) of #\($0.id) that cost \(Self.short($0.cost))"
      }
      parts.append("lots: " + lots.joined(separator: ", "))
    }
    return parts.joined(separator: "  ")
  }

  func text(_ action: CorporateAction) -> String {
    let name = names.symbol(action.instrument) ?? "–"
    let payable = action.payable == .epoch ? "" : ", paid \(action.payable.text)"
    switch action.action {
    case .dividend:
      return "\(name)  dividend of \(Self.short(action.amount)) \(action.currency)\(payable)"
    case .split: return "\(name)  split: \(action.new) for \(action.old)"
    case .symbolChange: return "\(name)  is now \(action.symbol)"
    case .delisting:
      return "\(name)  delisted at \(Self.short(action.amount)) \(action.currency)\(payable)"
    }
  }

  func text(_ notice: OptionNotice) -> String {
    let instrument = names.instrument(notice.instrument)
    return "\(names.symbol(notice.instrument) ?? "–")  \(notice.notice.name) of "
      + (instrument?.text(notice.quantity) ?? "\(notice.quantity.raw)")
      + " in account \(notice.account.raw)"
  }
}
