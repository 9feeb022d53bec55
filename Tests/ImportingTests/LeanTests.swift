import Events
import Foundation
import Importing
import Testing

@Suite(.enabled(if: SharedData.isThere, "the shared data folder is absent"))
struct LeanTests {
  /// Rows of a file as the manifest counts them.
  private func manifestRows() throws -> [(path: String, rows: Int)] {
    let text = try String(contentsOfFile: SharedData.path("MANIFEST.csv"), encoding: .utf8)
    return text.split(whereSeparator: \.isNewline).compactMap { line in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      guard fields.count > 4, fields[0].hasPrefix("lean/"), fields[0].hasSuffix(".zip"),
        let rows = Int(fields[3])
      else { return nil }
      return (String(fields[0]), rows)
    }
  }

  @Test func `every row of every small LEAN archive is accounted for`() throws {
    var seen = 0
    for (path, rows) in try manifestRows() where rows < 6000 {
      let (sink, counts) = try collect(
        ImportRequest(format: .lean, paths: [SharedData.path(path)]))
      #expect(sink.isInOrder, "\(path)")
      let skipped = counts.skipped.items.reduce(0) { $0 + $1.count }
      let left = counts[.impossibleValue] + counts[.duplicate]
      if path.contains("quote") || path.contains("forex") {
        let most = 2 * UInt64(rows)
        let ticks = counts[.bar] + counts[.quote]
        #expect(ticks + left + skipped <= most && ticks + left + skipped > 0, "\(path)")
        // Of a quote row at least one side is there.
        #expect(2 * (ticks + left + skipped) >= UInt64(rows), "\(path)")
      } else {
        let told = counts[.bar] + counts[.trade] + counts[.reference]
        #expect(told + left + skipped == UInt64(rows), "\(path)")
      }
      seen += 1
    }
    #expect(seen > 60)
  }

  @Test func `a minute bar of SPY is stamped with its end in New York`() throws {
    let (sink, counts) = try collect(
      ImportRequest(
        format: .lean,
        paths: [SharedData.path("lean/equity/usa/minute/spy/20131007_trade.zip")]))
    let instrument = try #require(sink.instruments.first)
    #expect(instrument.symbol == "SPY")
    #expect(instrument.venueName == "USA")
    #expect(counts.entries == counts[.bar] + 1)
    let first = try #require(sink.items.dropFirst().first)
    // 04:00 in New York, daylight saving time, and one minute.
    #expect(first.event == Instant(nanoseconds: 1_381_132_860_000_000_000))
    #expect(
      first.observation
        == .market(
          .bar(
            Bar(
              instrument: instrument.id, interval: 60_000_000_000, open: Price(1_674_100),
              high: Price(1_674_100), low: Price(1_672_500), close: Price(1_672_700),
              volume: Quantity(3197)))))
  }

  @Test func `a directory of a symbol is merged by time`() throws {
    let (sink, counts) = try collect(
      ImportRequest(format: .lean, paths: [SharedData.path("lean/equity/usa/minute/spy")]))
    #expect(sink.isInOrder)
    #expect(counts.files == 12)
    #expect(counts.skipped.items.isEmpty)
    #expect(counts[.outOfOrder] == 0)
    #expect(sink.instruments.count == 1)
    // Bars of bids, asks and trades of the same minute stand together in this order.
    let bars = sink.items.compactMap { item -> (Instant, UInt8)? in
      guard case .market(.bar(let bar)) = item.observation else { return nil }
      return (item.receive, bar.side == .none ? 3 : bar.side.rawValue)
    }
    #expect(
      zip(bars, bars.dropFirst()).allSatisfy { $0.0 < $1.0 || ($0.0 == $1.0 && $0.1 < $1.1) })
  }

  @Test func `a corporate action follows the bars that end as it comes, in any order of files`()
    throws
  {
    let paths = ["factor_files/aapl.csv", "daily/aapl.zip"].map {
      SharedData.path("lean/equity/usa/" + $0)
    }
    let (sink, _) = try collect(ImportRequest(format: .lean, paths: paths))
    let (other, _) = try collect(ImportRequest(format: .lean, paths: paths.reversed()))
    #expect(sink.items == other.items)
    #expect(sink.isInOrder)
    var met = 0
    for (item, next) in zip(sink.items, sink.items.dropFirst()) where item.receive == next.receive {
      guard case .corporateAction = next.observation, case .market = item.observation else {
        continue
      }
      met += 1
    }
    // Of the splits and dividends those of days behind a trading day.
    #expect(met > 20)
    let isAhead = zip(sink.items, sink.items.dropFirst()).contains { item, next in
      guard case .corporateAction = item.observation, case .market = next.observation else {
        return false
      }
      return item.receive == next.receive
    }
    #expect(!isAhead)
  }

  @Test func `contracts get the names that traders use`() throws {
    let (futures, _) = try collect(
      ImportRequest(
        format: .lean, paths: [SharedData.path("lean/future/cme/minute/es/20131008_trade.zip")]))
    #expect(futures.instruments.map(\.symbol).contains("ESZ13"))
    #expect(futures.instruments.allSatisfy { $0.venueName == "XCME" && $0.tickSize == Price(25) })
    let (options, _) = try collect(
      ImportRequest(
        format: .lean,
        paths: [SharedData.path("lean/option/usa/minute/goog/20151224_trade_american.zip")]))
    #expect(options.instruments.map(\.symbol).contains("GOOG160115C00605000"))
    #expect(options.instruments.allSatisfy { $0.kind == .option })
  }

  @Test func `the scale of crypto prices comes from the data`() throws {
    let (sink, counts) = try collect(
      ImportRequest(format: .lean, paths: [SharedData.path("lean/crypto/coinbase/minute")]))
    #expect(sink.instruments.map(\.symbol).sorted() == ["BTCEUR", "BTCUSD", "ETHUSD", "LTCUSD"])
    #expect(sink.instruments.allSatisfy { $0.priceScale == 2 && $0.quantityScale == 8 })
    // Quoted sizes carry up to 19 digits of float noise.
    #expect(counts.roundedSizes > 0)
    #expect(sink.isInOrder)
  }
}
