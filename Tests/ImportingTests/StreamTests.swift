import Events
import Foundation
import Importing
import Testing

/// Books that go on from file to file, and those that do not.
struct StreamTests {
  private func diff(_ first: Int, _ last: Int, _ bid: String) -> String {
    #"{"e":"depthUpdate","E":1,"s":"BTCUSDT","U":\#(first),"u":\#(last),"b":[["\#(bid)","1"]],"a":[]}"#
  }
  private let snapshot =
    #"{"lastUpdateId":7,"bids":[["99","2"]],"asks":[["101","3"]]}"#

  /// Messages of one capture, a second apart.
  private var messages: [String] {
    [diff(5, 8, "98"), snapshot, diff(9, 9, "97.5"), diff(10, 12, "97"), diff(13, 13, "96.25")]
  }

  private func text(_ messages: ArraySlice<String>) -> String {
    zip(messages.indices, messages).map { "\($0 + 1_723_161_253)000000000 \($1)\n" }.joined()
  }

  private func request(_ scratch: Scratch, cutAt places: [Int], isReversed: Bool = false) throws
    -> ImportRequest
  {
    var paths: [String] = []
    for (start, end) in zip([0] + places, places + [messages.count]) {
      paths.append(try scratch.write("part\(start).txt", text(messages[start..<end])))
    }
    return ImportRequest(format: .binance, paths: isReversed ? paths.reversed() : paths)
  }

  @Test(arguments: [[1], [2], [3], [4], [2, 3], [1, 2, 3, 4]])
  func `a Binance capture in parts is what it is as one file`(places: [Int]) throws {
    let scratch = try Scratch()
    let whole = try collect(try request(scratch, cutAt: []))
    #expect(whole.counts[.depth] == 6)
    #expect(whole.counts[.gap] == 0)
    for isReversed in [false, true] {
      let parts = try collect(try request(scratch, cutAt: places, isReversed: isReversed))
      #expect(parts.sink.items == whole.sink.items)
    }
  }

  @Test func `a hole between two Binance files clears the book, and is one gap`() throws {
    let scratch = try Scratch()
    let a = try scratch.write("a.txt", text(messages[0..<3]))
    let b = try scratch.write("b.txt", text(messages[4..<5]))
    let (sink, counts) = try collect(ImportRequest(format: .binance, paths: [a, b]))
    #expect(counts[.gap] == 1)
    #expect(sink.qualities[0].expected == 10)
    #expect(counts.skipped.items.map(\.reason) == ["depth update without a snapshot"])
    guard case .depth(let last)? = sink.market.last else {
      Issue.record("no depth at the end")
      return
    }
    #expect(last.action == .clear)
  }

  @Test func `files of two symbols at the same time keep their snapshots apart`() throws {
    let scratch = try Scratch()
    let other = messages.map { $0.replacingOccurrences(of: "BTCUSDT", with: "ETHUSDT") }
    let a = try scratch.write("a.txt", text(messages[...]))
    let b = try scratch.write("b.txt", text(other[...]))
    let (_, counts) = try collect(ImportRequest(format: .binance, paths: [a, b]))
    #expect(counts[.depth] == 12)
    #expect(counts[.gap] == 0)
    var request = ImportRequest(format: .binance, paths: [a, b])
    request.symbol = "ethusdt"
    let one = try collect(request)
    #expect(one.sink.instruments.map(\.symbol) == ["ETHUSDT"])
    #expect(one.counts[.depth] == 6)
    request.symbol = "FOO"
    let error = #expect(throws: ImportError.self) { try collect(request) }
    #expect(error?.isMissingInput == true)
    #expect(error?.description.contains("There is BTCUSDT, ETHUSDT.") == true)
  }

  @Test
  func `a later import clears the journal's book and counts it, unless a snapshot comes first`()
    throws
  {
    let scratch = try Scratch()
    let first = try collect(try request(scratch, cutAt: []))
    var later = ImportRequest(
      format: .binance, paths: [try scratch.write("later.txt", text(messages[3...]))])
    later.known = first.sink.instruments
    later.oldBooks = [.depth]
    let (sink, counts) = try collect(later)
    #expect(counts[.gap] == 1)
    #expect(counts[.depthClear] == 1)
    #expect(counts[.depth] == 0)
    #expect(sink.qualities[0].detail.contains("not known"))
    let snapshot = DepthChange(
      instrument: InstrumentID(0), action: .clear, side: .none, marks: [.last])
    #expect(sink.market == [.depth(snapshot)])
    // Nothing before it says whose the snapshot is.
    let whole = [self.snapshot, diff(8, 9, "97.5"), diff(10, 12, "97")]
    later.paths = [try scratch.write("whole.txt", text(whole[...]))]
    later.symbol = "BTCUSDT"
    #expect(try collect(later).counts[.gap] == 0)
  }

  private let lobster = [
    "34200,1,1,5,100,1", "34201,1,2,5,101,1", "34202,1,3,6,110,-1", "34203,3,1,5,100,1",
  ]

  @Test func `a day of LOBSTER in two files is one book, and the next day another`() throws {
    let scratch = try Scratch()
    let name = "AAPL_2012-06-21_34200000_57600000_message_10.csv"
    for folder in ["a", "b"] {
      try FileManager.default.createDirectory(
        atPath: "\(scratch.path)/\(folder)", withIntermediateDirectories: true)
    }
    let a = try scratch.write("a/" + name, lobster[0..<2].joined(separator: "\n"))
    let b = try scratch.write("b/" + name, lobster[2...].joined(separator: "\n"))
    for paths in [[a, b], [b, a]] {
      let (_, counts) = try collect(ImportRequest(format: .lobster, paths: paths))
      #expect(counts[.orderClear] == 0)
      #expect(counts[.unknownOrder] == 0)
      #expect(counts[.orderAdd] == 3)
    }
    let next = try scratch.write(
      name.replacingOccurrences(of: "06-21", with: "06-22"), lobster.joined(separator: "\n"))
    let (sink, counts) = try collect(ImportRequest(format: .lobster, paths: [a, b, next]))
    #expect(counts[.orderClear] == 1)
    #expect(counts[.duplicate] == 0)
    #expect(counts[.gap] == 0)
    #expect(sink.isInOrder)
  }

  @Test func `a size below 0 is counted, not malformed`() throws {
    let scratch = try Scratch()
    let path = try scratch.write(
      "AAPL_2012-06-21_34200000_57600000_message_10.csv",
      "34200,1,1,-5,100,1\n34201,1,2,5,101,1\n34202,1,3,99999999999999999999,101,1\n")
    let (_, counts) = try collect(ImportRequest(format: .lobster, paths: [path]))
    #expect(counts[.impossibleValue] == 2)
    #expect(counts[.orderAdd] == 1)
  }

  @Test func `what is counted oftener than it is told is told as a sum`() throws {
    let scratch = try Scratch()
    let lines = (0..<150).map { "\(34200 + $0),1,\($0 + 1),0,100,1" }.joined(separator: "\n")
    let path = try scratch.write("AAPL_2012-06-21_34200000_57600000_message_10.csv", lines)
    let (sink, counts) = try collect(ImportRequest(format: .lobster, paths: [path]))
    #expect(counts[.impossibleValue] == 150)
    #expect(counts[.dataQuality] == 101)
    #expect(sink.qualities.reduce(0) { $0 + $1.times } == 150)
  }

  @Test func `a map that says another thing of a known instrument is refused`() throws {
    let scratch = try Scratch()
    let known = Instrument(
      id: InstrumentID(0), venueName: "X", symbol: "A", kind: .equity, currency: "USD",
      priceScale: 2, quantityScale: 0)
    let map =
      "kind = \"trade\"\ntime = 1\ntime_format = \"unix_s\"\nprice = 2\nsize = 3\nvenue = \"X\"\n"
    for (line, word) in [
      ("currency = \"EUR\"", "currency USD, the map says EUR"),
      ("class = \"future\"", "class equity, the map says future"),
      ("multiplier = 50", "multiplier 1, the map says 50"),
      ("tick_size = 0.05", "tick_size 0.01, the map says 0.05"),
    ] {
      var request = ImportRequest(
        format: .csv, paths: [try scratch.write("A.csv", "1,1.5,2\n")])
      request.mapPaths = [try scratch.write("map.toml", map + line + "\n")]
      request.known = [known]
      let error = #expect(throws: ImportError.self) { try collect(request) }
      #expect(error?.isDataError == true)
      #expect(error?.description.contains(word) == true, "\(error?.description ?? "")")
    }
  }

  @Test func `more digits than the journal's scale say what the journal has`() throws {
    let scratch = try Scratch()
    var request = ImportRequest(
      format: .csv, paths: [try scratch.write("A.csv", "1,1.555,2\n")])
    request.mapPaths = [
      try scratch.write(
        "map.toml",
        "kind = \"trade\"\ntime = 1\ntime_format = \"unix_s\"\nprice = 2\nsize = 3\nvenue = \"X\"\n"
      )
    ]
    request.known = [
      Instrument(
        id: InstrumentID(0), venueName: "X", symbol: "A", kind: .equity, currency: "USD",
        priceScale: 2, quantityScale: 0)
    ]
    let error = #expect(throws: ImportError.self) { try collect(request) }
    #expect(error?.description.contains("X:A has prices of 2 and sizes of 0 digits") == true)
  }
}
