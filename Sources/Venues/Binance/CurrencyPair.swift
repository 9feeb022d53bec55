/// The two currencies of a pair that is written without anything between: `BTCUSDT`.
struct CurrencyPair: Equatable {
  var base: String
  var quote: String

  /// Longest first where one ends like another.
  private static let quotes = [
    "FDUSD", "USDT", "USDC", "BUSD", "TUSD", "USDE", "USD", "EUR", "GBP", "JPY", "TRY", "BRL",
    "AUD",
    "DAI", "BTC", "ETH", "BNB",
  ]

  /// A pair whose quote currency is known.
  init(_ symbol: String, quote: String) {
    self.quote = quote
    base = symbol.hasSuffix(quote) ? String(symbol.dropLast(quote.count)) : symbol
  }

  /// A quote currency that is not known is taken to be the last three letters.
  init(_ symbol: String) {
    let upper = symbol.uppercased()
    let quote = Self.quotes.first { upper.hasSuffix($0) && upper.count > $0.count }
    self.quote = quote ?? (upper.count > 3 ? String(upper.suffix(3)) : upper)
    base = upper.count > self.quote.count ? String(upper.dropLast(self.quote.count)) : ""
  }
}
