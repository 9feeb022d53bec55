import Events

extension SimulatedExchange {
  /// What quotes touch, one cache line an instrument: with nothing of ours in the market a quote is
  /// stored and that is all.
  struct Top {
    var quote: Quote
    /// Which quotes concern us, after the last change of anything.
    var watch = TradedMarket.Watch()
    /// There is a quote, or are bars, that the market has not seen.
    var hasNewQuote = false
    var hasNewBars = false
    var isDefined = false
    /// Number of its venue's gateway.
    var line = 0

    /// Takes over a quote of the instrument; true if something of ours may be touched by it.
    @inline(__always)
    mutating func show(_ latest: Quote) -> Bool {
      (quote.bid, quote.ask) = (latest.bid, latest.ask)
      (quote.bidSize, quote.askSize) = (latest.bidSize, latest.askSize)
      hasNewQuote = true
      return !watch.isIdle && watch.concerns(latest)
    }
  }
}
