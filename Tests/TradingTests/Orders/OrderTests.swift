import Events
import Testing

@testable import Trading

/// Every state × every report: one line a state, one column a report, the state after it in the cell.
/// `=` means: does not fit, nothing changes. `name+` means: taken as a fact, though it should not be. `name!` means:
/// ended, as the venue has forgotten it.
@Suite struct OrderTests {
  static let reports: [(String, VenueReport.Outcome)] = [
    ("accepted", .accepted(venueOrder: "V")),
    ("rejected", .rejected(code: 1, text: "")),
    ("part", .filled(fill(40))),
    ("rest", .filled(fill(0))),
    ("over", .filled(fill(200))),
    ("cancelled", .cancelled(.venue, text: "")),
    ("expired", .expired),
    ("replaced", .replaced(quantity: Quantity(150), price: Price(99))),
    ("no-cancel", .requestRejected(.cancel, code: 2, text: "")),
    ("no-replace", .requestRejected(.replace, code: 2, text: "")),
    ("not-there-c", .requestRejected(.cancel, code: 1, text: "")),
    ("not-there-r", .requestRejected(.replace, code: 1, text: "")),
    ("working-0", .status(.working, filled: Quantity(0))),
    ("working-40", .status(.working, filled: Quantity(40))),
    ("filled-100", .status(.filled, filled: Quantity(100))),
    ("filled-40", .status(.filled, filled: Quantity(40))),
    ("cancelled-0", .status(.cancelled, filled: Quantity(0))),
    ("cancelled-40", .status(.cancelled, filled: Quantity(40))),
    ("rejected-0", .status(.rejected, filled: Quantity(0))),
    ("expired-0", .status(.expired, filled: Quantity(0))),
    ("never", .status(.neverReceived, filled: Quantity(0))),
  ]

  static let table = """
    state         accepted       rejected  part            rest    over    cancelled expired
    pending       working        rejected  partial         filled  filled+ cancelled expired
    working       =              =         partial         filled  filled+ cancelled expired
    partial       =              =         partial         filled  filled+ cancelled expired
    replacing     =              =         partial         filled  filled+ cancelled expired
    cancelling    =              =         cancel_pending  filled  filled+ cancelled expired
    cancelling-un cancel_pending rejected  cancel_pending  filled  filled+ cancelled expired
    unknown       working        rejected  partial         filled  filled+ cancelled expired
    unknown-ack   working        =         partial         filled  filled+ cancelled expired
    filled        =              =         filled+         filled+ filled+ =         =
    cancelled     =              =         cancelled+      cancelled+ cancelled+ =   =
    rejected      =              =         rejected+       rejected+  rejected+  =   =
    expired       =              =         expired+        expired+   expired+   =   =

    state         replaced       no-cancel no-replace not-there-c not-there-r
    pending       =              =         =          =           =
    working       =              =         =          =           =
    partial       =              =         =          =           =
    replacing     working        =         working    =           unknown
    cancelling    =              working   =          unknown     =
    cancelling-un =              pending   =          unknown     =
    unknown       working        unknown   =          unknown     =
    unknown-ack   working        working   =          unknown     =
    filled        =              filled    filled     filled      filled
    cancelled     =              cancelled cancelled  cancelled   cancelled
    rejected      =              rejected  rejected   rejected    rejected
    expired       =              expired   expired    expired     expired

    state         working-0 working-40 filled-100 filled-40 cancelled-0 cancelled-40
    pending       working   =          =          =         cancelled   =
    working       working   =          =          =         cancelled   =
    partial       =         partial    =          =         =           cancelled
    replacing     working   =          =          =         cancelled   =
    cancelling    working   =          =          =         cancelled   =
    cancelling-un working   =          =          =         cancelled   =
    unknown       working   =          =          =         cancelled   =
    unknown-ack   working   =          =          =         cancelled   =
    filled        =         =          filled     =         =           =
    cancelled     =         =          =          =         cancelled   =
    rejected      =         =          =          =         =           =
    expired       =         =          =          =         =           =

    state         rejected-0 expired-0 never
    pending       rejected   expired   rejected
    working       =          expired   cancelled!
    partial       =          =         cancelled!
    replacing     =          expired   cancelled!
    cancelling    =          expired   cancelled!
    cancelling-un rejected   expired   rejected
    unknown       rejected   expired   rejected
    unknown-ack   =          expired   cancelled!
    filled        =          =         =
    cancelled     =          =         =
    rejected      rejected   =         rejected
    expired       =          expired   =
    """

  @Test func `every report in every state does what the table says`() throws {
    var columns: [String] = []
    var lines = 0
    for line in Self.table.split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      if words[0] == "state" {
        columns = Array(words.dropFirst())
        continue
      }
      lines += 1
      try #require(words.count == columns.count + 1, "\(line)")
      for (column, expected) in zip(columns, words.dropFirst()) {
        try check(words[0], column, expected)
      }
    }
    #expect(lines == 48)
  }

  private func check(_ given: String, _ report: String, _ expected: String) throws {
    let before = Self.order(given)
    var order = before
    var outcome = try #require(Self.reports.first { $0.0 == report }?.1)
    if report == "rest" {
      outcome = .filled(Self.fill(before.filled.raw == 100 ? 100 : 100 - before.filled.raw))
    }
    let effect = order.apply(outcome)
    let name = "\(given) + \(report)"
    if expected == "=" {
      guard case .illegal = effect else { Issue.record("\(name): \(effect)"); return }
      #expect(order == before, "\(name)")
    } else if expected.hasSuffix("+") {
      guard case .filledWrongly = effect else { Issue.record("\(name): \(effect)"); return }
      #expect(order.state.name + "+" == expected, "\(name)")
    } else if expected.hasSuffix("!") {
      guard case .forgotten = effect else { Issue.record("\(name): \(effect)"); return }
      #expect(order.state.name + "!" == expected, "\(name)")
    } else {
      #expect(effect == .applied, "\(name)")
      #expect(order.state.name == expected, "\(name)")
    }
    if case .filled(let fill) = outcome {
      #expect(order.filled == before.filled + fill.quantity, "\(name)")
    } else {
      #expect(order.filled == before.filled, "\(name)")
    }
    #expect(!order.state.isFinal || order.remaining == .zero && order.exposure == .zero)
  }

  static func fill(_ quantity: Int64) -> Fill {
    Fill(
      id: 1, price: Price(100), quantity: Quantity(quantity), fee: .zero, feeCurrency: "USD",
      liquidity: .unknown)
  }

  /// A limit order to buy 100 at 100 in a named state.
  static func order(_ state: String) -> Order {
    var order = Order(
      OrderTicket(
        order: OrderID(1), strategy: StrategyID(0), instrument: InstrumentID(0), side: .buy,
        type: .limit, timeInForce: .goodTillCancelled, quantity: Quantity(100), price: Price(100)),
      sequence: 7)
    let accepted = VenueReport.Outcome.accepted(venueOrder: "V")
    switch state {
    case "working": _ = order.apply(accepted)
    case "partial":
      _ = order.apply(accepted)
      _ = order.apply(.filled(fill(40)))
    case "replacing":
      _ = order.apply(accepted)
      order.requestReplace(Quantity(150), Price(99), sequence: 8)
    case "cancelling":
      _ = order.apply(accepted)
      order.requestCancel(sequence: 8)
    case "cancelling-un": order.requestCancel(sequence: 8)
    case "unknown": _ = order.loseConnection()
    case "unknown-ack":
      _ = order.apply(accepted)
      order.requestCancel(sequence: 8)
      _ = order.loseConnection()
    case "filled": _ = order.apply(.filled(fill(100)))
    case "cancelled": _ = order.apply(.cancelled(.venue, text: ""))
    case "rejected": _ = order.apply(.rejected(code: 1, text: ""))
    case "expired": _ = order.apply(.expired)
    default: break
    }
    return order
  }

  @Test(arguments: [
    ("pending", true, true, false), ("working", false, true, true), ("partial", false, true, true),
    ("replacing", true, true, false), ("cancelling", true, false, false),
    ("unknown", true, true, false), ("filled", false, false, false),
    ("cancelled", false, false, false), ("rejected", false, false, false),
    ("expired", false, false, false),
  ])
  func `what may be asked of an order follows from its state`(
    state: String, loses: Bool, cancellable: Bool, replaceable: Bool
  ) {
    var order = Self.order(state)
    #expect(order.isCancellable == cancellable)
    #expect(order.isReplaceable == replaceable)
    #expect(order.awaitsAnswer == loses)
    #expect(order.loseConnection() == loses)
    #expect((order.state == .unknown) == loses)
  }

  @Test func `a market order cannot be replaced`() {
    var order = Order(
      OrderTicket(
        order: OrderID(1), strategy: StrategyID(0), instrument: InstrumentID(0), side: .buy,
        type: .market, timeInForce: .day, quantity: Quantity(1)), sequence: 1)
    _ = order.apply(.accepted(venueOrder: "V"))
    #expect(!order.isReplaceable)
  }

  @Test func `exposure counts the larger of an order and its replacement`() {
    var order = Self.order("partial")
    #expect(order.exposure == Quantity(60))
    order.requestReplace(Quantity(150), Price(99), sequence: 9)
    #expect(order.remaining == Quantity(60))
    #expect(order.exposure == Quantity(110))
    _ = order.apply(.requestRejected(.replace, code: 2, text: ""))
    #expect(order.exposure == Quantity(60))
    order.requestReplace(Quantity(50), Price(99), sequence: 10)
    #expect(order.exposure == Quantity(60))
    _ = order.apply(.replaced(quantity: Quantity(50), price: Price(99)))
    #expect(order.exposure == Quantity(10))
    #expect(order.ticket.price == Price(99))
  }

  @Test func `a replacement down to what is filled ends the order`() {
    var order = Self.order("partial")
    order.requestReplace(Quantity(40), Price(100), sequence: 9)
    #expect(order.apply(.replaced(quantity: Quantity(40), price: Price(100))) == .applied)
    #expect(order.state == .filled)
  }

  @Test func `a fill while a replacement is under way counts against the new total`() {
    var order = Self.order("replacing")
    #expect(order.apply(.filled(Self.fill(99))) == .applied)
    #expect(order.apply(.replaced(quantity: Quantity(150), price: Price(99))) == .applied)
    #expect(order.state == .partial)
    #expect(order.remaining == Quantity(51))
  }

  @Test func `a fill while a cancel is under way leaves the cancel under way`() {
    var order = Self.order("cancelling")
    #expect(order.apply(.filled(Self.fill(30))) == .applied)
    #expect(order.state == .cancelPending)
    #expect(order.apply(.cancelled(.requested, text: "")) == .applied)
    #expect(order.filled == Quantity(30))
  }

  @Test(
    arguments: [
      (0, 5), (-1, 5), (Quantity.limit + 1, 5), (5, Price.none.raw), (5, Price.limit + 1),
    ] as [(Int64, Int64)])
  func `a replacement by what no order can have changes nothing`(quantity: Int64, price: Int64) {
    let before = Self.order("replacing")
    var order = before
    let effect = order.apply(.replaced(quantity: Quantity(quantity), price: Price(price)))
    guard case .illegal = effect else { Issue.record("\(effect)"); return }
    #expect(order == before)
  }

  @Test(arguments: [0, -1, Int64.min]) func `a fill of nothing changes nothing`(quantity: Int64) {
    var order = Self.order("working")
    #expect(order.apply(.filled(Self.fill(quantity))) == .illegal("a fill of nothing"))
    #expect(order == Self.order("working"))
  }

  @Test func `absurd fills do not trap`() {
    var order = Self.order("working")
    _ = order.apply(.filled(Self.fill(.max)))
    _ = order.apply(.filled(Self.fill(.max)))
    #expect(order.filled == Quantity(.max))
    #expect(order.state == .filled)
  }
}
