/// The names of kinds and enumerated values in every text form (docs/journal-format.md, section 7).
public protocol Named {
  /// Lower-case words joined by `_`.
  var name: String { get }
}

/// `closingAuction` as `closing_auction`.
private func snakeCase(_ value: some Any) -> String {
  String(describing: value).reduce(into: "") { text, character in
    if character.isUppercase { text += "_" }
    text += character.lowercased()
  }
}

extension EntryKind: Named {
  public var name: String { self == .operatorAct ? "operator" : snakeCase(self) }

  /// The kind with this name, or nil.
  public init?(name: String) {
    guard let kind = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = kind
  }
}

extension Side: Named { public var name: String { snakeCase(self) } }
extension TradingStatus: Named { public var name: String { snakeCase(self) } }
extension InstrumentClass: Named { public var name: String { snakeCase(self) } }
extension Scope.Kind: Named { public var name: String { snakeCase(self) } }
extension OperatorAct.Act: Named { public var name: String { snakeCase(self) } }
extension RunStop.Why: Named { public var name: String { snakeCase(self) } }
extension DataQuality.Issue: Named { public var name: String { snakeCase(self) } }
extension ConnectionChange.State: Named { public var name: String { snakeCase(self) } }
extension VenueReport.CancelCause: Named { public var name: String { snakeCase(self) } }
extension VenueReport.Request: Named { public var name: String { snakeCase(self) } }
extension VenueReport.KnownState: Named { public var name: String { snakeCase(self) } }
extension Fill.Liquidity: Named { public var name: String { snakeCase(self) } }
extension FillBasis.Rule: Named { public var name: String { snakeCase(self) } }
extension OrderType: Named { public var name: String { snakeCase(self) } }
extension IntentRecord.Action: Named { public var name: String { snakeCase(self) } }
extension CancelReason: Named { public var name: String { snakeCase(self) } }
extension Alert.Severity: Named { public var name: String { snakeCase(self) } }
extension TriggerSource: Named { public var name: String { snakeCase(self) } }
extension Trail.Unit: Named { public var name: String { snakeCase(self) } }
extension PegReference: Named { public var name: String { snakeCase(self) } }
extension Activation: Named { public var name: String { snakeCase(self) } }
extension ReleaseCause: Named { public var name: String { snakeCase(self) } }
extension EndCause: Named { public var name: String { snakeCase(self) } }
extension ExecutionPlan.Algorithm: Named { public var name: String { snakeCase(self) } }
extension ReferenceValue.Field: Named { public var name: String { snakeCase(self) } }
extension Booking.Kind: Named { public var name: String { snakeCase(self) } }
extension MarginCall.State: Named { public var name: String { snakeCase(self) } }
extension Liquidation.Reason: Named { public var name: String { snakeCase(self) } }
extension ContractRoll.Rule: Named { public var name: String { snakeCase(self) } }
extension ContractRoll.Adjust: Named { public var name: String { snakeCase(self) } }
extension ContractRoll.Positions: Named { public var name: String { snakeCase(self) } }
extension CorporateAction.Action: Named { public var name: String { snakeCase(self) } }
extension OptionNotice.Notice: Named { public var name: String { snakeCase(self) } }
extension OptionTerms.Right: Named { public var name: String { snakeCase(self) } }
extension OptionTerms.Style: Named { public var name: String { snakeCase(self) } }
extension OptionTerms.Settlement: Named { public var name: String { snakeCase(self) } }
extension BreakerChange.State: Named { public var name: String { snakeCase(self) } }
extension LimitsScaled.Watch: Named { public var name: String { snakeCase(self) } }
extension BreakerChange.Watch: Named { public var name: String { snakeCase(self) } }
extension AuctionImbalance.Auction: Named { public var name: String { snakeCase(self) } }

extension FillBasis.Queue: Named {
  public var name: String {
    switch self {
    case .exact: "exact"
    case .riskAverse: "risk_averse"
    case .power1: "power_1"
    case .power2: "power_2"
    case .power3: "power_3"
    case .logarithmic: "logarithmic"
    }
  }
}

extension BreakKind: Named { public var name: String { snakeCase(self) } }
extension BreakEnd: Named { public var name: String { snakeCase(self) } }
extension BreakResolution.Act: Named { public var name: String { snakeCase(self) } }
extension StatementTaken.Format: Named { public var name: String { snakeCase(self) } }

extension Linkage: Named {
  public var name: String {
    switch self {
    case .none: "none"
    case .oneCancelsOther: "oco"
    case .oneUpdatesOther: "ouo"
    }
  }
}

extension RunStart.Mode: Named {
  public var name: String {
    switch self {
    case .importing: "import"
    case .backtest: "backtest"
    case .live: "live"
    case .simulation: "simulate"
    }
  }
}

extension TimeInForce: Named {
  public var name: String {
    switch self {
    case .none: "none"
    case .day: "day"
    case .goodTillCancelled: "gtc"
    case .immediateOrCancel: "ioc"
    case .fillOrKill: "fok"
    case .goodTillDate: "gtd"
    case .atOpen: "at_open"
    case .atClose: "at_close"
    }
  }
}

extension Rule: Named {
  public var name: String {
    switch self {
    case .engineHalted: "engine.halted"
    case .instrumentUnknown: "instrument.unknown"
    case .instrumentNotTrading: "instrument.not_trading"
    case .orderInvalid: "order.invalid"
    case .orderMaxQuantity: "order.max_quantity"
    case .orderMaxNotional: "order.max_notional"
    case .positionMaxQuantity: "position.max_quantity"
    case .orderPriceCollar: "order.price_collar"
    case .orderMaxRate: "order.max_rate"
    case .orderNoReferencePrice: "order.no_reference_price"
    case .orderUnknown: "order.unknown"
    case .orderNotCancellable: "order.not_cancellable"
    case .arithmeticOverflow: "arithmetic.overflow"
    case .orderPostOnlyWouldTake: "order.post_only_would_take"
    case .orderNotReducing: "order.not_reducing"
    case .orderPriceBand: "order.price_band"
    case .orderUnsupported: "order.unsupported"
    case .orderLimitCurrency: "order.limit_currency"
    case .exposureMaxGross: "exposure.max_gross"
    case .exposureMaxNet: "exposure.max_net"
    case .exposureMaxLeverage: "exposure.max_leverage"
    case .exposureMaxConcentration: "exposure.max_concentration"
    case .ordersMaxOpen: "orders.max_open"
    case .ordersMaxCancelRate: "orders.max_cancel_rate"
    case .ordersMaxMessageRatio: "orders.max_message_ratio"
    case .orderPeriodCollar: "order.period_collar"
    case .orderDuplicate: "order.duplicate"
    case .orderSelfMatch: "order.self_match"
    case .instrumentRestricted: "instrument.restricted"
    case .strategyNotPermitted: "strategy.not_permitted"
    case .shortNoLocate: "short.no_locate"
    case .shortPriceTest: "short.price_test"
    case .lossMax: "loss.max"
    case .drawdownMax: "drawdown.max"
    case .currencyNoRate: "currency.no_rate"
    case .scopeReducing: "scope.reducing"
    case .valueAtRiskMax: "var.max"
    case .shortfallMax: "shortfall.max"
    case .stressMax: "stress.max"
    case .marginAvailable: "margin.available"
    case .cashAvailable: "cash.available"
    case .marginUnknown: "margin.unknown"
    case .instrumentExpired: "instrument.expired"
    }
  }
}

extension Alert.Code: Named {
  public var name: String {
    switch self {
    case .reportUnknownOrder: "report.unknown_order"
    case .reportIllegal: "report.illegal"
    case .reportOverfill: "report.overfill"
    case .reportDuplicateFill: "report.duplicate_fill"
    case .booksOverflow: "books.overflow"
    case .strategyFailed: "strategy.failed"
    case .orderUnknownState: "order.unknown_state"
    case .listBothFilled: "list.both_filled"
    case .reportBusted: "report.busted"
    case .executionUnhedged: "execution.unhedged"
    case .booksFreeRiding: "books.free_riding"
    case .booksUnpriced: "books.unpriced"
    case .limitRefused: "limit.refused"
    case .actNotPermitted: "act.not_permitted"
    }
  }
}

extension Instrument {
  /// `VENUE:SYMBOL`
  public var fullName: String { "\(venueName):\(symbol)" }

  /// Whether a name means it: `SYMBOL` or `VENUE:SYMBOL`.
  public func isNamed(_ name: String) -> Bool { symbol == name || fullName == name }
}
