import Events
import Journaling
import Projections
import Reporting
import Trading

extension Reads {
  private static let orderPath = "/api/v1/orders/{orderId}"

  var orderRoutes: [Route] {
    [
      Route(
        method: .get, path: "/api/v1/orders", name: "listOrders",
        summary: "All orders, sent, held or ended, in order of their sequence.",
        permission: .readTrading, parameters: Self.page, answers: "data: orders"
      ) { call throws(Problem) in
        let isPast = try asOf(call) != nil
        if !isPast {
          let found = try await listed(call) { (model, page) throws(ReadModelError) in
            let list = try model.orders(after: page.after, limit: page.limit)
            return (list.rows.map { ($0.first?.sequence ?? 0, .object($0.json)) }, list.through)
          }
          if let found { return found }
        }
        return try await pools.slowly { () throws(Problem) in
          let page = try Page(call, self)
          return try withOrders(isPast ? page.through : nil) { (known) throws(Problem) in
            try orders(page, known)
          }
        }
      },
      Route(
        method: .get, path: Self.orderPath + "/status", name: "getOrderStatus",
        summary: "An order and where it stands.", permission: .readTrading,
        parameters: [Self.asOf], answers: "the order"
      ) { call throws(Problem) in
        let sequence = try asOf(call)
        let id: OrderID
        switch try named(call) {
        case .order(let order): id = order
        case .refused(let given): return try refused(given)
        }
        return try await pools.slowly { () throws(Problem) in
          let head = try head()
          return try withOrders(sequence) { (known) throws(Problem) in
            guard let order = try order(id, through: sequence ?? head, known) else {
              throw Self.unknown(id)
            }
            return Answer(
              .object(
                order + [
                  ("as_of_seq", .number(sequence ?? head)), ("head_seq", .number(head)),
                ]))
          }
        }
      },
      Route(
        method: .get, path: Self.orderPath + "/explain", name: "explainOrder",
        summary: "Why an order is there: the chain of entries down to the tick.",
        permission: .readJournal, answers: "title, chain, children"
      ) { call throws(Problem) in
        guard case .order(let id) = try named(call) else {
          throw .missing("refused", "The gate refused the order: its status names the intent.")
        }
        return try await pools.slowly { () throws(Problem) in
          guard let explanation = try read({ try Explanation(of: id, in: reader) }) else {
            throw Self.unknown(id)
          }
          return Answer(explanation.json)
        }
      },
    ]
  }

  private static func unknown(_ id: OrderID) -> Problem {
    .missing("unknown_order", "There is no order \(id).")
  }

  /// The order that a path names: `17` or `ord-17`.
  static func order(_ call: Call) throws(Problem) -> OrderID {
    let text = call.variable("orderId")
    guard let number = UInt64(text.hasPrefix("ord-") ? String(text.dropFirst(4)) : text),
      number > 0
    else {
      throw .malformed(
        "bad_order", "An order is named ord-17 or 17.", [.init(name: "orderId", what: "no order")])
    }
    return OrderID(number)
  }

  /// What a name in a path means.
  private enum Named {
    case order(OrderID)
    /// A person's order that the gate did not let pass.
    case refused(Instructions.Given)
  }

  private func named(_ call: Call) throws(Problem) -> Named {
    let text = call.variable("orderId")
    guard Instruction.isClientOrder(text) else { return .order(try Self.order(call)) }
    guard let given = try instructed(text) else {
      throw .missing("unknown_order", "There is no order \(text).")
    }
    return given.order == .none ? .refused(given) : .order(given.order)
  }

  /// What became of the order that a person gave by a name.
  func instructed(_ name: String) throws(Problem) -> Instructions.Given? {
    try follower.withState { (engine, _) throws(Problem) in engine.instructions[name] }
  }

  private func refused(_ given: Instructions.Given) throws(Problem) -> Answer {
    let head = try head()
    return Answer(
      .object([
        ("client_order", .string(given.clientOrder)), ("state", .string("refused")),
        ("intent_seq", .number(given.intent)), ("as_of_seq", .number(head)),
        ("head_seq", .number(head)),
      ]))
  }

  /// What the engine knows of orders, with the names of strategies.
  struct KnownOrders {
    var orders: Orders
    var strategies: [String]
    var accounts: [String]

    init(_ engine: borrowing Engine) {
      orders = engine.market.orders
      strategies = engine.strategyNames
      accounts = engine.market.portfolio.accounts.map(\.name)
    }
  }

  /// - Parameter sequence: nil for the head.
  private func withOrders<R: Sendable>(
    _ sequence: UInt64?, _ body: (KnownOrders) throws(Problem) -> R
  ) throws(Problem) -> R {
    // Copies of arrays, so that nobody waits for the pages of the journal that are read next.
    let known =
      if let sequence {
        try past(sequence) { engine in KnownOrders(engine) }
      } else {
        try follower.withState { (engine, _) in KnownOrders(engine) }
      }
    return try body(known)
  }

  /// A page of orders. Their ids have no holes and ascend with their first entries, so the first is found in
  /// O(log orders); each then costs a look at the blocks with its entries.
  private func orders(_ page: Page, _ known: KnownOrders) throws(Problem) -> Answer {
    var (low, high) = (UInt64(1), known.orders.lastID.raw + 1)
    while low < high {
      let middle = low + (high - low) / 2
      if try first(middle) <= page.after { low = middle + 1 } else { high = middle }
    }
    var data: [JSON] = []
    var next = page.after
    while low <= known.orders.lastID.raw, data.count < page.limit {
      let start = try first(low)
      guard start <= page.through,
        let order = try order(OrderID(low), through: page.through, known)
      else { break }
      data.append(.object(order))
      next = start
      low += 1
    }
    let isLast = low > known.orders.lastID.raw || data.count < page.limit
    return page.answer(data, next: isLast ? max(page.through, next) : next)
  }

  /// Sequence of the first entry that names an order.
  private func first(_ order: UInt64) throws(Problem) -> UInt64 {
    try read { try reader.sequences(ofOrder: order).first ?? .max }
  }

  /// An order as it was after an entry; nil if it was not there.
  private func order(
    _ id: OrderID, through last: UInt64, _ known: KnownOrders
  ) throws(Problem) -> [(String, JSON)]? {
    var trace = OrderTrace(id)
    try read {
      for sequence in try reader.sequences(ofOrder: id.raw) where sequence <= last {
        guard let entry = try reader.entry(sequence) else { break }
        trace.take(entry.event, entry.header)
      }
    }
    guard let traced = trace.order, let first = trace.first, let latest = trace.last else {
      return nil
    }
    let order = known.orders[id] ?? traced
    let names = follower.names(asOf: last).text
    return OrderRow(
      order, names.instrument(order.ticket.instrument), strategies: known.strategies,
      accounts: known.accounts, first: OrderRow.Mark(first), last: OrderRow.Mark(latest),
      reason: trace.reason
    ).json
  }
}

extension OrderRow {
  /// As lists and the order's own address show it.
  var json: [(String, JSON)] {
    [
      ("order", .string(id.description)), ("seq", .number(first?.sequence ?? 0)),
      ("time", .string(first?.time)), ("state", .string(state)),
      ("reason", isFinal ? .string(reason) : .null), ("strategy", .string(strategy)),
      ("account", .string(account)), ("symbol", .string(symbol)), ("exchange", .string(exchange)),
      ("side", .string(side)), ("type", .string(type)), ("time_in_force", .string(timeInForce)),
      ("quantity", .string(quantity)), ("filled", .string(filled)),
      ("remaining", .string(remaining)), ("price", .string(price)), ("stop", .string(stop)),
      ("parent", .string(parent?.description)), ("last_seq", .number(last?.sequence ?? 0)),
      ("last_time", .string(last?.time)),
    ]
  }
}
