import Events

/// What a symbol of Binance's futures says in its name: `BTCUSD_PERP`, `BTCUSDT_240628`.
///
/// COIN-M contracts have one of the two endings and are on a pair in dollars; USD-M perpetuals are called
/// like spot pairs. Source: Binance, COIN-M and USD-M futures, "Exchange Information".
struct BinanceContract: Equatable {
  /// The pair without the ending.
  var pair: CurrencyPair
  /// When it is delivered, 08:00 UTC of the day; the epoch for a perpetual.
  var expiry: Instant
  /// In dollars themselves: margined and settled in the coin.
  var isInverse: Bool

  /// - Returns: nil for a name without one of the endings.
  init?(_ symbol: String) {
    let name = symbol.uppercased()
    guard let mark = name.lastIndex(of: "_"), mark != name.startIndex else { return nil }
    let (whole, ending) = (String(name[..<mark]), name[name.index(after: mark)...])
    if ending == "PERP" {
      expiry = .epoch
    } else {
      guard ending.utf8.count == 6, ending.utf8.allSatisfy({ $0 &- 48 <= 9 }),
        let number = Int64(ending), number > 0,
        let date = CivilDate(yyyymmdd: 20_000_000 + number)
      else { return nil }
      expiry = TimeZoneRule.utc.instant(date, nanoseconds: 8 * Nanoseconds.hour)
    }
    pair = CurrencyPair(whole)
    isInverse = Self.isInDollars(whole, isPerpetual: ending == "PERP")
    if isInverse {
      pair.quote = "USD"
      pair.base = String(whole.dropLast(3))
    }
  }

  /// Whether a pair is in dollars, not in a coin whose name ends like them: `BNBUSD` is, `BTCBUSD` is not.
  /// No perpetual in such a coin has an ending.
  private static func isInDollars(_ pair: String, isPerpetual: Bool) -> Bool {
    guard pair.hasSuffix("USD"), pair.count > 3 else { return false }
    return isPerpetual || !pair.hasSuffix("BUSD") || pair == "BNBUSD"
  }

  /// What a contract of COIN-M is worth, in dollars × 10^9. Source: Binance, "COIN-M Futures Contract
  /// Specifications".
  var inverseMultiplier: Int64 { pair.base == "BTC" ? 100_000_000_000 : 10_000_000_000 }
}

extension InstrumentProposal {
  /// What a symbol of one of Binance's markets is.
  init(binance symbol: String, _ market: BinanceMessage.Market) {
    let contract = BinanceContract(symbol)
    let pair = contract?.pair ?? CurrencyPair(symbol)
    let isDated = contract.map { $0.expiry != .epoch } ?? false
    switch market {
    case .spot:
      self.init(venueName: BinanceDecoder.spotVenue, symbol: symbol, kind: .crypto)
    case .linear:
      self.init(
        venueName: BinanceDecoder.linearVenue, symbol: symbol,
        kind: isDated ? .future : .perpetual)
    case .inverse:
      self.init(venueName: BinanceDecoder.inverseVenue, symbol: symbol, kind: .inverse)
    }
    (base, currency) = market == .inverse ? (pair.quote, pair.base) : (pair.base, pair.quote)
    guard let contract else { return }
    expiry = contract.expiry
    if market == .inverse { multiplier = contract.inverseMultiplier }
  }
}
