import Events
import Journaling
import Testing

@testable import Monitoring

/// The lives of orders as spans.
struct OrderTracerTests {
  private static let journal = JournalID(Array(0..<16))!
  private static let instrument = InstrumentID(0)

  /// Entries with times in milliseconds after the start.
  private struct Script {
    var tracer: OrderTracer
    var sequence: UInt64 = 100

    static func at(_ ms: Double) -> Instant { Messages.at(ms / 1000) }

    mutating func tick(event: Double, received: Double) -> UInt64 {
      sequence += 1
      tracer.take(
        tick: EntryHeader(
          sequence: sequence, eventTime: Self.at(event), receiveTime: Self.at(received)))
      return sequence
    }

    mutating func take(
      _ event: Event, at received: Double, event time: Double? = nil, cause: UInt64 = 0,
      seen: Double? = nil
    ) -> [Span] {
      sequence += 1
      return tracer.take(
        Entry(
          header: EntryHeader(
            sequence: sequence, eventTime: Self.at(time ?? received),
            receiveTime: Self.at(received),
            cause: cause), event: event), seen: seen.map(Self.at))
    }

    mutating func order(_ number: UInt64, at ms: Double, seen: Double? = nil) {
      let tick = tick(event: ms - 2, received: ms)
      _ = take(
        .decision(
          .intent(
            IntentRecord(
              strategy: StrategyID(1), action: .target, instrument: instrument,
              quantity: Quantity(5), reason: Reason("up")))), at: ms, cause: tick)
      _ = take(
        .decision(
          .submitted(
            OrderTicket(
              order: OrderID(number), strategy: StrategyID(1), instrument: instrument, side: .buy,
              type: .limit, timeInForce: .day, quantity: Quantity(5), price: Price(100)))),
        at: ms, cause: sequence, seen: seen)
    }

    mutating func report(
      _ number: UInt64, _ outcome: VenueReport.Outcome, at ms: Double, venue: Double
    ) -> [Span] {
      take(
        .observation(.report(VenueReport(order: OrderID(number), outcome))), at: ms, event: venue)
    }
  }

  private static func fill(_ id: UInt64, _ quantity: Int64) -> VenueReport.Outcome {
    .filled(
      Fill(
        id: id, price: Price(100), quantity: Quantity(quantity), fee: .zero, feeCurrency: "USD",
        liquidity: .taker))
  }

  @Test func `an order from its tick to its last fill`() throws {
    var script = Script(tracer: OrderTracer(Self.journal, oneIn: 1))
    script.order(7, at: 10, seen: 11)
    #expect(script.report(7, .accepted(venueOrder: "v"), at: 14, venue: 12).isEmpty)
    #expect(script.report(7, Self.fill(1, 2), at: 16, venue: 15).isEmpty)
    let spans = script.report(7, Self.fill(2, 3), at: 20, venue: 18)
    #expect(
      spans.map(\.name) == [
        "order", "feed", "decide", "record and send", "report", "report", "report",
      ])
    let rows = spans.map { span in
      [span.start, span.end].map { Int($0.since(Messages.start) / 1_000_000) }
    }
    #expect(rows == [[8, 20], [8, 10], [10, 10], [10, 12], [12, 14], [15, 16], [18, 20]])
    #expect(spans[3].moments == [Span.Moment(name: "durable", time: Script.at(11))])
    #expect(Set(spans.map(\.id)).count == spans.count)
    #expect(spans.dropFirst().allSatisfy { $0.parent == spans[0].id && $0.id != 0 })
    #expect(spans[0].parent == 0)
    #expect(Set(spans.map(\.trace.text)) == ["00010203040506070000000000000007"])
    #expect(spans[0].attributes.contains { $0 == ("daybook.end", .text("filled")) })
    #expect(script.tracer.openCount == 0)
  }

  static let ends: [(VenueReport.Outcome, String, Bool)] = [
    (.rejected(code: 99, text: "no"), "rejected", true),
    (.cancelled(.requested, text: ""), "cancelled", false), (.expired, "expired", false),
  ]

  @Test(arguments: ends)
  func `every end ends it`(_ outcome: VenueReport.Outcome, _ name: String, _ isFailure: Bool) throws
  {
    var script = Script(tracer: OrderTracer(Self.journal, oneIn: 1))
    script.order(1, at: 10)
    let spans = script.report(1, outcome, at: 12, venue: 11)
    let root = try #require(spans.first)
    #expect(root.isFailure == isFailure)
    #expect(root.attributes.contains { $0 == ("daybook.end", .text(name)) })
    #expect(script.report(1, outcome, at: 13, venue: 12).isEmpty, "and once only")
  }

  @Test func `one order in so many is traced, by its number`() {
    var script = Script(tracer: OrderTracer(Self.journal, oneIn: 10))
    var traced: [UInt64] = []
    for number in UInt64(1)...40 {
      script.order(number, at: Double(number))
      if !script.report(number, .expired, at: Double(number) + 1, venue: Double(number)).isEmpty {
        traced.append(number)
      }
    }
    #expect(traced == [10, 20, 30, 40])
  }

  @Test func `orders that never end take no more room than there is`() {
    var script = Script(tracer: OrderTracer(Self.journal, oneIn: 1))
    for number in UInt64(1)...UInt64(OrderTracer.mostOpen + 50) {
      script.order(number, at: Double(number))
    }
    #expect(script.tracer.openCount == OrderTracer.mostOpen)
    #expect(script.report(1, .expired, at: 9e6, venue: 9e6).isEmpty, "the oldest was given up")
  }

  @Test func `a clock of a venue that is ahead makes no span end before it begins`() {
    var script = Script(tracer: OrderTracer(Self.journal, oneIn: 1))
    script.order(1, at: 10)
    let spans = script.report(1, .expired, at: 12, venue: 5000)
    #expect(spans.allSatisfy { $0.end >= $0.start })
    script.order(2, at: 20)
    #expect(script.report(2, .expired, at: 22, venue: 1).allSatisfy { $0.end >= $0.start })
  }
}
