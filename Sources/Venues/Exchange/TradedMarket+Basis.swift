import Events

// Why a fill is as it is.
extension TradedMarket {
  /// A fill of an order that stood in a queue.
  /// - Parameters:
  ///   - ahead: what was ahead just before, if the order does not say it any more.
  ///   - met: size of the trade or level that fills it.
  func queued(
    _ rule: FillBasis.Rule, _ order: WorkingOrder, ahead: Int64? = nil, met: Quantity
  ) -> FillBasis {
    FillBasis(
      rule,
      .queue(
        queueKind, placed: FillBasis.ahead(order.placed),
        left: FillBasis.ahead(ahead ?? order.ahead), met: met))
  }

  private var queueKind: FillBasis.Queue {
    if isExact { return .exact }
    switch queueModel {
    case .exact, .riskAverse: return .riskAverse
    case .power(let exponent):
      return exponent == 1 ? .power1 : exponent == 2 ? .power2 : .power3
    case .logarithmic: return .logarithmic
    }
  }
}

extension FillBasis {
  fileprivate static func ahead(_ size: Int64) -> Quantity {
    size == WorkingOrder.unknownQueue ? unknown : Quantity(size)
  }
}
