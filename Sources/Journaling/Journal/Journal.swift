import Events
import Glibc

/// A journal opened for writing: the one writer there is.
///
/// May move between threads, one call at a time. Closes at the end of its life, which waits for the
/// disk.
public struct Journal: ~Copyable, Sendable {
  /// The folder.
  public let path: String
  /// What was said about the journal at its creation.
  public let meta: JournalMeta
  /// What an append that returned promises.
  public let durability: Durability
  /// Sequence of the last entry; 0 if there is none.
  public internal(set) var sequence: UInt64
  /// Receive time of the last entry; nil if there is none.
  public internal(set) var time: Instant?
  /// Hash of the last block, unless the hash thread has it or works on it.
  var lastChain: Digest
  /// Sequence of the last entry that was on the disk when the last append began; 0 if none is known.
  var settled: UInt64 = 0
  /// First sequence of the import under way; nil if none is.
  public internal(set) var pendingImport: UInt64? = nil
  /// Entries of an unfinished import that opening this journal removed; nil if there was none.
  public let rolledBack: ClosedRange<UInt64>?

  let options: JournalOptions
  let lease: EnvironmentLease
  let hasher = Sha256()
  /// Hashes large blocks while a commit writes them and waits for the disk; nil if the system has no thread.
  let hashThread: HashThread?
  let lock: WriterLock

  var environment: Environment { lease.environment }

  /// Where the journal ends. Waits for the hash of the last block, which `sequence` and `time` do not.
  public var head: JournalHead { JournalHead(sequence: sequence, time: time, chain: chain) }

  /// Hash of the last block, or the chain's starting value.
  var chain: Digest { hashThread?.finish(with: hasher) ?? lastChain }

  /// Sequence up to which all entries are known to be on the disk: what may be acknowledged to those
  /// whom a power loss must not make liars. With `each` always the head's, with `group` at least what
  /// was the head's before the last append, with `none` the head's after `sync` only.
  public var durableSequence: UInt64 {
    environment.disk.isUnsynced ? settled : sequence
  }

  /// Makes a new, empty journal. The folder is created if need be; its parent must be there. What a creation
  /// left that was killed is replaced.
  /// - Throws: `exists` if there is a journal; `secondWriter`, `permission`, `diskFull`, `system`.
  public static func create(
    at path: String, meta: JournalMeta, durability: Durability = .group,
    options: JournalOptions = JournalOptions()
  ) throws(JournalError) -> Journal {
    let isNew = unsafe mkdir(path, 0o750) == 0
    if !isNew, errno != EEXIST {
      throw .system(path: path, doing: "creating the folder")
    }
    var remains = Remains(path: path, isFolderNew: isNew)
    let lock = try WriterLock.take(path: path)
    if exists(at: path) { throw .exists(path: path) }
    remains.areFilesNew = true
    unsafe unlink(path + "/data.mdb")
    let lease = try EnvironmentRegistry.take(
      path: path, access: .writing, mapSize: options.mapSize, creating: meta)
    try syncFolder(path)
    let journal = try start(lock: lock, lease: lease, durability: durability, options: options)
    remains.areKept = true
    return journal
  }

  /// Opens a journal for writing, and first removes what an unfinished import left.
  ///
  /// O(log n), and O(size of the import) to remove one.
  /// - Throws: `missing`, `notAJournal`, `newerFormat`, `secondWriter`, `tornTail`, `permission`;
  ///   `damagedBlock` if the last block is, as nothing can be chained to it.
  public static func open(
    at path: String, durability: Durability = .group, options: JournalOptions = JournalOptions()
  ) throws(JournalError) -> Journal {
    // Looked for first, so that no lock file is left in a folder that is something else.
    if !exists(at: path) { throw .missing(path: path) }
    let lock = try WriterLock.take(path: path)
    // Left by a compaction that was cut off.
    unsafe unlink(path + "/data.mdb.compact")
    let lease = try EnvironmentRegistry.take(
      path: path, access: .writing, mapSize: options.mapSize)
    return try start(lock: lock, lease: lease, durability: durability, options: options)
  }

  /// Opens what the lock and the lease are for, and rolls back an unfinished import.
  private static func start(
    lock: consuming WriterLock, lease: consuming EnvironmentLease, durability: Durability,
    options: JournalOptions
  ) throws(JournalError) -> Journal {
    let environment = lease.environment
    try environment.prepareWriting(
      waitsForDisk: durability.waitsForDisk, largestMap: options.largestMap)
    let (meta, pending) = try environment.read { (view) throws(JournalError) in
      (try JournalMeta(from: view), try view.pending())
    }
    var rolledBack: ClosedRange<UInt64>?
    if let pending,
      try environment.read({ (view) throws(JournalError) in try view.hidesPart(pending) })
    {
      throw .damagedBlock(
        first: pending, last: nil, what: "an import is said to begin here, where no block begins")
    }
    if let pending { rolledBack = try environment.truncate(from: pending) }
    let head = try environment.read { (view) throws(JournalError) in
      try view.head(id: meta.id, hasher: Sha256())
    }
    // The last writer may have been killed while its last commit waited.
    if durability.waitsForDisk { try environment.sync() }
    if options.preallocate > 0 { try environment.startPrewriting(ahead: options.preallocate) }
    return Journal(
      lock: lock, lease: lease, meta: meta, head: head, durability: durability,
      options: options, rolledBack: rolledBack)
  }

  // Cannot fail: a noncopyable value must not be left half made.
  private init(
    lock: consuming WriterLock, lease: consuming EnvironmentLease, meta: JournalMeta,
    head: JournalHead, durability: Durability, options: JournalOptions,
    rolledBack: ClosedRange<UInt64>?
  ) {
    path = lease.environment.path
    self.meta = meta
    self.durability = durability
    self.options = options
    (sequence, time, lastChain) = (head.sequence, head.time, head.chain)
    self.rolledBack = rolledBack
    self.lease = lease
    self.lock = lock
    hashThread = HashThread.start()
  }

  deinit {
    hashThread?.stop()
    environment.stopPrewriting()
    // A failure here cannot be reported; whoever must know calls `sync` before.
    try? environment.sync()
  }

  /// Waits until everything appended is on the disk, whatever the durability; at once if it is.
  /// - Throws: `system` or `diskFull` if the disk fails; `durableSequence` stays as it was. With
  ///   `none` that is final, else an append or another call may do better.
  public mutating func sync() throws(JournalError) { try environment.sync() }

  /// A reader of this journal for the same process.
  public borrowing func reader() throws(JournalError) -> JournalReader {
    try JournalReader.open(at: path)
  }
}

/// What a creation that fails, as on a full disk, has made so far: removed at the end of the value's life.
private struct Remains: ~Copyable {
  let path: String
  let isFolderNew: Bool
  var areFilesNew = false
  var areKept = false

  init(path: String, isFolderNew: Bool) { (self.path, self.isFolderNew) = (path, isFolderNew) }

  deinit {
    if areKept { return }
    if areFilesNew {
      for file in Journal.files { unsafe unlink(path + "/" + file) }
    }
    if isFolderNew { unsafe rmdir(path) }
  }
}

/// Makes a new file's name as durable as the file.
func syncFolder(_ path: String) throws(JournalError) {
  let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  guard descriptor >= 0 else { throw .system(path: path, doing: "syncing the folder") }
  defer { close(descriptor) }
  if fsync(descriptor) != 0 { throw .system(path: path, doing: "syncing the folder") }
}
