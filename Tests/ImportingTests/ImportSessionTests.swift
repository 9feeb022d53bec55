import Events
import Foundation
import Importing
import Testing

struct ImportSessionTests {
  private let message = "34200,1,7,18,5853300,1\n34201,3,7,18,5853300,1\n"
  private let name = "AAPL_2012-06-21_34200000_57600000_message_10.csv"

  /// Runs a request that fails.
  @Test func `a missing file is named`() {
    let error = failure(ImportRequest(format: .dbn, paths: ["/nowhere/x.dbn"]))
    #expect(error?.isMissingInput == true)
    #expect(error?.description.contains("/nowhere/x.dbn") == true)
  }

  @Test func `a device is told apart from nothing`() {
    let error = failure(ImportRequest(format: .dbn, paths: ["/dev/null"]))
    #expect(error?.isMissingInput == true)
    #expect(error?.description.contains("/dev/null: is no file") == true)
  }

  @Test(.enabled(if: geteuid() != 0, "root may read anything"))
  func `a file that may not be read says why`() throws {
    let scratch = try Scratch()
    let path = try scratch.write("a.dbn", "x")
    try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: path)
    let error = failure(ImportRequest(format: .dbn, paths: [path]))
    #expect(error?.description == "\(path): cannot be read: Permission denied")
    #expect(error?.isDenied == true)
  }

  @Test(
    arguments: [
      (EACCES, true), (EPERM, true), (ENOENT, false), (EIO, false), (nil, false),
    ] as [(Int32?, Bool)])
  func `what may not be read is no missing input`(code: Int32?, isDenied: Bool) {
    let error = ImportError.unreadable(path: "a.csv", reason: "", code: code)
    #expect(error.isDenied == isDenied)
    #expect(error.isMissingInput == !isDenied)
  }

  @Test func `a bad line is named with file, line and reason`() throws {
    let scratch = try Scratch()
    let path = try scratch.write(name, message + "34202,9,7,18,5853300,1\n")
    let error = failure(ImportRequest(format: .lobster, paths: [path]))
    #expect(error?.isDataError == true)
    #expect(error?.description == "\(path): line 3: type “9” is not 1 to 7")
  }

  @Test func `what is late is what the files told`() throws {
    let scratch = try Scratch()
    let lines = ["1,5,1", "2,-5,1", "3,6,1", "4,0,1"].joined(separator: "\n")
    var request = ImportRequest(
      format: .csv, paths: [try scratch.write("a.csv", lines)],
      mapPaths: [
        try scratch.write(
          "m.toml",
          "kind = \"trade\"\nsymbol = \"X\"\ntime = 1\ntime_format = \"unix_s\"\nprice = 2\nsize = 3\n"
        )
      ])
    #expect(try collect(request).counts.late == 0)
    request.head = Instant(nanoseconds: 100_000_000_000)
    let (_, counts) = try collect(request)
    // Two cannot be: entries say so, which are not late themselves.
    #expect(counts[.impossibleValue] == 2 && counts[.dataQuality] >= 2)
    #expect(counts.late == counts[.trade])
  }

  @Test func `a directory without files of the format is told`() throws {
    let scratch = try Scratch()
    _ = try scratch.write("notes.md", "x")
    guard case .usage(let text) = failure(ImportRequest(format: .lean, paths: [scratch.path]))
    else {
      Issue.record("no usage error")
      return
    }
    #expect(text.contains("equity/usa/minute/spy/20131007_trade.zip"))
  }

  @Test func `CSV without a map and a map with a fault are told`() throws {
    let scratch = try Scratch()
    var request = ImportRequest(format: .csv, paths: [try scratch.write("a.csv", "1,2\n")])
    guard case .usage = failure(request) else {
      Issue.record("no usage error")
      return
    }
    request.mapPaths = [try scratch.write("map.toml", "kind = 3\n")]
    #expect(failure(request)?.description.contains("map.toml: line 1") == true)
  }

  @Test func `the order book file beside the messages gives the starting levels`() throws {
    let scratch = try Scratch()
    let path = try scratch.write(name, message)
    _ = try scratch.write(
      name.replacingOccurrences(of: "message", with: "orderbook"), "5859400,200,5853300,18\n")
    let (sink, counts) = try collect(ImportRequest(format: .lobster, paths: [path]))
    #expect(counts[.orderAdd] == 2)
    #expect(sink.instruments.map(\.symbol) == ["AAPL"])
    #expect(counts.newInstruments == 1)
  }

  @Test func `known instruments keep their ids and nothing is received before the head`() throws {
    let scratch = try Scratch()
    let path = try scratch.write(name, message)
    var known = Instrument(
      id: InstrumentID(0), venueName: "XNAS", symbol: "MSFT", kind: .equity, currency: "USD",
      priceScale: 4, quantityScale: 0)
    var request = ImportRequest(format: .lobster, paths: [path])
    request.known = [known]
    known.id = InstrumentID(1)
    known.symbol = "AAPL"
    request.known.append(known)
    request.head = Instant(nanoseconds: 1_700_000_000_000_000_000)
    let (sink, counts) = try collect(request)
    #expect(counts.newInstruments == 0)
    #expect(sink.instruments.isEmpty)
    #expect(sink.market.allSatisfy { $0.instrument == InstrumentID(1) })
    #expect(sink.items.allSatisfy { $0.receive == request.head })
    #expect(sink.items[0].event == Instant(nanoseconds: 1_340_285_400_000_000_000))
  }

  @Test func `ticks from before the journal's end are counted, and the first is told`() throws {
    let scratch = try Scratch()
    let lines = "34200,1,1,5,100,1\n34201,1,2,5,100,1\n34202,1,3,5,100,1\n"
    var request = ImportRequest(format: .lobster, paths: [try scratch.write(name, lines)])
    request.head = Instant(nanoseconds: 1_340_285_402_000_000_000)
    let (sink, counts) = try collect(request)
    #expect(counts.late == 2)
    #expect(counts[.outOfOrder] == 2)
    #expect(counts[.orderAdd] == 3)
    #expect(sink.qualities.map(\.issue) == [.outOfOrder, .outOfOrder])
    #expect(sink.qualities.map(\.times) == [1, 1])
    #expect(sink.qualities[0].actual == 1_340_285_400_000_000_000)
    #expect(sink.items.allSatisfy { $0.receive == request.head })
    request.head = Instant(nanoseconds: 1_340_285_400_000_000_000)
    #expect(try collect(request).counts.late == 0)
  }

  @Test func `a row whose values cannot be does not stop an import by its digits`() throws {
    let scratch = try Scratch()
    var request = ImportRequest(
      format: .csv,
      paths: [try scratch.write("a.csv", "t,p,q\n1,1.5,2\n2,1.2345,0\n3,-1.5,1.25\n")])
    request.mapPaths = [
      try scratch.write(
        "map.toml",
        "kind = \"trade\"\ntime = \"t\"\ntime_format = \"unix_s\"\nprice = \"p\"\nsize = \"q\"\n")
    ]
    let (sink, counts) = try collect(request)
    #expect(counts[.trade] == 1)
    #expect(counts[.impossibleValue] == 2)
    #expect(sink.instruments.map(\.priceScale) == [4])
  }

  @Test func `a Binance capture without a snapshot is imported without its depth`() throws {
    let scratch = try Scratch()
    let lines = """
      1723161253000000001 {"e":"depthUpdate","E":1,"s":"BTCUSDT","U":1,"u":2,"b":[["100.12345","1.123456"]],"a":[]}
      1723161253000000002 {"u":5,"s":"BTCUSDT","b":"100.5","B":"2.0","a":"100.6","A":"1.0"}

      """
    let (sink, counts) = try collect(
      ImportRequest(format: .binance, paths: [try scratch.write("a.txt", lines)]))
    #expect(counts[.quote] == 1)
    #expect(counts[.gap] == 1)
    #expect(sink.instruments.map(\.priceScale) == [1])
  }

  @Test func `a LEAN file is known by where it lies, however it is named`() throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/equity/usa/minute/spy"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: scratch.path + "/days", withDestinationPath: folder)
    _ = try scratch.write("equity/usa/minute/spy/20131007_trade.zip", "no archive")
    let error = failure(
      ImportRequest(format: .lean, paths: [scratch.path + "/days/20131007_trade.zip"]))
    // It is taken for what it is, and found to be damaged.
    #expect(error?.isDataError == true, "\(error?.description ?? "no error")")
  }

  @Test func `a map that is not there is told as missing`() throws {
    let scratch = try Scratch()
    var request = ImportRequest(format: .csv, paths: [try scratch.write("a.csv", "1,2\n")])
    request.mapPaths = [scratch.path + "/none.toml"]
    #expect(failure(request)?.isMissingInput == true)
    #expect(failure(request)?.description.contains("there is no such file") == true)
  }

  @Test func `files are merged by time even behind the head`() throws {
    let scratch = try Scratch()
    let a = try scratch.write(name, "34200,1,1,5,100,1\n34204,1,2,5,100,1\n")
    let b = try scratch.write(
      name.replacingOccurrences(of: "AAPL", with: "MSFT"), "34201,1,3,5,100,1\n34203,1,4,5,100,1\n")
    var request = ImportRequest(format: .lobster, paths: [a, b])
    for head in [nil, Instant.distantFuture] {
      request.head = head
      let (sink, _) = try collect(request)
      let orders = sink.market.compactMap { event -> UInt64? in
        if case .order(let change) = event { change.order } else { nil }
      }
      #expect(orders == [1, 3, 4, 2])
    }
  }

  @Test func `many notes of an issue are counted, not all recorded`() throws {
    let scratch = try Scratch()
    let lines = (0..<500).map { _ in "34200,1,1,0,100,1\n" }.joined()
    let (sink, counts) = try collect(
      ImportRequest(format: .lobster, paths: [try scratch.write(name, lines)]))
    #expect(counts[.impossibleValue] == 500)
    #expect(sink.qualities.count == 101)
    #expect(sink.qualities.last?.actual == 500)
  }

  @Test func `unknown orders and crossed books are told`() throws {
    let scratch = try Scratch()
    let lines = "34200,3,9,5,100,1\n34201,1,1,5,100,1\n34202,1,2,5,90,-1\n34203,1,3,5,80,-1\n"
    let (sink, counts) = try collect(
      ImportRequest(format: .lobster, paths: [try scratch.write(name, lines)]))
    #expect(counts[.unknownOrder] == 1)
    #expect(counts[.crossed] == 2)
    // The second time in a row is told in the sum alone.
    #expect(sink.qualities.map(\.issue) == [.unknownOrder, .crossed, .crossed])
    #expect(sink.qualities.map(\.times) == [1, 1, 1])
  }

  @Test func `what the sink throws stops the import`() throws {
    struct Full: Error {}
    struct FullSink: ImportSink {
      mutating func append(_ event: MarketEvent, event time: Instant, receive: Instant) throws {
        throw Full()
      }
      mutating func append(_ observation: Observation, event time: Instant, receive: Instant) {}
    }
    let scratch = try Scratch()
    var sink = FullSink()
    let path = try scratch.write(name, message)
    do {
      _ = try ImportSession(ImportRequest(format: .lobster, paths: [path])).run(into: &sink)
      Issue.record("the error was lost")
    } catch {
      guard case .recording(let inner) = error, inner is Full else {
        Issue.record("another error: \(error)")
        return
      }
    }
  }

  @Test(.enabled(if: SharedData.isThere, "the shared data folder is absent"))
  func `cut and damaged archives are told as damaged`() throws {
    let scratch = try Scratch()
    let names = [
      ("databento-dbn-samples/test_data.mbo.v3.dbn.zst", "a.dbn.zst", ImportFormat.dbn),
      ("binance-ws/spot/btcusdt_20240808.gz", "a.gz", .binance),
    ]
    for (source, name, format) in names {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: SharedData.path(source)))
      let path = "\(scratch.path)/\(name)"
      try bytes.prefix(min(bytes.count * 2 / 3, 100_000)).write(to: URL(fileURLWithPath: path))
      let error = failure(ImportRequest(format: format, paths: [path]))
      #expect(error?.isDataError == true, "\(name): \(error?.description ?? "no error")")
    }
  }
}
