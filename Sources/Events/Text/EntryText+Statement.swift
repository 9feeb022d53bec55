extension EntryText {
  func write(_ statement: StatementTaken, to line: inout JSONLine) {
    line.field("source", statement.source)
    line.field("digest", statement.digest.description)
    line.field("format", statement.format.name)
    line.field("account", statement.account.raw)
    line.field("from", statement.from)
    line.field("to", statement.to)
    line.field("through", statement.through)
    line.field("compared", statement.compared)
    line.field(
      "checks", statement.checks.enumerated().lazy.map { ("\($0 + 1)", text($1)) })
  }

  /// `price execution ord-17/2: 100.05 here, 100.06 there (instrument AAPL, order 17, entry 12, line 4)`
  private func text(_ check: StatementCheck) -> String {
    let symbol = symbol(check.instrument) ?? "none"
    return "\(check.kind.name) \(check.key): \(Self.side(check.ours)) here, "
      + "\(Self.side(check.theirs)) there (instrument \(symbol), order \(check.order.raw), "
      + "entry \(check.entry), line \(check.line))"
  }

  private static func side(_ figure: String) -> String { figure.isEmpty ? "nothing" : figure }

  func write(_ resolution: BreakResolution, to line: inout JSONLine) {
    line.field("break", resolution.breakID)
    line.field("act", resolution.act.name)
    line.field("subject", resolution.subject)
    line.field("owner", resolution.owner)
    line.field("reason", resolution.reason)
  }

  func write(_ record: BreakRecord, to line: inout JSONLine) {
    let check = record.check
    line.field("break", record.id)
    line.field("account", record.account.raw)
    line.field("difference", check.kind.name)
    line.field("instrument", symbol(check.instrument))
    if check.order == .none {
      line.field("order", nil as String?)
    } else {
      line.field("order", check.order.raw)
    }
    line.field("key", check.key)
    line.field("ours", check.ours)
    line.field("theirs", check.theirs)
    line.field("entry", check.entry)
    line.field("line", check.line)
  }
}
