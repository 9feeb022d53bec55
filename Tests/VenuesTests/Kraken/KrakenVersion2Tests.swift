import Events
import Testing

@testable import Venues

struct KrakenVersion2Tests {
  /// Kraken's published example of a checksum: 3310070434.
  private static let asks = [
    "45285.2 0.001", "45286.4 1.54571953", "45286.6 1.54571109", "45289.6 1.54560911",
    "45290.2 0.1589066", "45291.8 1.54553491", "45294.7 0.04454749", "45296.1 0.3538",
    "45297.5 0.09945542", "45299.5 0.18772827",
  ]
  private static let bids = [
    "45283.5 0.1", "45283.4 1.54582015", "45282.1 0.1", "45281 0.1", "45280.3 1.54592586",
    "45279 0.07990000", "45277.6 0.03310103", "45277.5 0.3", "45277.3 1.54602737",
    "45276.6 0.15445238",
  ]

  private static func levels(_ levels: [String]) -> String {
    levels.map { level in
      let parts = level.split(separator: " ")
      return #"{"price":\#(parts[0]),"qty":\#(parts[1])}"#
    }.joined(separator: ",")
  }

  private static func book(
    _ type: String, asks: [String] = [], bids: [String] = [], checksum: UInt32
  ) -> String {
    #"{"channel":"book","type":"\#(type)","data":[{"symbol":"BTC/USD","bids":[\#(levels(bids))],"#
      + #""asks":[\#(levels(asks))],"checksum":\#(checksum),"#
      + #""timestamp":"2023-10-06T17:35:55.440295Z"}]}"#
  }

  private static let instrument =
    #"{"channel":"instrument","type":"snapshot","data":{"assets":[],"pairs":[{"symbol":"BTC/USD","#
    + #""price_precision":1,"qty_precision":8,"price_increment":0.1,"qty_increment":0.00000001,"#
    + #""status":"online"},{"symbol":"ETH/USD","price_precision":2,"qty_precision":8,"#
    + #""price_increment":0.01,"qty_increment":0.00000001,"status":"cancel_only"}]}}"#

  private static func trade(_ id: Int, type: String = "update") -> String {
    #"{"channel":"trade","type":"\#(type)","data":[{"symbol":"BTC/USD","side":"buy","price":45285.2,"#
      + #""qty":0.1,"ord_type":"market","trade_id":\#(id),"timestamp":"2023-09-25T07:49:37.708706Z"}]}"#
  }

  static let session = [
    instrument, book("snapshot", asks: asks, bids: bids, checksum: 3_310_070_434),
    trade(7, type: "snapshot"), trade(8),
  ]

  private func decoded(_ messages: [String]) -> Decoded {
    Decoded(
      KrakenDecoder(),
      messages.enumerated().map { "169660355\($0.offset).5: \($0.element)\n" }.joined(),
      registry: InstrumentRegistry())
  }

  @Test func `the published checksum holds when zeros are filled up to the precision`() {
    let result = decoded(Self.session)
    #expect(result.error == nil)
    #expect(result.issues.isEmpty)
    #expect(result.market.count == 1 + 21 + 1)
    #expect(
      result.market.first == .status(StatusChange(instrument: InstrumentID(0), status: .trading)))
    let instrument = result.registry.instruments[0]
    #expect(result.registry.instruments.map(\.symbol) == ["BTC/USD"])
    #expect(instrument.priceScale == 1)
    #expect(instrument.quantityScale == 8)
    #expect(instrument.tickSize == Price(1))
    #expect(result.batch.ticks[1].eventTime == Instant(nanoseconds: 1_696_613_755_440_295_000))
  }

  @Test func `a snapshot with a wrong checksum is not taken`() {
    let result = decoded([
      Self.instrument, Self.book("snapshot", asks: Self.asks, bids: Self.bids, checksum: 7),
    ])
    #expect(result.issues == [.gap])
    #expect(result.market.count == 2)
  }

  @Test func `trade ids tell gaps and repetitions, from the snapshot on`() {
    let result = decoded([
      Self.trade(7, type: "snapshot"), Self.trade(9), Self.trade(9), Self.trade(10),
    ])
    #expect(result.issues == [.gap, .duplicate])
    #expect(result.market.count == 2)
    #expect(result.batch.skipped.items.map(\.reason) == ["trade from before the subscription"])
  }

  @Test func `a pair's status is told when it changes`() {
    let change =
      #"{"channel":"instrument","type":"update","data":{"pairs":[{"symbol":"BTC/USD","status":"#
      + #""cancel_only"}]}}"#
    let result = decoded([Self.instrument, Self.trade(1), change, change])
    #expect(
      result.market.compactMap { event -> TradingStatus? in
        if case .status(let change) = event { change.status } else { nil }
      } == [.trading, .halted])
  }
}
