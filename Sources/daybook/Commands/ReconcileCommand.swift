import ArgumentParser
import Events
import Journaling
import Reporting
import Sequencing
import Serving
import Strategies
import Trading
import Venues

/// `daybook reconcile`
struct ReconcileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reconcile",
    abstract: "Hold statements and drop copies against a journal; list the breaks that are open.",
    discussion: """
      A statement is a CSV file or a file of FIX trade capture reports (docs/reconciliation.md). What it \
      says, what differs and what people do about it become entries of the journal. A file that cannot \
      be read changes nothing. Without a statement the open breaks are listed.

      Exit code 2: breaks are open.

      Example: daybook reconcile run broker.csv
      """)

  @OptionGroup var source: JournalArgument

  @Argument(help: "Statements, in order of what they cover.", completion: .file())
  var statements: [String] = []

  @Option(help: ArgumentHelp("Whose the statements are.", valueName: "name"))
  var account = "main"

  @Option(help: ArgumentHelp("Give this break to --owner.", valueName: "break"))
  var assign: BreakNumber?

  @Option(help: "Who is to see to the break.")
  var owner: String?

  @Option(help: ArgumentHelp("End this break, with --because.", valueName: "break"))
  var resolve: BreakNumber?

  @Option(help: "Why it is resolved, or given to its owner.")
  var because: String?

  @Option(help: "Who you are, for the record. Default: the user's name.")
  var by: String?

  @OptionGroup var output: PrintOptions

  func validate() throws {
    if (assign == nil) != (owner == nil) {
      throw ValidationError("--assign and --owner go together.")
    }
    if resolve != nil, because == nil { throw ValidationError("--resolve needs --because.") }
    if because != nil, resolve == nil, assign == nil {
      throw ValidationError("--because goes with --resolve or --assign.")
    }
    let texts = [owner, because, by].compactMap { $0 }
    guard texts.allSatisfy({ !$0.isEmpty && $0.utf8.count <= 1024 }) else {
      throw ValidationError("--owner, --because and --by take 1 to 1024 bytes.")
    }
  }

  func run() throws {
    // All of them first: if one cannot be read, nothing is written.
    let read = try statements.map { path in (path: path, file: try StatementFile(path)) }
    if read.isEmpty, assign == nil, resolve == nil {
      let reader = try JournalReader.open(at: source.journal)
      return try show(ReconciliationSession(try Self.recovered(reader)))
    }
    // Before it is read, so that nobody adds to it in between.
    var journal = try Journal.open(at: source.journal)
    let reader = try JournalReader.open(at: source.journal)
    var session = ReconciliationSession(try Self.recovered(reader))
    let account = try session.account(named: account)
    for one in read {
      try session.take(
        one.file, named: Folder.baseName(one.path), of: account, reader, into: &journal, output)
    }
    let subject = by ?? SystemUser.current
    if let assign, let owner {
      try session.act(
        BreakResolution(
          breakID: assign.number, act: .assign, subject: subject, owner: owner,
          reason: because ?? ""), into: &journal)
    }
    if let resolve {
      try session.act(
        BreakResolution(
          breakID: resolve.number, act: .resolve, subject: subject, reason: because ?? ""),
        into: &journal)
    }
    try journal.sync()
    try show(session)
  }

  /// The state at the journal's end.
  private static func recovered(_ reader: JournalReader) throws -> Sequencer {
    do throws(SequencingError) {
      return try Recovery.run(reader, catalog: Catalog.shipped).resume()
    } catch {
      switch error {
      case .journal(let inner): throw inner
      case .diverged(let divergence):
        throw Failure(
          .found,
          "\(reader.path): the state at the end cannot be made again: replay diverges at "
            + "\(sequenceText(divergence.sequence)). Use the daybook that wrote the journal (engine "
            + "\(reader.meta.engine)), or run `daybook replay`.")
      }
    }
  }

  private func show(_ session: borrowing ReconciliationSession) throws {
    let breaks = BreakList(session.reconciliation, session.instruments, session.accounts)
    let taken = session.taken
    var lines: [String] = []
    for statement in taken {
      let differing = statement.checks.count { !$0.agrees }
      lines.append(
        "\(statement.source)  \(statement.from.dateText) to \(statement.to.dateText)  "
          + "\(grouped(statement.compared)) figures compared, \(grouped(differing)) differ")
    }
    if !lines.isEmpty { lines.append("") }
    lines += breaks.lines(output.style)
    let object = JSON.object([
      (
        "statements",
        .array(
          taken.map { statement in
            .object([
              ("source", .string(statement.source)),
              ("account", .string(session.accounts[Int(statement.account.raw)])),
              ("format", .string(statement.format.name)),
              ("digest", .string(statement.digest.description)),
              ("from", .string(statement.from.text)), ("to", .string(statement.to.text)),
              ("through", .number(statement.through)),
              ("compared", .number(statement.compared)),
              ("differ", .number(statement.checks.count { !$0.agrees })),
            ])
          })
      ), ("breaks", .array(breaks.json)),
    ])
    try output.show(object, else: lines)
    if !breaks.isEmpty { throw ExitCode.found }
  }
}

/// The number of a break as people write it: `brk-3` or `3`.
struct BreakNumber: ExpressibleByArgument, Equatable {
  var number: UInt64

  init?(argument: String) {
    let digits = argument.hasPrefix("brk-") ? argument.dropFirst(4) : argument[...]
    guard let number = UInt64(digits), number > 0 else { return nil }
    self.number = number
  }
}
