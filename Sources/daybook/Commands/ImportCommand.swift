import ArgumentParser
import Events
import Importing
import Journaling
import Sequencing
import Trading
import Venues

/// `daybook import`
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Read recorded market data into a journal, all of it or nothing.",
    discussion: """
      Several imports may go into one journal, in order of time; instruments keep their numbers. What is \
      wrong in the data is counted, journaled as data quality and shown. docs/importing.md tells what each \
      format expects and the keys of a map file.

      Example: daybook import --journal spy --format lean equity/usa/minute/spy
      """)

  @Option(help: "Folder of the journal; made if it is not there.", completion: .directory)
  var journal: String

  @OptionGroup var recorded: RecordedFileOptions

  @Option(
    help: ArgumentHelp(
      "LOBSTER order book file: its first row begins the book, those of the same hours and levels "
        + "keep it.", valueName: "file"),
    completion: .file())
  var book: String?

  @Flag(
    name: .customLong("no-book-check"),
    help: "Do not build books while importing to find unknown orders and crossed books; faster.")
  var noBookCheck = false

  @Argument(
    help: "Files, archives, or folders of them.", completion: .file())
  var files: [String]

  @OptionGroup var signing: SigningOptions
  @OptionGroup var output: PrintOptions

  func validate() throws {
    guard !journal.isEmpty else { throw ValidationError("--journal is empty: name a folder.") }
    guard recorded.format != nil else {
      throw ValidationError(
        "Missing expected argument '--format <format>': say what the files are (lobster, dbn, binance, kraken, "
          + "iex, lean or csv).")
    }
  }

  func run() throws {
    guard let format = recorded.format else { return }
    let key = try signing.key()
    let target = try ImportTarget(journal, source: ImportTarget.name(of: files))
    var request = recorded.request(format, files)
    request.bookPath = book
    request.known = target.known
    request.oldBooks = target.books
    request.oldBars = target.bars
    request.head = target.head.time
    request.checksBooks = !noBookCheck
    let watch = Stopwatch()
    let counts = try target.take(request, key, isQuiet: output.quiet)
    try report(counts, target, watch.seconds)
  }

  /// What to do about what was found, where something can be done.
  private func advice(_ counts: ImportCounts) -> [String] {
    var advice: [String] = []
    if counts.late > 0 {
      advice.append(
        "\(grouped(counts.late)) entries are from before the journal's end and are received at it: "
          + "to have them in order of time, import all files together into a new journal")
    }
    if recorded.format == .csv, counts[.outOfOrder] > counts.late {
      advice.append("rows are not in order of time: `sort = true` in the map puts them in order")
    }
    return advice
  }

  private func report(_ counts: ImportCounts, _ target: ImportTarget, _ seconds: Double) throws {
    let kinds = EntryKind.allCases.filter { counts[$0] > 0 }
    let issues = DataQuality.Issue.allCases.filter { counts[$0] > 0 }
    let rate = Double(counts.entries) / max(seconds, 1e-9)
    let first = target.head.sequence + 1
    let object = JSON.object([
      ("journal", .string(journal)), ("entries", .number(counts.entries)),
      ("first_sequence", .number(first)), ("last_sequence", .number(target.end.sequence)),
      ("kinds", .object(kinds.map { ($0.name, .number(counts[$0])) })),
      ("data_quality", .object(issues.map { ($0.name, .number(counts[$0])) })),
      ("skipped", .object(counts.skipped.items.map { ($0.reason, .number($0.count)) })),
      ("rounded_sizes", .number(counts.roundedSizes)),
      ("rounded_references", .number(counts.roundedReferences)), ("late", .number(counts.late)),
      ("files", .number(counts.files)),
      ("bytes", .number(counts.bytes)), ("new_instruments", .number(counts.newInstruments)),
      ("assumed_multipliers", .array(counts.assumedMultipliers.map { .string($0) })),
      ("first_time", .string(counts.firstTime?.text)),
      ("last_time", .string(counts.lastTime?.text)),
      ("chain_head", .string(target.end.chain.description)),
      ("entries_per_second", .number(rounded(rate, 0))), ("seconds", .number(rounded(seconds, 3))),
    ])
    var facts = Facts()
    facts.add(
      "imported",
      "\(grouped(counts.entries)) entries of \(grouped(counts.files)) "
        + "\(counts.files == 1 ? "file" : "files"), \(byteText(counts.bytes)), in "
        + "\(rounded(seconds, 2)) s, \(shortCount(rate))/s")
    facts.add(
      "journal", "\(journal)  \(sequenceText(first)) to \(sequenceText(target.end.sequence))")
    if let from = counts.firstTime, let to = counts.lastTime {
      facts.add("time", "\(from.text) to \(to.text)")
    }
    facts.add("instruments", "\(grouped(counts.newInstruments)) new")
    if counts.definitionsKnown > 0 {
      facts.add("definitions", "\(grouped(counts.definitionsKnown)) that the journal has already")
    }
    for item in counts.skipped.items {
      facts.add("left out", "\(grouped(item.count))  \(item.reason)")
    }
    if counts.roundedSizes > 0 { facts.add("rounded", "\(grouped(counts.roundedSizes)) sizes") }
    if counts.roundedReferences > 0 {
      facts.add("rounded", "\(grouped(counts.roundedReferences)) reference values")
    }
    facts.add("chain head", target.end.chain.description)
    let style = output.style
    var table = Table([("kind", .left), ("entries", .right)])
    for kind in kinds { table.row(kind.name, grouped(counts[kind])) }
    var lines = facts.lines(style) + [""] + table.lines(style)
    if !issues.isEmpty {
      var found = Table([("data quality", .left), ("times", .right)])
      for issue in issues { found.row(issue.name, grouped(counts[issue])) }
      lines += [""] + found.lines(style)
    }
    try output.show(object, else: lines)
    for line in advice(counts) { tell("note: \(line)") }
  }
}
