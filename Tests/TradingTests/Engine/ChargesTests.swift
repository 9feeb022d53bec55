import Events
import Scenarios
import Testing

@testable import Trading

/// Interest on cash and fees for what was borrowed, by the day.
@Suite struct ChargesTests {
  static let lines = """
    account.sub.cash=50 EUR
    account.sub.charges=false
    borrow.SHR.rate=36.5 %
    borrow.SHR.day_count=act/365
    borrow.others.rate=1 %
    interest.EUR.credit=2 %
    interest.USD.credit=3.6 %
    interest.USD.debit=7.2 %
    """

  static func midnight(_ stage: inout Stage) -> [Decision] {
    let next = Instant(stage.time.date.advanced(by: 1))!
    #expect(stage.engine.nextWake == next)
    return stage.step(.timer(.engine), after: next.since(stage.time))
  }

  @Test func `every calendar day bears interest on settled cash`() throws {
    var stage = BooksTests.stage(Self.lines)
    // 1000 × 3.6 % / 360; what the sub-account has is not charged.
    let first = Self.midnight(&stage)
    #expect(BooksTests.briefs(first) == ["booked interest cash 0.1"])
    guard case .booked(let booking) = first[0] else { return }
    #expect(
      booking.charge == .init(base: Money(units: 1000), rate: 36_000, days: 1, year: 360))
    // On what was there, with the interest of before.
    #expect(BooksTests.briefs(Self.midnight(&stage)) == ["booked interest cash 0.10001"])
    // 1000.20001 less 2000 are owed.
    _ = BooksTests.trade(&stage, "buy 20", at: 10_000)
    #expect(BooksTests.briefs(Self.midnight(&stage)) == ["booked interest cash -0.199959998"])
    #expect(BooksTests.usd(stage)[.financing] == Money(raw: -50_002_000))
    #expect(BooksTests.usd(stage).sum == .zero)
  }

  @Test func `days in which nothing came are booked together`() {
    var stage = BooksTests.stage(Self.lines)
    let made = stage.step(.timer(.engine), after: 5 * Nanoseconds.day)
    #expect(BooksTests.briefs(made) == ["booked interest cash 0.5"])
    guard case .booked(let booking) = made[0] else { return }
    #expect(booking.charge?.days == 5)
    #expect(BooksTests.briefs(Self.midnight(&stage)) == ["booked interest cash 0.10005"])
  }

  @Test func `each day is rounded to its decimals, and nothing is booked of nothing`() {
    var stage = BooksTests.stage("interest.USD.credit=0.77 %\ninterest.USD.decimals=2")
    // 0.02138…; half to even, once.
    #expect(BooksTests.briefs(Self.midnight(&stage)) == ["booked interest cash 0.02"])
    var whole = BooksTests.stage("interest.USD.credit=0.77 %\ninterest.USD.decimals=0")
    #expect(Self.midnight(&whole).isEmpty)
    var tie = BooksTests.stage("interest.USD.credit=0.9 %\ninterest.USD.decimals=2")
    #expect(BooksTests.briefs(Self.midnight(&tie)) == ["booked interest cash 0.02"])
  }

  @Test func `what settles later bears no interest until then`() {
    var stage = BooksTests.stage(
      "\(Self.lines)\naccount.settlement=calendar\ncalendar.XV0=XNYS")
    _ = BooksTests.trade(&stage, "sell 5", at: 10_000)
    stage.quote(10_000, 10_000)
    // 500 × 36.5 % / 365.
    #expect(
      BooksTests.briefs(Self.midnight(&stage)) == [
        "booked interest cash 0.1", "booked borrow_fee @ 10000 cash -0.5",
      ])
  }

  @Test func `a fee without a price is an alert, and the day is not charged`() {
    var stage = BooksTests.stage("borrow.others.rate=1 %")
    _ = BooksTests.trade(&stage, "sell 5", at: 10_000)
    let cash = BooksTests.usd(stage)[.cash]
    #expect(BooksTests.briefs(Self.midnight(&stage)) == ["alert books.unpriced 0"])
    #expect(BooksTests.usd(stage)[.cash] == cash)
    // Contracts are not borrowed.
    _ = BooksTests.trade(&stage, "buy 5", at: 10_000)
    _ = BooksTests.trade(&stage, "sell 5", at: 480_000, 1)
    #expect(Self.midnight(&stage).isEmpty)
  }

  @Test func `engines restored from a state charge the same days`() throws {
    var stage = BooksTests.stage(Self.lines)
    _ = Self.midnight(&stage)
    stage.step(.timer(.engine), after: Nanoseconds.second)
    var engine = Engine(catalog: [ScriptedStrategy.kind])
    try engine.restoreState(stage.stateBytes())
    var other = Stage(engine, after: stage.sequence, at: stage.time)
    for _ in 0..<3 {
      let (ours, theirs) = (Self.midnight(&stage), Self.midnight(&other))
      #expect(ours == theirs && ours.count == 1)
    }
    #expect(stage.stateBytes() == other.stateBytes())
  }

  /// What is wrong, at which key it is said, and a word of the message.
  @Test(arguments: [
    ("interest.usd.credit=1 %", "interest.usd", "not a currency"),
    ("interest.USD.credit=1", "interest.USD.credit", "not a percentage"),
    ("interest.USD.credit=-1 %", "interest.USD.credit", "not a percentage"),
    ("interest.USD.day_count=30/360", "interest.USD.day_count", "none of act/360, act/365"),
    ("interest.USD.decimals=13", "interest.USD.decimals", "from 0 to 12"),
    ("interest.USD.rate=1 %", "interest.USD.rate", "not a known key"),
    ("interest.USD=1 %", "interest.USD", "not a table"),
    ("borrow.GME.day_count=act/360", "borrow.GME.rate", "is missing"),
    ("borrow.GME.rate=1 USD", "borrow.GME.rate", "not a percentage"),
    ("account.charges=no", "account.charges", "neither true nor false"),
  ])
  func `a wrong charge says where and what`(lines: String, key: String, word: String) throws {
    let error = try #require(ConfigurationTests.error(lines))
    #expect(error.key == key)
    #expect(error.description.contains(word), "\(error)")
  }
}
