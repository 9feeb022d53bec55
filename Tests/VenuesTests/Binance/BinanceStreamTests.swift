import Events
import Testing

@testable import Venues

/// What of several streams of a symbol in one capture is taken.
struct BinanceStreamTests {
  private func decoded(_ messages: [String], symbol: String? = nil) -> Decoded {
    Decoded(
      BinanceDecoder(symbol: symbol),
      messages.enumerated().map { "\(1_723_161_253_000_000_000 + $0.offset) \($0.element)\n" }
        .joined())
  }

  private func trade(_ id: Int, spot: Bool = false) -> String {
    #"{"e":"trade","E":1723161253000,"s":"BTCUSDT","t":\#(id),"p":"100","q":"\#(id)","#
      + #""m":true\#(spot ? #","M":true"# : "")}"#
  }

  private func aggregate(_ id: Int, _ first: Int, _ last: Int) -> String {
    #"{"e":"aggTrade","E":1723161253000,"s":"BTCUSDT","a":\#(id),"p":"100","#
      + #""q":"\#((first...last).reduce(0, +))","f":\#(first),"l":\#(last),"m":true}"#
  }

  /// Each trade's size is its id, an aggregate's their sum: what sizes come out, and how many are left out.
  @Test func `a trade that two streams tell is taken once`() {
    let cases: [([String], sizes: [Int64], leftOut: UInt64)] = [
      ([trade(10), trade(11), aggregate(5, 10, 11), trade(12)], [10, 11, 12], 1),
      ([aggregate(5, 10, 11), trade(10), trade(11), trade(12)], [21, 12], 2),
      ([trade(10), aggregate(5, 10, 11), trade(11)], [10, 11], 1),
      ([aggregate(5, 10, 11), aggregate(6, 12, 12)], [21, 12], 0),
      ([trade(11), aggregate(5, 10, 11), aggregate(6, 12, 14)], [11, 39], 1),
      ([aggregate(5, 12, 13), trade(10), trade(11), trade(12), trade(13)], [25, 10, 11], 2),
      ([trade(10, spot: true), aggregate(5, 10, 10)], [10, 10], 0),
    ]
    for (messages, sizes, leftOut) in cases {
      let result = decoded(messages)
      #expect(result.error == nil)
      let found = result.market.map { event -> Int64 in
        if case .trade(let trade) = event { trade.size.raw / 1_000_000_000 } else { 0 }
      }
      #expect(found == sizes)
      #expect(result.batch.skipped.items.reduce(0) { $0 + $1.count } == leftOut)
      #expect(result.issues.isEmpty)
    }
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `two whole streams tell each trade once, however they arrive`(seed: UInt64) {
    var random = Mutation(seed: seed)
    var singles = (1...200).map { trade($0) }
    var sums: [String] = []
    var next = 1
    while next <= 200 {
      let last = min(200, next + random.next(below: 5))
      sums.append(aggregate(sums.count + 1, next, last))
      next = last + 1
    }
    var messages: [String] = []
    while !singles.isEmpty || !sums.isEmpty {
      let takesSum = singles.isEmpty || (!sums.isEmpty && random.next(below: 3) == 0)
      messages.append(takesSum ? sums.removeFirst() : singles.removeFirst())
    }
    let sizes = decoded(messages).market.map { event -> Int64 in
      if case .trade(let trade) = event { trade.size.raw / 1_000_000_000 } else { 0 }
    }
    #expect(sizes.reduce(0, +) == 200 * 201 / 2)
  }

  @Test func `an aggregate that does not tell its trades is none`() {
    let text = #"{"e":"aggTrade","s":"BTCUSDT","a":1,"p":"1","q":"1","m":true}"#
    #expect(
      decoded([text]).error?.reason
        == "an aggregate trade without its first and last trade “f” and “l”")
  }

  private func picture(_ stream: String, _ bid: Int) -> String {
    #"{"stream":"\#(stream)","data":{"e":"depthUpdate","E":1,"T":1,"s":"BTCUSDT","U":1,"u":\#(bid),"#
      + #""pu":0,"b":[["\#(bid)","1"]],"a":[]}}"#
  }

  private let snapshot = #"{"lastUpdateId":7,"E":1,"T":1,"bids":[["99","2"]],"asks":[]}"#
  private let diff =
    #"{"e":"depthUpdate","E":1,"s":"BTCUSDT","U":5,"u":9,"pu":4,"b":[["98","1"]],"a":[]}"#

  /// Bids as levels, `C` for a clear.
  private func shape(_ decoded: Decoded) -> String {
    decoded.market.compactMap { event -> String? in
      guard case .depth(let change) = event else { return nil }
      return change.action == .clear ? "C" : "\(change.price.raw / 1_000_000_000)"
    }.joined(separator: " ")
  }

  @Test(arguments: [
    ("btcusdt@depth5@100ms", true), ("btcusdt@depth10", true), ("btcusdt@depth20@500ms", true),
    ("btcusdt@depth", false), ("btcusdt@depth@100ms", false), ("btcusdt@depth@0ms", false),
  ])
  func `a perpetual's partial depth is known by its stream's name`(stream: String, isPartial: Bool)
  {
    let result = decoded([picture(stream, 101), picture(stream, 100)])
    #expect(result.error == nil)
    #expect(shape(result) == (isPartial ? "C 101 C 100" : ""))
    #expect(result.registry.instruments.map(\.kind) == [.perpetual])
    #expect(result.issues == (isPartial ? [] : [.gap]))
  }

  @Test func `partial depth is left out while diffs keep the book`() {
    let partial = picture("btcusdt@depth5", 101)
    let result = decoded([partial, diff, partial, snapshot, partial])
    #expect(shape(result) == "C 101 C 101 C 99 98")
    #expect(
      result.batch.skipped.items.map(\.reason) == ["partial depth beside depth updates"])
  }

  @Test func `a snapshot with a perpetual's times is a perpetual's`() {
    let first = decoded([snapshot, diff], symbol: "btcusdt")
    #expect(first.error == nil)
    #expect(first.registry.instruments.map(\.venueName) == [BinanceDecoder.linearVenue])
    #expect(shape(first) == "C 99 98")
    // The spot market's depth is of another instrument.
    let spot = #"{"e":"depthUpdate","E":1,"s":"BTCUSDT","U":5,"u":9,"b":[["97","1"]],"a":[]}"#
    let both = decoded([diff, spot, snapshot])
    #expect(shape(both) == "C 99 98")
    #expect(both.registry.instruments.map(\.kind) == [.perpetual, .crypto])
    #expect(both.market.allSatisfy { $0.instrument == InstrumentID(0) })
    let plain = #"{"lastUpdateId":7,"bids":[["99","2"]],"asks":[]}"#
    #expect(decoded([diff, spot, plain]).market.allSatisfy { $0.instrument == InstrumentID(1) })
    #expect(decoded([spot, snapshot]).error?.place == .line(2))
  }

  @Test(
    arguments: [
      ("1723161253123456789", 1_723_161_253_123_456_789),
      ("1723161253123456", 1_723_161_253_123_456_000), ("1723161253123", 1_723_161_253_123_000_000),
      ("1723161253", nil), ("0", nil), ("17231612531234567", nil), ("99999999999999", nil),
    ] as [(String, Int64?)])
  func `a receive time's unit is told by its size`(stamp: String, nanoseconds: Int64?) {
    let result = Decoded(BinanceDecoder(), "\(stamp) \(trade(1))\n")
    #expect(result.batch.ticks.first?.receiveTime.nanoseconds == nanoseconds)
    if nanoseconds == nil {
      #expect(
        result.error?.description
          == "line 1: receive time \(stamp) is not in nanoseconds, microseconds or milliseconds since 1970"
      )
    }
  }
}
