import Events

/// What is fixed about a future, and what of it is known.
struct LeanTerms: Equatable {
  var currency: String
  /// Units of currency a point, × 10^9; nil if nobody says it.
  var multiplier: Int64?
  /// × 10^9; nil for one unit of the price scale.
  var tickSize: Int64?
  /// Digits that prices need; nil if the data have to tell.
  var priceScale: UInt8?
}

extension LeanFile {
  /// What a contract of a future's root is: by LEAN's table, and in what that does not say by the exchange's where
  /// LEAN's files quote it as the exchange does.
  var futureTerms: LeanTerms {
    var terms = LeanTerms(currency: marketCurrency)
    if let found = LeanFutures.rows(of: market).flatMap({ row($0) }) { terms = found }
    if let root = FuturesRoot.named(symbol), root.venue == venueName,
      terms.multiplier == nil || terms.multiplier == root.multiplier
    {
      terms.multiplier = root.multiplier
      terms.tickSize = terms.tickSize ?? root.tickSize
      terms.priceScale = root.priceScale
    }
    return terms
  }

  /// The symbol's row among those of its market.
  private func row(_ rows: String) -> LeanTerms? {
    let start = symbol + " "
    guard let row = rows.split(separator: "\n").first(where: { $0.hasPrefix(start) }) else {
      return nil
    }
    let words = row.split(separator: " ")
    guard words.count >= 3,
      case .success(let multiplier) = Events.parseDecimal(words[1].utf8, scale: 9),
      case .success(let tick) = Events.parseDecimal(words[2].utf8, scale: 9)
    else { preconditionFailure("a row of LEAN's futures is not written as the others are") }
    return LeanTerms(
      currency: words.count > 3 ? String(words[3]) : marketCurrency, multiplier: multiplier,
      tickSize: tick)
  }

  /// The currency of what is traded in a market, unless more is known.
  var marketCurrency: String {
    if type == .index, market == "usa", symbol == "AEX" { return "EUR" }
    return switch market {
    case "eurex": "EUR"
    case "hkfe": "HKD"
    case "india": "INR"
    case "krx": "KRW"
    case "ose": "JPY"
    default: "USD"
    }
  }

  /// Units of currency a point of a contract on coins or for difference, × 10^9. Of one that settles in the coin it is
  /// what a contract is worth in dollars.
  func pairMultiplier(_ quote: String) -> Int64 {
    let one: Int64 = 1_000_000_000
    switch (type, market, symbol) {
    case (.cryptofuture, "binance", "BTCUSD"): return 100 * one
    case (.cryptofuture, "binance", _) where quote == "USD": return 10 * one
    case (.cfd, "fxcm", "DE10YBEUR"), (.cfd, "fxcm", "BCOUSD"), (.cfd, "fxcm", "WTICOUSD"):
      return 10 * one
    case (.cfd, "fxcm", "XCUUSD"), (.cfd, "fxcm", "NATGASUSD"): return 100 * one
    case (.cfd, "fxcm", "AU200AUD"), (.cfd, "fxcm", "CH20CHF"), (.cfd, "fxcm", "DE30EUR"),
      (.cfd, "fxcm", "ES35EUR"), (.cfd, "fxcm", "EU50EUR"), (.cfd, "fxcm", "FR40EUR"),
      (.cfd, "fxcm", "IT40EUR"), (.cfd, "fxcm", "NAS100USD"), (.cfd, "fxcm", "UK100GBP"),
      (.cfd, "fxcm", "US30USD"):
      return one / 10
    default: return one
    }
  }
}
