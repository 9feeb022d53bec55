import Books
import Events
import Foundation
import Importing
import Testing

/// What several files of an import tell of the same moment is taken once; what one file tells twice happened twice.
struct RepeatTests {
  private static let second: UInt64 = 1_000_000_000
  private static let unit: Int64 = 1_000_000_000

  private func time(_ seconds: Int) -> UInt64 { DBNBytes.time + UInt64(seconds) * Self.second }

  /// Records of a schema, one a second.
  private func records(_ schema: UInt64) -> [[UInt8]] {
    (0..<6).map { index in
      let price = (4800 + Int64(index)) * Self.unit
      return switch schema {
      case 0:
        index < 2
          ? DBNBytes.order("A", "B", UInt64(index + 1), price, number: 5, at: time(index), size: 90)
          : DBNBytes.order("C", "B", 1, 4800 * Self.unit, number: 5, at: time(index), size: 7)
      case 1: DBNBytes.quote(price, price + Self.unit, number: 5, at: time(index))
      case 2: depth([4800 + Int64(index), 4790], at: time(index))
      case 6: DBNBytes.bar(price, number: 5, at: time(index))
      case 10: DBNBytes.statistic(3, price, number: 5, at: time(index))
      case 11:
        DBNBytes.status(
          index % 2 == 0 ? 7 : 8, number: 5, at: time(index), shortSales: index == 0 ? "Y" : "~")
      case 18: DBNBytes.quote(price, price + Self.unit, number: 5, at: time(index), type: 0xC3)
      default: DBNBytes.trade(price, number: 5, at: time(index))
      }
    }
  }

  /// Bids of ten levels.
  private func depth(_ prices: [Int64], at time: UInt64) -> [UInt8] {
    var record =
      DBNBytes.head(0x0A, 368, 5, time) + DBNBytes.little(DBNBytes.none, 8)
      + DBNBytes.little(0, 4) + Array("AB".utf8) + [128, 0]
    record += DBNBytes.little(time + 1000, 8) + DBNBytes.little(0, 8)
    for level in 0..<10 {
      let price = level < prices.count ? UInt64(prices[level] * Self.unit) : DBNBytes.none
      record += DBNBytes.little(price, 8) + DBNBytes.little(DBNBytes.none, 8)
      record += DBNBytes.little(level < prices.count ? 5 : 0, 4) + DBNBytes.little(0, 12)
    }
    return record
  }

  private func file(_ records: some Sequence<[UInt8]>, _ schema: UInt64) -> [UInt8] {
    DBNBytes.file(records.flatMap { $0 }, [.init("ESH4", 5)], schema: schema)
  }

  /// What is told of the market; definitions come as chunks are read.
  private func events(_ sink: Collected) -> [Collected.Item] {
    sink.items.filter { item in
      switch item.observation {
      case .dataQuality, .instrument: false
      default: true
      }
    }
  }

  @Test(arguments: [0, 1, 2, 4, 6, 10, 11, 18] as [UInt64])
  func `copies and overlapping files of every schema give what the whole gives`(schema: UInt64)
    throws
  {
    let all = records(schema)
    let (whole, alone) = try importedDBN([file(all, schema)])
    #expect(alone[.duplicate] == 0)
    let copies = try importedDBN([file(all, schema), file(all, schema), file(all, schema)])
    #expect(events(copies.sink) == events(whole))
    #expect(copies.counts[.duplicate] == 2 * UInt64(events(whole).count))
    let parts = [file(all.prefix(4), schema), file(all.suffix(4), schema)]
    // Levels begin anew with each file, and a restriction is told again.
    guard schema != 2 else { return }
    for parts in [parts, parts.reversed()] {
      let (sink, counts) = try importedDBN(parts)
      #expect(events(sink) == events(whole))
      #expect(counts[.duplicate] == 2)
    }
  }

  @Test func `levels that a file begins in the middle of another stay whole`() throws {
    let all = records(2)
    for parts in [[all.prefix(4), all.suffix(4)], [all.suffix(4), all.prefix(4)]] {
      let (sink, _) = try importedDBN(parts.map { file($0, 2) })
      var book = DepthBook()
      for case .depth(let change) in sink.market {
        _ = book.apply(change)
        if change.marks.contains(.last), change.action != .clear {
          #expect(book.levelCount(of: .buy) == 2)
        }
      }
      #expect(book.best(of: InstrumentID(0)).bid.raw == 480_500)
    }
  }

  /// How often each of two files has an equal record, and how often it is taken.
  @Test(arguments: [(1, 1, 1), (2, 2, 2), (1, 2, 2), (3, 1, 3), (0, 2, 2)])
  func `the greatest number of equal ones of a file counts`(first: Int, second: Int, taken: UInt64)
    throws
  {
    let cancel = DBNBytes.order("C", "B", 1, 4800 * Self.unit, number: 5, at: time(1), size: 1)
    let add = DBNBytes.order("A", "B", 1, 4800 * Self.unit, number: 5, at: time(0), size: 9)
    let files = [first, second].map { count in
      file([add] + [[UInt8]](repeating: cancel, count: count), 0)
    }
    let (sink, counts) = try importedDBN(files)
    #expect(counts[.orderCancel] == taken)
    #expect(counts[.duplicate] == UInt64(first + second + 1) - taken)
    #expect(sink.isInOrder)
  }

  @Test func `another sequence number, publisher's time or order is another record`() throws {
    let one = DBNBytes.order("C", "B", 1, 4800 * Self.unit, number: 5, at: time(0), size: 1)
    for place in [8, 16, 32, 52] {
      var other = one
      other[place] ^= 3
      let (_, counts) = try importedDBN([file([one], 0), file([other], 0)])
      #expect(counts[.orderCancel] == 2, "byte \(place)")
      #expect(counts[.duplicate] == 0, "byte \(place)")
    }
  }

  @Test(arguments: [
    ("trade", "price = \"p\"", 5), ("quote", "bid = \"p\"\nask = \"p\"", 5),
    ("reference", "mark = \"p\"", 5), ("depth", "price = \"p\"\nsize = \"p\"\nside = \"s\"", 5),
  ])
  func `rows of two CSV files are told apart, those of one are not`(
    kind: String, columns: String, rows: UInt64
  ) throws {
    let scratch = try Scratch()
    let map = "kind = \"\(kind)\"\ntime = \"t\"\ntime_format = \"unix_s\"\nsymbol = \"X\"\n"
    let size = kind == "trade" ? "\nsize = \"p\"" : ""
    // Two are equal.
    let text = "t,p,s\n1,5,buy\n2,6,buy\n2,6,buy\n3,5,buy\n4,7,buy\n"
    let paths = [try scratch.write("a.csv", text), try scratch.write("b.csv", text)]
    for count in 1...2 {
      var request = ImportRequest(format: .csv, paths: Array(paths.prefix(count)))
      request.mapPaths = [try scratch.write("m.toml", map + columns + size + "\n")]
      let (_, counts) = try collect(request)
      let taken = counts[.trade] + counts[.quote] + counts[.reference] + counts[.depth]
      #expect(taken == rows)
      #expect(counts[.duplicate] == rows * UInt64(count - 1))
    }
  }

  @Test(
    .enabled(if: SharedData.isThere, "the shared data folder is absent"),
    arguments: [
      ("lean/equity/usa/tick/ibm/20131007_trade.zip", ImportFormat.lean),
      ("lean/equity/usa/factor_files/aapl.csv", .lean),
      ("exchange-ws/KRAKEN.ws.50.0", .kraken), ("exchange-ws/KRAKEN.ws.48.0", .kraken),
      ("iex-tops/TOPS16.pcapng.gz", .iex),
    ])
  func `a copy of a file changes nothing`(name: String, format: ImportFormat) throws {
    let scratch = try Scratch()
    let part = String(name.drop { $0 != "/" }.dropFirst())
    var copies: [String] = []
    for root in ["a", "b"] {
      let path = "\(scratch.path)/\(root)/\(part)"
      try FileManager.default.createDirectory(
        atPath: String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.endIndex)),
        withIntermediateDirectories: true)
      try FileManager.default.copyItem(atPath: SharedData.path(name), toPath: path)
      copies.append(path)
    }
    let (whole, alone) = try collect(ImportRequest(format: format, paths: [copies[0]]))
    let (twice, counts) = try collect(ImportRequest(format: format, paths: copies))
    #expect(events(twice) == events(whole))
    let repeated = counts[.duplicate] - 2 * alone[.duplicate]
    // Of IEX it is packets that come again.
    #expect(format == .iex ? repeated > 0 : repeated == UInt64(events(whole).count))
  }
}
