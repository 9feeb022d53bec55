import Events

/// What can go wrong between a journal and the machine it lives on.
public enum JournalError: Error, Equatable, Sendable {
  /// There is no journal at the path.
  case missing(path: String)
  /// `create` found a journal at the path.
  case exists(path: String)
  /// What is at the path is something else.
  case notAJournal(path: String, why: String)
  /// Written by a newer Daybook than this one.
  case newerFormat(path: String, found: UInt32, supported: UInt32)
  /// Another writer, of this or another process, has the journal.
  case secondWriter(path: String)
  /// The map could not grow beyond `size` bytes; nothing of the append was recorded.
  case mapFull(path: String, size: Int)
  /// No room on the disk (or a quota, or a file size limit); nothing of the append was recorded.
  case diskFull(path: String)
  /// The bytes of a block are not a block; `last` is nil if not even its length can be known.
  case damagedBlock(first: UInt64, last: UInt64?, what: String)
  /// The block that begins at this sequence names another block before it than there is.
  case brokenChain(at: UInt64)
  /// The signature of the checkpoint at this sequence does not hold.
  case badSignature(sequence: UInt64, what: String)
  /// The file ends before the last page it refers to.
  case tornTail(path: String, bytes: Int, expected: Int)
  /// LMDB's pages, or what is said of the journal in `meta`, cannot be trusted.
  case damagedStore(path: String, what: String)
  /// The chain at a checkpoint is not the one that was signed there: the entries were changed since.
  case unsigned(first: UInt64, through: UInt64)
  /// A checkpoint covers entries that are not there.
  case shortened(after: UInt64, checkpoint: UInt64)
  /// The system refuses access.
  case permission(path: String, doing: String)
  /// A block does not follow the journal's last entry.
  case outOfOrder(expected: UInt64, found: UInt64)
  /// A block begins before the time of the entry before it, or ends before it begins.
  case timeReversed(sequence: UInt64, before: Instant, after: Instant)
  /// A finished block given to `append` is malformed.
  case malformedBlock(sequence: UInt64, what: String)
  /// `beginImport` while an import is under way, or `finishImport` while none is.
  case importState(path: String, pending: UInt64?)
  /// All reader slots of the journal are taken.
  case tooManyReaders(path: String)
  /// A key file that holds no usable Ed25519 key.
  case badKey(path: String, what: String)
  /// Another failure of the operating system, by its `errno`.
  case system(path: String, code: Int32, doing: String)
  /// Another failure of LMDB, by its code.
  case lmdb(path: String, code: Int32, doing: String)
}

extension JournalError: CustomStringConvertible {
  /// Whether it is of entries, which it names, and not of the journal as a whole, whose folder it names.
  public var isOfEntries: Bool {
    switch self {
    case .damagedBlock, .brokenChain, .unsigned, .shortened, .badSignature, .outOfOrder,
      .timeReversed, .malformedBlock:
      true
    default: false
    }
  }

  /// Where, what, why, and what to do.
  public var description: String { isOfEntries ? contentDescription : placeDescription }

  private var contentDescription: String {
    switch self {
    case .damagedBlock(let first, let last, let what):
      """
      #\(first)\(last.map { "–#\($0)" } ?? " and on"): the block is damaged: \(what). Run \
      `daybook verify` for every damaged range; restore the journal from a copy.
      """
    case .brokenChain(let sequence):
      """
      #\(sequence): the hash chain is broken: the block before is not the one this block was \
      written after, so one of them was changed. Compare with a copy or a published checkpoint.
      """
    case .unsigned(let first, let through):
      """
      #\(first)–#\(through): the hash chain is not the one signed at #\(through): these entries were \
      changed since. Run `daybook verify`; compare with a copy or a published checkpoint.
      """
    case .shortened(let after, let checkpoint):
      """
      #\(after)–#\(checkpoint): a checkpoint covers these entries, but no block ends at \
      #\(checkpoint). Run `daybook verify`; restore the journal from a copy.
      """
    case .badSignature(let sequence, let what):
      """
      #\(sequence): the checkpoint's signature does not hold: \(what). Check that the public key \
      is the signer's; if it is, the journal or the checkpoint was changed.
      """
    case .outOfOrder(let expected, let found):
      """
      #\(found): the block does not follow the journal's end: entry #\(expected) comes next. \
      Nothing was recorded; append blocks in order, each once.
      """
    case .timeReversed(let sequence, let before, let after):
      """
      #\(sequence): receive time goes back from \(before.nanoseconds) ns to \
      \(after.nanoseconds) ns. Nothing was recorded; receive times never decrease.
      """
    case .malformedBlock(let sequence, let what):
      "#\(sequence): the block to append is malformed: \(what). Nothing was recorded."
    default: preconditionFailure("not an error of content")
    }
  }

  private var placeDescription: String {
    switch self {
    case .missing(let path):
      "\(path): there is no journal here. Check the path; `daybook import` creates a journal."
    case .exists(let path):
      "\(path): there is a journal here already. Choose another folder or remove this one."
    case .notAJournal(let path, let why):
      """
      \(path): not a journal: \(why). Check the path; `daybook import` creates a journal.
      """
    case .damagedStore(let path, let what):
      """
      \(path): the journal's file is damaged: \(what). `daybook verify` tells what can still be read; \
      keep the file, and restore the journal from a copy.
      """
    case .newerFormat(let path, let found, let supported):
      """
      \(path): the journal has format \(found), this daybook reads up to \(supported). Use the \
      daybook that wrote it, or a newer one.
      """
    case .secondWriter(let path):
      """
      \(path): another process is writing this journal, and a journal has one writer. Stop that \
      one, or choose another journal; readers need not wait.
      """
    case .mapFull(let path, let size):
      """
      \(path): the journal's memory map cannot grow beyond \(size) bytes. Nothing of the last \
      append was recorded; raise the address space limit (ulimit -v) or the largest map size.
      """
    case .diskFull(let path):
      """
      \(path): the disk, a quota or the file size limit is full. Nothing of the last append was \
      recorded and the journal is intact; make room and append again.
      """
    case .tornTail(let path, let bytes, let expected):
      """
      \(path): the file ends at \(bytes) bytes but refers to \(expected): its tail was cut off by \
      a power loss or an unfinished copy. Restore it from a copy, or copy it again.
      """
    case .permission(let path, let doing):
      "\(path): no permission while \(doing). Check the owner and mode of the files."
    case .importState(let path, let pending):
      pending.map { "\(path): an import is under way from #\($0) on; finish it first." }
        ?? "\(path): no import is under way, so none can be finished."
    case .tooManyReaders(let path):
      "\(path): all reader slots of the journal are taken. Close a reader and try again."
    case .badKey(let path, let what):
      "\(path): not a usable Ed25519 key: \(what). Give the PEM file of an Ed25519 key."
    case .system(let path, let code, let doing):
      "\(path): failed while \(doing): \(systemMessage(code)) (errno \(code))."
    case .lmdb(let path, let code, let doing):
      """
      \(path): LMDB failed while \(doing): \(lmdbMessage(code)) (code \(code)). If it comes again, \
      run `daybook verify` and restore the journal from a copy.
      """
    default: preconditionFailure("not an error of place")
    }
  }
}

extension JournalError {
  /// The error for a block whose records could not be read.
  public static func damaged(_ header: BlockHeader, _ damage: Damage) -> JournalError {
    .damagedBlock(
      first: header.firstSequence, last: header.lastSequence, what: damage.description)
  }
}
