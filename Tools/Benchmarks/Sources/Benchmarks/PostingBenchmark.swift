import Events
import Trading

/// What it takes to book fills in double entry: orders of three kinds of instruments in three currencies, whose
/// cash is pending until its settlement date and then posted.
enum PostingBenchmark {
  private static let fills = 60_000
  private static let start = Instant(nanoseconds: 1_700_000_000_000_000_000)

  static func run(_ bench: Bench) {
    for (name, lots) in [("average cost", "average"), ("lots, first in first out", "fifo")] {
      var postings = 0
      let taken = median(
        (0..<bench.rounds).map { _ in
          var ledger = Books(lots: lots, from: start)
          let taken = timed { ledger.book(fills) }
          ledger.check()
          postings = ledger.postings
          return taken.cpu
        })
      bench.report("postings, \(name)", Double(postings) / taken / 1e6, "M/s")
      bench.report("a fill with its order, \(name)", taken / Double(fills) * 1e9, "ns")
    }
  }

  /// An engine that is told of orders and fills, and a clock.
  private struct Books: ~Copyable {
    private var engine = Engine(
      catalog: [StrategyKind(name: "every", version: "1", type: EverySignal.self)])
    private var time: Instant
    private var sequence: UInt64 = 0
    /// A trade's, a fee's, and those of cash that settles; an exchange has two for its two currencies.
    private(set) var postings = 0

    init(lots: String, from start: Instant) {
      time = start
      let items = [
        ("account.cash", "1000000000 USD, 1000000000 EUR, 1000000 BTC"),
        ("account.currencies", "exchange"), ("account.lots", lots),
        ("account.settlement", "calendar"), ("calendar.XNYS", "XNYS"),
        ("strategy.a.instruments", "SHR"), ("strategy.a.kind", "every"),
      ]
      step(
        .configuration(
          ConfigurationItems(items.map { ConfigurationItems.Item(key: $0.0, value: $0.1) })))
      for (id, symbol, kind, base, currency) in [
        (0, "SHR", .equity, "", "USD"), (1, "EURUSD", .forex, "EUR", "USD"),
        (2, "XBTUSD", .inverse, "USD", "BTC"),
      ] as [(UInt16, String, InstrumentClass, String, String)] {
        step(
          .instrument(
            Instrument(
              id: InstrumentID(id), venueName: "XNYS", symbol: symbol, kind: kind, base: base,
              currency: currency, priceScale: 2, quantityScale: 0)))
      }
    }

    /// Books so many fills; a day goes by with each thousand.
    mutating func book(_ count: Int) {
      for index in 0..<count {
        let id = InstrumentID(UInt16(index % 3))
        time = time.advanced(by: index % 1000 == 999 ? Nanoseconds.day : 1000)
        let order = OrderID(UInt64(index + 1))
        decide(
          .submitted(
            OrderTicket(
              order: order, strategy: StrategyID(0), instrument: id,
              side: index / 3 % 4 < 2 ? .buy : .sell, type: .market,
              timeInForce: .immediateOrCancel, quantity: Quantity(100))))
        let fill = Fill(
          id: UInt64(index + 1), price: Price(Int64(10_000 + index % 97)), quantity: Quantity(100),
          fee: Money(raw: 10_000_000_000), feeCurrency: id.raw == 2 ? "BTC" : "USD",
          liquidity: .taker)
        step(.report(VenueReport(order: order, .filled(fill))))
        postings += id.raw == 1 ? 3 : 2
      }
    }

    private mutating func step(_ observation: Observation) {
      sequence += 1
      engine.apply(
        observation, EntryHeader(sequence: sequence, eventTime: time, receiveTime: time))
      while let made = engine.decide() {
        if case .booked(let booking) = made, booking.kind == .settled { postings += 1 }
        decide(made)
      }
    }

    private mutating func decide(_ decision: Decision) {
      sequence += 1
      engine.apply(
        decision, EntryHeader(sequence: sequence, eventTime: time, receiveTime: time))
    }

    /// The books balance, and cash has settled.
    func check() {
      let books = engine.market.portfolio.ledger.books
      precondition(books.count == 3 && books.allSatisfy { $0.sum == .zero }, "books out of balance")
      precondition(postings > 2 * PostingBenchmark.fills, "nothing settled")
    }
  }
}
