import Books
import Events
import Foundation
import Importing
import Testing

/// Captures of venues' own feeds, against counts and prices found by reading them another way.
@Suite(.enabled(if: SharedData.isThere, "the shared data folder is absent"))
struct VenueCaptureTests {
  @Test func `every one of Kraken's checksums holds and the books end as the venue's`() throws {
    let (sink, counts) = try collect(
      ImportRequest(format: .kraken, paths: [SharedData.path("exchange-ws")]))
    #expect(sink.isInOrder)
    #expect(counts.files == 4)
    // A wrong checksum would be a gap: 4,269 updates of ten pairs.
    #expect(counts.byIssue.allSatisfy { $0 == 0 })
    #expect(counts[.depth] == 11_745)
    #expect(counts[.depthClear] == 10)
    #expect(counts[.trade] == 10)
    #expect(counts[.quote] == 18)
    var books = sink.instruments.map { _ in DepthBook() }
    var ends = 0
    for case .depth(let change) in sink.market {
      _ = books[change.instrument.index].apply(change)
      if change.marks == .last { ends += 1 }
    }
    #expect(ends == 4269)
    let rows = sink.instruments.map { instrument in
      let best = books[instrument.id.index].best(of: instrument.id)
      return "\(instrument.symbol) \(instrument.text(best.bid)) \(instrument.text(best.ask))"
    }
    #expect(
      rows.sorted() == [
        "ADA/BTC 0.00002288 0.00002290", "BTC/CHF 56060.3 56194.2", "ETH/CHF 2183.69 2190.17",
        "GRT/ETH 0.0008335 0.0008362", "KSM/BTC 0.007560 0.007566",
        "OCEAN/BTC 0.00002774 0.00002781", "OMG/USD 9.586075 9.604799", "SC/EUR 0.04307 0.04317",
        "WAVES/EUR 13.2330 13.2581", "XMR/USD 353.64 354.48",
      ])
  }

  @Test func `Kraken's books without definitions get the scales their digits need`() throws {
    let (sink, counts) = try collect(
      ImportRequest(format: .kraken, paths: [SharedData.path("exchange-ws/KRAKEN.ws.50.0")]))
    #expect(counts.byIssue.allSatisfy { $0 == 0 })
    #expect(counts[.depth] == 11_745)
    let swiss = try #require(sink.instruments.first { $0.symbol == "BTC/CHF" })
    #expect(swiss.priceScale == 1)
    #expect(swiss.quantityScale == 8)
  }

  @Test func `each message of IEX's sample is accounted for`() throws {
    let (sink, counts) = try collect(
      ImportRequest(format: .iex, paths: [SharedData.path("iex-tops")]))
    #expect(sink.isInOrder)
    #expect(counts[.gap] == 0)
    #expect(counts[.duplicate] == 0)
    #expect(counts[.quote] == 27_217)
    #expect(counts[.trade] == 6390)
    #expect(counts[.stale] == 3)
    #expect(counts[.imbalance] == 642)
    // Short sale status of 7,802 messages, and the close before of ten securities.
    #expect(counts[.reference] == 7802 + 10)
    // Trading, three halts by regulation and one of the venue, each undone but one, then closed.
    #expect(counts[.status] == 7801 + 4 + 7799)
    #expect(counts[.instrument] == 7799)
    #expect(
      counts.skipped.items.map(\.reason) == ["heartbeat", "system event", "file of another kind"])
    #expect(counts.skipped.items.map(\.count) == [237, 6, 2])
    var shares: Int64 = 0
    for case .trade(let trade) in sink.market { shares += trade.size.raw }
    #expect(shares == 1_427_907)
  }

  @Test func `funding rates alone leave room for prices of any digits`() throws {
    let (sink, counts) = try collect(
      ImportRequest(
        format: .lean, paths: [SharedData.path("lean/cryptofuture/bybit/margin_interest")]))
    #expect(counts[.reference] == 6)
    #expect(sink.instruments.map(\.priceScale) == [8, 8])
    let together = try collect(
      ImportRequest(format: .lean, paths: [SharedData.path("lean/cryptofuture/bybit")]))
    #expect(together.counts[.reference] == 6)
    #expect(together.sink.instruments.map(\.symbol).sorted() == ["BTCUSD", "BTCUSDT"])
    #expect(together.sink.instruments.allSatisfy { $0.priceScale < 8 })
    // The one in dollars settles in bitcoin: contracts of a dollar.
    let inverse = try #require(together.sink.instruments.first { $0.symbol == "BTCUSD" })
    #expect(inverse.kind == .inverse && inverse.currency == "BTC" && inverse.base == "USD")
    #expect(inverse.quantityScale == 0 && inverse.multiplier == 1_000_000_000)
    #expect(together.sink.instruments.contains { $0.kind == .perpetual && $0.currency == "USDT" })
  }
}
