import Events
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
        let id = try Reads.order(call)
        let subject = Self.subject(call).name
        return try await act(call) { () async throws(Problem) in
          guard try reads.isOrder(id) else {
            throw .missing("unknown_order", "There is no order \(id).")
          }
          return try await record(
            Self.request(
              .cancel, scope: "order \(id)", reason: "asked for over the API", subject: subject))
        }
      },
      Route(
        method: .post, path: "/api/v1/orders/{orderId}", name: "sendOrder",
        summary: "Orders of persons are not taken: strategies send orders, and signals move them.",
        permission: .trade, budget: .acts, success: 202, answers: "status, seq"
      ) { call throws(Problem) in
        _ = try Reads.order(call)
        throw Problem(
          status: 501, code: "no_orders_of_persons",
          detail: "The journal has no kind of entry for an order that a person sends, so none is "
            + "taken and nothing was done. POST /api/internal/v1/signals/generate moves strategies."
        )
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

  private static let signalFields = ["instrument", "score", "model", "version"].map {
    Field(name: $0, summary: "")
  }

  private func stopping(
    _ what: OperatorAct.Act, _ path: String, _ name: String, _ summary: String
  ) -> Route {
    let fields = [Self.scope, Self.reason]
    return Route(
      method: .post, path: path, name: name, summary: summary, permission: .halt,
      budget: .urgent, body: fields, isAct: true, success: 202, answers: "status, seq"
    ) { call throws(Problem) in
      let subject = Self.subject(call).name
      return try await act(call) { () async throws(Problem) in
        let fields = try Fields(call.body, fields)
        return try await record(
          Self.request(
            what, scope: fields.text("scope"), reason: fields.text("reason"), subject: subject))
      }
    }
  }
}

extension Reads {
  /// Whether the journal names an order.
  func isOrder(_ id: OrderID) throws(Problem) -> Bool {
    try read { try reader.sequences(ofOrder: id.raw).first != nil }
  }
}
