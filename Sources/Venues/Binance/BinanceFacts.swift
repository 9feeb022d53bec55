/// What a first look at the files of a Binance capture tells of all of them: which markets a symbol is
/// traded in, and whose depth there is.
public struct BinanceFacts: Sendable {
  private struct Symbol {
    var name: [UInt8]
    var market: BinanceMessage.Market
    var hasDepth = false
  }
  /// In order of appearance; a name once for each market.
  private var symbols: [Symbol] = []
  private var latest = 0
  /// A line cannot be read, which the import ends with when it gets there.
  private(set) var isFaulty = false

  public init() {}

  /// Notes that a line cannot be read.
  mutating func addFault() { isFaulty = true }

  /// Notes a message of a symbol that tells its market.
  mutating func add(
    _ name: JSONText, _ bytes: Span<UInt8>, _ market: BinanceMessage.Market, isDepth: Bool
  ) {
    if !symbols.indices.contains(latest) || !isOf(latest, name, bytes)
      || symbols[latest].market != market
    {
      let known = symbols.indices.first {
        symbols[$0].market == market && isOf($0, name, bytes)
      }
      latest = known ?? symbols.count
      if known == nil {
        symbols.append(Symbol(name: Array(name.string(bytes).utf8), market: market))
      }
    }
    if isDepth { symbols[latest].hasDepth = true }
  }

  /// The one market in which a symbol is traded; nil if there are several, or none is known.
  func market(of name: JSONText, _ bytes: Span<UInt8>) -> BinanceMessage.Market? {
    var found: BinanceMessage.Market?
    for place in symbols.indices where isOf(place, name, bytes) {
      if found != nil { return nil }
      found = symbols[place].market
    }
    return found
  }

  /// The contracts on a pair, by their names.
  func contracts(on pair: String) -> [String] {
    symbols.map { String(decoding: $0.name, as: UTF8.self) }.filter { $0.hasPrefix(pair + "_") }
  }

  /// The symbols with depth that a snapshot of a market may be of. One of the spot market's shape may be a
  /// future's that lost its times.
  func depths(of market: BinanceMessage.Market) -> [(
    name: String, market: BinanceMessage.Market
  )] {
    symbols.filter { $0.hasDepth && (market == .spot || $0.market != .spot) }
      .map { (String(decoding: $0.name, as: UTF8.self), $0.market) }
  }

  private func isOf(_ place: Int, _ name: JSONText, _ bytes: Span<UInt8>) -> Bool {
    let known = symbols[place].name
    guard !name.hasEscapes, name.range.count == known.count else { return false }
    for index in known.indices where known[index] != bytes[name.range.lowerBound + index] {
      return false
    }
    return true
  }
}
