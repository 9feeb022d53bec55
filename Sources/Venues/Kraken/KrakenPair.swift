import Events

/// What Kraken's names and definitions of pairs say.
enum KrakenPair {
  /// Currencies of states: a pair of two is foreign exchange.
  private static let fiat = ["USD", "EUR", "GBP", "CHF", "CAD", "JPY", "AUD"]

  /// The name of version 2: `BTC/USD` for `XBT/USD`.
  static func name(_ sent: String) -> String {
    sent.split(separator: "/", omittingEmptySubsequences: false).map { currency in
      switch currency {
      case "XBT": "BTC"
      case "XDG": "DOGE"
      default: String(currency)
      }
    }.joined(separator: "/")
  }

  /// What a pair's name alone says; nil if it is none.
  static func proposal(_ name: String) -> InstrumentProposal? {
    let currencies = name.split(separator: "/", omittingEmptySubsequences: false)
    guard currencies.count == 2, !currencies[0].isEmpty, !currencies[1].isEmpty else { return nil }
    let isForex = currencies.allSatisfy { fiat.contains(String($0)) }
    var proposal = InstrumentProposal(
      venueName: KrakenDecoder.venue, symbol: name, kind: isForex ? .forex : .crypto)
    proposal.base = String(currencies[0])
    proposal.currency = String(currencies[1])
    return proposal
  }

  /// Trading status of a pair in version 2; nil for one that changes nothing for orders in general.
  static func status(_ value: JSONValue?, _ bytes: Span<UInt8>) -> TradingStatus? {
    guard let text = value?.text else { return nil }
    switch text.string(bytes) {
    case "online", "limit_only", "reduce_only": return .trading
    case "post_only": return .quoteOnly
    case "cancel_only", "maintenance", "work_in_progress": return .halted
    case "delisted": return .closed
    default: return nil
    }
  }
}

extension KrakenDecoder {
  /// The answer of REST's AssetPairs: `{"error":[],"result":{"XXBTZUSD":{"wsname":"XBT/USD",…}}}`.
  /// What it says of a pair is remembered until something of the pair comes.
  func assetPairs(_ answer: JSONValue, _ bytes: Span<UInt8>, registry: inout InstrumentRegistry)
    throws(DecodeError)
  {
    guard case .object(let pairs)? = answer.member("result", bytes) else {
      throw problem("AssetPairs without “result”")
    }
    for (_, pair) in pairs {
      // Dark pools have no name of the WebSocket.
      guard let text = pair.member("wsname", bytes)?.text else { continue }
      let name = KrakenPair.name(text.string(bytes))
      guard var proposal = KrakenPair.proposal(name) else {
        throw problem("pair “\(name)” is not two currencies and a slash")
      }
      proposal.priceScale = try scale(pair.member("pair_decimals", bytes), bytes)
      proposal.quantityScale = try scale(pair.member("lot_decimals", bytes), bytes)
      proposal.tickSize = try step(pair.member("tick_size", bytes), bytes)
      registry.remember(proposal)
    }
  }

  /// The `instrument` channel of version 2: precisions, increments and status of pairs.
  mutating func instruments(
    _ message: JSONValue, _ bytes: Span<UInt8>, _ receive: Instant,
    registry: inout InstrumentRegistry, into batch: inout DecodedBatch
  ) throws(DecodeError) {
    let list = message.member("data", bytes)?.member("pairs", bytes)?.items ?? []
    for item in list {
      guard let name = item.member("symbol", bytes)?.text?.string(bytes),
        var proposal = KrakenPair.proposal(name)
      else { throw problem("an instrument without a pair of currencies as “symbol”") }
      let place = pairs.firstIndex { $0.name == name }
      if item.member("price_precision", bytes) != nil {
        proposal.priceScale = try scale(item.member("price_precision", bytes), bytes)
        proposal.quantityScale = try scale(item.member("qty_precision", bytes), bytes)
        proposal.tickSize = try step(item.member("price_increment", bytes), bytes)
        proposal.lotSize = try step(item.member("qty_increment", bytes), bytes)
        registry.remember(proposal)
        if let place {
          pairs[place].priceDigits = proposal.priceScale.map(Int.init)
          pairs[place].sizeDigits = proposal.quantityScale.map(Int.init)
        }
      }
      guard let status = KrakenPair.status(item.member("status", bytes), bytes) else { continue }
      statuses.removeAll { $0.name == name }
      statuses.append((name, status))
      if let place { tellStatus(place, receive, into: &batch) }
    }
  }

  /// Gives a pair's status if it is not the one given before.
  mutating func tellStatus(_ place: Int, _ receive: Instant, into batch: inout DecodedBatch) {
    let name = pairs[place].name
    guard let status = statuses.first(where: { $0.name == name })?.status,
      status != pairs[place].status
    else { return }
    pairs[place].status = status
    let change = StatusChange(instrument: pairs[place].instrument.id, status: status)
    batch.append(.status(change), event: receive, receive: receive)
  }

  /// A number of digits, at most nine; nil for more, which only the data can narrow.
  private func scale(_ value: JSONValue?, _ bytes: Span<UInt8>) throws(DecodeError) -> UInt8? {
    guard case .number(let range)? = value, let digits = parseInteger(bytes, range) else {
      throw problem("a definition without its number of decimals")
    }
    return digits <= 9 ? UInt8(digits) : nil
  }

  /// A step × 10^9; nil where there is none.
  private func step(_ value: JSONValue?, _ bytes: Span<UInt8>) throws(DecodeError) -> Int64? {
    guard let value else { return nil }
    let step = try number(value, bytes, scale: 9, "increment")
    return step > 0 && step <= 1_000_000_000_000_000 ? step : nil
  }
}
