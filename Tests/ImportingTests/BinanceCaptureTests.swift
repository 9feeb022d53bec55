import Events
import Importing
import Testing

/// What is told apart in a Binance capture of several symbols or markets.
struct BinanceCaptureTests {
  private func imported(_ messages: [String], symbol: String? = nil) throws -> (
    sink: Collected, counts: ImportCounts
  ) {
    let scratch = try Scratch()
    let lines = messages.enumerated().map {
      "\(1_718_000_000 + $0.offset)000000000 \($0.element)\n"
    }
    var request = ImportRequest(
      format: .binance, paths: [try scratch.write("a.log", lines.joined())])
    request.symbol = symbol
    return try collect(request)
  }

  /// A depth update of one symbol; with the end of the one before a future's.
  private func diff(_ symbol: String, _ first: Int, _ last: Int, after previous: Int? = nil)
    -> String
  {
    let chain = previous.map { #","T":1,"pu":\#($0)"# } ?? ""
    return #"{"e":"depthUpdate","E":1,"s":"\#(symbol)","U":\#(first),"u":\#(last)\#(chain),"#
      + #""b":[["98","1"]],"a":[]}"#
  }

  private func snapshot(_ id: Int, isFuture: Bool = false) -> String {
    #"{"lastUpdateId":\#(id)\#(isFuture ? #","E":1,"T":1"# : ""),"bids":[["99","2"]],"asks":[]}"#
  }

  /// Symbols that got the snapshot's level, in order; the rest of the symbols wait.
  private func owners(_ sink: Collected) -> [String] {
    sink.market.compactMap { event in
      guard case .depth(let change) = event, change.action == .set,
        change.marks.contains(.snapshot)
      else { return nil }
      return sink.instruments[change.instrument.index].symbol
    }
  }

  @Test func `the line that cannot be read is blamed, not a snapshot before it`() throws {
    let broken = [
      (String(diff("A1USDT", 11, 12).dropLast(9)), "line 2"), ("garbage", "line 2"),
      (#"{"e":"depthUpdate","E":1,"s":"A1USDT","U":11,"u":12,"b":[["98"#, "line 2"),
    ]
    for (line, place) in broken {
      let text = #expect(throws: ImportError.self) { try imported([snapshot(10), line]) }
      #expect(text?.description.contains(place) == true, "\(text?.description ?? "")")
      #expect(text?.description.contains("names no symbol") == false)
    }
  }

  @Test func `a snapshot without a symbol goes to whose updates go on from it`() throws {
    let cases: [([String], owners: [String], refused: Int)] = [
      // Behind the update that goes on from it, and before.
      ([diff("A1USDT", 1, 9), diff("B1USDT", 1001, 1009), snapshot(5)], ["A1USDT"], 0),
      ([diff("A1USDT", 1, 9), diff("B1USDT", 1001, 1009), snapshot(1005)], ["B1USDT"], 0),
      ([snapshot(1005), diff("A1USDT", 1, 9), diff("B1USDT", 1001, 1009)], ["B1USDT"], 0),
      (
        [
          diff("A1USDT", 1, 9), diff("B1USDT", 1001, 1009), snapshot(1012), diff("A1USDT", 10, 12),
          diff("B1USDT", 1010, 1015),
        ], ["B1USDT"], 0
      ),
      // Of each one, in turn.
      (
        [
          diff("A1USDT", 1, 9), snapshot(5), diff("B1USDT", 1001, 1009), snapshot(1000),
          diff("A1USDT", 10, 12),
        ], ["A1USDT", "B1USDT"], 0
      ),
      // Spot: U <= lastUpdateId + 1; futures: U <= lastUpdateId.
      ([diff("A1USDT", 1, 9), diff("B1USDT", 10, 19), snapshot(9)], ["B1USDT"], 0),
      (
        [
          diff("A1USDT", 1, 9, after: 0), diff("B1USDT", 10, 19, after: 8),
          snapshot(9, isFuture: true),
        ], ["A1USDT"], 0
      ),
      // None, and several.
      ([diff("A1USDT", 1, 9), diff("B1USDT", 1001, 1009), snapshot(500)], [], 1),
      ([diff("A1USDT", 1, 9), diff("B1USDT", 1, 8), snapshot(5)], [], 1),
      ([diff("A1USDT", 1, 4), diff("B1USDT", 1, 8), snapshot(5), diff("A1USDT", 5, 9)], [], 1),
    ]
    for (messages, expected, refused) in cases {
      let (sink, counts) = try imported(messages)
      #expect(owners(sink) == expected, "\(messages)")
      #expect(counts[.stale] == UInt64(refused), "\(messages)")
      #expect(counts[.duplicate] == 0)
    }
  }

  @Test func `a symbol that is asked for gets no other's snapshot`() throws {
    let messages = [
      snapshot(5), diff("A1USDT", 1, 9), diff("B1USDT", 1001, 1009), snapshot(1004),
      diff("A1USDT", 10, 12), diff("B1USDT", 1010, 1015),
    ]
    for (symbol, book) in [("A1USDT", 3), ("B1USDT", 3)] {
      let (sink, counts) = try imported(messages, symbol: symbol)
      #expect(owners(sink) == [symbol])
      #expect(counts[.depth] == UInt64(book))
      #expect(counts[.gap] == 0 && counts[.duplicate] == 0 && counts[.stale] == 0)
    }
    // Of a capture without its depth, the one that is asked for has none.
    let other = try imported(
      [diff("B1USDT", 1, 9), snapshot(5), trade("A1USDT", 1)], symbol: "A1USDT")
    #expect(owners(other.sink) == [])
    // Where no depth says otherwise, it has.
    #expect(owners(try imported([snapshot(5), snapshot(6)], symbol: "A1USDT").sink).count == 2)
  }

  private func trade(_ symbol: String, _ id: Int, _ mark: String = "") -> String {
    #"{"e":"trade","E":1,"T":1,"s":"\#(symbol)","t":\#(id),"p":"1","q":"1","m":true\#(mark)}"#
  }

  private func ticker(_ symbol: String, _ id: Int, _ more: String = "") -> String {
    #"{\#(more)"u":\#(id),"s":"\#(symbol)","b":"1","B":"1","a":"2","A":"1"}"#
  }

  @Test func `a trade that does not tell its market is of the one that all else says`() throws {
    let (spot, future) = (#","M":true"#, #","X":"MARKET""#)
    let aggregate =
      #"{"e":"aggTrade","E":1,"s":"AUSDT","a":1,"p":"1","q":"1","f":8,"l":9,"m":true}"#
    let cases: [([String], [String])] = [
      ([trade("AUSDT", 1), trade("AUSDT", 2), ticker("AUSDT", 5)], ["BINANCE"]),
      ([trade("AUSDT", 1), trade("AUSDT", 2, spot)], ["BINANCE"]),
      ([trade("AUSDT", 1, spot), trade("AUSDT", 2)], ["BINANCE"]),
      ([aggregate, diff("AUSDT", 1, 9)], ["BINANCE"]),
      ([aggregate, diff("AUSDT", 1, 9, after: 0)], ["BINANCE_USDM"]),
      ([trade("AUSDT", 1), ticker("AUSDT", 5, #""T":1,"E":1,"#)], ["BINANCE_USDM"]),
      ([ticker("AUSDT", 5, #""e":"bookTicker","#), trade("AUSDT", 1)], ["BINANCE_USDM"]),
      ([trade("AUSDT", 1, future), trade("AUSDT", 2)], ["BINANCE_USDM"]),
      ([trade("AUSDT", 1), ticker("BUSDT", 5)], ["BINANCE_USDM", "BINANCE"]),
      // Of both markets, and of none that tells: as futures do.
      (
        [ticker("AUSDT", 5), trade("AUSDT", 1, future), trade("AUSDT", 2)],
        ["BINANCE", "BINANCE_USDM"]
      ), ([aggregate], ["BINANCE_USDM"]),
    ]
    for (messages, venues) in cases {
      let (sink, counts) = try imported(messages)
      #expect(sink.instruments.map(\.venueName) == venues, "\(messages)")
      #expect(counts[.gap] == (messages.joined().contains("depthUpdate") ? 1 : 0))
    }
  }
}
