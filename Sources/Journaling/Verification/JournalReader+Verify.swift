import CLMDB
import Events

extension JournalReader {
  /// Checks everything that can be checked without the engine: every block, the continuity of
  /// sequences and times, the hash chain, checkpoints, snapshots and the indexes. Goes on after damage,
  /// so that all ranges are told. O(size of the journal); about the speed of SHA-256.
  ///
  /// - Parameters:
  ///   - publicKey: the only key whose checkpoints are accepted; nil accepts every key, which finds
  ///     damage but not a forger who signs anew.
  ///   - records: checks a block's records, as a decoder does, and returns which of them name which
  ///     orders; without it the index of orders is not looked at.
  ///   - pages: what `checkPages` found, if it was asked already.
  ///   - progress: told the last sequence checked, every 64 blocks.
  /// - Throws: only if the journal cannot be read at all.
  public func verify(
    publicKey: PublicKey? = nil,
    records: BlockCheck? = nil,
    pages: PageReport? = nil,
    progress: ((UInt64) -> Void)? = nil
  ) throws(JournalError) -> VerificationReport {
    let pages = if let pages { pages } else { try checkPages() }
    let vouched = try pages.isSound(.checkpoints) ? checkpoints() : []
    var check = ChainCheck(
      id: meta.id, ends: Set(vouched.map(\.sequence)), index: IndexCheck(pages))
    do throws(JournalError) {
      for run in pages.isSound(.blocks) ? [0...UInt64.max] : pages.blockRuns {
        check.begin(run)
        var more = true
        while more {
          more = try environment.read { (view) throws(JournalError) in
            try check.advance(64, in: view, records: records)
          }
          progress?(check.report.head.sequence)
        }
      }
    } catch {
      guard case .lmdb = error else { throw error }
      check.stopped(by: error)
    }
    check.finish(pages)
    let chains = check.chains
    let index = check.index
    var report = check.report
    try environment.read { (view) throws(JournalError) in
      if pages.isSound(.checkpoints) {
        try report.checkCheckpoints(in: view, id: meta.id, key: publicKey, chains: chains)
      }
      if pages.isSound(.snapshots) {
        let end = pages.isSound(.blocks) ? try view.lastRecorded() : .max
        try report.checkSnapshots(in: view, states: vouched, end: end)
      }
      if pages.isSound(.blocks) {
        try report.checkPending(in: view)
        try index.finish(in: view, records, &report)
      }
    }
    report.add(pages)
    report.problems.sort { ($0.first, $0.last) < ($1.first, $1.last) }
    return report
  }
}

extension JournalReader {
  /// Follows LMDB's trees in the file, whose damage would end a process that lets LMDB read on. O(pages of the
  /// trees).
  /// - Throws: only if the file cannot be read at all.
  public func checkPages() throws(JournalError) -> PageReport { try environment.checkPages() }
}

/// Checks a block's records and says which of them name which orders.
public typealias BlockCheck = (BlockHeader, RawSpan) throws(Damage) -> [OrderMention]

/// The check of the blocks, which outlives the transactions it uses.
private struct ChainCheck: ~Copyable {
  var report: VerificationReport
  /// Chain heads at the sequences where a checkpoint says what they are.
  private(set) var chains: [UInt64: Digest] = [:]
  private(set) var index: IndexCheck
  private let ends: Set<UInt64>
  /// The last readable block; nil at the start and after damage.
  private var before: (first: UInt64, last: UInt64, hash: Digest)?
  /// Sequence at which the next block must begin; nil if that cannot be known.
  private var next: UInt64? = 1
  /// Damage whose range ends where the next block begins.
  private var open: (first: UInt64, what: String)?
  /// Key from which to go on, and the last to be read.
  private var key: UInt64 = 0
  private var lastKey = UInt64.max
  /// Where each run of readable blocks began, and what the run before it could tell of the gap.
  private var gaps: [(after: UInt64, before: UInt64)] = []
  private let start: Digest
  private var unsealer = Unsealer()
  private let hasher = Sha256()

  init(id: JournalID, ends: Set<UInt64>, index: IndexCheck) {
    self.index = index
    start = id.chainStart
    report = VerificationReport(head: JournalHead(sequence: 0, time: nil, chain: start))
    self.ends = ends
  }

  /// Begins with keys that follow each other without damage of the pages.
  mutating func begin(_ run: ClosedRange<UInt64>) {
    (key, lastKey) = (run.lowerBound, run.upperBound)
    guard key > 0 else { return }
    closeDamage(before: key)
    gaps.append((after: next ?? report.head.sequence + 1, before: key))
    (before, next) = (nil, nil)
  }

  /// Checks up to `count` blocks.
  /// - Returns: whether there may be more.
  mutating func advance(
    _ count: Int, in view: borrowing Transaction,
    records: BlockCheck?
  ) throws(JournalError) -> Bool {
    let shown = (try view.pending()).map { $0 - 1 } ?? .max
    let cursor = try Cursor.open(view, view.databases.blocks)
    var item = unsafe try cursor.move(MDB_SET_RANGE, to: key)
    for _ in 0..<count {
      guard let current = unsafe item, unsafe current.key <= shown else { return false }
      unsafe try check(current, in: view, records: records)
      guard unsafe current.key < lastKey else { return false }
      key = unsafe current.key + 1
      unsafe item = try cursor.move(MDB_NEXT)
    }
    return true
  }

  private mutating func check(
    _ item: Cursor.Item, in view: borrowing Transaction, records: BlockCheck?
  ) throws(JournalError) {
    let key = unsafe item.key
    guard key > 0 else {
      return report.add(.damagedBlock, 0, 0, "a block has sequence 0, but the first is 1")
    }
    closeDamage(before: key)
    if let next, next < key {
      report.add(.missingEntries, next, key - 1, "the entries are missing")
      before = nil
    }
    let content: UnsafeRawBufferPointer
    let header: BlockHeader
    do {
      unsafe content = try unsealer.content(of: item.value)
      header = unsafe try BlockHeader(content: RawSpan(_unsafeBytes: content), at: key)
    } catch {
      open = (key, "the block is damaged: \(error)")
      (before, next) = (nil, nil)
      return
    }
    link(header)
    let hash = unsafe hasher.hash(content)
    var mentions: [OrderMention]?
    do {
      unsafe mentions = try records?(header, RawSpan(_unsafeBytes: content))
    } catch {
      report.add(
        .damagedBlock, key, header.lastSequence, "the block's records are damaged: \(error)")
    }
    try index.note(header, mentions, in: view, &report)
    report.blocks += 1
    report.sealedBlocks += unsafe Unsealer.isSealed(item.value) ? 1 : 0
    report.entries += UInt64(header.entryCount)
    report.head = JournalHead(sequence: header.lastSequence, time: header.lastTime, chain: hash)
    if ends.contains(header.lastSequence) { chains[header.lastSequence] = hash }
    before = (key, header.lastSequence, hash)
    next = header.lastSequence + 1
  }

  /// Checks a block against the one before it.
  private mutating func link(_ header: BlockHeader) {
    let key = header.firstSequence
    if let next, next > key {
      report.add(.damagedBlock, key, next - 1, "two blocks hold these entries")
    }
    if key == 1, header.previous != start {
      report.add(
        .brokenChain, 1, header.lastSequence, "the first block is of another journal or changed")
    }
    if let before, header.previous != before.hash {
      report.add(
        .brokenChain, before.first, before.last,
        "the hash is not the one block #\(key) was written after: one of the two was changed")
    }
    if let time = report.head.time, header.baseTime < time {
      report.add(.timeReversed, key, header.lastSequence, "receive time goes back")
    }
    if header.lastTime < header.baseTime {
      report.add(.timeReversed, key, header.lastSequence, "the block ends before it begins")
    }
  }

  private mutating func closeDamage(before key: UInt64) {
    guard let damage = open else { return }
    report.add(.damagedBlock, damage.first, key - 1, damage.what)
    open = nil
  }

  /// Notes that LMDB could not read on.
  mutating func stopped(by error: JournalError) {
    closeDamage(before: key)
    report.add(.unreadable, key, key, "from here on: \(error)")
  }

  /// Tells the blocks that the pages' damage hides, besides what is open.
  mutating func finish(_ pages: PageReport) {
    if let damage = open { report.add(.damagedBlock, damage.first, damage.first, damage.what) }
    open = nil
    let end = max(ends.max() ?? 0, next ?? 1)
    gaps.append((after: next ?? report.head.sequence + 1, before: end == .max ? end : end + 1))
    for (index, gap) in gaps.enumerated() {
      let here = pages.damage.filter { $0.tree == .blocks && $0.runsBefore == index }
      guard let first = here.first else { continue }
      let more = here.count > 1 ? ", and \(here.count - 1) more pages or values" : ""
      report.add(
        .unreadable, gap.after, max(gap.after, gap.before - 1),
        "the blocks cannot be read: \(first)\(more)")
    }
  }
}

extension VerificationReport {
  /// Adds what is wrong with the pages of other tables than the blocks'.
  fileprivate mutating func add(_ pages: PageReport) {
    for tree in PageTree.allCases where tree != .blocks && !pages.isSound(tree) {
      let found = pages.damage.filter { $0.tree == tree }
      let kind: VerificationProblem.Kind =
        switch tree {
        case .orders, .times: .badIndex
        case .checkpoints: .badCheckpoint
        case .snapshots: .badSnapshot
        default: .unreadable
        }
      let more = found.count > 1 ? ", and \(found.count - 1) more" : ""
      add(kind, min(1, head.sequence), head.sequence, "\(found[0])\(more)")
    }
  }

  /// An unfinished import begins where a block begins, or after the last: elsewhere it would hide entries.
  fileprivate mutating func checkPending(in view: borrowing Transaction) throws(JournalError) {
    guard let pending = try view.pending(), try view.hidesPart(pending) else { return }
    add(
      .missingEntries, min(pending, head.sequence + 1), try view.lastRecorded(),
      "an import is said to be under way from #\(pending) on, where no block begins: it hides entries"
    )
  }

  fileprivate mutating func checkCheckpoints(
    in view: borrowing Transaction, id: JournalID, key: PublicKey?, chains: [UInt64: Digest]
  ) throws(JournalError) {
    let shown = try view.pending() ?? .max
    let cursor = try Cursor.open(view, view.databases.checkpoints)
    var good: UInt64 = 0
    var isAny = false
    var item = unsafe try cursor.move(MDB_FIRST)
    while let current = unsafe item, unsafe current.key < shown {
      let at = unsafe current.key
      isAny = true
      do {
        let checkpoint = unsafe try Checkpoint(bytes: RawSpan(_unsafeBytes: current.value))
        if check(checkpoint, at: at, id: id, key: key, chain: chains[at], after: good) {
          good = at
        }
      } catch {
        add(.badCheckpoint, at, at, "the checkpoint is damaged: \(error)")
      }
      unsafe item = try cursor.move(MDB_NEXT)
    }
    // Who takes all checkpoints away must not gain by it.
    if key != nil, !isAny {
      add(
        .badCheckpoint, min(1, head.sequence), head.sequence,
        "no checkpoint is signed with the key given: nobody vouches for these entries")
    }
  }

  /// - Parameter good: sequence of the last checkpoint that holds; what follows is in doubt.
  /// - Returns: whether the checkpoint holds.
  private mutating func check(
    _ checkpoint: Checkpoint, at: UInt64, id: JournalID, key: PublicKey?, chain: Digest?,
    after good: UInt64
  ) -> Bool {
    guard checkpoint.sequence == at else {
      add(.badCheckpoint, at, at, "the checkpoint says it covers #\(checkpoint.sequence)")
      return false
    }
    do {
      try checkpoint.verify(journal: id)
    } catch {
      add(.badSignature, at, at, "the checkpoint's signature does not hold")
      return false
    }
    if let key, checkpoint.signer != key {
      add(.badSignature, at, at, "the checkpoint is signed by another key, \(checkpoint.signer)")
      return false
    }
    guard let chain else {
      add(
        .missingEntries, min(head.sequence + 1, at), at,
        "a checkpoint covers them; no block ends so")
      return false
    }
    guard chain == checkpoint.chain else {
      add(
        .badCheckpoint, good + 1, at,
        "the chain is not the one signed at #\(at): these entries were changed since")
      return false
    }
    checkpoints += 1
    if !signers.contains(checkpoint.signer) { signers.append(checkpoint.signer) }
    return true
  }

  fileprivate mutating func checkSnapshots(
    in view: borrowing Transaction, states: [Checkpoint], end: UInt64
  ) throws(JournalError) {
    let shown = try view.pending() ?? .max
    let cursor = try Cursor.open(view, view.databases.snapshots)
    let hasher = Sha256()
    var item = unsafe try cursor.move(MDB_FIRST)
    while let current = unsafe item, unsafe current.key < shown {
      let at = unsafe current.key
      do {
        let stored = unsafe RawSpan(_unsafeBytes: current.value)
        let summary = try SnapshotLayout.summary(of: stored, at: at)
        let state = stored.extracting(SnapshotLayout.headerSize...)
        let signed = states.first { $0.sequence == at && $0.state != .zero }
        if at == 0 || at > end {
          add(.badSnapshot, at, at, "the snapshot is of an entry that there is not")
        } else if hasher.hash(state) != summary.hash {
          add(.badSnapshot, at, at, "the snapshot's bytes are not those of its hash")
        } else if let signed, signed.state != summary.hash {
          add(.badSnapshot, at, at, "the snapshot is not the state signed at #\(at)")
        } else {
          snapshots += 1
        }
      } catch {
        add(.badSnapshot, at, at, "the snapshot is damaged: \(error)")
      }
      unsafe item = try cursor.move(MDB_NEXT)
    }
  }
}
