/// The currencies that LEAN's markets of coins and of contracts for difference quote in: a name such as `DOTUSD`
/// alone does not tell whether it is DOT in USD or DO in TUSD.
/// Source: QuantConnect LEAN, symbol-properties-database.csv.
enum LeanQuotes {
  /// The pair of a name; by its letters alone where the market is not known.
  static func pair(_ symbol: String, _ type: LeanFile.SecurityType, _ market: String)
    -> CurrencyPair
  {
    if let quote = exception(symbol, type, market) { return CurrencyPair(symbol, quote: quote) }
    let known = quotes(type, market)?.split { $0 == " " || $0 == "\n" }.map(String.init) ?? []
    let quote = known.first { symbol.hasSuffix($0) && symbol.utf8.count > $0.utf8.count }
    return quote.map { CurrencyPair(symbol, quote: $0) } ?? CurrencyPair(symbol)
  }

  /// Quote currencies, longest first, as one may end like another.
  private static func quotes(_ type: LeanFile.SecurityType, _ market: String) -> String? {
    switch (type, market) {
    case (.crypto, "binance"):
      """
      USDSOLD FDUSD RLUSD AEUR BIDR BKRW BUSD BVND DOGE EURI GYEN IDRT TUSD USD1 USDC USDP USDS
      USDT AED ARS AUD BNB BRL BTC COP CZK DAI DOT ETH EUR GBP IDR JPY KZT MXN NGN PAX PLN RON
      RUB SOL TRX TRY UAH USD UST VAI XRP ZAR U
      """
    case (.crypto, "binanceus"): "BUSD USD4 USDC USDT BTC DAI ETH USD UST"
    case (.crypto, "bitfinex"):
      """
      TESTUSDT TESTUSD CNHT EURQ EURR EURT MXNT USDQ USDR USDT XAUT XCHF BBB BTC EOS ETH EUR GBP
      JPY MIM TRY USD
      """
    case (.crypto, "bybit"):
      """
      TFUEL AGLD TUSD USDC USDE USDQ USDR USDT ACH ACS ADA AUD BIT BRL BRZ BTC DAI ETH EUR MNT
      PLN SOL TRY XRP ZEC
      """
    case (.crypto, "coinbase"): "USDC USDT BTC DAI ETH EUR GBP USD UST"
    case (.crypto, "ftx"): "DOGE TRYB USDT BRZ BTC EUR USD"
    case (.crypto, "ftxus"): "USDT AUD BRZ BTC EUR USD"
    case (.crypto, "kraken"):
      """
      PYUSD RLUSD USDC USDD USDQ USDR USDT AED AUD BTC CAD CHF DAI DOT ETH EUR GBP JPY POL SOL
      USD
      """
    case (.cryptofuture, "binance"): "BUSD USD1 USDC USDT BTC USD U"
    case (.cryptofuture, "bybit"): "USDT USD"
    case (.cryptofuture, "dydx"): "USD"
    case (.cfd, "oanda"): "AUD CAD CHF EUR GBP HKD JPY NZD SGD USD XAG"
    case (.cfd, "fxcm"): "CHF EUR GBP HKD JPY USD"
    default: nil
    }
  }

  /// Names that end like a longer currency than theirs, or like none.
  private static func exception(_ symbol: String, _ type: LeanFile.SecurityType, _ market: String)
    -> String?
  {
    switch (type, market, symbol) {
    case (.cfd, "fxcm", "AU200AUD"): "USD"
    case (.cfd, "interactivebrokers", "IBAU200"): "AUD"
    case (.cfd, "interactivebrokers", "IBCH20"): "CHF"
    case (.cfd, "interactivebrokers", "IBDE40"), (.cfd, "interactivebrokers", "IBES35"),
      (.cfd, "interactivebrokers", "IBEU50"), (.cfd, "interactivebrokers", "IBFR40"),
      (.cfd, "interactivebrokers", "IBNL25"):
      "EUR"
    case (.cfd, "interactivebrokers", "IBGB100"): "GBP"
    case (.cfd, "interactivebrokers", "IBHK50"): "HKD"
    case (.cfd, "interactivebrokers", "IBJP225"): "JPY"
    case (.cfd, "interactivebrokers", "IBUS30"), (.cfd, "interactivebrokers", "IBUS500"),
      (.cfd, "interactivebrokers", "IBUST100"):
      "USD"
    case (.crypto, "binance", "ADAEUR"), (.crypto, "binance", "ENAEUR"),
      (.crypto, "binance", "GALAEUR"), (.crypto, "binance", "LUNAEUR"),
      (.crypto, "binance", "THETAEUR"):
      "EUR"
    case (.crypto, "binance", "ARBIDR"), (.crypto, "binance", "BNBIDR"): "IDR"
    case (.crypto, "binance", "BNBUSD"), (.crypto, "binance", "USDTUSD"): "USD"
    case (.crypto, "binanceus", "ARBUSD"), (.crypto, "binanceus", "BNBUSD"),
      (.crypto, "binanceus", "DGBUSD"), (.crypto, "binanceus", "KSHIBUSD"),
      (.crypto, "binanceus", "SHIBUSD"):
      "USD"
    case (.crypto, "kraken", "MERLUSD"): "USD"
    case (.cryptofuture, "binance", "BNBUSD"): "USD"
    default: nil
    }
  }
}
