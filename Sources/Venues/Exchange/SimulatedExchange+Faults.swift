import Events

// What goes wrong: orders that are rejected for nothing, too many messages, lost connections.
extension SimulatedExchange {
  private typealias Code = VenueReport.RejectCode

  /// Refuses a command that a fault befalls.
  /// - Returns: whether it did.
  mutating func refuses(_ command: Command, isExcess: Bool, _ line: Int) -> Bool {
    if case .submit(let ticket) = command {
      gateways[line].outbox.record(ticket.order, ticket.quantity)
    }
    let text: String
    if isExcess {
      text = "too many messages"
    } else if case .submit = command, gateways[line].rejectsAtRandom() {
      text = "rejected at random"
    } else {
      return false
    }
    switch command {
    case .submit(let ticket):
      if ledger.add(ticket.order, ticket.instrument) {
        gateways[line].outbox.send(ticket.order, .rejected(code: Code.other, text: text))
      } else {
        gateways[line].outbox.send(ticket.order, .rejected(code: Code.duplicateOrder, text: ""))
      }
    case .cancel(let order):
      gateways[line].outbox.send(
        order, .requestRejected(.cancel, code: Code.other, text: text))
    case .replace(let order, _, _):
      gateways[line].outbox.send(
        order, .requestRejected(.replace, code: Code.other, text: text))
    }
    return true
  }

  /// Says how the venue knows an order.
  mutating func answer(_ order: OrderID, _ line: Int) {
    let record = gateways[line].outbox.records?[order]
    gateways[line].outbox.send(
      order, .status(record?.state ?? .neverReceived, filled: record?.filled ?? .zero))
  }

  mutating func disconnect(_ line: Int, at time: Instant) {
    announce(.disconnected, line, at: time)
    guard gateways[line].faults.cancelsOnDisconnect else { return }
    let open = gateways[line].outbox.records?.records.filter { $0.state == .working } ?? []
    for record in open {
      guard let instrument = ledger.instrument(of: record.order) else { continue }
      change(instrument.index) { market, outbox in
        guard market.remove(record.order) else { return }
        outbox.send(record.order, .cancelled(.connectionLost, text: ""))
      }
    }
  }

  mutating func connect(_ line: Int, at time: Instant) {
    announce(.connected, line, at: time)
    gateways[line].outbox.repeatFills()
  }
}
