import Events
import Trading

/// The open breaks, oldest first.
struct BreakList {
  private let reconciliation: Reconciliation
  private let instruments: [Instrument?]
  /// Names by id.
  private let accounts: [String]

  init(_ reconciliation: Reconciliation, _ instruments: [Instrument?], _ accounts: [String]) {
    self.accounts = accounts
    self.reconciliation = reconciliation
    self.instruments = instruments
  }

  var isEmpty: Bool { reconciliation.open.isEmpty }

  private func account(_ id: AccountID) -> String {
    Int(id.raw) < accounts.count ? accounts[Int(id.raw)] : "\(id.raw)"
  }

  private func symbol(_ id: InstrumentID) -> String? {
    id.index < instruments.count ? instruments[id.index]?.symbol : nil
  }

  var json: [JSON] {
    reconciliation.open.map { item in
      let check = item.record.check
      return .object([
        ("break", .string("brk-\(item.record.id)")),
        ("account", .string(account(item.record.account))), ("kind", .string(check.kind.name)),
        ("key", .string(check.key)), ("instrument", .string(symbol(check.instrument))),
        ("order", check.order == .none ? .null : .string("\(check.order)")),
        ("ours", .string(check.ours.isEmpty ? nil : check.ours)),
        ("theirs", .string(check.theirs.isEmpty ? nil : check.theirs)),
        ("entry", check.entry == 0 ? .null : .number(check.entry)),
        ("line", check.line == 0 ? .null : .number(check.line)),
        ("opened", .string(item.opened.text)),
        ("age_seconds", .number(reconciliation.age(of: item) / Nanoseconds.second)),
        ("owner", .string(item.owner.isEmpty ? nil : item.owner)),
        ("statement", .number(item.statement)), ("seq", .number(item.sequence)),
      ])
    }
  }

  func lines(_ style: Style) -> [String] {
    guard !isEmpty else { return [style("no break is open", .good)] }
    var table = Table([
      ("break", .left), ("account", .left), ("kind", .left), ("what", .left), ("ours", .right),
      ("theirs", .right),
      ("age", .right), ("owner", .left), ("seq", .right),
    ])
    for item in reconciliation.open {
      let check = item.record.check
      let isMissing = check.kind == .missingHere || check.kind == .missingThere
      table.row(
        "brk-\(item.record.id)", account(item.record.account),
        check.kind.name.replacing("_", with: " "), check.key,
        check.ours.isEmpty ? "–" : isMissing ? "yes" : check.ours,
        check.theirs.isEmpty ? "–" : isMissing ? "yes" : check.theirs,
        Self.days(reconciliation.age(of: item)), item.owner.isEmpty ? "–" : item.owner,
        sequenceText(item.sequence))
    }
    return [style("open breaks", .bad)] + table.lines(style) + [
      style("`daybook explain JOURNAL brk-N` says why one is open", .quiet)
    ]
  }

  /// `0 d`, `2.5 d`
  private static func days(_ age: Int64) -> String {
    "\(decimalText(Int128(age / (Nanoseconds.day / 10)), scale: 1)) d"
  }
}
