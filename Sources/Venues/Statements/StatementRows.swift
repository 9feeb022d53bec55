import Events

/// Statements as rows of comma-separated values (docs/reconciliation.md). Strict: what is not as it should
/// be is a fault with its line, and nothing is guessed.
public enum StatementRows {
  /// The first line.
  public static let columns = [
    "type", "date", "instrument", "side", "quantity", "price", "fee", "currency", "order",
    "execution",
  ]

  /// Reads a whole file. O(n log n).
  public static func read(_ bytes: [UInt8]) throws(StatementFault) -> Statement {
    var reader = Reader()
    var cursor = TextLines(after: 0)
    let span = bytes.span
    while true {
      let range: Range<Int>?
      do throws(DecodeError) { range = try cursor.next(span, isEnd: true) } catch {
        throw StatementFault(cursor.number + 1, "is too long")
      }
      guard let range else { break }
      var fields: [String] = []
      var cells = Fields(range)
      while let cell = cells.next(span) { fields.append(text(span, cell)) }
      try reader.take(fields, line: cursor.number)
    }
    return try reader.statement(lines: cursor.number)
  }

  private struct Reader {
    private var hasHeader = false
    private var from: Instant?
    private var to: Instant?
    private var lines: [Statement.Line] = []
    /// What was said, and where.
    private var said: [String: Int] = [:]

    mutating func take(_ fields: [String], line: Int) throws(StatementFault) {
      guard hasHeader else {
        guard fields == StatementRows.columns else {
          throw StatementFault(
            line, "must be the columns \(StatementRows.columns.joined(separator: ","))")
        }
        hasHeader = true
        return
      }
      guard fields.count == StatementRows.columns.count else {
        throw StatementFault(
          line, "has \(fields.count) fields, not \(StatementRows.columns.count)")
      }
      var row = Row(line: line, cells: fields)
      switch row.type {
      case "from": from = try moment(&row, "from", from)
      case "to": to = try moment(&row, "to", to)
      case "execution", "order", "position", "cash":
        guard from != nil, to != nil else {
          throw StatementFault(line, "comes before the rows `from` and `to`")
        }
        let read = try row.line()
        try note(read, row)
        lines.append(read)
      default:
        throw StatementFault(
          line, "type: `\(row.type)` is none of from, to, execution, order, position, cash")
      }
      try row.finish()
    }

    private func moment(_ row: inout Row, _ name: String, _ known: Instant?)
      throws(StatementFault) -> Instant
    {
      guard known == nil else { throw StatementFault(row.number, "`\(name)` is there twice") }
      let text = row.take(1)
      guard let moment = Instant(text) else {
        throw StatementFault(
          row.number, "date: `\(text)` is not a moment; write 2024-03-05 or 2024-03-05T21:00")
      }
      return moment
    }

    /// Refuses what was said before.
    private mutating func note(_ line: Statement.Line, _ row: Row) throws(StatementFault) {
      let key: String
      switch line.subject {
      case .execution:
        guard line.order != .none, let execution = line.execution else { return }
        key = "execution \(execution) of \(line.order)"
      case .order: key = "\(line.order)"
      case .position: key = "the position in \(line.instrument)"
      case .cash: key = "the cash in \(line.currency)"
      }
      if let before = said.updateValue(line.line, forKey: key) {
        throw StatementFault(line.line, "has \(key), which line \(before) has")
      }
    }

    func statement(lines count: Int) throws(StatementFault) -> Statement {
      guard hasHeader else { throw StatementFault(1, "the file is empty") }
      guard let from, let to else {
        throw StatementFault(count + 1, "there is no row `\(from == nil ? "from" : "to")`")
      }
      guard from < to else { throw StatementFault(count, "`from` is not before `to`") }
      return Statement(format: .csv, from: from, to: to, lines: lines)
    }
  }

  /// A row whose cells are taken one by one; what is left over must be empty.
  private struct Row {
    let number: Int
    private var cells: [String]

    init(line: Int, cells: [String]) {
      number = line
      self.cells = cells
    }

    var type: String { cells[0] }

    mutating func take(_ column: Int) -> String {
      defer { cells[column] = "" }
      return cells[column]
    }

    mutating func line() throws(StatementFault) -> Statement.Line {
      switch type {
      case "execution":
        var line = try traded(.execution)
        line.price = try decimal(5, isNeeded: true)
        line.date = try date()
        line.fee = try decimal(6, isNeeded: false)
        if line.fee != nil { line.currency = try word(7) }
        line.order = try order(isNeeded: false)
        line.execution = try execution()
        return line
      case "order":
        var line = try traded(.order)
        line.price = try decimal(5, isNeeded: false)
        line.order = try order(isNeeded: true)
        return line
      case "position":
        var line = Statement.Line(
          .position, line: number, quantity: try decimal(4, isNeeded: true) ?? .notANumber)
        line.instrument = try word(2)
        return line
      default:
        var line = Statement.Line(
          .cash, line: number, quantity: try decimal(4, isNeeded: true) ?? .notANumber)
        line.currency = try word(7)
        return line
      }
    }

    private mutating func traded(_ subject: Statement.Subject) throws(StatementFault)
      -> Statement.Line
    {
      let quantity = try decimal(4, isNeeded: true) ?? .notANumber
      guard quantity.mantissa > 0 else { throw fault(4, "must be above 0") }
      var line = Statement.Line(subject, line: number, quantity: quantity)
      line.instrument = try word(2)
      let side = take(3)
      switch side {
      case "buy": line.side = .buy
      case "sell": line.side = .sell
      default: throw fault(3, "`\(side)` is not buy or sell")
      }
      return line
    }

    private mutating func word(_ column: Int) throws(StatementFault) -> String {
      let text = take(column)
      guard !text.isEmpty else { throw fault(column, "is missing") }
      // What an entry of the journal can hold.
      guard text.utf8.count <= 256 else { throw fault(column, "is longer than 256 bytes") }
      return text
    }

    private mutating func decimal(_ column: Int, isNeeded: Bool) throws(StatementFault) -> Decimal?
    {
      let text = take(column)
      if text.isEmpty {
        if isNeeded { throw fault(column, "is missing") }
        return nil
      }
      guard let value = Decimal(text) else {
        throw fault(column, "`\(text)` is not a decimal number of at most 18 digits")
      }
      return value
    }

    private mutating func date() throws(StatementFault) -> CivilDate {
      let text = try word(1)
      guard let moment = Instant(text) else {
        throw fault(1, "`\(text)` is not a date; write 2024-03-05 or 2024-03-05T15:00:00.25")
      }
      return moment.date
    }

    private mutating func order(isNeeded: Bool) throws(StatementFault) -> OrderID {
      let text = take(8)
      if text.isEmpty, !isNeeded { return .none }
      guard let order = OrderID(text) else {
        throw fault(8, text.isEmpty ? "is missing" : "`\(text)` is not an order such as ord-17")
      }
      return order
    }

    private mutating func execution() throws(StatementFault) -> UInt64? {
      let text = take(9)
      if text.isEmpty { return nil }
      guard let number = UInt64(text) else { throw fault(9, "`\(text)` is not a whole number") }
      return number
    }

    private func fault(_ column: Int, _ what: String) -> StatementFault {
      StatementFault(number, "\(StatementRows.columns[column]): \(what)")
    }

    /// - Throws: a fault if a cell was not taken that is not empty.
    func finish() throws(StatementFault) {
      for column in 1..<cells.count where !cells[column].isEmpty {
        throw fault(column, "must be empty in a row of type `\(type)`")
      }
    }
  }
}
