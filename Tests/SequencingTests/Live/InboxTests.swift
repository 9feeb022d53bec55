import Events
import Foundation
import Synchronization
import Testing

@testable import Sequencing

@Suite struct InboxTests {
  static func quote(_ instrument: UInt16, _ bid: Int64) -> MarketEvent {
    .quote(
      Quote(
        instrument: InstrumentID(instrument), bid: Price(bid), ask: Price(bid + 1),
        bidSize: Quantity(1), askSize: Quantity(1)))
  }

  static func trade(_ instrument: UInt16, _ price: Int64) -> MarketEvent {
    .trade(
      Trade(
        instrument: InstrumentID(instrument), price: Price(price), size: Quantity(1), side: .buy))
  }

  static let note = Observation.operatorAct(
    OperatorAct(act: .note, scope: .all, subject: "x", reason: ""))

  /// What was put in, in the order in which it comes out: `q0:5`, `t0:7`, `other`.
  static func texts(_ content: Inbox.Content) -> [String] {
    var texts: [String] = []
    var next = 0
    for index in 0...content.ticks.count {
      while next < content.others.count, content.others[next].position <= index {
        texts.append("other")
        next += 1
      }
      guard index < content.ticks.count else { break }
      switch content.ticks[index].tick {
      case .quote(let quote): texts.append("q\(quote.instrument.raw):\(quote.bid.raw)")
      case .trade(let trade): texts.append("t\(trade.instrument.raw):\(trade.price.raw)")
      case .status: texts.append("s")
      default: texts.append("?")
      }
    }
    return texts
  }

  @Test func `what comes is taken in its order, whatever it is`() {
    let inbox = Inbox(capacity: 100)
    let now = Instant(nanoseconds: 5)
    inbox.put(Self.note, event: now, receive: now)
    inbox.put(Self.quote(0, 1), event: now, receive: now)
    inbox.put(Self.trade(0, 2), event: now, receive: now)
    inbox.put(Self.note, event: now, receive: now)
    inbox.put(.market(Self.quote(1, 3)), event: now, receive: now)
    inbox.put(Self.note, event: now, receive: now)
    var content = Inbox.Content()
    inbox.take(into: &content)
    #expect(Self.texts(content) == ["other", "q0:1", "t0:2", "other", "q1:3", "other"])
    inbox.take(into: &content)
    #expect(content.isEmpty)
  }

  struct Case: Sendable {
    var put: String
    var taken: String
    var conflated: [UInt32]
  }

  /// Of an inbox of six, in which quotes conflate from the fourth tick on.
  static let cases: [Case] = [
    Case(put: "q0:1 q0:2 q0:3", taken: "q0:1 q0:2 q0:3", conflated: []),
    Case(put: "q0:1 q0:2 q0:3 q0:4 q0:5", taken: "q0:1 q0:2 q0:5", conflated: [2]),
    Case(put: "q0:1 t0:2 t0:3 q0:4", taken: "q0:4 t0:2 t0:3", conflated: [1]),
    Case(put: "q0:1 s q0:3 s q0:4", taken: "q0:1 s q0:3 s q0:4", conflated: []),
    // Nor a split or another thing that changes what prices mean; signals it does.
    Case(put: "q0:1 q0:2 q0:3 o q0:4", taken: "q0:1 q0:2 q0:3 other q0:4", conflated: []),
    Case(put: "q0:1 q0:2 q0:3 o q0:4 q0:5", taken: "q0:1 q0:2 q0:3 other q0:5", conflated: [1]),
    Case(put: "q0:1 q0:2 q0:3 g q0:4", taken: "q0:1 q0:2 q0:4 other", conflated: [1]),
    Case(put: "q0:1 q1:1 t1:2 q1:3 q0:4", taken: "q0:4 q1:3 t1:2", conflated: [1, 1]),
    Case(put: "t0:1 t0:2 t0:3 q0:4 q0:5", taken: "t0:1 t0:2 t0:3 q0:5", conflated: [1]),
    Case(
      put: "t0:1 t0:2 t0:3 t0:4 t0:5 t0:6", taken: "t0:1 t0:2 t0:3 t0:4 t0:5 t0:6", conflated: []),
  ]

  @Test(arguments: cases)
  func `under pressure a quote takes the place of the last one, but passes no change of status`(
    _ item: Case
  ) {
    let inbox = Inbox(capacity: 6)
    let now = Instant(nanoseconds: 5)
    for word in item.put.split(separator: " ") {
      let parts = word.dropFirst().split(separator: ":").map { Int64($0)! }
      let tick: MarketEvent
      switch word.first {
      case "q": tick = Self.quote(UInt16(parts[0]), parts[1])
      case "t": tick = Self.trade(UInt16(parts[0]), parts[1])
      case "o", "g":
        let signal = Signal(instrument: InstrumentID(0), score: 0, model: "m", version: "1")
        #expect(
          inbox.put(word.first == "g" ? .signal(signal) : Self.note, event: now, receive: now))
        continue
      default: tick = .status(StatusChange(instrument: InstrumentID(0), status: .trading))
      }
      #expect(inbox.put(tick, event: now, receive: now))
    }
    var content = Inbox.Content()
    inbox.take(into: &content)
    #expect(Self.texts(content).joined(separator: " ") == item.taken)
    #expect(content.conflated.filter { $0 > 0 } == item.conflated.filter { $0 > 0 })
    #expect(inbox.conflatedQuotes == UInt64(item.conflated.reduce(0, +)))
  }

  @Test func `conflation is of what waits now, not of what was taken`() {
    let inbox = Inbox(capacity: 2)
    let now = Instant(nanoseconds: 5)
    var content = Inbox.Content()
    for bid in 1...3 {
      inbox.put(Self.quote(0, Int64(bid)), event: now, receive: now)
      inbox.put(Self.quote(0, Int64(bid * 10)), event: now, receive: now)
      inbox.take(into: &content)
      #expect(Self.texts(content) == ["q0:\(bid * 10)"] && content.conflatedCount == 1)
    }
  }

  @Test func `who brings ticks waits for room, and nothing is lost or turned around`() {
    let inbox = Inbox(capacity: 16)
    let count = 20_000
    for producer in 0..<3 {
      Thread.detachNewThread {
        for index in 1...count {
          let now = Instant(nanoseconds: Int64(index))
          inbox.put(Self.trade(UInt16(producer), Int64(index)), event: now, receive: now)
        }
      }
    }
    var last = [Int64](repeating: 0, count: 3)
    var content = Inbox.Content()
    while last.contains(where: { $0 < Int64(count) }) {
      inbox.bell.wait(1_000_000_000)
      inbox.take(into: &content)
      #expect(content.ticks.count <= 16)
      for item in content.ticks {
        guard case .trade(let trade) = item.tick else { continue }
        let index = trade.instrument.index
        guard trade.price.raw == last[index] + 1 else {
          Issue.record("\(trade.price.raw) after \(last[index])")
          return
        }
        last[index] += 1
      }
    }
    #expect(inbox.deepestQueue <= 16)
  }

  @Test func `a closed inbox takes nothing, and whoever waits is let go`() {
    let inbox = Inbox(capacity: 2)
    let now = Instant(nanoseconds: 5)
    inbox.put(Self.trade(0, 1), event: now, receive: now)
    inbox.put(Self.trade(0, 2), event: now, receive: now)
    let isTold = Mutex(false)
    let bell = Bell()
    Thread.detachNewThread {
      let isTaken = inbox.put(Self.trade(0, 3), event: now, receive: now)
      isTold.withLock { $0 = !isTaken }
      bell.ring()
    }
    inbox.close()
    bell.wait(10_000_000_000)
    #expect(isTold.withLock { $0 })
    #expect(!inbox.put(Self.note, event: now, receive: now))
  }
}
