import CLMDB
import Events

/// What checkpoints say the chain is, for a walk through the blocks to hold its hashes against. Whose the
/// signatures are is asked by `verify` only.
struct SignedChains {
  /// The checkpoints ahead, the next one last.
  private var ahead: [(sequence: UInt64, chain: Digest)] = []
  /// Where the last checkpoint was passed, or the walk began.
  private var checked: UInt64
  /// Where the last block passed ended.
  private var passed: UInt64 = 0
  /// Last sequence of the journal, and that of the last checkpoint.
  private let end: UInt64
  private let newest: UInt64

  /// Reads the checkpoints of a range. O(their number).
  init(in view: borrowing Transaction, from first: UInt64, through last: UInt64)
    throws(JournalError)
  {
    checked = first - 1
    let shown = try view.pending() ?? .max
    let cursor = try Cursor.open(view, view.databases.checkpoints)
    var item = unsafe try cursor.move(MDB_SET_RANGE, to: first)
    // The block that holds the last entry may end behind it: one checkpoint more.
    while let current = unsafe item, unsafe current.key < shown, (ahead.last?.sequence ?? 0) <= last
    {
      if let checkpoint = unsafe try? Checkpoint(bytes: RawSpan(_unsafeBytes: current.value)) {
        unsafe ahead.append((current.key, checkpoint.chain))
      }
      unsafe item = try cursor.move(MDB_NEXT)
    }
    ahead.reverse()
    let above = unsafe try cursor.move(MDB_LAST)?.key
    newest = above.map { $0 < shown ? $0 : 0 } ?? 0
    var unsealer = Unsealer()
    end = newest == 0 ? 0 : unsafe try view.lastVisible(&unsealer)?.header.lastSequence ?? 0
  }

  /// Holds a block's hash against the checkpoint at its end, if there is one.
  mutating func pass(_ header: BlockHeader, _ hash: Digest) throws(JournalError) {
    passed = header.lastSequence
    guard let next = ahead.last, next.sequence <= passed else { return }
    guard next.sequence == passed else {
      throw .shortened(after: header.firstSequence, checkpoint: next.sequence)
    }
    guard next.chain == hash else { throw .unsigned(first: checked + 1, through: passed) }
    checked = passed
    ahead.removeLast()
  }

  /// To be called at the end: where the walk came to the journal's, no checkpoint may be beyond.
  func finish() throws(JournalError) {
    if passed >= end, newest > passed {
      throw .shortened(after: passed + 1, checkpoint: newest)
    }
  }
}
