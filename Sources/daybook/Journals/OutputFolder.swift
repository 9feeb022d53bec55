import Events
import Glibc
import Journaling
import Sequencing

/// The folder a run writes into: new or empty before, and gone again if the run does not finish.
struct OutputFolder: ~Copyable {
  let path: String
  private let wasThere: Bool
  private var isKept = false

  /// Looks at the folder, and with `force` removes an older journal from it that can be made again.
  /// - Parameters:
  ///   - sources: paths of journals that must not be overwritten.
  ///   - modes: of runs that may be replaced: what was recorded cannot be made again.
  init(
    claiming path: String, force: Bool, keeping sources: [String] = [],
    replacing modes: [RunStart.Mode] = [.backtest, .simulation]
  ) throws {
    let names = try Folder.names(in: path)
    if let own = Folder.resolved(path), sources.contains(where: { Folder.resolved($0) == own }) {
      throw Failure(
        .usage, "\(path): is the journal that is read. Choose another folder for --out.")
    }
    if let names, !names.isEmpty {
      guard force else {
        throw Failure(
          .usage,
          "\(path): the folder is not empty. Choose another one, or --force to replace the run in "
            + "it.")
      }
      if let stranger = names.first(where: { !Folder.isOwn($0) }) {
        throw Failure(
          .usage,
          "\(path): holds `\(stranger)`, which is not Daybook's, so --force does not empty the "
            + "folder. Choose another one.")
      }
      try Self.checkReplaceable(path, modes)
      Self.removeFiles(path)
    }
    if names == nil { try Folder.makeAbove(path) }
    self.path = path
    wasThere = names != nil
  }

  /// The run is finished: what was written stays.
  mutating func keep() { isKept = true }

  deinit { if !isKept { discard() } }

  /// Removes what the run wrote; a folder that was there before stays.
  borrowing func discard() {
    Self.removeFiles(path)
    if !wasThere { unsafe rmdir(path) }
  }

  /// Removes a journal and its folder, unless that holds anything else.
  static func remove(_ path: String) {
    removeFiles(path)
    unsafe rmdir(path)
  }

  private static func checkReplaceable(_ path: String, _ modes: [RunStart.Mode]) throws {
    guard Journal.exists(at: path) else { return }
    let found: RunStart.Mode?
    do throws(JournalError) {
      // Another writer's journal is not ours to remove.
      _ = try Journal.open(at: path)
      found = try Self.modes(of: JournalReader.open(at: path)).first { !modes.contains($0) }
    } catch {
      switch error {
      case .secondWriter, .permission: throw error
      default:
        throw Failure(
          .usage,
          "\(path): --force replaces what can be made again, and what is recorded here cannot be told. "
            + "Choose another folder, or remove this one. \(error)")
      }
    }
    guard let found else { return }
    throw Failure(
      .usage,
      "\(path): holds the journal of \(found == .importing ? "an import" : "a \(found.name) run"), which "
        + "cannot be made again, so --force does not replace it. Choose another folder, or remove this one."
    )
  }

  /// Of all runs of a journal; of a backtest's of the first, as nothing else comes into it.
  private static func modes(of reader: JournalReader) throws(JournalError) -> [RunStart.Mode] {
    var modes: [RunStart.Mode] = []
    try reader.forEachRecord(of: .runStarted) { event, _ in
      if case .observation(.runStarted(let run)) = event { modes.append(run.mode) }
      return modes != [.backtest]
    }
    return modes
  }

  private static func removeFiles(_ path: String) {
    let names = (try? Folder.names(in: path)) ?? nil
    for name in names ?? [] where Folder.isOwn(name) { unsafe unlink(path + "/" + name) }
  }
}
