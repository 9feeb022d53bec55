import Events
import Journaling

/// Entries that were made but are not recorded yet, and the commands that wait for them.
///
/// The commands come only out of `commit`, so that sending before recording does not compile. The
/// memory is kept: after a commit the batch is empty and can be filled again.
public struct Batch: ~Copyable {
  var encoder: BlockEncoder
  var commands: [Command] = []

  /// - Parameter sequence: the first entry's sequence.
  public init(startingAt sequence: UInt64) {
    encoder = BlockEncoder(capacity: (1 << 20) + (1 << 16))
    encoder.touch()
    // Written to, so that the system gives the memory now.
    commands = Array(repeating: .cancel(.none), count: 1_024)
    commands.removeAll(keepingCapacity: true)
    encoder.begin(at: sequence)
  }

  /// Number of entries that are not recorded yet.
  @inlinable public var entryCount: Int { encoderEntryCount }
  @usableFromInline var encoderEntryCount: Int { encoder.entryCount }

  /// Their size in bytes.
  var byteCount: Int { encoder.byteCount }

  /// Records the entries in one transaction and hands out the commands they decided on.
  ///
  /// - Returns: the commands, oldest first; they may be sent now: what led to them is on the disk, unless
  ///   the journal's durability is `none`.
  /// - Throws: what the journal throws. If it could not record, the batch is as before; if it then could
  ///   not wait for the disk, the entries are no longer in the batch, its commands are, and the next
  ///   commit tries again.
  public mutating func commit(to journal: inout Journal) throws(JournalError) -> [Command] {
    guard entryCount > 0 || !commands.isEmpty else { return [] }
    try record(in: &journal)
    if journal.durability != .none { try journal.sync() }
    return takeCommands()
  }

  /// Takes the commands of entries that were recorded: whoever calls has seen to it that they may leave.
  mutating func takeCommands() -> [Command] {
    // Not the array itself: emptying it while another has it, too, would take new memory, which the core would
    // wait for page by page.
    let taken = commands.map { $0 }
    commands.removeAll(keepingCapacity: true)
    return taken
  }

  /// Begins anew, after whatever another batch has.
  /// - Precondition: there is nothing in it.
  public mutating func begin(at sequence: UInt64) {
    precondition(entryCount == 0 && commands.isEmpty, "a batch is recorded before it is used again")
    encoder.begin(at: sequence)
  }

  /// Records the entries; what is done with the commands is the caller's business.
  mutating func record(in journal: inout Journal) throws(JournalError) {
    guard entryCount > 0 else { return }
    encoder.finish()
    try encoder.withContent { (content) throws(JournalError) in
      _ = try journal.append(content, mentions: encoder.mentions)
    }
    encoder.begin(at: encoder.nextSequence)
  }
}
