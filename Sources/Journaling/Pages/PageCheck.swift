import Glibc

/// Follows the trees of a journal's file itself before LMDB does, which trusts its file: a damaged page would
/// end the process by a signal. What is checked: docs/journal-format.md, section 1.
///
/// The caller holds a read transaction, so that no writer uses the pages again. O(pages of the trees); memory
/// is one bit a page of the file.
struct PageCheck: ~Copyable {
  /// How much is looked at.
  enum Reach {
    /// All pages of all trees.
    case everything
    /// What leads to the databases, and `meta`.
    case core
    /// All pages if they are at most so many; of larger trees the pages above their leaves.
    case opening(pages: UInt64)
  }

  private(set) var report = PageReport()
  var file: PageFile
  let meta: MetaPage
  /// One bit a page: whether something leads there already.
  private var seen: [UInt64]

  /// - Parameter descriptor: of `data.mdb`; must stay open as long as this value lives.
  init(_ descriptor: Int32, pageSize: Int, _ meta: MetaPage) {
    file = PageFile(descriptor, pageSize: pageSize)
    self.meta = meta
    seen = [UInt64](repeating: 0, count: Int(meta.lastPage / 64) + 1)
    seen[0] = 0b11
  }

  /// Checks the trees as far as is asked for.
  mutating func run(_ reach: Reach) {
    var main = TreeWalk<NameKey>(.main, .trees, meta.main)
    walk(&main)
    let records = main.named.compactMap { name, record in
      PageTree(rawValue: name).map { ($0, record) }
    }
    for (tree, record) in records where !(tree == .main || tree == .free) {
      check(tree, record, reach)
    }
    if case .core = reach { return report.isWhole = false }
    // Elsewhere it is told when the tables are opened: a newer format may have others.
    if case .everything = reach {
      for tree in PageTree.tables where !records.contains(where: { $0.0 == tree }) {
        add(tree, meta.main.root, "there is no database \"\(tree.rawValue)\"")
      }
    }
    var free = TreeWalk<UInt64>(.free, .freePages, meta.free)
    walk(&free)
    // Each transaction lists the pages it left, under its number. One that has not is an older one by another number,
    // and what was recorded since would be gone.
    if !free.isDamaged, let last = free.runs.last?.upperBound, last != meta.transaction {
      add(.free, meta.free.root, "transaction \(meta.transaction) left no page: it is another one")
    }
  }

  /// Checks what leads to a tree, and of the tree what leads to a key, and the next leaves.
  mutating func run(_ wanted: PageTree, from key: UInt64, leaves: Int) {
    report.isWhole = false
    var main = TreeWalk<NameKey>(.main, .trees, meta.main)
    walk(&main)
    guard let (_, record) = main.named.first(where: { $0.0 == wanted.rawValue }) else { return }
    var walk = TreeWalk<UInt64>(wanted, wanted.isIndex ? .rows : .values, record)
    (walk.start, walk.leavesLeft) = (key, leaves)
    self.walk(&walk)
  }

  private mutating func check(_ tree: PageTree, _ record: TreeRecord, _ reach: Reach) {
    if case .core = reach, tree != .meta { return }
    guard record.flags == tree.flags else {
      return add(tree, record.root, "the record of the table has wrong flags")
    }
    if tree == .meta {
      var walk = TreeWalk<NameKey>(tree, .values, record)
      return self.walk(&walk)
    }
    var walk = TreeWalk<UInt64>(tree, tree.isIndex ? .rows : .values, record)
    if case .opening(let most) = reach {
      // A large value costs a look at its first page.
      let large = record.overflowPages > 0 ? record.entries : 0
      let (pages, overflow) = record.pages.addingReportingOverflow(large)
      if overflow || pages > most { (walk.leavesLeft, report.isWhole) = (0, false) }
    }
    self.walk(&walk)
    if tree == .blocks { report.blockRuns = walk.runs }
  }

  mutating func add(_ tree: PageTree, _ page: UInt64, _ what: String, runsBefore: Int = 0) {
    report.damage.append(
      PageDamage(tree: tree, page: page, what: what, runsBefore: runsBefore))
  }

  /// Notes that something leads to a run of pages.
  /// - Returns: what is wrong with that; nil if nothing is.
  mutating func reach(_ page: UInt64, count: UInt64 = 1) -> String? {
    let (end, overflow) = page.addingReportingOverflow(count)
    guard page >= 2, !overflow, end - 1 <= meta.lastPage else {
      return "there is no such page: the last is \(meta.lastPage)"
    }
    for number in page..<end {
      let bit = UInt64(1) << (number % 64)
      if seen[Int(number / 64)] & bit != 0 { return "page \(number) is in two places" }
      seen[Int(number / 64)] |= bit
    }
    return nil
  }
}

extension PageTree {
  fileprivate var isIndex: Bool { self == .orders || self == .times }

  /// LMDB's flags of the database: INTEGERKEY 8, and of an index DUPSORT 4, DUPFIXED 16, INTEGERDUP 32.
  fileprivate var flags: Int {
    switch self {
    case .main, .meta: 0
    case .free, .blocks, .snapshots, .checkpoints: 8
    case .orders, .times: 60
    }
  }
}
