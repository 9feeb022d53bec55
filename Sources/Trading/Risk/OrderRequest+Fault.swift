import Events

/// What keeps a request from being an order. The gate itself only says `order.invalid`, as it must be quick; this is
/// asked at the doors, where somebody can mend it.
extension OrderRequest {
  /// What is wrong, with the field's name; nil exactly if the gate would not call it invalid. What else the gate
  /// has to say (limits, prices, positions) is not asked here.
  public func fault(in instrument: Instrument) -> String? {
    quantityFault(instrument) ?? priceFault(instrument) ?? conditionFault(instrument) ?? timeFault
      ?? displayFault(instrument) ?? pegFault
  }

  private func quantityFault(_ instrument: Instrument) -> String? {
    if side == .none { return "`side` is missing: buy or sell" }
    guard quantity.raw > 0, quantity.raw <= Quantity.limit else {
      return "`quantity` is not above 0, or too large"
    }
    guard quantity.raw % instrument.lotSize.raw == 0 else {
      return "`quantity`: \(instrument.text(quantity)) is not a multiple of the lot, "
        + instrument.text(instrument.lotSize)
    }
    return nil
  }

  private func priceFault(_ instrument: Instrument) -> String? {
    if type.hasLimit {
      guard !price.isNone else { return "`price` is missing: a \(type.name) order has a limit" }
      return Self.fault("price", price, instrument)
    }
    return type == .pegged || price.isNone
      ? nil : "`price` is given, and a \(type.name) order has none"
  }

  private static func fault(_ field: String, _ price: Price, _ instrument: Instrument) -> String? {
    if abs(price.raw) > Price.limit { return "`\(field)` is out of range" }
    return price.raw % instrument.tickSize.raw == 0
      ? nil
      : "`\(field)`: \(instrument.text(price)) is not a multiple of the tick, "
        + instrument.text(instrument.tickSize)
  }

  private func conditionFault(_ instrument: Instrument) -> String? {
    switch type {
    case .none: return "`type` is missing"
    case .stop, .stopLimit, .marketIfTouched, .limitIfTouched:
      if terms.stop.isNone { return "`stop` is missing: a \(type.name) order waits for a price" }
      if terms.trail != .none { return "`trail` is for trailing stops" }
      if terms.limitOffset != 0 { return "`limit_offset` is for trailing stop limits" }
      return Self.fault("stop", terms.stop, instrument)
    case .trailingStop, .trailingStopLimit:
      return trailFault
    case .market, .limit, .marketToLimit, .pegged:
      if !terms.stop.isNone { return "`stop` is given, and a \(type.name) order has none" }
      if terms.trail != .none { return "`trail` is for trailing stops" }
      if terms.limitOffset != 0 { return "`limit_offset` is for trailing stop limits" }
      return terms.trigger == .standard
        ? nil : "`trigger` is given, and a \(type.name) order waits for nothing"
    }
  }

  private var trailFault: String? {
    guard terms.trail.unit != .none else { return "`trail` is missing: 1.50, or 2 %" }
    guard terms.trail.amount > 0, terms.trail.amount <= Price.limit else {
      return "`trail` is not above 0, or too large"
    }
    if !terms.stop.isNone, abs(terms.stop.raw) > Price.limit { return "`stop` is out of range" }
    if terms.limitOffset != 0, type != .trailingStopLimit {
      return "`limit_offset` is for trailing stop limits"
    }
    return terms.limitOffset.magnitude <= Price.limit.magnitude
      ? nil : "`limit_offset` is out of range"
  }

  private var timeFault: String? {
    switch timeInForce {
    case .none: return "`time_in_force` is missing"
    case .goodTillDate:
      return terms.expiry > .epoch ? nil : "`expires` is missing: a gtd order has an end"
    case .immediateOrCancel, .fillOrKill:
      if type == .marketToLimit || type == .pegged {
        return "`time_in_force`: a \(type.name) order rests, so it cannot be \(timeInForce.name)"
      }
    case .atOpen, .atClose:
      if type != .market, type != .limit {
        return "`time_in_force`: \(timeInForce.name) is for market and limit orders"
      }
    case .day, .goodTillCancelled: break
    }
    return terms.expiry == .epoch ? nil : "`expires` is for gtd orders"
  }

  private func displayFault(_ instrument: Instrument) -> String? {
    let display = terms.display
    guard display != .zero || terms.isPostOnly else { return nil }
    if display.raw < 0 || display > quantity { return "`display` is not from 0 to `quantity`" }
    if display.raw % instrument.lotSize.raw != 0 {
      return "`display` is not a multiple of the lot, \(instrument.text(instrument.lotSize))"
    }
    if display != .zero, !type.mayRest { return "`display`: a \(type.name) order does not rest" }
    if terms.isPostOnly, !type.mayRest || type == .marketToLimit || isImmediate {
      return "`post_only`: the order would not rest"
    }
    return nil
  }

  private var pegFault: String? {
    if type == .pegged, terms.peg == .none { return "`peg` is missing: primary, mid or market" }
    if terms.peg != .none, type != .pegged, type != .limit {
      return "`peg` is for pegged orders"
    }
    return terms.pegOffset.magnitude <= Price.limit.magnitude ? nil : "`peg_offset` is out of range"
  }
}

extension OrderRequest {
  /// The order that an intent of a person asks for.
  public init(_ intent: IntentRecord) {
    self.init(
      instrument: intent.instrument, side: intent.side, type: intent.type,
      timeInForce: intent.timeInForce, quantity: intent.quantity, price: intent.price,
      terms: intent.terms)
  }
}
