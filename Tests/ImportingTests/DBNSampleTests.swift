import Events
import Foundation
import Importing
import Testing

@Suite(.enabled(if: SharedData.isThere, "the shared data folder is absent"))
struct DBNSampleTests {
  private func imported(_ name: String) throws -> (sink: Collected, counts: ImportCounts) {
    var request = ImportRequest(
      format: .dbn, paths: [SharedData.path("databento-dbn-samples/test_data.\(name)")])
    // The samples cancel orders that they never added.
    request.checksBooks = false
    return try collect(request)
  }

  @Test(arguments: [
    "bbo-1m", "bbo-1s", "cbbo-1s", "cmbp-1", "mbo", "mbp-1", "mbp-10", "ohlcv-1d", "ohlcv-1h",
    "ohlcv-1m", "ohlcv-1s", "status", "tbbo", "trades", "imbalance", "statistics", "definition",
  ])
  func `every version of a sample says the same`(schema: String) throws {
    let plain = try imported("\(schema).dbn")
    var versions = 0
    for version in 1...3 {
      let name = "\(schema).v\(version).dbn.zst"
      let path = SharedData.path("databento-dbn-samples/test_data.\(name)")
      guard FileManager.default.fileExists(atPath: path) else { continue }
      let sample = try imported(name)
      #expect(sample.sink.items == plain.sink.items, "\(name)")
      #expect(sample.counts.skipped == plain.counts.skipped, "\(name)")
      versions += 1
    }
    #expect(versions >= 2)
  }

  @Test func `statistics that are not taken are counted`() throws {
    let counts = try imported("statistics.v3.dbn.zst").counts
    #expect(counts.entries == 0)
    #expect(
      counts.skipped.items.map(\.reason) == [
        "statistic that is neither settlement price nor open interest"
      ])
    #expect(counts.skipped.items.map(\.count) == [2])
  }

  @Test func `imbalances are those that Databento's own decoder shows`() throws {
    let (sink, counts) = try imported("imbalance.v3.dbn.zst")
    #expect(counts[.imbalance] == 2)
    let imbalances = sink.items.compactMap { item -> AuctionImbalance? in
      if case .imbalance(let imbalance) = item.observation { imbalance } else { nil }
    }
    #expect(
      imbalances
        == [(2_294_300, 0, 2000), (2_299_900, 1719, 281)].map { price, paired, surplus in
          AuctionImbalance(
            instrument: InstrumentID(0), auction: .opening, side: .buy, paired: Quantity(paired),
            surplus: Quantity(surplus), reference: Price(price))
        })
  }

  @Test func `definitions that no tick follows keep their time`() throws {
    let sink = try imported("definition.v3.dbn.zst").sink
    #expect(sink.instruments.map(\.symbol) == ["MSFT"])
    // 2021-10-05T07:07:01.7: the later of the two.
    #expect(sink.items[0].receive.nanoseconds / 1_000_000_000 == 1_633_417_621)
  }

  @Test func `the values are those that Databento's own decoder shows`() throws {
    let trades = try imported("trades.v3.dbn.zst").sink
    let id = InstrumentID(0)
    #expect(
      trades.market == [
        .trade(Trade(instrument: id, price: Price(372_025), size: Quantity(5), side: .sell)),
        .trade(Trade(instrument: id, price: Price(372_025), size: Quantity(21), side: .sell)),
      ])
    let trade = try #require(
      trades.items.first { $0.observation != .instrument(trades.instruments[0]) })
    #expect(trade.event == Instant(nanoseconds: 1_609_160_400_098_821_953))
    #expect(trade.receive == Instant(nanoseconds: 1_609_160_400_099_150_057))
    let best = try imported("bbo-1s.v3.dbn.zst").sink
    #expect(
      best.market.first
        == .quote(
          Quote(
            instrument: id, bid: Price(370_225), ask: Price(370_275), bidSize: Quantity(18),
            askSize: Quantity(13))))
    let bars = try imported("ohlcv-1h.v3.dbn.zst").sink
    #expect(
      bars.market.first
        == .bar(
          Bar(
            instrument: id, interval: 3_600_000_000_000, open: Price(37_202_500),
            high: Price(37_235_000), low: Price(37_202_500), close: Price(37_222_500),
            volume: Quantity(9385))))
    // A bar ends an hour after its stamp.
    #expect(bars.items.last?.event == Instant(nanoseconds: 1_609_167_600_000_000_000))
    let status = try imported("status.v3.dbn.zst")
    #expect(
      status.sink.market.compactMap { event -> TradingStatus? in
        if case .status(let change) = event { change.status } else { nil }
      } == [.trading, .preOpen, .preOpen])
    #expect(status.counts.skipped.items.map(\.count) == [1])
    let definitions = try imported("definition.v3.dbn.zst").sink
    #expect(definitions.instruments.map(\.symbol) == ["MSFT"])
    #expect(definitions.instruments.map(\.venueName) == ["XNAS"])
    #expect(definitions.instruments.map(\.kind) == [.equity])
  }

  @Test func `ten levels become changes of a book`() throws {
    let (sink, counts) = try imported("mbp-10.v3.dbn.zst")
    #expect(sink.instruments.map(\.symbol) == ["ESH1"])
    #expect(counts[.depth] > 20)
    #expect(counts.byIssue.allSatisfy { $0 == 0 })
  }

  @Test(arguments: ["mbo.dbz", "definition.dbn.frag.zst", "definition.v1.dbn.frag"])
  func `older and partial forms are refused`(name: String) {
    #expect {
      try imported(name)
    } throws: { error in
      (error as? ImportError)?.isDataError == true
    }
  }
}
