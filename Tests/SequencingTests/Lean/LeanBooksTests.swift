import Events
import Foundation
import Journaling
import Scenarios
import Sequencing
import Testing
import Trading
import Venues

/// LEAN's regression runs that exercise dividends, daily settlement and the end of options, to the cent
/// (shared/oracles/lean.md, runs 5 to 7).
@Suite(.enabled(if: SharedData.folder != nil, "no folder of outside data"))
struct LeanBooksTests {
  /// What a run came to.
  private struct Outcome {
    var fills: [(price: Int64, quantity: Int64)] = []
    var bookings: [Booking] = []
    /// At the end of each day, UTC.
    var days: [Valuation] = []
    var end: Valuation
  }

  private func run(
    _ market: [TimedObservation], _ kind: StrategyKind, clock: String, fees: FeeModel,
    _ lines: String
  ) throws -> Outcome {
    let folder = try JournalFolder()
    let source = try Rehearsal.record(market, in: folder)
    let configuration = ConfigurationItems(
      lines: """
        account.cash=100000 USD
        strategy.lean.kind=\(kind.name)
        strategy.lean.clock=\(clock)
        \(lines)
        """)
    let setup = Backtest.Setup(
      configuration: configuration, exchange: ExchangeConfiguration(fees: fees, fills: .lean),
      seed: 0, source: "lean", catalog: [kind])
    let backtest = try Rehearsal.run(setup, over: source, in: folder)
    let reader = try JournalReader.open(at: folder.path("run"))
    var replay = Replay(engine: Engine(catalog: [kind]))
    try replay.run(reader)
    #expect(replay.divergence == nil)
    #expect(replay.engine.stateHash() == backtest.sequencer.engine.stateHash())
    let valuations = backtest.sequencer.engine.valuations
    #expect(valuations.count == 1)
    var outcome = Outcome(end: valuations[0])
    outcome.days = backtest.days.map { $0.valuations[0] }
    for entry in try reader.entries() {
      switch entry.event {
      case .observation(.report(let report)):
        if case .filled(let fill) = report.outcome {
          outcome.fills.append((fill.price.raw, fill.quantity.raw))
        }
      case .decision(.booked(let booking)): outcome.bookings.append(booking)
      default: break
      }
    }
    #expect(backtest.sequencer.engine.market.portfolio.ledger["USD"]?.sum == .zero)
    return outcome
  }

  private func cents(_ cents: Int128) -> Money { Money(raw: cents * (Money.one / 100)) }

  @Test func `dividends of eight years and an order that waits for the open`() throws {
    let recording = try LeanRecording([
      "equity/usa/daily/spy.zip", "equity/usa/factor_files/spy.csv",
    ])
    let spy = try #require(recording.instrument("SPY"))
    let (first, last) = (
      CivilDate(year: 1998, month: 1, day: 1), CivilDate(year: 2006, month: 1, day: 1)
    )
    let market = recording.market(of: [spy]) {
      let date = $0.advanced(by: -12 * 3600 * Nanoseconds.second).date
      return date >= first && date < last
    }
    let outcome = try run(
      market, BuyHalf.kind, clock: "bar:1d", fees: .usEquity, "strategy.lean.instruments=SPY")
    #expect(outcome.fills.map(\.price) == [978_400])
    #expect(outcome.fills.map(\.quantity) == [512])
    #expect(outcome.bookings.map(\.kind) == Array(repeating: .dividend, count: 33))
    // 13.26 a share in all.
    #expect(outcome.end.income == cents(1326 * 512))
    #expect(outcome.end.fees == cents(256))
    #expect(outcome.end.unrealised == cents((12_455 - 9_784) * 512))
    #expect(outcome.end.equity == cents(12_046_208))
  }

  @Test func `a future is settled day by day while its position changes`() throws {
    let days = ["20131007", "20131008", "20131009", "20131010"]
    let recording = try LeanRecording(
      days.flatMap { day in
        ["quote", "trade"].map { "future/cme/minute/es/\(day)_\($0).zip" }
      })
    let recorded = try #require(recording.instrument("ESZ13"))
    // Prices of quarter points; the settlement prices are means of two.
    var future = recorded
    (future.priceScale, future.tickSize) = (3, Price(recorded.tickSize.raw * 10))
    let hour = 3600 * Nanoseconds.second
    let market = recording.market(of: [recorded]) { time in
      let ofDay = time.nanosecondsOfDay
      return ofDay > 13 * hour + hour / 2 && ofDay <= 21 * hour
    }
    let outcome = try run(
      settled(market, future), SettledFuture.kind, clock: "bar:1m", fees: .cmeEmini,
      """
      strategy.lean.instruments=ESZ13
      strategy.lean.position.ESZ13=1 @ 1600
      """)
    #expect(
      outcome.fills.map(\.price) == [
        1_669_500, 1_668_750, 1_669_750, 1_652_250, 1_667_750, 1_668_750,
      ])
    #expect(outcome.fills.map(\.quantity) == [1, 1, 1, 3, 1, 2])
    let settlements = outcome.bookings.filter { $0.kind == .variation }
    #expect(settlements.map(\.price.raw) == [1_667_875, 1_646_625, 1_648_750])
    #expect(
      outcome.days.map(\.cash) == [10_326_445, 10_123_105, 10_196_210, 10_090_565].map(cents))
    #expect(outcome.end.equity == cents(10_090_565))
    #expect(outcome.end.fees == cents(1_935))
    #expect(outcome.end.variation == .zero)
    #expect(outcome.end.realised == cents(90_565 + 1_935))
  }

  /// The market with prices of three decimals, and at each day's last bar the settlement price: the mean of
  /// the last bid and ask.
  private func settled(_ market: [TimedObservation], _ future: Instrument) -> [TimedObservation] {
    var made: [TimedObservation] = []
    var closes: [Side: Price] = [:]
    for (index, item) in market.enumerated() {
      switch item.observation {
      case .market(.bar(var bar)):
        for path in [\Bar.open, \.high, \.low, \.close] {
          bar[keyPath: path] = Price(bar[keyPath: path].raw * 10)
        }
        closes[bar.side] = bar.close
        made.append(TimedObservation(.market(.bar(bar)), at: item.time))
      case .instrument: made.append(TimedObservation(.instrument(future), at: item.time))
      default: continue
      }
      let next = index + 1 < market.count ? market[index + 1].time.date : nil
      guard index > 0, next != item.time.date, let bid = closes[.buy], let ask = closes[.sell]
      else { continue }
      let value = ReferenceValue(
        instrument: future.id, field: .settlement, value: (bid.raw + ask.raw) / 2)
      made.append(TimedObservation(.reference(value), at: item.time))
    }
    return made
  }

  @Test func `of two calls that expire one is exercised and one assigned`() throws {
    let recording = try LeanRecording([
      "option/usa/minute/goog/20151224_quote_american.zip",
      "equity/usa/minute/goog/20151224_trade.zip", "equity/usa/minute/goog/20151224_quote.zip",
      "equity/usa/minute/goog/20151228_trade.zip", "equity/usa/minute/goog/20151228_quote.zip",
    ])
    let goog = try #require(recording.instrument("GOOG"))
    let calls = recording.instruments.filter {
      $0.option?.right == .call && $0.expiry.date == CivilDate(year: 2015, month: 12, day: 24)
        && ($0.option?.strike ?? .none) > Price(7_300_000)
        && ($0.option?.strike ?? .none) < Price(7_600_000)
    }
    let hour = 3600 * Nanoseconds.second
    let market = recording.market(of: [goog] + calls) { time in
      let ofDay = time.nanosecondsOfDay
      return ofDay > 14 * hour + hour / 2 && ofDay <= 21 * hour
    }
    let outcome = try run(
      market, ExpiringSpread.kind, clock: "bar:1m", fees: .usOption,
      "strategy.lean.instruments=GOOG")
    #expect(outcome.fills.map(\.price) == [40_000, 30_000])
    let kinds: [Booking.Kind] = [.exercised, .delivered, .assigned, .delivered]
    #expect(Set(outcome.bookings.map(\.kind)) == Set(kinds))
    #expect(outcome.bookings.count == 4)
    #expect(
      Set(outcome.bookings.filter { $0.kind == .delivered }.map(\.price)) == [
        Price(7_475_000), Price(7_450_000),
      ])
    #expect(outcome.end.fees == Money(units: 2))
    #expect(outcome.end.cash == Money(units: 99_648))
    #expect(outcome.end.equity == Money(units: 99_648))
    #expect(outcome.end.inventory == .zero)
  }
}
