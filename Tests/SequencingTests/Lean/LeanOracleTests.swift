import Events
import Foundation
import Journaling
import Scenarios
import Sequencing
import Testing
import Trading

/// LEAN's regression runs that exercise orders, with the orders, fills, fees and end equity that LEAN's
/// authors publish (shared/oracles/lean.md, runs 1 to 4).
@Suite(.enabled(if: SharedData.folder != nil, "no folder of outside data"))
struct LeanOracleTests {
  private static let week = (
    CivilDate(year: 2013, month: 10, day: 7), CivilDate(year: 2013, month: 10, day: 11)
  )

  private struct Trade: Equatable {
    var order: UInt64
    var quantity: Int64
    /// Nine decimals.
    var price: Int64
    var fee: Money
    var time: Instant
  }

  private struct Outcome {
    var orders: [UInt64: String] = [:]
    var trades: [Trade] = []
    /// In cents, half away from zero.
    var equity: Int64 = 0
    var fees = Money.zero
  }

  private func minutes(_ kind: StrategyKind) throws -> Outcome {
    let market = try LeanMarket("minute/spy")
    return try outcome(
      market.minutes(from: Self.week.0, through: Self.week.1), kind, clock: "bar:1m")
  }

  private func outcome(_ market: [TimedObservation], _ kind: StrategyKind, clock: String) throws
    -> Outcome
  {
    let folder = try JournalFolder()
    let backtest = try LeanMarket.run(market, kind, clock: clock, in: folder)
    var outcome = Outcome()
    for entry in try JournalReader.open(at: folder.path("run")).entries() {
      guard case .observation(.report(let report)) = entry.event,
        case .filled(let fill) = report.outcome
      else { continue }
      outcome.trades.append(
        Trade(
          order: report.order.raw, quantity: fill.quantity.raw, price: fill.price.raw,
          fee: fill.fee, time: entry.header.eventTime))
      outcome.fees += fill.fee
    }
    let last = backtest.sequencer.engine.market.orders.lastID.raw
    for id in 1...max(1, last) {
      outcome.orders[id] = backtest.sequencer.engine.market.orders[OrderID(id)]?.state.name
    }
    let held = backtest.sequencer.engine.market.portfolio.quantity(LeanMarket.spy.id)
    let price = backtest.sequencer.engine.market.books[0].lastPrice
    let cash = backtest.sequencer.engine.market.portfolio.ledger["USD"]![.cash]
    let value = Int128(held.raw) * Int128(price.raw) * 1000
    let cents = (cash.raw + value) / (Money.one / 1000)
    outcome.equity = Int64((cents + 5) / 10)
    return outcome
  }

  /// A moment of October 2013 in New York.
  private func time(_ day: Int, _ hour: Int64, _ minute: Int64) -> Instant {
    Instant(CivilDate(year: 2013, month: 10, day: day))!.advanced(
      by: ((hour + 4) * 60 + minute) * 60_000_000_000)
  }

  @Test func `one market order of all the money`() throws {
    let outcome = try minutes(BuyOnce.kind)
    #expect(
      outcome.trades == [
        Trade(
          order: 1, quantity: 688, price: 144_781_724_170, fee: Money(raw: 3_440_000_000_000),
          time: time(7, 9, 31))
      ])
    #expect(outcome.equity == 10_169_192)
  }

  @Test func `limit orders of three lifetimes`() throws {
    let outcome = try minutes(Lifetimes.kind)
    #expect(
      outcome.orders == [
        1: "working", 2: "filled", 3: "expired", 4: "filled", 5: "expired", 6: "filled",
      ])
    #expect(outcome.trades.map(\.price) == [144_799_016_702, 144_799_016_702, 144_799_016_702])
    #expect(outcome.trades.map(\.time) == Array(repeating: time(7, 9, 32), count: 3))
    #expect(outcome.fees == Money(units: 3))
    #expect(outcome.equity == 10_007_041)
  }

  @Test func `stop-limit orders on daily bars`() throws {
    let market = try LeanMarket("daily/spy.zip")
    let days = market.days(
      from: CivilDate(year: 2013, month: 1, day: 1),
      through: CivilDate(year: 2017, month: 1, day: 1))
    let outcome = try outcome(days, StopLimits.kind, clock: "bar:1d")
    // The published limits 149.01273079065 and 161.8088348604, to nine decimals.
    #expect(outcome.trades.map(\.price) == [149_012_730_791, 161_808_834_860])
    let dates = outcome.trades.map { $0.time.advanced(by: -12 * 3_600_000_000_000).date }
    #expect(
      dates == [
        CivilDate(year: 2013, month: 9, day: 18), CivilDate(year: 2014, month: 10, day: 15),
      ])
    #expect(outcome.fees == Money(units: 2))
    #expect(outcome.equity == 10_127_761)
  }

  @Test func `trailing stops on both sides`() throws {
    let outcome = try minutes(TrailingStops.kind)
    #expect(outcome.trades.map(\.price) == [144_652_030_180, 144_904_255_322])
    #expect(outcome.trades.map(\.time) == [time(10, 9, 31), time(10, 11, 9)])
    #expect(outcome.fees == Money(units: 2))
    #expect(outcome.equity == 10_002_322)
  }
}
