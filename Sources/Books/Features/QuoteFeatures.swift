import Events

/// What a quote says beyond its prices. Prices are in units of the instrument's price scale; nil
/// stands for a side or size that is missing.
extension Quote {
  /// The mean of bid and ask.
  @inlinable public var mid: Double? {
    isTwoSided ? (Double(bid.raw) + Double(ask.raw)) / 2 : nil
  }

  /// Ask − bid; negative if crossed.
  @inlinable public var spread: Double? {
    isTwoSided ? Double(ask.raw) - Double(bid.raw) : nil
  }

  /// (bid size − ask size) / (bid size + ask size): +1 all bids, −1 all asks.
  @inlinable public var imbalance: Double? {
    let bids = Double(bidSize.raw)
    let asks = Double(askSize.raw)
    return bids + asks > 0 ? (bids - asks) / (bids + asks) : nil
  }

  /// The mean of bid and ask, each weighted with the size of the other side: nearer to the side that
  /// is about to give way (Stoikov, The Micro-Price, 2018, calls it the weighted mid-price).
  @inlinable public var microprice: Double? {
    let bids = Double(bidSize.raw)
    let asks = Double(askSize.raw)
    guard isTwoSided, bids + asks > 0 else { return nil }
    return (Double(bid.raw) * asks + Double(ask.raw) * bids) / (bids + asks)
  }
}
