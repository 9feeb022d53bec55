import Events
import Glibc
import Journaling
import Sequencing

/// Why the daemon cannot start, or cannot be reached.
public enum ServingError: Error, Equatable, Sendable, CustomStringConvertible {
  case journal(JournalError)
  /// This build decides otherwise than the journal says.
  case diverged(Divergence)
  /// The configuration is another than that of the orders in the journal.
  case changedConfiguration(path: String, key: String, recorded: String?, given: String?)
  /// Nobody writes the journal in this folder now, or what does takes no questions.
  case notRunning(String)
  case socket(String, code: Int32)
  /// There is no market in this part of a journal.
  case unplayable(String, first: UInt64, last: UInt64)
  /// The journal's instruments are not those of the built-in exchange.
  case foreignMarket(String, recorded: String, made: String)
  /// The journal is a venue's where a daemon's is wanted, or the other way round.
  case foreignJournal(String, isVenue: Bool)
  /// The journal is a recording where a daemon's is wanted.
  case recording(String)
  /// The system refuses a thread.
  case threads
  /// The daemon refused a request, or answered what cannot be read.
  case refused(code: String, what: String)

  init(_ error: SequencingError) {
    switch error {
    case .journal(let error): self = .journal(error)
    case .diverged(let divergence): self = .diverged(divergence)
    }
  }

  public var description: String {
    switch self {
    case .journal(let error): error.description
    case .diverged(let divergence): SequencingError.diverged(divergence).description
    case .changedConfiguration(let path, let key, let recorded, let given):
      """
      \(path): the configuration is not that of the orders in the journal: \(key) was \
      \(recorded ?? "not set") and is \(given ?? "not set"). Limits can be changed while it runs; for \
      anything else start a new journal with --journal.
      """
    case .notRunning(let path):
      "\(path): no daemon runs on this journal. Start one: daybook run --journal \(path)"
    case .socket(let path, let code):
      "\(path): \(unsafe String(cString: strerror(code))) (\(code)). "
        + (code == EADDRINUSE || code == EADDRNOTAVAIL
          ? "Stop who has the address, or name another." : "Check who may use it.")
    case .unplayable(let path, let first, let last):
      "\(path): there is no market event of a defined instrument from #\(first) to #\(last), so there is nothing "
        + "to play. `daybook inspect \(path)` shows what is in it."
    case .foreignMarket(let path, let recorded, let made):
      "\(path): the journal's instrument \(recorded) has the number that the built-in exchange gives to \(made): it "
        + "was made on another market. Go on with that (--play, live.venues), or start a new journal with --journal."
    case .foreignJournal(let path, true):
      "\(path): this is the journal of a venue (daybook venue), in which nobody trades. Name the daemon's with --journal."
    case .foreignJournal(let path, false):
      "\(path): this is no journal of a venue: its next start would take it for damaged. Name another folder with "
        + "--journal; a new one is made."
    case .recording(let path):
      "\(path): this is a recording, in which nobody trades. Name the daemon's journal with --journal; `daybook run "
        + "--play \(path)` trades on what it has."
    case .threads: "the system refuses a new thread. Check the limits on processes (ulimit -u)."
    case .refused(_, let what): what
    }
  }
}
