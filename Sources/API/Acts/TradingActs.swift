import Events
import Projections
import Reporting

extension Acts {
  /// Acts of one person: those that stop, and signals, which the gate judges like any other.
  var tradingRoutes: [Route] {
    [
      stopping(
        .halt, "/api/v1/halts", "halt", "Stop sending orders of a scope, and cancel its orders."),
      stopping(.kill, "/api/v1/kills", "kill", "Halt, and cancel until every order has ended."),
      Route(
        method: .delete, path: "/api/v1/orders/{orderId}", name: "cancelOrder",
        summary: "Ask for the cancel of an order; it may still fill.", permission: .cancel,
        budget: .urgent, isAct: true, success: 202, answers: "status, seq"
      ) { call throws(Problem) in
        let name = call.variable("orderId")
        let id = Instruction.isClientOrder(name) ? nil : try Reads.order(call)
        let subject = Self.subject(call).name
        return try await act(call, mayRepeat: true) { () async throws(Problem) in
          if let id, try reads.isOrder(id) == false {
            throw .missing("unknown_order", "There is no order \(id).")
          }
          // The daemon knows of names before the journal's readers do.
          return try await record(
            Self.request(
              .cancel, scope: "order \(id?.description ?? name)",
              reason: "asked for over the API", subject: subject))
        }
      },
      Route(
        method: .post, path: "/api/v1/orders/{orderId}", name: "sendOrder",
        summary: "Give an order in the name of a strategy, under a name of your own.",
        permission: .trade, budget: .acts, body: Self.orderFields, isAct: true, success: 202,
        answers: "status, seq"
      ) { call throws(Problem) in
        let subject = Self.subject(call).name
        let name = call.variable("orderId")
        return try await act(call) { () async throws(Problem) in
          let fields = try Fields(call.body, Self.orderFields)
          guard try reads.instructed(name) == nil else {
            throw Problem(
              status: 409, code: "duplicate_order",
              detail: "There is an order with the name \(name): each has one of its own.")
          }
          return try await record(
            .object(
              [("op", .string("order")), ("id", .string(name)), ("subject", .string(subject))]
                + Self.orderFields.compactMap { field in
                  fields[field.name].map { (field.name, .string($0)) }
                }))
        }
      },
      Route(
        method: .post, path: "/api/internal/v1/signals/generate", name: "bringSignal",
        summary: "Bring a signal, as a model does; strategies and the gate judge it.",
        permission: .signal, budget: .acts,
        body: [
          Field(name: "instrument", summary: "Symbol, or EXCHANGE:SYMBOL."),
          Field(name: "score", summary: "Decimal, as a string: 0.7."),
          Field(name: "model", summary: "Name of the model."),
          Field(name: "version", summary: "Its version."),
        ], isAct: true, success: 202, answers: "status, seq"
      ) { call throws(Problem) in
        try await act(call) { () async throws(Problem) in
          let fields = try Fields(call.body, Self.signalFields)
          return try await record(
            .object(
              [("op", .string("signal"))]
                + Self.signalFields.map { ($0.name, .string(fields.text($0.name))) }))
        }
      },
    ]
  }

  /// As the control socket has them.
  private static let orderFields = [
    Field(name: "strategy", summary: "In whose name."),
    Field(name: "instrument", summary: "Symbol, or EXCHANGE:SYMBOL."),
    Field(name: "side", summary: "buy or sell."),
    Field(name: "quantity", summary: "Decimal, as a string, above 0."),
    optional("type", "market (if left out), limit, stop, stop_limit, trailing_stop, …"),
    optional("time_in_force", "day, gtc, ioc, fok, gtd, at_open, at_close."),
    optional("price", "The limit."),
    optional("stop", "Of stops and if-touched orders: what must be reached."),
    optional("trail", "Of trailing stops: 1.50 or 2 %."),
    optional("limit_offset", "Of trailing stop limits: from the stop to the limit."),
    optional("peg", "Of pegged orders: primary, mid or market."),
    optional("peg_offset", "Added to the pegged price."),
    optional("display", "The most that is shown at a time."),
    optional("trigger", "What is watched: standard, last, bid_ask, mid or mark."),
    optional("post_only", "true: only as a maker."),
    optional("reduce_only", "true: only against the position."),
    optional("expires", "Of gtd: a time in UTC."),
    optional("reason", "Why, as the journal keeps it."),
  ]

  private static func optional(_ name: String, _ summary: String) -> Field {
    Field(name: name, isRequired: false, summary: summary)
  }

  private static let signalFields = ["instrument", "score", "model", "version"].map {
    Field(name: $0, summary: "")
  }

  private func stopping(
    _ what: OperatorAct.Act, _ path: String, _ name: String, _ summary: String
  ) -> Route {
    let fields =
      [Self.scope, Self.reason] + (what == .halt ? [Self.keepOrders] : [])
    return Route(
      method: .post, path: path, name: name, summary: summary, permission: .halt,
      budget: .urgent, body: fields, isAct: true, success: 202, answers: "status, seq"
    ) { call throws(Problem) in
      let subject = Self.subject(call).name
      return try await act(call, mayRepeat: true) { () async throws(Problem) in
        let fields = try Fields(call.body, fields)
        let keeps = fields["keep_orders"] ?? "false"
        guard ["true", "false"].contains(keeps) else {
          throw .malformed("bad_value", "`keep_orders` is true or false.")
        }
        return try await record(
          Self.request(
            keeps == "true" ? .block : what, scope: fields.text("scope"),
            reason: fields.text("reason"), subject: subject))
      }
    }
  }

  private static let keepOrders = optional(
    "keep_orders", "true: leave the scope's orders at their venues; if left out, false.")
}

extension Reads {
  /// Whether an entry is one that somebody should see.
  func isAlert(_ sequence: UInt64) throws(Problem) -> Bool {
    try read { try reader.entry(sequence).map { AlertRow.kinds.contains($0.event.kind) } ?? false }
  }

  /// Whether the journal names an order.
  func isOrder(_ id: OrderID) throws(Problem) -> Bool {
    try read { try reader.sequences(ofOrder: id.raw).first != nil }
  }
}
