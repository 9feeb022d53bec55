import Events
import Testing

@testable import Venues

@Suite struct FaultTests {
  static let second: Int64 = 1_000_000_000

  static func outage(_ start: Int64, _ end: Int64) -> Faults.Outage {
    Faults.Outage(start: Instant(nanoseconds: start), end: Instant(nanoseconds: end))
  }

  static func desk(_ faults: Faults, latency: Latency = .zero) -> Desk {
    var desk = Desk(ExchangeConfiguration(latency: latency, faults: faults, seed: 3))
    desk.exchange.begin(at: Instant(nanoseconds: desk.time))
    desk.quote(100, 50, 102, 50)
    return desk
  }

  static func connections(_ desk: inout Desk) -> [String] {
    var lines: [String] = []
    while let due = desk.exchange.nextConnection(through: .distantFuture) {
      lines.append("\(due.change.state)@\(due.time.nanoseconds)")
    }
    return lines
  }

  @Test func `a share of new orders is rejected, the same by the same seed`() {
    func run() -> [String] {
      var desk = Self.desk(Faults(rejects: 100_000))
      for id in UInt64(1)...2_000 { desk.send(id, .buy, 1, at: 90) }
      return desk.reports().filter { $0.contains("rejected 99") }
    }
    let rejected = run()
    #expect((160...240).contains(rejected.count))
    #expect(run() == rejected)
  }

  @Test func `too many messages a second are rejected`() {
    var desk = Self.desk(Faults(throttle: .init(perSecond: 2, excess: .reject)))
    desk.time = 2_000
    desk.send(1, .buy, 1, at: 90)
    desk.send(2, .buy, 1, at: 90)
    desk.cancel(1)
    desk.send(3, .buy, 1, at: 90)
    desk.time += Self.second
    desk.cancel(1)
    #expect(
      desk.reports() == [
        "1 accepted", "2 accepted", "1 cancel refused 99", "3 rejected 99",
        "1 cancelled requested",
      ])
  }

  @Test func `too many messages a second wait`() {
    var desk = Self.desk(Faults(throttle: .init(perSecond: 2, excess: .delay)))
    desk.time = 2_000
    for id in UInt64(1)...5 { desk.send(id, .buy, 1, at: 90) }
    _ = desk.reports()
    #expect(
      desk.last.map(\.eventTime.nanoseconds) == [
        2_000, 2_000, 2_000 + Self.second, 2_000 + Self.second, 2_000 + 2 * Self.second,
      ])
  }

  @Test func `an outage loses what is sent and keeps back what is reported`() {
    var desk = Self.desk(
      Faults(outages: [Self.outage(2_000, 3_000)]), latency: Latency(entry: 10, response: 10))
    desk.time = 1_500
    desk.send(1, .buy, 5, at: 101)
    desk.time = 1_995
    desk.cancel(1)  // arrives at 2005: lost
    desk.time = 2_400
    desk.exchange.advance(to: Instant(nanoseconds: 2_400))
    desk.quote(99, 50, 101, 5)  // fills it at the venue
    desk.send(2, .buy, 5, at: 90)  // lost
    desk.exchange.advance(to: Instant(nanoseconds: 3_000))
    desk.time = 3_000
    for id in UInt64(1)...2 { desk.exchange.query(OrderID(id), at: Instant(nanoseconds: 3_000)) }
    #expect(Self.connections(&desk) == ["disconnected@2000", "connected@3000"])
    #expect(
      desk.reports() == ["1 accepted", "1 filled 5 @ 101 maker", "1 filled 5", "2 neverReceived 0"])
    #expect(desk.last.map(\.deliverTime.nanoseconds) == [1_520, 3_010, 3_020, 3_020])
    #expect(desk.last[1].eventTime.nanoseconds == 2_401)
  }

  @Test func `a venue may cancel what is left without a connection`() {
    var desk = Self.desk(
      Faults(outages: [Self.outage(2_000, 3_000)], cancelsOnDisconnect: true))
    desk.send(1, .buy, 5, at: 90)
    desk.send(2, .buy, 5)
    desk.send(3, .sell, 5, at: 110)
    desk.exchange.advance(to: Instant(nanoseconds: 3_000))
    for id in UInt64(1)...3 { desk.exchange.query(OrderID(id), at: Instant(nanoseconds: 3_000)) }
    #expect(
      desk.reports() == [
        "1 accepted", "2 accepted", "2 filled 5 @ 102 taker", "3 accepted",
        "1 cancelled connectionLost", "3 cancelled connectionLost", "1 cancelled 0", "2 filled 5",
        "3 cancelled 0",
      ])
  }

  @Test func `the last fills may come again after an outage`() {
    var desk = Self.desk(Faults(outages: [Self.outage(2_000, 3_000)], repeats: 1))
    desk.send(1, .buy, 5)
    desk.send(2, .buy, 6)
    #expect(
      desk.reports(through: Instant(nanoseconds: 4_000)).suffix(3) == [
        "2 accepted", "2 filled 6 @ 102 taker", "2 filled 6 @ 102 taker",
      ])
    let fills = desk.last.filter { Desk.text($0.report).contains("filled") }
    #expect(fills[1].report == fills[2].report)
  }

  @Test func `outages that meet are one, and drawn ones follow the seed`() {
    func outages(_ faults: Faults, _ seed: UInt64, count: Int) -> [Faults.Outage] {
      var source = OutageSource(faults, seed: seed, stream: 0)
      var found: [Faults.Outage] = []
      var time = Instant(nanoseconds: 1_000)
      while found.count < count, let outage = source.next(after: time) {
        found.append(outage)
        time = outage.end
      }
      return found
    }
    let stated = Faults(outages: [
      Self.outage(10, 20), Self.outage(500, 1_500), Self.outage(1_600, 1_700),
    ])
    #expect(
      outages(stated, 1, count: 9) == [Self.outage(500, 1_500), Self.outage(1_600, 1_700)])
    let drawn = Faults(drawnOutages: .init(interval: 1_000_000, length: 500))
    let some = outages(drawn, 1, count: 1_000)
    #expect(some == outages(drawn, 1, count: 1_000) && some != outages(drawn, 2, count: 1_000))
    #expect(zip(some, some.dropFirst()).allSatisfy { $0.end < $1.start })
    // A thousand intervals of a millisecond: a second, give or take four deviations.
    #expect((870_000_000...1_130_000_000).contains(some[999].end.nanoseconds))
  }

  @Test func `what cannot be says why`() {
    let bad = [
      Faults(rejects: -1), Faults(throttle: .init(perSecond: 0, excess: .delay)),
      Faults(outages: [Self.outage(5, 5)]),
      Faults(outages: [Self.outage(5, 9), Self.outage(9, 12)]),
      Faults(drawnOutages: .init(interval: 0, length: 1)), Faults(cancelsOnDisconnect: true),
      Faults(repeats: 3),
    ]
    #expect(bad.allSatisfy { $0.problem != nil })
    #expect(bad.allSatisfy { ExchangeConfiguration(faults: $0).problem != nil })
  }
}
