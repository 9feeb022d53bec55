import Events
import Journaling
import Projections
import Reporting
import Trading

extension Reads {
  /// Entries that one page looks at, at most: what is asked for may be rare.
  static let longestScan: UInt64 = 4_000_000
  static let tradeKinds: Set<EntryKind> = [.filled, .busted, .corrected]

  var entryRoutes: [Route] {
    [
      Route(
        method: .get, path: "/api/v1/trades", name: "listTrades",
        summary: "Executions of our orders; busts and corrections are entries of their own.",
        permission: .readTrading, parameters: Self.page, answers: "data: executions"
      ) { call throws(Problem) in
        let found = try await listed(call) { (model, page) throws(ReadModelError) in
          let list = try model.executions(after: page.after, limit: page.limit)
          return (list.rows.map { ($0.sequence, $0.json) }, list.through)
        }
        if let found { return found }
        return try await entries(call, Self.tradeKinds) { (entry, names, line) throws(Problem) in
          guard case .observation(.report(let report)) = entry.event else { return line }
          return trade(report, names, line)
        }
      },
      Route(
        method: .get, path: "/api/internal/v1/audit-log", name: "listAudits",
        summary: "Runs, configurations, acts, changes of limits, halts, breakers: who did what.",
        permission: .readJournal, parameters: Self.list, answers: "data: entries with their subject"
      ) { call throws(Problem) in
        try await kept(call) { (model, page) throws(ReadModelError) in
          let list = try model.auditLog(after: page.after, limit: page.limit)
          return (list.rows.map { ($0.sequence, $0.json) }, list.through)
        }
      },
      Route(
        method: .get, path: "/api/internal/v1/journal/entries", name: "listEntries",
        summary: "Entries as `daybook export --ndjson` writes them.",
        permission: .readJournal,
        parameters: Self.page + [
          Parameter(
            name: "kind", type: "string",
            summary: "Only these kinds, separated by commas: filled,refused.")
        ], answers: "data: entries"
      ) { call throws(Problem) in
        try await entries(call, try Self.kinds(call)) { (_, _, line) throws(Problem) in line }
      },
    ]
  }

  private static func kinds(_ call: Call) throws(Problem) -> Set<EntryKind>? {
    guard let text = call.query("kind") else { return nil }
    var kinds: Set<EntryKind> = []
    for name in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let kind = EntryKind(name: String(name)) else {
        throw .malformed(
          "bad_parameter", "A kind is not known. docs/journal-format.md lists them.",
          [.init(name: "kind", what: "`\(name)` is no kind")])
      }
      kinds.insert(kind)
    }
    return kinds
  }

  /// A page of entries.
  /// - Parameters:
  ///   - kinds: nil for all.
  ///   - more: further fields of the answer.
  ///   - json: an entry as it is answered, from its line.
  func entries(
    _ call: Call, _ kinds: Set<EntryKind>?,
    more: @escaping @Sendable () -> [(String, JSON)] = { [] },
    _ json: @escaping @Sendable (Entry, EntryText, JSON) throws(Problem) -> JSON
  ) async throws(Problem) -> Answer {
    try await pools.slowly { () throws(Problem) in
      let page = try Page(call, self)
      var names = follower.names(asOf: page.after)
      var isWanted = [Bool](repeating: kinds == nil, count: 256)
      for kind in kinds ?? [] { isWanted[Int(kind.rawValue)] = true }
      var found: [(entry: Entry, line: JSON)] = []
      let reached = try read {
        try scan(page, isWanted) { entry in
          names.note(entry)
          guard isWanted[Int(entry.event.kind.rawValue)] else { return true }
          found.append((entry, .raw(names.text.line(entry).text)))
          return found.count < page.limit
        }
      }
      var data: [JSON] = []
      for (entry, line) in found { data.append(try json(entry, names.text, line)) }
      return page.answer(data, next: max(reached, page.after), more())
    }
  }

  /// Reads on from a page's beginning: the entries that are wanted, and those that names are taken from.
  /// - Parameter take: returns whether to go on.
  /// - Returns: sequence of the entry looked at last.
  private func scan(_ page: Page, _ isWanted: [Bool], _ take: (Entry) -> Bool)
    throws(JournalError) -> UInt64
  {
    guard page.after < page.through else { return page.after }
    let (after, scanned) = (page.after, page.after.addingReportingOverflow(Self.longestScan))
    let last = min(page.through, scanned.overflow ? .max : scanned.partialValue)
    var reached = after
    var decoder = BlockDecoder()
    try reader.forEachBlock(from: after + 1, through: last) { (_, content) throws(Damage) in
      _ = try decoder.begin(content)
      return try decoder.forEachEntry(
        of: content,
        tick: { (tick, header) throws(Damage) in
          guard header.sequence > after else { return true }
          guard header.sequence <= last else { return false }
          reached = header.sequence
          guard isWanted[Int(tick.kind.rawValue)] else { return true }
          return take(Entry(header: header, event: .observation(.market(tick))))
        },
        record: { (kind, payload, header) throws(Damage) in
          guard header.sequence > after else { return true }
          guard header.sequence <= last else { return false }
          reached = header.sequence
          guard isWanted[Int(kind.rawValue)] || EntryText.needs(kind) else { return true }
          return take(Entry(header: header, event: try kind.event(content, payload)))
        })
    }
    return reached
  }

  /// An execution with what its order says.
  private func trade(_ report: VenueReport, _ names: EntryText, _ line: JSON) -> JSON {
    let instrument = names.instrument(of: report.order)
    let ticket = reader.ticket(of: report.order)
    return .object([
      ("order", .string(report.order.description)), ("symbol", .string(instrument?.symbol)),
      ("exchange", .string(instrument?.venueName)), ("side", .string(ticket?.side.name)),
      ("currency", .string(instrument?.currency)), ("entry", line),
    ])
  }
}

extension ExecutionRow {
  var json: JSON {
    .object([
      ("order", .string(order.description)), ("symbol", .string(symbol)),
      ("exchange", .string(exchange)), ("side", .string(side)), ("currency", .string(currency)),
      ("entry", .raw(entry)),
    ])
  }
}

extension AlertRow {
  /// The entry, and who has seen it.
  var json: JSON {
    guard let seen = acknowledged else { return .raw(entry) }
    let more = JSON.object([
      ("subject", .string(seen.subject)), ("seq", .number(seen.sequence)),
      ("time", .string(seen.time)), ("reason", .string(seen.reason)),
    ])
    return .raw(entry.dropLast() + ",\"acknowledged\":\(more.text)}")
  }
}

extension AuditRow {
  var json: JSON {
    .object([
      ("seq", .number(sequence)), ("time", .string(time)), ("kind", .string(kind)),
      ("subject", .string(subject)), ("cause", .number(cause)), ("entry", .raw(entry)),
    ])
  }
}
