import Events

// Why a fill is as it is.
extension TradedMarket {
  /// A fill of an order that stood in a queue.
  /// - Parameter ahead: what was ahead just before, if the order does not say it any more.
  func queued(
    _ rule: FillBasis.Rule, _ order: WorkingOrder, ahead: Int64? = nil
  ) -> FillBasis {
    FillBasis(
      rule,
      .queue(
        queueKind, placed: FillBasis.ahead(order.placed),
        left: FillBasis.ahead(ahead ?? order.ahead)))
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
