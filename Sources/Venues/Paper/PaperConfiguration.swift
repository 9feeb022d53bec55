import Events

extension GeneratorConfiguration {
  /// The markets of the built-in exchange: two shares and an index future whose day of six and a half hours
  /// begins when they do, and a coin around the clock.
  /// - Parameters:
  ///   - start: when the first day begins.
  ///   - days: how many follow each other.
  ///   - lastPrice: at which an instrument was last, if it has traded before.
  public static func paper(
    seed: UInt64, start: Instant, days: Int = 3_660, lastPrice: (Instrument) -> Price?
  ) -> GeneratorConfiguration {
    var configuration = GeneratorConfiguration.standard(seed: seed, start: start, days: days)
    for index in configuration.markets.indices {
      var market = configuration.markets[index]
      if !market.session.isContinuous {
        market.session = GeneratedMarket.Session(
          open: 0, length: market.session.length, isClosedAtWeekends: false)
      }
      if let last = lastPrice(market.instrument), last != .none {
        let tick = market.instrument.tickSize.raw
        let ticks = last.raw / tick
        // One that has wandered out of the range in which markets are made begins anew.
        if (FairValue.lowest...FairValue.highest).contains(ticks) {
          market.price = Price(ticks * tick)
        }
      }
      configuration.markets[index] = market
    }
    return configuration
  }
}

extension GeneratedMarket.Session {
  /// Whether it never closes.
  var isContinuous: Bool { length == GeneratedMarket.Session.always.length && !isClosedAtWeekends }
}
