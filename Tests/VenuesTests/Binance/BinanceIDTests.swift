import Events
import Testing

@testable import Venues

/// Ids that come again, and those that come behind greater ones.
struct BinanceIDTests {
  private func decoded(_ messages: [String]) -> Decoded {
    Decoded(
      BinanceDecoder(),
      messages.enumerated().map { "\(1_718_000_000_000_000_000 + $0.offset) \($0.element)\n" }
        .joined())
  }

  private func trade(_ id: Int) -> String {
    #"{"e":"trade","E":1,"s":"BTCUSDT","t":\#(id),"p":"1","q":"\#(id + 1)","m":true,"X":"MARKET"}"#
  }

  private func aggregate(_ id: Int) -> String {
    #"{"e":"aggTrade","E":1,"s":"BTCUSDT","a":\#(id),"p":"1","q":"\#(id + 1)","#
      + #""f":\#(10 * id),"l":\#(10 * id + 9),"m":true}"#
  }

  private func ticker(_ id: Int) -> String {
    #"{"e":"bookTicker","u":\#(id),"s":"BTCUSDT","b":"1","B":"\#(id + 1)","a":"2","A":"1","#
      + #""T":1,"E":1}"#
  }

  /// The ids that are taken, found in the sizes.
  private func taken(_ result: Decoded) -> [Int64] {
    result.market.map { event in
      switch event {
      case .trade(let trade): trade.size.raw / 1_000_000_000 - 1
      case .quote(let quote): quote.bidSize.raw / 1_000_000_000 - 1
      default: -1
      }
    }
  }

  @Test(
    arguments: [
      ([1, 2, 2, 3, 7, 6, 8], [1, 2, 3, 7, 6, 8], again: 1, late: 1),
      ([1, 2, 3, 1, 2, 3], [1, 2, 3], again: 3, late: 0),
      ([5, 3, 4, 3, 5, 6], [5, 3, 4, 6], again: 2, late: 2),
      ([0, 0, 1], [0, 1], again: 1, late: 0),
      ([3, 2, 1, 0], [3, 2, 1, 0], again: 0, late: 3),
      ([1, 9, 20], [1, 9, 20], again: 0, late: 0),
    ] as [([Int], [Int64], again: UInt64, late: UInt64)])
  func `a trade is taken once, in whatever order the ids come`(
    ids: [Int], expected: [Int64], again: UInt64, late: UInt64
  ) {
    for result in [decoded(ids.map(trade)), decoded(ids.map(aggregate))] {
      #expect(result.error == nil)
      #expect(taken(result) == expected)
      #expect(result.issues.filter { $0 == .duplicate }.count == Int(again))
      #expect(result.issues.filter { $0 == .outOfOrder }.count == Int(late))
      #expect(result.issues.count == Int(again + late))
    }
  }

  @Test(
    arguments: [
      ([5, 6, 4, 6, 9, 10], [5, 6, 9, 10], again: 1, late: 1),
      ([1, 1, 2, 2, 3, 3], [1, 2, 3], again: 3, late: 0),
      ([10, 20, 10, 20, 30], [10, 20, 30], again: 2, late: 0),
      ([30, 10, 10, 20], [30], again: 1, late: 2),
    ] as [([Int], [Int64], again: UInt64, late: UInt64)])
  func `best prices do not go back and come once`(
    ids: [Int], expected: [Int64], again: UInt64, late: UInt64
  ) {
    let result = decoded(ids.map(ticker))
    #expect(result.error == nil)
    #expect(taken(result) == expected)
    #expect(result.batch.issueCounts[Int(DataQuality.Issue.duplicate.rawValue)] == again)
    #expect(result.batch.issueCounts[Int(DataQuality.Issue.outOfOrder.rawValue)] == late)
  }

  @Test func `streams have ids of their own`() {
    let result = decoded([trade(7), ticker(7), aggregate(7), ticker(8), trade(8)])
    #expect(result.issues.isEmpty)
    #expect(taken(result) == [7, 7, 7, 8, 8])
  }
}
