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
        case .refused(let given):
          return try await pools.slowly { () throws(Problem) in try refused(given) }
        }
        return try await pools.slowly { () throws(Problem) in
          let head = try head()
          return try withOrders(sequence) { (known) throws(Problem) in
            guard let order = try order(id, through: sequence ?? head, known) else {
              throw Self.unknown(call.variable("orderId"))
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
        let named = try named(call)
        return try await pools.slowly { () throws(Problem) in
          let explanation =
            switch named {
            case .order(let id): try read { try Explanation(of: id, in: reader) }
            case .refused(let given):
              try read {
                try Explanation(of: GivenOrder(of: given.intent, in: reader).last, in: reader)
              }
            }
          guard let explanation else { throw Self.unknown(call.variable("orderId")) }
          return Answer(explanation.json)
        }
      },
    ]
  }

  private static func unknown(_ name: String) -> Problem {
    .missing("unknown_order", "There is no order \(name).")
  }

  /// The order that a path names by its number: `17` or `ord-17`.
  static func order(_ call: Call) throws(Problem) -> OrderID {
    let text = call.variable("orderId")
    guard let number = NamedOrder.number(text) else {
      throw .malformed(
        "bad_order", "An order is named ord-17, 17, or as the person named it who gave it.",
        [.init(name: "orderId", what: "no order")])
    }
    return number
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
    let named = try follower.withState { (engine, _) in
      engine.instructions.named(text, last: engine.market.orders.lastID)
    }
    switch named {
    case .order(let order): return .order(order)
    case .refused(let given): return .refused(given)
    case .unknown(let sentence):
      throw .missing("unknown_order", sentence.prefix(1).uppercased() + sentence.dropFirst() + ".")
    }
  }

  /// What became of the order that a person gave by a name.
  func instructed(_ name: String) throws(Problem) -> Instructions.Given? {
    try follower.withState { (engine, _) throws(Problem) in engine.instructions[name] }
  }

  /// With the rule that refused it, and by which value against which limit.
  private func refused(_ given: Instructions.Given) throws(Problem) -> Answer {
    let head = try head()
    let outcome = try read { try GivenOrder(of: given.intent, in: reader) }
    let refusal = outcome.refusal
    let scale = Int(refusal?.scale ?? 0)
    return Answer(
      .object([
        ("client_order", .string(given.clientOrder)), ("state", .string("refused")),
        ("rule", .string(refusal?.rule.name)),
        ("value", .string(refusal.map { decimalText($0.value, scale: scale) })),
        ("limit", .string(refusal.map { decimalText($0.limit, scale: scale) })),
        ("unit", .string(refusal?.unit)), ("context", .string(refusal?.context)),
        ("intent_seq", .number(given.intent)), ("refused_seq", .number(outcome.last)),
        ("as_of_seq", .number(head)), ("head_seq", .number(head)),
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
