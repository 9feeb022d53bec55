import Events
import Journaling
import Reporting
import Trading

extension Reads {
  /// Entries that one page looks at, at most: what is asked for may be rare.
  static let longestScan: UInt64 = 4_000_000
  static let alertKinds: Set<EntryKind> = [
    .alert, .halted, .resumed, .breakerChanged, .killReport, .marginCall, .liquidation,
    .breakOpened, .breakClosed, .connection,
  ]
  static let tradeKinds: Set<EntryKind> = [.filled, .busted, .corrected]

  var entryRoutes: [Route] {
    [
      Route(
        method: .get, path: "/api/v1/trades", name: "listTrades",
        summary: "Executions of our orders; busts and corrections are entries of their own.",
        permission: .readTrading, parameters: Self.page, answers: "data: executions"
      ) { call throws(Problem) in
        try await entries(call, Self.tradeKinds) { (entry, names, line) throws(Problem) in
          guard case .observation(.report(let report)) = entry.event else { return line }
          return try trade(report, names, line)
        }
      },
      Route(
        method: .get, path: "/api/internal/v1/alerts", name: "listAlerts",
        summary: "Alerts, halts, breakers, kills, margin calls, breaks and connections.",
        permission: .readTrading, parameters: Self.page, answers: "data: entries"
      ) { call throws(Problem) in
        try await entries(call, Self.alertKinds) { (_, _, line) throws(Problem) in line }
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
  ///   - json: an entry as it is answered, from its line.
  private func entries(
    _ call: Call, _ kinds: Set<EntryKind>?,
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
      return page.answer(data, next: max(reached, page.after))
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
  private func trade(_ report: VenueReport, _ names: EntryText, _ line: JSON)
    throws(Problem) -> JSON
  {
    let instrument = names.instrument(of: report.order)
    let ticket = try read { () throws -> OrderTicket? in
      guard let first = try reader.sequences(ofOrder: report.order.raw).first,
        let entry = try reader.entry(first)
      else { return nil }
      switch entry.event {
      case .decision(.submitted(let ticket)), .decision(.held(let ticket, _)): return ticket
      default: return nil
      }
    }
    return .object([
      ("order", .string(report.order.description)), ("symbol", .string(instrument?.symbol)),
      ("exchange", .string(instrument?.venueName)), ("side", .string(ticket?.side.name)),
      ("currency", .string(instrument?.currency)), ("entry", line),
    ])
  }
}
