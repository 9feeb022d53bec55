import Events
import Importing
import Testing

/// Captures of live sessions, whose instruments are named in the stream.
struct DBNLiveTests {
  private func file(_ records: [[UInt8]], dataset: String = "XNAS.ITCH") -> [UInt8] {
    DBNBytes.file(records.flatMap { $0 }, [], schema: 0xFFFF, dataset: dataset)
  }

  private func trade(_ number: UInt32, _ price: Int64) -> [UInt8] {
    DBNBytes.trade(price * 1_000_000_000, number: number)
  }

  @Test(arguments: [1, 2, 3])
  func `the stream names instruments, in every version's layout`(version: Int) throws {
    let bytes = file([
      DBNBytes.mapping(38, "ALL_SYMBOLS", "AAPL", version: version),
      DBNBytes.mapping(39, "MSFT", "MSFT", version: version), trade(38, 170), trade(39, 410),
      trade(38, 171),
    ])
    let (sink, counts) = try importedDBN([bytes])
    #expect(sink.instruments.map(\.symbol) == ["AAPL", "MSFT"])
    #expect(sink.market.map(\.instrument.index) == [0, 1, 0])
    #expect(counts.skipped.items.isEmpty)
  }

  @Test(
    arguments: [
      ("ES.FUT", "ESH4", "ESH4"), ("AAPL", "38", "AAPL"), ("38", "AAPL", "AAPL"),
      ("AAPL", "", "AAPL"), ("38", "38", "#38"), ("", "", "#38"),
    ])
  func `what was found is the name, unless it is a number`(
    asked: String, found: String, name: String
  ) throws {
    let (sink, _) = try importedDBN([file([DBNBytes.mapping(38, asked, found), trade(38, 170)])])
    #expect(sink.instruments.map(\.symbol) == [name])
  }

  @Test func `a number may mean another instrument from a record on`() throws {
    let (sink, _) = try importedDBN([
      file([
        trade(38, 1), DBNBytes.mapping(38, "A", "A"), trade(38, 2), DBNBytes.mapping(38, "A", "A"),
        trade(38, 3), DBNBytes.mapping(38, "B", "B"), trade(38, 4),
      ])
    ])
    #expect(sink.instruments.map(\.symbol) == ["#38", "A", "B"])
    #expect(sink.market.map(\.instrument.index) == [0, 1, 1, 2])
  }

  @Test func `a symbol that the stream names can be asked for, and one that it does not is missed`()
    throws
  {
    let scratch = try Scratch()
    let bytes = file([
      DBNBytes.mapping(38, "AAPL", "AAPL"), DBNBytes.mapping(39, "MSFT", "MSFT"), trade(38, 170),
      trade(39, 410),
    ])
    var request = ImportRequest(format: .dbn, paths: [try scratch.write("live.dbn", bytes)])
    request.symbol = "msft"
    #expect(try collect(request).sink.instruments.map(\.symbol) == ["MSFT"])
    request.symbol = "FOO"
    let error = #expect(throws: ImportError.self) { try collect(request) }
    #expect(error?.isMissingInput == true)
    #expect(error?.description.contains("AAPL, MSFT") == true)
  }

  @Test func `futures named in the stream are what their roots and the metadata say`() throws {
    let records = [DBNBytes.mapping(5, "ES.FUT", "ESH4"), trade(5, 4800)]
    let (sink, counts) = try importedDBN([file(records, dataset: "GLBX.MDP3")])
    #expect(sink.instruments.map(\.multiplier) == [50_000_000_000])
    #expect(counts.assumedMultipliers.isEmpty)
    let named = DBNBytes.file(
      DBNBytes.mapping(5, "NQH4", "NQH4") + trade(5, 4800), [.init("ESH4", 5)], schema: 0xFFFF)
    #expect(try importedDBN([named]).sink.instruments.map(\.symbol) == ["ESH4"])
  }

  @Test func `prices of unknown instruments are looked through to the file's end`() throws {
    var records = [DBNBytes.mapping(5, "XYZ.FUT", "XYZH4")]
    for index in 0..<8000 { records.append(trade(5, Int64(4800 + index % 3))) }
    records.append(DBNBytes.trade(4_800_125_000_000, number: 5))
    let (sink, _) = try importedDBN([file(records, dataset: "GLBX.MDP3")])
    #expect(sink.instruments.map(\.priceScale) == [3])
  }

  @Test func `a short mapping record is malformed`() throws {
    let short = DBNBytes.head(0x16, 76, 38, DBNBytes.time) + [UInt8](repeating: 0, count: 60)
    let error = #expect(throws: ImportError.self) { try importedDBN([file([short])]) }
    #expect(error?.isDataError == true)
  }
}
