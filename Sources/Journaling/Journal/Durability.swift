/// What an `append` that returned promises.
///
/// All three survive the death of the writing process, SIGKILL included: the kernel holds what was
/// written. They differ in what a power loss or a kernel crash may take.
public enum Durability: String, Sendable, CaseIterable {
  /// No wait for the disk (`MDB_NOSYNC`). Power loss may take any number of appends, and because the
  /// disk may write pages in any order, it may leave the journal unreadable as a whole. For
  /// backtests and imports that can be run again. `Journal.sync()` and closing wait for the disk.
  case none
  /// Each `append` is one commit, on disk when it returns. The caller gathers many entries into one
  /// append (all that arrived while the last commit was under way), so entries of one group become
  /// durable together; none of a group is acknowledged before its append returns.
  case group
  /// As `group` in the journal, but the caller appends every entry alone: nothing waits for a later
  /// entry, and at most one entry, never acknowledged, is lost.
  case each

  /// Whether an append waits until the disk has it.
  var waitsForDisk: Bool { self != .none }
}
