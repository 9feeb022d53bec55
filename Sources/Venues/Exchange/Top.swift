import Events

extension SimulatedExchange {
  /// What quotes touch, one cache line an instrument: with nothing of ours in the market a quote is
  /// stored and that is all.
  @usableFromInline
  struct Top {
    @usableFromInline var quote: Quote
    /// Which quotes concern us, after the last change of anything.
    @usableFromInline var watch = Watch()
    /// There is a quote, or are bars, that the market has not seen.
    @usableFromInline var hasNewQuote = false
    @usableFromInline var hasNewBars = false
    @usableFromInline var isDefined = false
    /// Number of its venue's gateway.
    var line = 0

    init(_ instrument: InstrumentID) {
      quote = Quote(of: instrument)
    }

    /// Takes over a quote of the instrument.
    @inlinable @inline(__always)
    mutating func show(_ latest: Quote) {
      (quote.bid, quote.ask) = (latest.bid, latest.ask)
      (quote.bidSize, quote.askSize) = (latest.bidSize, latest.askSize)
      hasNewQuote = true
    }
  }

  /// Which quotes may do something to us: those that come to the price of our best orders or cross it.
  /// Others only say that our orders stand behind the best price.
  @usableFromInline
  struct Watch {
    /// Nothing of ours is in the market.
    @usableFromInline var isIdle = true
    var needsAll = false
    /// Limits of the best buy and sell.
    var buy = Int64.min
    var sell = Int64.max

    func concerns(_ quote: Quote) -> Bool {
      if isIdle { return false }
      return needsAll || quote.bid.raw <= buy || quote.ask.raw >= sell || quote.ask.raw <= buy
        || quote.bid.raw >= sell
    }
  }
}
