import Events
import Foundation
import Importing
import Testing

/// The search for scales and the import look at the same numbers.
struct ScaleTests {
  private func trade(_ id: Int, _ price: String, _ size: String) -> String {
    #"{"e":"trade","E":1,"s":"BTTCUSDT","t":\#(id),"p":"\#(price)","q":"\#(size)","m":true,"M":true}"#
  }

  private func quote(_ bid: String, _ bidSize: String, _ ask: String, _ askSize: String) -> String {
    #"{"u":4,"s":"BTTCUSDT","b":"\#(bid)","B":"\#(bidSize)","a":"\#(ask)","A":"\#(askSize)"}"#
  }

  private func binance(_ messages: [String], map: String? = nil) throws -> (
    sink: Collected, counts: ImportCounts
  ) {
    let scratch = try Scratch()
    let lines = messages.enumerated().map {
      "\(1_723_161_253_000_000_000 + $0.offset) \($0.element)\n"
    }
    var request = ImportRequest(
      format: .binance, paths: [try scratch.write("a.txt", lines.joined())])
    if let map { request.mapPaths = [try scratch.write("map.toml", map)] }
    return try collect(request)
  }

  /// Messages, the scales of prices and sizes found, and how many are impossible.
  @Test func `whatever becomes of a row its numbers count`() throws {
    let cases: [([String], price: UInt8, size: UInt8, events: Int, impossible: UInt64)] = [
      ([trade(1, "0.00000091", "9300000000.00")], 8, 0, 1, 0),
      ([trade(1, "0.00000091", "9300000000.25")], 8, 2, 1, 0),
      ([quote("0.00000091", "9000000000", "0.0000010", "99000000000.5")], 8, 1, 1, 0),
      ([trade(1, "9300000000.5", "1")], 1, 0, 1, 0),
      ([trade(1, "100.0", "1"), trade(2, "-5", "0.25"), trade(3, "100.10", "0.5")], 1, 2, 2, 1),
      ([trade(1, "100", "1"), trade(1, "100.25", "0.125")], 2, 3, 1, 0),
      ([trade(1, "100", "0.001")], 0, 3, 1, 0), ([trade(1, "0.000", "0.001")], 0, 3, 0, 1),
      ([trade(1, "100", "1"), quote("0.00", "0.125", "100.5", "1")], 1, 3, 2, 0),
      // What has room at no scale asks for none.
      ([trade(1, "100.5", "1"), trade(2, "99999999999999999999", "1.5")], 1, 1, 1, 1),
    ]
    for (messages, price, size, events, impossible) in cases {
      let (sink, counts) = try binance(messages)
      #expect(sink.instruments.map(\.priceScale) == [price])
      #expect(sink.instruments.map(\.quantityScale) == [size])
      #expect(sink.market.count == events)
      #expect(counts[.impossibleValue] == impossible)
    }
  }

  @Test func `numbers that no scale holds both end the import, unless a map gives the scale`()
    throws
  {
    let messages = [trade(1, "1", "0.000000001"), trade(2, "1", "9300000000")]
    let error = #expect(throws: ImportError.self) { try binance(messages) }
    let text = error?.description ?? ""
    #expect(error?.isDataError == true)
    #expect(
      text.contains(
        "a.txt: line 2: size “9300000000” has no room beside the 9 digits after the point that other "
          + "sizes of BINANCE:BTTCUSDT have"), "\(text)")
    #expect(text.contains("Give quantity_scale = 9 in a --map"))
    let (sink, counts) = try binance(messages, map: "quantity_scale = 9\n")
    #expect(sink.market.count == 1)
    #expect(counts[.impossibleValue] == 1)
  }

  @Test(
    arguments: [
      ("1,9300000000.25,1\n2,0.5,1\n", 2, 0, 2), ("1,-1.5,0.125\n2,1,1\n", 1, 3, 1),
      ("1,1e-5,25e-1\n", 5, 1, 1), ("1,5,12345678901.5\n", 0, 1, 1),
    ] as [(String, UInt8, UInt8, UInt64)])
  func `CSV rows count too`(rows: String, price: UInt8, size: UInt8, trades: UInt64) throws {
    let scratch = try Scratch()
    var request = ImportRequest(format: .csv, paths: [try scratch.write("a.csv", rows)])
    request.mapPaths = [
      try scratch.write(
        "map.toml", "kind = \"trade\"\ntime = 1\ntime_format = \"unix_s\"\nprice = 2\nsize = 3\n")
    ]
    let (sink, counts) = try collect(request)
    #expect(sink.instruments.map(\.priceScale) == [price])
    #expect(sink.instruments.map(\.quantityScale) == [size])
    #expect(counts[.trade] == trades)
  }

  @Test func `what only reference values tell is not another instrument's business`() throws {
    let interest = #"{"openInterest":"1.125","symbol":"A","time":1589437530011}"#
    let (sink, _) = try binance([interest, trade(1, "1", "1")])
    #expect(sink.instruments.map(\.quantityScale) == [3, 0])
  }

  @Test(arguments: [true, false])
  func `progress is told chunk by chunk, whether or not rows give anything`(isSorted: Bool) throws {
    let scratch = try Scratch()
    // Rows to be sorted, or all of them impossible, give nothing for a long time.
    let row = isSorted ? "1,2,3,                    \n" : "1,-2,3,                    \n"
    let rows = String(repeating: row, count: (3 << 20) / row.utf8.count)
    var request = ImportRequest(format: .csv, paths: [try scratch.write("a.csv", rows)])
    request.mapPaths = [
      try scratch.write(
        "map.toml",
        "kind = \"trade\"\ntime = 1\ntime_format = \"unix_s\"\nprice = 2\nsize = 3\nsort = \(isSorted)\n"
          + "price_scale = 0\nquantity_scale = 0\n")
    ]
    var sink = Collected()
    var told = 0
    _ = try ImportSession(request).run(into: &sink) { _ in told += 1 }
    #expect(told >= 12)
  }
}
