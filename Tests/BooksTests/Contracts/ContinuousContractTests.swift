import Events
import Foundation
import Testing

@testable import Books

@Suite struct ContinuousContractTests {
  typealias Figures = ContinuousContract.Figures

  static func day(_ number: Int) -> CivilDate {
    CivilDate(yyyymmdd: Int64(number)) ?? .init(daysSinceEpoch: 0)
  }

  static let three = [
    DatedContract("A", expiry: day(20240115), firstNotice: day(20240110)),
    DatedContract("B", expiry: day(20240215)), DatedContract("C", expiry: day(20240315)),
  ]

  /// The rolls of three months of weekdays, each `last day from>to`.
  private static func rolls(_ rule: RollRule, _ figures: (Int, CivilDate) -> Figures?) -> [String] {
    var series = ContinuousContract(three, rule: rule)
    for offset in 0..<91 {
      let date = day(20240101).advanced(by: offset)
      guard date.weekday < 5 else { continue }
      series.endDay(date) { figures($0, date) }
    }
    return series.rolls.map { "\($0.lastDay.yyyymmdd) \($0.from)>\($0.to)" }
  }

  @Test(
    arguments: [
      (.daysBeforeExpiry(0), ["20240115 0>1", "20240215 1>2"]),
      (.daysBeforeExpiry(3), ["20240112 0>1", "20240212 1>2"]),
      // The 13th is a Saturday: the day before is the last that traded.
      (.daysBeforeExpiry(2), ["20240112 0>1", "20240213 1>2"]),
      (.startOfExpiryMonth, ["20240131 1>2"]),
      (.daysBeforeFirstNotice(1), ["20240109 0>1", "20240214 1>2"]),
      // Nothing is traded: a contract still ends.
      (.volume, ["20240115 0>1", "20240215 1>2"]),
    ] as [(RollRule, [String])])
  func `dates alone make the rolls`(rule: RollRule, rolls: [String]) {
    #expect(Self.rolls(rule) { _, _ in nil } == rolls)
  }

  @Test func `volume and open interest roll after the day on which the next has more`() {
    func figures(_ index: Int, _ date: CivilDate) -> Figures? {
      let day = Int64(date.yyyymmdd % 10_000)
      // B overtakes A on 8 January by volume and on the 10th by open interest, C never.
      let volume: [Int64] = [100, day >= 108 ? 101 : 100, 0]
      let interest: [Int64] = [100, day >= 110 ? 101 : 99, 0]
      return Figures(close: Price(1), volume: volume[index], openInterest: interest[index])
    }
    #expect(Self.rolls(.volume, figures) == ["20240108 0>1", "20240215 1>2"])
    #expect(Self.rolls(.openInterest, figures) == ["20240110 0>1", "20240215 1>2"])
  }

  @Test func `prices before a roll are made to compare with those after it`() {
    var series = ContinuousContract(Self.three, rule: .daysBeforeExpiry(0))
    let closes: [Int: [Int64?]] = [
      20240112: [100, 110, 120], 20240115: [100, 110, nil], 20240214: [nil, 200, 150],
      20240215: [nil, 200, 150], 20240216: [nil, nil, 151],
    ]
    for (number, row) in closes.sorted(by: { $0.key < $1.key }) {
      series.endDay(Self.day(number)) { index in
        row[index].map { Figures(close: Price($0)) }
      }
    }
    #expect(series.current == 2)
    let cases: [(Int, Int, Int64, Double)] = [
      (20240101, 0, -40, 1.1 * 0.75), (20240115, 0, -40, 1.1 * 0.75), (20240116, 1, -50, 0.75),
      (20240215, 1, -50, 0.75), (20240216, 2, 0, 1), (20250101, 2, 0, 1),
    ]
    for (number, contract, difference, ratio) in cases {
      let day = Self.day(number)
      #expect(series.contract(on: day) == contract)
      #expect(series.difference(on: day) == difference)
      #expect(abs((series.ratio(on: day) ?? 0) - ratio) < 1e-12)
    }
  }

  @Test func `without a price there is no adjustment across the roll`() {
    var series = ContinuousContract(Self.three, rule: .daysBeforeExpiry(0))
    series.endDay(Self.day(20240115)) { $0 == 0 ? Figures(close: Price(5)) : nil }
    #expect(series.difference(on: Self.day(20240115)) == nil)
    #expect(series.ratio(on: Self.day(20240115)) == nil)
    #expect(series.difference(on: Self.day(20240116)) == 0)
    var negative = ContinuousContract(Self.three, rule: .daysBeforeExpiry(0))
    negative.endDay(Self.day(20240115)) { Figures(close: Price($0 == 0 ? -37 : 20)) }
    #expect(negative.difference(on: Self.day(20240115)) == 57)
    #expect(negative.ratio(on: Self.day(20240115)) == nil)
  }

  @Test func `contracts that ended before are skipped, and after the last there is none`() {
    var series = ContinuousContract(Self.three, rule: .daysBeforeExpiry(0))
    series.endDay(Self.day(20240220)) { _ in nil }
    #expect(series.rolls.isEmpty && series.current == 2)
    series.endDay(Self.day(20240401)) { _ in nil }
    #expect(series.current == nil && series.rolls.isEmpty)
    #expect(ContinuousContract([], rule: .volume).current == nil)
  }

  // MARK: - LEAN's E-mini S&P 500

  /// The map file's rows of a roll mode: the dates through which a contract is in use.
  private static func mapped(_ mode: String) throws -> [CivilDate] {
    try LeanFiles.rows(file: "future/cme/map_files/es.csv").filter {
      $0.count == 4 && $0[3] == mode
    }
    .map { day(Int($0[0]) ?? 0) }
  }

  /// The third Fridays of the quarters' last months, on which the contracts expire.
  private static let expiries: [CivilDate] = (2009...2030).flatMap { year in
    [3, 6, 9, 12].map { month in
      let first = CivilDate(year: year, month: month, day: 1)
      return first.advanced(by: (4 - first.weekday + 7) % 7 + 14)
    }
  }

  @Test(
    .enabled(if: LeanFiles.isThere, "no folder of outside data"),
    arguments: [(RollRule.daysBeforeExpiry(1), "0"), (.startOfExpiryMonth, "1")])
  func `the rolls of E-mini contracts are on LEAN's dates`(rule: RollRule, mode: String) throws {
    let wanted = try Self.mapped(mode)
    let first = try #require(wanted.first)
    let last = try #require(wanted.last)
    let contracts = Self.expiries.filter { $0 >= first }.map { DatedContract("ES", expiry: $0) }
    var series = ContinuousContract(contracts, rule: rule)
    var date = first.advanced(by: -5)
    while date <= last {
      series.endDay(date) { _ in nil }
      date = date.advanced(by: 1)
    }
    let made = series.rolls.map(\.lastDay)
    #expect(made.count > 50)
    // LEAN's rolls of good days: where an exchange holiday moves an expiry, its date is not the third Friday.
    let strangers = zip(made, wanted).filter { $0 != $1 }
    #expect(made.count == wanted.count && strangers.isEmpty, "\(strangers)")
  }

  /// LEAN's published gaps of the last-trading-day rule put in, its published sums and products must come out.
  @Test(.enabled(if: LeanFiles.isThere, "no folder of outside data"))
  func `adjustments add up as LEAN's factors do`() throws {
    struct Row: Decodable {
      var Date: String
      var BackwardsRatioScale: [Double]
      var BackwardsPanamaCanalScale: [Double]
      var DataMappingMode: Int
    }
    let text = try String(
      contentsOf: LeanFiles.root.appending(path: "future/cme/factor_files/es.csv"), encoding: .utf8)
    let rows = try text.split(whereSeparator: \.isNewline).map {
      try JSONDecoder().decode(Row.self, from: Data($0.utf8))
    }.filter { $0.DataMappingMode == 0 }
    #expect(rows.count > 40)
    // The last row is the present: 1 and 0.
    let days = rows.map { Self.day(Int($0.Date.prefix(10).filter(\.isNumber)) ?? 0) }
    let contracts = days.map { DatedContract("ES", expiry: $0) }
    var series = ContinuousContract(contracts, rule: .daysBeforeExpiry(0))
    for index in 0..<(rows.count - 1) {
      let gap =
        rows[index].BackwardsPanamaCanalScale[0] - rows[index + 1].BackwardsPanamaCanalScale[0]
      let ratio = rows[index].BackwardsRatioScale[0] / rows[index + 1].BackwardsRatioScale[0]
      // gap = new − old and ratio = new / old, in hundredths; index prices are whole quarters.
      let old = gap == 0 ? 1_000 : ((gap / (ratio - 1)) * 4).rounded() / 4
      series.endDay(days[index]) { contract in
        Figures(close: Price(Int64(((contract == index ? old : old + gap) * 100).rounded())))
      }
    }
    #expect(series.rolls.count == rows.count - 1)
    for (row, day) in zip(rows, days).dropLast() {
      #expect(
        series.difference(on: day).map { Double($0) / 100 } == row.BackwardsPanamaCanalScale[0])
      let ratio = try #require(series.ratio(on: day))
      #expect(abs(ratio - row.BackwardsRatioScale[0]) < 1e-9)
    }
  }

  @Test(.enabled(if: LeanFiles.isThere, "no folder of outside data"))
  func `volume leaves the December contract of 2013 before it ends`() throws {
    let december = try LeanFiles.rows("future/cme/daily/es_trade.zip", "201312")
    let march = try LeanFiles.rows("future/cme/daily/es_trade.zip", "201403")
    var days: [CivilDate: [Int: Figures]] = [:]
    for (index, rows) in [december, march].enumerated() {
      for row in rows {
        let close = try parseDecimal(row[4].utf8, scale: 2).get()
        let volume = try #require(Int64(row[5].split(separator: ".")[0]))
        days[Self.day(Int(row[0].prefix(8)) ?? 0), default: [:]][index] = Figures(
          close: Price(close), volume: volume)
      }
    }
    let contracts = [
      DatedContract("ESZ3", expiry: Self.day(20131220)),
      DatedContract("ESH4", expiry: Self.day(20140321)),
    ]
    var series = ContinuousContract(contracts, rule: .volume)
    for (day, figures) in days.sorted(by: { $0.key < $1.key }) {
      series.endDay(day) { figures[$0] }
    }
    let roll = try #require(series.rolls.first)
    #expect(roll.lastDay == Self.day(20131213))
    #expect(roll.isPriced)
  }
}
