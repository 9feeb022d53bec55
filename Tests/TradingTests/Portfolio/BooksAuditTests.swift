import Events
import Scenarios
import Testing

@testable import Trading

/// Random lives of four accounts with every kind of movement, each entry audited.
@Suite struct BooksAuditTests {
  private static let configuration = """
    account.cash=100000 USD
    account.dated.cash=100000 USD
    account.dated.lots=fifo
    account.dated.settlement=calendar
    account.high.cash=100000 USD, 500 EUR
    account.high.lots=hifo
    account.last.cash=100000 USD
    account.last.lots=lifo
    account.dated.currencies=exchange
    account.last.currencies=exchange
    borrow.others.rate=36.5 %
    borrow.others.day_count=act/365
    interest.USD.credit=3.6 %
    interest.USD.debit=7.2 %
    interest.EUR.credit=3.6 %
    interest.EUR.debit=7.2 %
    calendar.XV0=XNYS
    """
    + ["p", "q", "r", "s"].map { name in
      """

      strategy.\(name).kind=scripted
      strategy.\(name).name=\(name)
      strategy.\(name).log=false
      strategy.\(name).instruments=SHR,NEAR,FAR,PERP,SPLIT,CALL,PUT,COIN,INV,PAIR
      """
    }.joined() + """

      strategy.q.account=dated
      strategy.r.account=high
      strategy.s.account=last
      """

  private static func instruments(_ start: Instant) -> [Instrument] {
    var (near, far) = (Instrument.future(1, "NEAR"), Instrument.future(2, "FAR"))
    near.expiry = start.advanced(by: 3 * Nanoseconds.day)
    far.expiry = start.advanced(by: 8 * Nanoseconds.day)
    var perpetual = Instrument.share(3, "PERP")
    perpetual.kind = .perpetual
    var options: [Instrument] = []
    for (id, symbol, right, settlement, days) in [
      (5, "CALL", OptionTerms.Right.call, OptionTerms.Settlement.physical, Int64(2)),
      (6, "PUT", .put, .cash, 6),
    ] as [(UInt16, String, OptionTerms.Right, OptionTerms.Settlement, Int64)] {
      options.append(
        Instrument(
          id: InstrumentID(id), venueName: "XV0", symbol: symbol, kind: .option, currency: "USD",
          priceScale: 2, quantityScale: 0, multiplier: 100_000_000_000,
          expiry: start.advanced(by: days * Nanoseconds.day),
          option: OptionTerms(
            right, style: .american, settlement: settlement, strike: Price(10_000),
            underlying: "XV0:SHR")))
    }
    return [.share(0, "SHR"), near, far, perpetual, .share(4, "SPLIT")] + options
      + [
        .coin(7, "COIN"),
        Instrument(
          id: InstrumentID(8), venueName: "XV0", symbol: "INV", kind: .inverse, base: "USD",
          currency: "BTC", priceScale: 2, quantityScale: 0, multiplier: 100_000_000_000),
        Instrument(
          id: InstrumentID(9), venueName: "XV1", symbol: "PAIR", kind: .forex, base: "EUR",
          currency: "USD", priceScale: 4, quantityScale: 0),
      ]
  }

  private static let middles: [Int64] = [
    10_000, 480_000, 481_000, 10_000, 9_000, 300, 300, 40_000, 50_000, 11_000,
  ]

  private func act(_ stage: inout Stage, _ random: inout SeededNumbers) {
    let id = random.below(10)
    let instrument = InstrumentID(UInt16(id))
    let tick: Int64 = id == 1 || id == 2 ? 25 : 1
    let price = Self.middles[id] + tick * Int64(random.below(200) - 100)
    switch random.below(20) {
    case 0...3: stage.quote(price, price + tick * Int64(1 + random.below(3)), instrument)
    case 4, 5:
      stage.step(
        .market(
          .trade(
            Trade(
              instrument: instrument, price: Price(price), size: Quantity(1), side: .none))))
    case 6...12: trade(&stage, &random, instrument, price)
    default: happen(&stage, &random, instrument, price)
    }
  }

  private func trade(
    _ stage: inout Stage, _ random: inout SeededNumbers, _ instrument: InstrumentID, _ price: Int64
  ) {
    // Splits are for the account without lots, which they would share out.
    let name = instrument.raw == 4 ? "p" : ["p", "q", "r", "s"][random.below(4)]
    let unit: Int64 = instrument.raw == 7 ? 100 : 1
    let quantity = unit * Int64(1 + random.below(9))
    stage.tell("\(random.below(2) == 0 ? "buy" : "sell") \(quantity)", to: name, instrument)
    let order = stage.engine.market.orders.lastID.raw
    let part = quantity > unit ? quantity - unit : quantity
    let fee = Money(raw: Int128(random.below(3000) - 500) * 1_000_000_000)
    let currency = [7: "EUR", 8: "BTC"][instrument.raw] ?? "USD"
    stage.fill(order, part, at: price, fee: fee, in: currency)
    guard part < quantity else { return }
    let id = stage.sequence + 1
    stage.fill(order, quantity - part, at: price + 1, fee: fee, in: currency, id: id)
    if random.below(6) == 0 { stage.report(order, .busted(fill: id, text: "")) }
  }

  private func happen(
    _ stage: inout Stage, _ random: inout SeededNumbers, _ instrument: InstrumentID, _ price: Int64
  ) {
    func reference(_ id: UInt16, _ field: ReferenceValue.Field, _ value: Int64, _ time: Instant)
      -> Observation
    {
      .reference(
        ReferenceValue(instrument: InstrumentID(id), field: field, value: value, effective: time))
    }
    switch random.below(8) {
    case 0:
      let share = InstrumentID(random.below(2) == 0 ? 0 : 4)
      stage.step(
        .corporateAction(
          CorporateAction(
            .dividend, of: share, amount: Money(raw: Int128(1 + random.below(90)) * 10_000_000_000),
            currency: "USD",
            payable: random.below(3) == 0
              ? .epoch
              : stage.time.advanced(by: Int64(random.below(30)) * 3600 * Nanoseconds.second))))
    case 1:
      let (new, old) = [(2, 1), (3, 2), (1, 3)][random.below(3)] as (UInt32, UInt32)
      stage.step(
        .corporateAction(CorporateAction(.split, of: InstrumentID(4), new: new, old: old)))
    case 2:
      let id = UInt16(1 + random.below(2))
      stage.step(reference(id, .settlement, 480_000 + 25 * Int64(random.below(90)), .epoch))
    case 3:
      let (id, mark): (UInt16, Int64) = random.below(2) == 0 ? (3, 9_950) : (8, 49_950)
      stage.step(reference(id, .mark, mark + Int64(random.below(100)), .epoch))
      let hour = stage.time.advanced(by: 3600 * Nanoseconds.second)
      stage.step(reference(id, .fundingRate, Int64(random.below(400_000)) - 200_000, hour))
    case 4:
      stage.step(
        .optionNotice(
          OptionNotice(
            random.below(2) == 0 ? .exercise : .assignment,
            account: AccountID(UInt16(random.below(4))),
            instrument: InstrumentID(UInt16(5 + random.below(2))),
            quantity: Quantity(Int64(1 + random.below(3))))))
    default:
      stage.step(
        .timer(.engine), after: Int64(1 + random.below(14)) * 3600 * Nanoseconds.second)
    }
  }

  private static func lines(_ entries: some Sequence<Entry>) -> String {
    let text = EntryText()
    return entries.map { text.line($0).text }.joined(separator: "\n")
  }

  private func compare(_ stage: borrowing Stage, _ auditor: BooksAuditor) throws {
    let portfolio = stage.engine.market.portfolio
    for account in 0..<4 as Range<UInt16> {
      for book in portfolio.ledger(AccountID(account)).books {
        guard book.sum == .zero, book.pending.sum == .zero else {
          throw BooksAuditor.Failure(description: "the books of \(book.currency) do not balance")
        }
        let own = auditor.balances["\(account) \(book.currency)"] ?? [:]
        let due = auditor.due.filter { $0.account == account && $0.currency == book.currency }
        for name in Ledger.Account.allCases {
          let pending = due.reduce(0) { $0 + ($1.amounts["\(name)"] ?? 0) }
          let mine = [own["\(name)"] ?? 0, pending]
          let theirs = [book[name], book.pending[name]].map(BooksAuditor.money)
          guard zip(mine, theirs).allSatisfy({ abs($0 - $1) < 1e-4 }) else {
            throw BooksAuditor.Failure(
              description:
                "#\(stage.sequence) \(account) \(book.currency) \(name): \(mine) \(theirs)")
          }
        }
      }
    }
    for (key, holding) in auditor.holdings {
      let instrument = stage.engine.market.instruments[key.item]!
      let position = portfolio.position(StrategyID(UInt16(key.owner)), instrument.id)
      let quantity = Double(position.quantity.raw) / binaryPower(Int(instrument.quantityScale))
      guard abs(quantity - holding.quantity) < 1e-9,
        abs(BooksAuditor.money(position.cost) - holding.cost) < 1e-4,
        abs(BooksAuditor.money(position.realised) - holding.realised) < 1e-4,
        abs(BooksAuditor.money(position.variation) - holding.variation) < 1e-4
      else {
        throw BooksAuditor.Failure(
          description:
            "#\(stage.sequence) \(instrument.symbol) of \(key.owner): \(position), \(holding)")
      }
    }
  }

  @Test func `every balance is what an auditor makes of the entries alone`() throws {
    var counts: [Booking.Kind: Int] = [:]
    for seed in 0..<32 as Range<UInt64> {
      var random = SeededNumbers(seed: seed)
      var auditor = BooksAuditor(
        accounts: [("average", false), ("fifo", true), ("hifo", false), ("lifo", false)],
        owners: [0, 1, 2, 3])
      auditor.exchanging = [1, 3]
      auditor.rates = (0.036, 0.072, 0.365)
      for account in 0..<4 {
        auditor.post(account, "USD", ["cash": 100_000, "capital": -100_000], due: nil)
      }
      auditor.post(2, "EUR", ["cash": 500, "capital": -500], due: nil)
      var stage = Stage()
      stage.step(.configuration(ConfigurationItems(lines: Self.configuration)))
      for instrument in Self.instruments(stage.time) {
        stage.step(.instrument(instrument))
        let middle = Self.middles[instrument.id.index]
        stage.quote(middle, middle + 25, instrument.id)
      }
      stage.step(
        .market(
          .trade(
            Trade(
              instrument: InstrumentID(0), price: Price(10_000), size: Quantity(1), side: .none))))
      var audited = 0
      for _ in 0..<250 {
        act(&stage, &random)
        for entry in stage.entries[audited...] { try auditor.take(entry) }
        audited = stage.entries.count
        do { try compare(stage, auditor) } catch {
          Issue.record("seed \(seed): \(error)\n\(Self.lines(stage.entries.suffix(8)))")
          return
        }
      }
      let alerts = stage.entries.filter {
        $0.event.kind == .alert && "\($0.event)".contains("overflow")
      }
      #expect(alerts.isEmpty)
      counts.merge(auditor.counts) { $0 + $1 }
    }
    // A quiet life would prove nothing.
    for kind in Booking.Kind.allCases
    where ![.opening, .delisted, .liquidationFee].contains(kind) {
      #expect(counts[kind, default: 0] >= 10, "\(kind)")
    }
  }
}
