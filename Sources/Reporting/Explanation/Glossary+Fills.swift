import Events

// Why a simulated fill is as it is, in words.
extension Glossary {
  /// `a trade at its price; exact queue, 30 ahead when placed, 2 just before`
  func text(_ basis: FillBasis, _ instrument: Instrument?) -> String {
    func size(_ size: Quantity) -> String {
      size == FillBasis.unknown ? "unknown" : instrument?.text(size) ?? "\(size.raw)"
    }
    switch basis.detail {
    case .none: return basis.rule.words
    case .slippage(let difference):
      let worse = decimalText(Int128(difference), scale: Int(instrument?.priceScale ?? 0))
      return "\(basis.rule.words), made \(worse) worse by slippage"
    case .queue(let queue, let placed, let left):
      return "\(basis.rule.words); \(queue.words), \(size(placed)) ahead when placed, "
        + "\(size(left)) just before"
    case .share(let trade, let all):
      return "\(basis.rule.words) of \(size(trade)) traded among \(size(all))"
    }
  }
}

extension FillBasis.Rule {
  fileprivate var words: String {
    switch self {
    case .level: "took what was shown"
    case .top: "took more than was shown, at the best price"
    case .queue: "a trade at its price"
    case .through: "a trade through its price"
    case .crossed: "the other side came to its price"
    case .touch: "its price was touched"
    case .proRata: "pro rata"
    case .topOrder: "first as the top order"
    case .auction: "at the auction's printed price"
    case .auctionReference: "at the auction's reference price"
    case .lastTrade: "at the last trade's price, as the auction printed none"
    case .sessionOpen: "at the session's first price"
    case .sessionClose: "at the close of the session's bar"
    case .barOpen: "at the open of the bar"
    case .barClose: "at the close of the last bar"
    case .barPath: "where the bar's path reached it"
    case .barLimit: "at its limit, which the bar went beyond"
    case .leanMarket: "by LEAN's rule for market orders"
    case .leanLimit: "by LEAN's rule for limit orders"
    case .leanStop: "by LEAN's rule for stop orders"
    case .leanStopLimit: "by LEAN's rule for stop-limit orders"
    case .leanIfTouched: "by LEAN's rule for if-touched orders"
    }
  }
}

extension FillBasis.Queue {
  fileprivate var words: String {
    switch self {
    case .exact: "exact queue"
    case .riskAverse: "risk-averse queue"
    case .power1: "queue by power 1"
    case .power2: "queue by power 2"
    case .power3: "queue by power 3"
    case .logarithmic: "logarithmic queue"
    }
  }
}
