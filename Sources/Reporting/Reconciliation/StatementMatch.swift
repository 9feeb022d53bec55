import Events
import Trading

/// A statement held against the journal: which figures differ, and which agree on which a break is open.
///
/// Executions are matched in rounds, each line with the first execution that is still free: by our order's
/// and the execution's number; by the order, with quantity and price; without an order, by instrument, side,
/// day, quantity and price; by the order alone; by instrument, side, day and quantity; by instrument, side,
/// day and price. What is left is missing on one side. O(lines + executions).
public struct StatementMatch {
  public private(set) var checks: [StatementCheck] = []
  /// Figures compared.
  public private(set) var compared: UInt32 = 0

  private let statement: Statement
  private let own: OwnRecord
  private let state: OwnState
  /// The checks on which breaks are open, and kinds and keys of them.
  private let open: [StatementCheck]
  private let isOpen: Set<String>

  public init(_ statement: Statement, _ own: OwnRecord, _ state: OwnState, open: [StatementCheck]) {
    self.statement = statement
    self.own = own
    self.state = state
    self.open = open
    isOpen = Set(open.map(Self.name))
    matchExecutions()
    matchOrders()
    matchPositions()
    matchCash()
  }

  /// Compares a figure; says so if it differs or a break is open on it.
  private mutating func compare(
    _ kind: BreakKind, _ key: String, _ ours: String, _ theirs: String,
    _ instrument: InstrumentID = .none, _ order: OrderID = .none, entry: UInt64 = 0, line: Int = 0
  ) {
    compared += 1
    let check = StatementCheck(
      kind, key, ours: ours, theirs: theirs, instrument: instrument, order: order, entry: entry,
      line: UInt32(clamping: line))
    if !check.agrees || isOpen.contains(Self.name(check)) { checks.append(check) }
  }

  private static func name(_ check: StatementCheck) -> String {
    "\(check.kind.rawValue) \(check.key)"
  }

  /// Says that both sides have something now, or neither has, if a break is open on that.
  private mutating func settle(_ key: String, _ value: String) {
    for kind in [BreakKind.missingHere, .missingThere] {
      let check = StatementCheck(kind, key, ours: value, theirs: value)
      if isOpen.contains(Self.name(check)) { checks.append(check) }
    }
  }

  // MARK: executions

  private mutating func matchExecutions() {
    let lines = statement.lines.filter { $0.subject == .execution }
    let matching = ExecutionMatching(lines, own, from: statement.from, to: statement.to)
    for (index, line) in lines.enumerated() {
      guard let match = matching.match[index] else {
        let key = Self.key(of: line)
        let instrument = own.instrument(named: line.instrument)?.id ?? .none
        compare(
          .missingHere, key, "", Self.described(line), instrument, line.order, line: line.line)
        continue
      }
      compare(own.executions[match], with: line)
    }
    for index in matching.left {
      let execution = own.executions[index]
      compare(
        .missingThere, Self.key(of: execution), Self.described(execution), "",
        execution.instrument.id, execution.order, entry: execution.sequence)
    }
    // What a break says is missing there, and was taken back here since.
    let keys = Set(own.executions.map(Self.key))
    for check in open where check.kind == .missingThere && check.key.hasPrefix("execution ") {
      if !keys.contains(check.key) { settle(check.key, "") }
    }
  }

  private mutating func compare(_ execution: OwnRecord.Execution, with line: Statement.Line) {
    let (key, fill, instrument) = (Self.key(of: execution), execution.fill, execution.instrument)
    settle(key, Self.described(execution))
    let named = Self.key(of: line)
    if named != key { settle(named, Self.described(execution)) }
    func check(_ kind: BreakKind, _ ours: String, _ theirs: String) {
      compare(
        kind, key, ours, theirs, instrument.id, execution.order, entry: execution.sequence,
        line: line.line)
    }
    check(
      .quantity, StatementFigure.text(fill.quantity, of: instrument),
      StatementFigure.text(line.quantity))
    if let price = line.price {
      check(.price, StatementFigure.text(fill.price, of: instrument), StatementFigure.text(price))
    }
    if let date = line.date { check(.date, execution.time.date.text, date.text) }
    if let fee = line.fee {
      check(.fee, StatementFigure.text(fill.fee), StatementFigure.text(fee))
      if fill.fee != .zero || fee.mantissa != 0 {
        check(.currency, fill.feeCurrency, line.currency)
      }
    }
  }

  /// `execution ord-17/2`
  static func key(of execution: OwnRecord.Execution) -> String {
    "execution \(execution.order)/\(execution.fill.id)"
  }

  /// The same as far as a line tells; else what it says, which stays the same in the next statement.
  static func key(of line: Statement.Line) -> String {
    if line.order != .none, let number = line.execution {
      return "execution \(line.order)/\(number)"
    }
    let order = line.order == .none ? "" : " of \(line.order)"
    return "execution\(order) \(described(line))"
  }

  /// `buy 100 XNAS:AAPL @ 99.98 on 2024-03-05`
  private static func described(_ execution: OwnRecord.Execution) -> String {
    let (fill, instrument) = (execution.fill, execution.instrument)
    return "\(execution.side.name) \(StatementFigure.text(fill.quantity, of: instrument)) "
      + "\(instrument.statementName) @ \(StatementFigure.text(fill.price, of: instrument)) on "
      + execution.time.date.text
  }

  private static func described(_ line: Statement.Line) -> String {
    "\(line.side.name) \(StatementFigure.text(line.quantity)) \(line.instrument)"
      + (line.price.map { " @ \(StatementFigure.text($0))" } ?? "")
      + (line.date.map { " on \($0.text)" } ?? "")
  }

  // MARK: orders, positions, cash

  private mutating func matchOrders() {
    let lines = statement.lines.filter { $0.subject == .order }
    guard !lines.isEmpty else { return }
    var known: Set<OrderID> = []
    for line in lines {
      let key = "order \(line.order)"
      known.insert(line.order)
      guard let order = state.orders.first(where: { $0.id == line.order }),
        let instrument = own.instrument(order.ticket.instrument),
        order.ticket.side == line.side,
        line.instrument == instrument.symbol || line.instrument == instrument.statementName
      else {
        compare(.missingHere, key, "", Self.described(line), .none, line.order, line: line.line)
        continue
      }
      settle(key, Self.described(line))
      let entry = order.requestSequence
      compare(
        .quantity, key, StatementFigure.text(order.remaining, of: instrument),
        StatementFigure.text(line.quantity),
        instrument.id, order.id, entry: entry, line: line.line)
      if let price = line.price {
        let limit = order.ticket.price
        compare(
          .price, key, limit.isNone ? "" : StatementFigure.text(limit, of: instrument),
          StatementFigure.text(price),
          instrument.id, order.id, entry: entry, line: line.line)
      }
    }
    for order in state.orders where !known.contains(order.id) {
      guard let instrument = own.instrument(order.ticket.instrument) else { continue }
      let ours =
        "\(order.ticket.side.name) \(StatementFigure.text(order.remaining, of: instrument)) "
        + instrument.statementName
      known.insert(order.id)
      compare(
        .missingThere, "order \(order.id)", ours, "", instrument.id, order.id,
        entry: order.requestSequence)
    }
    // Neither side has it any more.
    for check in open where check.key.hasPrefix("order ") && !known.contains(check.order) {
      checks.append(StatementCheck(check.kind, check.key, ours: "", theirs: ""))
    }
  }

  private mutating func matchPositions() {
    let lines = statement.lines.filter { $0.subject == .position }
    guard !lines.isEmpty else { return }
    var known: Set<InstrumentID> = []
    for line in lines {
      guard let instrument = own.instrument(named: line.instrument) else {
        compare(
          .position, "position \(line.instrument)", "0", StatementFigure.text(line.quantity),
          line: line.line)
        continue
      }
      known.insert(instrument.id)
      let held = state.positions.first { $0.instrument == instrument.id }?.quantity ?? .zero
      compare(
        .position, "position \(instrument.statementName)",
        StatementFigure.text(held, of: instrument),
        StatementFigure.text(line.quantity), instrument.id, line: line.line)
    }
    for position in state.positions where !known.contains(position.instrument) {
      guard let instrument = own.instrument(position.instrument) else { continue }
      compare(
        .position, "position \(instrument.statementName)",
        StatementFigure.text(position.quantity, of: instrument), "0", instrument.id)
    }
  }

  private mutating func matchCash() {
    let lines = statement.lines.filter { $0.subject == .cash }
    guard !lines.isEmpty else { return }
    for line in lines {
      let amount = state.cash.first { $0.currency == line.currency }?.amount ?? .zero
      compare(
        .cash, "cash \(line.currency)", StatementFigure.text(amount),
        StatementFigure.text(line.quantity),
        line: line.line)
    }
    for (currency, amount) in state.cash where amount != .zero {
      guard !lines.contains(where: { $0.currency == currency }) else { continue }
      compare(.cash, "cash \(currency)", StatementFigure.text(amount), "0")
    }
  }
}
