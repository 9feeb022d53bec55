import Events

// Why a fill is as it is.
extension TradedMarket {
  /// A fill of an order that stood in a queue.
  /// - Parameters:
  ///   - placed: what was ahead of it when it joined.
  ///   - left: what was ahead just before.
  func queued(_ rule: FillBasis.Rule, placed: Int64, left: Int64) -> FillBasis {
    FillBasis(
      rule, .queue(queueKind, placed: FillBasis.ahead(placed), left: FillBasis.ahead(left)))
  }

  /// The same for one that rests.
  func queued(_ rule: FillBasis.Rule, at place: Int) -> FillBasis {
    queued(rule, placed: resting[place].placed, left: resting[place].ahead)
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
