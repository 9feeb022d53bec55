import Events
import Journaling
import Sequencing
import Trading

/// What a journal holds, in sum.
struct JournalView {
  private let path: String
  private let meta: JournalMeta
  private let counts: JournalCounts
  private let head: JournalHead
  private let state: Digest?
  private let size: Int

  init(_ reader: JournalReader, withState: Bool, _ options: PrintOptions) throws {
    path = reader.path
    meta = reader.meta
    let head = try reader.head()
    self.head = head
    size = Folder.size(path + "/data.mdb")
    var counts = JournalCounts()
    var progress = Progress("inspect", total: head.sequence, isQuiet: options.quiet)
    try counts.scan(reader, through: head.sequence) { done in
      Interruption.obey()
      progress.update(done)
    }
    progress.finish()
    self.counts = counts
    state = withState ? try Self.state(reader, at: head.sequence, options) : nil
  }

  /// The state hash at the end: as signed or stored there, else from a replay.
  private static func state(_ reader: JournalReader, at end: UInt64, _ options: PrintOptions) throws
    -> Digest?
  {
    guard end > 0 else { return nil }
    if let known = try reader.snapshots().last(where: { $0.sequence == end }) { return known.hash }
    let signed = try reader.checkpoints().last { $0.sequence == end && $0.state != .zero }
    if let signed { return signed.state }
    return try Replay.state(of: reader, at: end, options).engine.stateHash()
  }

  private var runs: [JSON] {
    counts.runs.map { run, stop in
      .object([
        ("mode", .string(run.mode.name)), ("seed", .number(run.seed)),
        ("engine", .string(run.engine)), ("strategies", .string(run.strategies)),
        ("source", .string(run.source)), ("ended", .bool(stop != nil)),
      ])
    }
  }

  var json: JSON {
    .object([
      ("journal", .string(path)), ("journal_id", .string(meta.id.description)),
      ("format", .number(meta.format)), ("created", .string(meta.created.text)),
      ("engine", .string(meta.engine)), ("seed", .number(meta.seed)),
      ("entries", .number(counts.total)),
      ("first_sequence", counts.total > 0 ? .number(1) : .null),
      ("last_sequence", counts.total > 0 ? .number(head.sequence) : .null),
      ("first_time", .string(counts.firstTime?.text)),
      ("last_time", .string(counts.lastTime?.text)),
      ("kinds", .object(counts.kinds.map { ($0.kind.name, .number($0.count)) })),
      ("data_quality", .object(counts.qualityIssues.map { ($0.issue.name, .number($0.count)) })),
      ("instruments", .array(counts.instruments.map(Self.json))), ("runs", .array(runs)),
      ("bytes", .number(size)), ("chain_head", .string(head.chain.description)),
      ("state_hash", .string(state?.description)),
    ])
  }

  private static func json(_ instrument: Instrument) -> JSON {
    .object([
      ("id", .number(instrument.id.raw)), ("symbol", .string(instrument.symbol)),
      ("venue", .string(instrument.venueName)), ("class", .string(instrument.kind.name)),
      ("currency", .string(instrument.currency)),
      ("tick_size", .string(instrument.text(instrument.tickSize))),
      ("lot_size", .string(instrument.text(instrument.lotSize))),
    ])
  }

  func lines(_ style: Style) -> [String] {
    var facts = Facts()
    facts.add("journal", "\(path)  \(meta.id)")
    facts.add("created", "\(meta.created.text)  engine \(meta.engine), format \(meta.format)")
    for (run, stop) in counts.runs {
      let strategies = run.mode == .backtest || run.mode == .live ? "  \(run.strategies)" : ""
      let end =
        stop == nil ? "  " + style("not ended: under way, or stopped by force", .notable) : ""
      facts.add("run", "\(run.mode.name) of \(run.source), seed \(run.seed)\(strategies)\(end)")
    }
    guard let first = counts.firstTime, let last = counts.lastTime else {
      facts.add("entries", "none")
      return facts.lines(style)
    }
    let perEntry = rounded(Double(size) / Double(counts.total), 1)
    facts.add("entries", "\(grouped(counts.total))  \(byteText(size)), \(perEntry) bytes each")
    facts.add("first", "#1  \(first.text)")
    facts.add("last", "\(sequenceText(head.sequence))  \(last.text)")
    facts.add("chain head", head.chain.description)
    if let state { facts.add("state hash", state.description) }
    var kinds = Table([("kind", .left), ("entries", .right)])
    for (kind, count) in counts.kinds { kinds.row(kind.name, grouped(count)) }
    var lines = facts.lines(style) + [""] + kinds.lines(style)
    if !counts.qualityIssues.isEmpty {
      var issues = Table([("data quality", .left), ("times", .right)])
      for (issue, count) in counts.qualityIssues { issues.row(issue.name, grouped(count)) }
      lines += [""] + issues.lines(style)
    }
    if !counts.instruments.isEmpty {
      lines += [""] + Self.table(of: counts.instruments).lines(style)
    }
    return lines
  }

  private static func table(of instruments: [Instrument]) -> Table {
    var table = Table([
      ("instrument", .left), ("venue", .left), ("class", .left), ("currency", .left),
      ("tick", .right), ("lot", .right),
    ])
    for item in instruments {
      table.row(
        item.symbol, item.venueName, item.kind.name, item.currency, item.text(item.tickSize),
        item.text(item.lotSize))
    }
    return table
  }
}
