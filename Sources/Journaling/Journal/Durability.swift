/// What an `append` that returned promises.
///
/// All three survive the death of the writing process, SIGKILL included: the kernel holds what was
/// written. They differ in what a power loss or a kernel crash may take.
public enum Durability: String, Sendable, CaseIterable {
  /// No wait for the disk (`MDB_NOSYNC`). Power loss may take any number of appends, and because the
  /// disk may write pages in any order, it may leave the journal unreadable as a whole. For
  /// backtests and imports that can be run again. `Journal.sync()` and closing wait for the disk.
  case none
  /// Each `append` is one commit, whose entries become durable together: with the next append or with
  /// `Journal.sync()`, as `Journal.durableSequence` says. So a stream of appends waits for the disk
  /// once for each and not twice; whoever has no next append at hand calls `sync`. The caller gathers
  /// many entries into one append (all that arrived while the last commit was under way) and
  /// acknowledges none before it is durable. Power loss takes what was not; the journal stays whole.
  case group
  /// Each `append` is on the disk when it returns.
  case each

  /// Whether an append waits until the disk has it.
  var waitsForDisk: Bool { self != .none }
}
