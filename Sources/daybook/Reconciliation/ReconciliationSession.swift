import Events
import Journaling
import Reporting
import Sequencing
import Trading

/// Statements and what people do about breaks, taken into a journal that nobody else writes.
struct ReconciliationSession: ~Copyable {
  private var sequencer: Sequencer
  private(set) var taken: [StatementTaken] = []

  init(_ sequencer: consuming Sequencer) { self.sequencer = sequencer }

  var reconciliation: Reconciliation { sequencer.engine.reconciliation }

  /// By id.
  var accounts: [String] { sequencer.engine.market.portfolio.accounts.map(\.name) }

  /// By id.
  var instruments: [Instrument?] { sequencer.engine.market.instruments }

  /// - Throws: `Failure` if there is no such account.
  func account(named name: String) throws -> AccountID {
    guard let index = accounts.firstIndex(of: name) else {
      throw Failure(
        .noInput,
        "there is no account `\(name)`; the journal has \(accounts.joined(separator: ", ")).")
    }
    return AccountID(UInt16(index))
  }

  /// Compares a statement of an account with the journal as it was at the end of the time covered, and
  /// records it.
  mutating func take(
    _ file: StatementFile, named source: String, of account: AccountID, _ reader: JournalReader,
    into journal: inout Journal, _ options: PrintOptions
  ) throws {
    let statement = file.statement
    let own = try OwnRecord(reader, before: statement.to, of: account)
    let open = reconciliation.open.map(\.record).filter { $0.account == account }.map(\.check)
    let state: OwnState
    if own.through >= journal.sequence {
      state = OwnState(sequencer.engine, of: account)
    } else {
      let replay = try Replay.state(of: reader, at: own.through, options)
      state = OwnState(replay.engine, of: account)
    }
    let match = StatementMatch(statement, own, state, open: open)
    let observation = StatementTaken(
      source: source, digest: file.digest, format: statement.format, account: account,
      from: statement.from, to: statement.to, through: own.through, compared: match.compared,
      checks: match.checks)
    try record(.statement(observation), event: statement.to, into: &journal)
    taken.append(observation)
  }

  /// Records what a person does about a break.
  /// - Throws: `Failure` if it is not open.
  mutating func act(_ resolution: BreakResolution, into journal: inout Journal) throws {
    guard reconciliation[resolution.breakID] != nil else {
      throw Failure(
        .noInput,
        "brk-\(resolution.breakID) is not open. `daybook reconcile JOURNAL` lists those that are.")
    }
    try record(
      .breakResolution(resolution), event: Stopwatch.wallClock, into: &journal)
  }

  /// The journal's own time stands still: what waits for a later one must not come because of a statement.
  private mutating func record(
    _ observation: Observation, event: Instant, into journal: inout Journal
  ) throws {
    var batch = Batch(startingAt: sequencer.sequence + 1)
    sequencer.step(observation, event: event, at: sequencer.time, into: &batch)
    // Statements lead to no commands.
    _ = try batch.commit(to: &journal)
  }
}
