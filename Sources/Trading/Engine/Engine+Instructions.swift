import Events

// Orders that people give (docs/orders.md, Orders of people).
extension Engine {
  /// Has a strategy's intent made of what a person wants.
  mutating func apply(_ instruction: Instruction, _ header: EntryHeader) {
    let intent = instruction.intent
    guard intent.action == .order, intent.plan == nil, intent.strategy.index < strategies.count,
      Instruction.isClientOrder(instruction.clientOrder)
    else {
      return forbid(instruction.subject, "give an order without a strategy or name", header)
    }
    work.add(.instruct(instruction), cause: header.sequence)
  }

  /// The intent: it meets the gate like any other, and no configuration of the strategy's changes it.
  mutating func instructed(_ instruction: Instruction) -> Decision {
    origin = .person(instruction.clientOrder)
    var intent = instruction.intent
    let why = intent.reason.text.isEmpty ? "" : ": \(intent.reason.text)"
    intent.reason = Reason(
      "ordered by \(instruction.subject)\(why)", values: intent.reason.values)
    return .intent(intent)
  }

  /// Notes that a person's intent was recorded.
  mutating func noteInstructed(_ header: EntryHeader) {
    guard case .person(let clientOrder) = origin else { return }
    instructions.note(clientOrder, intent: header.sequence)
  }

  /// Whether a recorded intent is a person's second one by the same name.
  func isRepeated(_ intent: Proposal) -> Bool {
    guard case .person(let clientOrder) = origin else { return false }
    return instructions[clientOrder]?.intent != intent.cause
  }

  /// Notes the order that a person's intent became.
  mutating func noteOrder(_ order: OrderID) {
    guard case .person(let clientOrder) = origin else { return }
    instructions.note(clientOrder, order: order)
    origin = .strategy
  }
}
