import ArgumentParser
import Events
import Journaling
import Sequencing
import Strategies
import Trading

/// `daybook replay`
struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Make every decision of a journal again and compare it with the recorded one.",
    discussion: """
      Exit code 0 if all are equal, 2 at the first divergence, which names sequence and field. With \
      --against, the decisions are made with another configuration: what would have been different?

      Example: daybook replay run --against bolder.toml
      """)

  @OptionGroup var source: JournalArgument

  @Option(help: "Configuration to take instead of the recorded ones.", completion: .file())
  var against: String?

  @Option(name: .customLong("to"), help: "Stop after this sequence or time.")
  var end: Place = .end

  @OptionGroup var configuration: ConfigurationOptions
  @OptionGroup var output: PrintOptions

  func run() throws {
    let reader = try JournalReader.open(at: source.journal)
    let substitute = try against.map { try configuration.read($0) }
    if against == nil, !configuration.settings.isEmpty {
      throw Failure(.usage, "--set goes with --against, which names the other configuration.")
    }
    if let substitute {
      let counts = try counts(ofRun: reader)
      try substitute.checkTraded(counts.instruments, at: reader.path)
    }
    let last = try end == .end ? reader.lastSequence() : end.last(in: reader)
    if reader.meta.engine != Engine.version {
      tell(
        "note: the journal was written by engine \(reader.meta.engine), this is \(Engine.version)")
    }
    var replay = Replay(engine: Engine(catalog: Catalog.shipped), substituting: substitute?.items)
    var progress = Progress("replay", total: last, isQuiet: output.quiet)
    try replay.run(reader, through: last) { done in
      Interruption.obey()
      progress.update(done)
    }
    progress.finish()
    try show(replay, progress.seconds)
    if replay.divergence != nil { throw ExitCode.found }
  }

  /// A recording has no configuration that another could take the place of.
  private func counts(ofRun reader: JournalReader) throws -> JournalCounts {
    var counts = JournalCounts()
    try counts.scan(reader)
    guard counts[.configuration] == 0 else { return counts }
    throw Failure(
      .usage,
      "\(reader.path): no strategy ran in this journal, so --against has nothing to differ from. "
        + "Trade it with `daybook backtest`.")
  }

  private func show(_ replay: borrowing Replay, _ seconds: Double) throws {
    let rate = Double(replay.sequence) / max(seconds, 1e-9)
    // A state cannot be taken in the middle of a step, where a divergence leaves the engine.
    let hash = replay.divergence == nil ? replay.engine.stateHash().description : nil
    var object: [(String, JSON)] = [
      ("identical", .bool(replay.divergence == nil)), ("entries", .number(replay.sequence)),
      ("decisions", .number(replay.decisions)), ("state_hash", .string(hash)),
      ("entries_per_second", .number(rounded(rate, 0))), ("seconds", .number(rounded(seconds, 3))),
    ]
    var facts = Facts()
    let style = output.style
    if let divergence = replay.divergence {
      let (recorded, remade) = (unquoted(divergence.recorded), unquoted(divergence.remade))
      object.append(
        (
          "divergence",
          .object([
            ("sequence", .number(divergence.sequence)), ("field", .string(divergence.field)),
            ("recorded", .string(recorded)), ("remade", .string(remade)),
          ])
        ))
      facts.add("result", style("diverged", .bad) + " at \(sequenceText(divergence.sequence))")
      facts.add("field", divergence.field)
      facts.add("recorded", recorded)
      facts.add("re-made", remade)
    } else {
      object.append(("divergence", .null))
      facts.add("result", style("identical", .good))
    }
    facts.add("entries", grouped(replay.sequence))
    facts.add("decisions", "\(grouped(replay.decisions)) made again")
    if let hash { facts.add("state hash", hash) }
    facts.add("rate", "\(shortCount(rate)) entries/s, chain of hashes checked")
    try output.show(.object(object), else: facts.lines(style))
  }
}
