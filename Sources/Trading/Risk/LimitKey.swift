import Events

/// A limit that rules can scale, by its key below `risk.`: `strategy.momo.exposure.max_gross`.
struct LimitKey: Equatable, Sendable {
  /// The table that it stands in.
  enum Place: Equatable, Sendable {
    case general
    case account(String)
    case strategy(String)
    case instrument(String)
  }

  enum Setting: String, CaseIterable, Sendable {
    case orderQuantity = "order.max_quantity"
    case orderNotional = "order.max_notional"
    case position = "position.max_quantity"
    case gross = "exposure.max_gross"
    case net = "exposure.max_net"
    case leverage = "exposure.max_leverage"
    case concentration = "exposure.max_concentration"
    case dayLoss = "loss.max_day"
    case rollingLoss = "loss.max_rolling"
    case marginUse = "margin.max_use"
    case valueAtRisk = "var.max"
    case shortfall = "var.max_shortfall"
    case stress = "stress.max"

    /// Whether it bounds single orders or positions in an instrument.
    var isOfOrders: Bool { self == .orderQuantity || self == .orderNotional || self == .position }
    var isLoss: Bool { self == .dayLoss || self == .rollingLoss }
  }

  let text: String
  let place: Place
  let setting: Setting

  /// - Returns: nil for a key that is no such limit.
  init?(_ text: String) {
    self.text = text
    if let setting = Setting(rawValue: text) {
      (place, self.setting) = (.general, setting)
      return
    }
    let words = text.split(separator: ".", maxSplits: 2).map(String.init)
    guard words.count == 3, let setting = Setting(rawValue: words[2]) else { return nil }
    switch words[0] {
    case "account": place = .account(words[1])
    case "strategy": place = .strategy(words[1])
    case "instrument": place = .instrument(words[1])
    default: return nil
    }
    self.setting = setting
  }
}

/// A limit as a number, with its unit.
struct LimitNumber: Equatable, Sendable {
  var raw: Int128
  /// Decimals of `raw`.
  var scale: UInt8
  /// A currency, `%`, `x`; empty for quantities.
  var unit: String

  /// A part of it in millionths, cut off.
  func scaled(by factor: Int64) -> LimitNumber {
    // At most 2^106 × 2^20.
    LimitNumber(raw: raw * Int128(factor) / 1_000_000, scale: scale, unit: unit)
  }

  /// Without zeros at its end; nil if it does not fit.
  var decimal: Decimal? {
    var (raw, scale) = (raw, scale)
    while scale > 0, raw % 10 == 0 { (raw, scale) = (raw / 10, scale - 1) }
    guard scale <= 18, let mantissa = Int64(exactly: raw) else { return nil }
    return Decimal(mantissa: mantissa, scale: scale)
  }
}

extension Limits {
  /// A limit; nil if it is not there.
  func number(of key: LimitKey) -> LimitNumber? {
    func money(_ amount: Money?, _ unit: String) -> LimitNumber? {
      amount.map { LimitNumber(raw: $0.raw, scale: UInt8(Money.scale), unit: unit) }
    }
    switch key.setting {
    case .orderQuantity: return single(key.place)?.maxOrderQuantity.map(Self.quantity)
    case .position: return single(key.place)?.maxPosition.map(Self.quantity)
    case .orderNotional:
      let limits = single(key.place)
      return money(limits?.maxOrderNotional, limits?.notionalCurrency ?? "")
    case .gross, .net, .dayLoss, .rollingLoss:
      return money(scope(key.place)?[amount: key.setting], currency)
    case .leverage:
      return scope(key.place)?.maxLeverage.map { LimitNumber(raw: Int128($0), scale: 6, unit: "x") }
    case .concentration, .marginUse:
      let share = scope(key.place)?[share: key.setting]
      return share.map { LimitNumber(raw: Int128($0), scale: 4, unit: "%") }
    case .valueAtRisk: return key.place == .general ? money(valueAtRisk?.max, currency) : nil
    case .shortfall:
      return key.place == .general ? money(valueAtRisk?.maxShortfall, currency) : nil
    case .stress: return key.place == .general ? money(stressLimit, currency) : nil
    }
  }

  /// A quantity with six decimals more, so that its parts are exact, as far as it has room for them.
  private static func quantity(_ value: Decimal) -> LimitNumber {
    var (raw, scale) = (Int128(value.mantissa), value.scale)
    while scale < min(value.scale + 6, 18), Int64(exactly: raw * 10) != nil {
      (raw, scale) = (raw * 10, scale + 1)
    }
    return LimitNumber(raw: raw, scale: scale, unit: "")
  }

  /// Sets a limit that is there to a number that `number(of:)` could give.
  mutating func set(_ key: LimitKey, to number: LimitNumber) {
    let (setting, amount) = (key.setting, Money(raw: number.raw))
    let integer = Int64(clamping: number.raw)
    let quantity = Decimal(mantissa: integer, scale: number.scale)
    switch setting {
    case .orderQuantity: changeSingle(key.place) { $0.maxOrderQuantity = quantity }
    case .position: changeSingle(key.place) { $0.maxPosition = quantity }
    case .orderNotional: changeSingle(key.place) { $0.maxOrderNotional = amount }
    case .gross, .net, .dayLoss, .rollingLoss:
      changeScope(key.place) { $0[amount: setting] = amount }
    case .leverage, .concentration, .marginUse:
      changeScope(key.place) { $0[share: setting] = integer }
    case .valueAtRisk: valueAtRisk?.max = amount
    case .shortfall: valueAtRisk?.maxShortfall = amount
    case .stress: stressLimit = amount
    }
  }

  private func scope(_ place: LimitKey.Place) -> ScopeLimits? {
    switch place {
    case .general: firm
    case .account(let name): accounts.first { $0.name == name }?.limits
    case .strategy(let name): strategies.first { $0.name == name }?.limits
    case .instrument(let symbol): instruments.first { $0.symbol == symbol }?.limits
    }
  }

  private func single(_ place: LimitKey.Place) -> InstrumentLimits? {
    switch place {
    case .general: general
    case .instrument(let symbol): special.first { $0.symbol == symbol }?.limits
    case .account, .strategy: scope(place)?.order
    }
  }

  private mutating func changeScope(
    _ place: LimitKey.Place, _ change: (inout ScopeLimits) -> Void
  ) {
    switch place {
    case .general: change(&firm)
    case .account(let name):
      for index in accounts.indices where accounts[index].name == name {
        change(&accounts[index].limits)
      }
    case .strategy(let name):
      for index in strategies.indices where strategies[index].name == name {
        change(&strategies[index].limits)
      }
    case .instrument(let symbol):
      for index in instruments.indices where instruments[index].symbol == symbol {
        change(&instruments[index].limits)
      }
    }
  }

  private mutating func changeSingle(
    _ place: LimitKey.Place, _ change: (inout InstrumentLimits) -> Void
  ) {
    switch place {
    case .general: change(&general)
    case .instrument(let symbol):
      for index in special.indices where special[index].symbol == symbol {
        change(&special[index].limits)
      }
    case .account, .strategy: changeScope(place) { change(&$0.order) }
    }
  }
}

extension ScopeLimits {
  fileprivate subscript(amount setting: LimitKey.Setting) -> Money? {
    get {
      switch setting {
      case .gross: maxGross
      case .net: maxNet
      case .dayLoss: maxDayLoss
      case .rollingLoss: maxRollingLoss
      default: nil
      }
    }
    set {
      switch setting {
      case .gross: maxGross = newValue
      case .net: maxNet = newValue
      case .dayLoss: maxDayLoss = newValue
      case .rollingLoss: maxRollingLoss = newValue
      default: break
      }
    }
  }

  /// × 10^6.
  fileprivate subscript(share setting: LimitKey.Setting) -> Int64? {
    get {
      switch setting {
      case .leverage: maxLeverage
      case .concentration: maxConcentration
      case .marginUse: maxMarginUse
      default: nil
      }
    }
    set {
      switch setting {
      case .leverage: maxLeverage = newValue
      case .concentration: maxConcentration = newValue
      case .marginUse: maxMarginUse = newValue
      default: break
      }
    }
  }
}
