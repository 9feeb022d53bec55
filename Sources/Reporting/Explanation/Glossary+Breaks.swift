import Events

/// Statements and breaks in words.
extension Glossary {
  /// `broker.csv from 2024-03-05T00:00:00.000Z to …  41 figures compared, 2 differ`
  func text(_ statement: StatementTaken) -> String {
    let differing = statement.checks.count { !$0.agrees }
    return "\(statement.source)  \(statement.from.text) to \(statement.to.text)  "
      + "\(statement.compared) figures compared with the journal up to #\(statement.through), "
      + "\(differing) differ  file \(statement.digest.short)"
  }

  func text(_ resolution: BreakResolution) -> String {
    let act =
      switch resolution.act {
      case .assign: "gives it to \(resolution.owner)"
      case .resolve: "resolves it"
      }
    return "brk-\(resolution.breakID)  \(resolution.subject) \(act)  \(resolution.reason)"
  }

  /// `brk-3  price of execution ord-17/2: 100.05 here, 100.06 in line 4 of the statement`
  func text(_ record: BreakRecord) -> String {
    let check = record.check
    let line = check.line == 0 ? "the statement" : "line \(check.line) of the statement"
    let entry = check.entry == 0 ? "here" : "here (#\(check.entry))"
    let difference =
      switch check.kind {
      case .missingHere: "\(check.key): \(check.theirs) in \(line), nothing here"
      case .missingThere: "\(check.key): \(check.ours) \(entry), nothing in the statement"
      case .quantity, .price, .fee, .currency, .date, .position, .cash:
        "\(check.kind.name) of \(check.key): \(check.ours) \(entry), \(check.theirs) in \(line)"
      }
    return "brk-\(record.id)  \(difference)"
  }

  static func text(_ end: BreakEnd) -> String {
    switch end {
    case .agreed: "a later statement agrees"
    case .resolved: "it was resolved"
    }
  }
}
