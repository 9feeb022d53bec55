/// The walk through one tree.
struct TreeWalk<Key: PageKey> {
  /// What the leaves hold.
  enum Content {
    /// Values, in the page or in pages of their own.
    case values
    /// Sets of integers at a key.
    case rows
    /// The integers of one of those sets that has pages of its own.
    case members
    /// Records of trees, by name.
    case trees
    /// Lists of free pages.
    case freePages
  }

  let tree: PageTree
  let content: Content
  let record: TreeRecord
  /// Leaves to look at before the walk ends; a tree of one page is looked at all the same.
  var leavesLeft = Int.max
  /// Keys before this one are not looked for.
  var start: Key?

  /// Entries that were counted.
  var entries: UInt64 = 0
  /// Keys that follow each other without damage between.
  private(set) var runs: [ClosedRange<Key>] = []
  private var isTorn = true
  /// Whether damage was found.
  private(set) var isDamaged = false
  /// Of `trees`: what was found.
  var named: [(String, TreeRecord)] = []

  init(_ tree: PageTree, _ content: Content, _ record: TreeRecord) {
    (self.tree, self.content, self.record) = (tree, content, record)
  }

  /// Whether every leaf was to be looked at.
  var isWhole: Bool { leavesLeft > Int.max / 2 && start == nil }

  mutating func note(_ key: Key) {
    if isTorn { runs.append(key...key) } else { runs[runs.count - 1] = runs.last!.lowerBound...key }
    isTorn = false
  }

  mutating func tear() { (isTorn, isDamaged) = (true, true) }
}

/// A node of a page: a key and what belongs to it.
struct PageNode<Key: PageKey> {
  /// nil of the first node of a branch page, which stands for all lower keys.
  var key: Key?
  /// Of a branch page: the page below.
  var child: UInt64
  /// Of a leaf page: flags of the value, and where it is in the page.
  var flags: Int
  var place: Int
  /// Bytes of the value, which of a large one are not in the page.
  var length: Int
}

extension PageCheck {
  mutating func walk<Key>(_ walk: inout TreeWalk<Key>) {
    let record = walk.record
    if record.root == TreeRecord.nowhere {
      if record.depth != 0 || record.entries != 0 {
        damage(&walk, 0, "the record of the tree says it has entries, but no page")
      }
      return
    }
    guard (1...TreeRecord.deepest).contains(record.depth) else {
      return damage(&walk, record.root, "the record of the tree says it is \(record.depth) deep")
    }
    visit(record.root, level: 1, from: nil, below: nil, &walk)
    if walk.isWhole, !walk.isDamaged, walk.entries != record.entries {
      damage(
        &walk, record.root,
        "the tree has \(walk.entries) entries, its record says \(record.entries)")
    }
  }

  private mutating func damage<Key>(_ walk: inout TreeWalk<Key>, _ page: UInt64, _ what: String) {
    walk.tear()
    add(walk.tree, page, what, runsBefore: walk.runs.count)
  }

  /// - Parameters:
  ///   - level: 1 at the root.
  ///   - from: the least key there may be below this page.
  ///   - below: a key above all those.
  private mutating func visit<Key>(
    _ page: UInt64, level: Int, from: Key?, below: Key?, _ walk: inout TreeWalk<Key>
  ) {
    let isLeaf = level == walk.record.depth
    if isLeaf, level > 1, walk.isWhole == false {
      if walk.leavesLeft == 0 { return }
      walk.leavesLeft -= 1
    }
    if let fault = load(page) { return damage(&walk, page, fault) }
    if isLeaf, walk.content == .members {
      if let fault = packed(at: 0, room: file.pageSize, flags: Self.packedLeaf, &walk, from, below)
      {
        damage(&walk, page, fault)
      }
      return
    }
    var nodes: [PageNode<Key>] = []
    if let fault = read(&nodes, isLeaf: isLeaf, from, below) { return damage(&walk, page, fault) }
    if isLeaf { return leaf(page, nodes, &walk) }
    for (index, node) in nodes.enumerated() {
      let end = index + 1 < nodes.count ? nodes[index + 1].key : below
      if let start = walk.start, let end, end <= start { continue }
      visit(node.child, level: level + 1, from: node.key ?? from, below: end, &walk)
      if walk.leavesLeft == 0 { return }
    }
  }

  /// Reads a page that something leads to.
  private mutating func load(_ page: UInt64) -> String? {
    if let fault = reach(page) { return fault }
    guard file.read(page) else { return "the file ends before it" }
    let number = file.u64(0)
    return number == page ? nil : "the page says it is page \(number)"
  }

  // LMDB's flags of pages: P_BRANCH, P_LEAF, P_OVERFLOW, P_LEAF2, P_SUBP.
  private static var branch: Int { 1 }
  private static var leaf: Int { 2 }
  private static var overflow: UInt16 { 4 }
  private static var packedLeaf: Int { 0x22 }
  private static var packedPart: Int { 0x62 }

  /// Reads the nodes of the page read last.
  /// - Returns: what is wrong with the page.
  private func read<Key>(
    _ nodes: inout [PageNode<Key>], isLeaf: Bool, _ from: Key?, _ below: Key?
  ) -> String? {
    guard file.u16(10) == (isLeaf ? Self.leaf : Self.branch) else {
      return "the page is no \(isLeaf ? "leaf" : "branch") of a tree"
    }
    let (lower, upper, size) = (file.u16(12), file.u16(14), file.pageSize)
    guard lower >= PageFile.headerSize, lower <= upper, upper <= size, lower % 2 == 0 else {
      return "the page's bounds are wrong"
    }
    let count = (lower - PageFile.headerSize) / 2
    guard count >= (isLeaf ? 1 : 2) else { return "the page is empty" }
    nodes.reserveCapacity(count)
    var (used, last) = (0, from)
    for index in 0..<count {
      let place = file.u16(PageFile.headerSize + 2 * index)
      guard place >= upper, place % 2 == 0, place + 8 <= size else {
        return "a node lies outside the page"
      }
      let length = file.u16(place) | file.u16(place + 2) << 16
      let (flags, keyLength) = (file.u16(place + 4), file.u16(place + 6))
      let value = place + 8 + keyLength
      let held = isLeaf ? (flags & 1 != 0 ? 8 : length) : 0
      guard value + held <= size else { return "a node runs past the end of the page" }
      used += (8 + keyLength + held + 1) & ~1
      var node = PageNode<Key>(
        key: nil, child: UInt64(length) | UInt64(flags) << 32, flags: flags, place: value,
        length: length)
      if isLeaf || index > 0 {
        guard let key = Key(file, at: place + 8, count: keyLength) else {
          return "a key has a wrong length"
        }
        // The first key may be the one that leads here, the others come after the one before.
        if let last, isLeaf && index == 0 ? key < last : key <= last {
          return "the keys are out of order"
        }
        if let below, key >= below { return "a key belongs to a page further on" }
        (node.key, last) = (key, key)
      }
      nodes.append(node)
    }
    return used == size - upper ? nil : "the nodes do not fill the page as its bounds say"
  }

  private mutating func leaf<Key>(
    _ page: UInt64, _ nodes: [PageNode<Key>], _ walk: inout TreeWalk<Key>
  ) {
    // A subtree's pages take the place of this one in memory, so they come last.
    var subtrees: [TreeRecord] = []
    for node in nodes {
      guard let key = node.key else { continue }
      if let start = walk.start, key < start { continue }
      if let fault = value(node, &walk, &subtrees) {
        damage(&walk, page, fault)
      } else {
        walk.note(key)
      }
    }
    for record in subtrees {
      var members = TreeWalk<UInt64>(walk.tree, .members, record)
      self.walk(&members)
      walk.entries &+= members.entries
      if members.isDamaged { walk.tear() }
    }
  }

  // LMDB's flags of nodes: F_BIGDATA 1, F_SUBDATA 2, F_DUPDATA 4.
  private mutating func value<Key>(
    _ node: PageNode<Key>, _ walk: inout TreeWalk<Key>, _ subtrees: inout [TreeRecord]
  ) -> String? {
    switch (walk.content, node.flags) {
    case (.values, 0), (.trees, 0): break
    case (.values, 1), (.trees, 1):
      if let fault = large(node) { return fault }
    case (.freePages, 0), (.freePages, 1):
      if let fault = freePages(node) { return fault }
    case (.trees, 2) where node.length == TreeRecord.size:
      if let name = node.key as? NameKey {
        walk.named.append((name.text, TreeRecord(file, at: node.place)))
      }
    case (.rows, 0) where node.length == 8: break
    case (.rows, 4):
      return packed(at: node.place, room: node.length, flags: Self.packedPart, &walk, nil, nil)
    case (.rows, 6) where node.length == TreeRecord.size:
      let record = TreeRecord(file, at: node.place)
      // DUPFIXED 16 and INTEGERKEY 8, of members of 8 bytes.
      guard record.flags == 24, file.u32(node.place) == 8 else {
        return "the record of a set has wrong flags"
      }
      subtrees.append(record)
      return nil
    default: return "a value is of a wrong kind"
    }
    walk.entries += 1
    return nil
  }

  /// Checks integers packed into a page, or into a part of one.
  private func packed<Key>(
    at base: Int, room: Int, flags: Int, _ walk: inout TreeWalk<Key>, _ from: Key?, _ below: Key?
  ) -> String? {
    let size = PageFile.headerSize
    // A part keeps P_DIRTY (16) of the moment it was made.
    guard room >= size, file.u16(base + 10) & ~(base > 0 ? 16 : 0) == flags,
      file.u16(base + 8) == 8
    else { return "a set of sequences is of a wrong kind" }
    let (lower, upper) = (file.u16(base + 12), file.u16(base + 14))
    let count = (lower - size) / 2
    guard lower > size, lower % 2 == 0, size + 8 * count <= room, upper == room - 6 * count else {
      return "a set of sequences has wrong bounds"
    }
    var last: UInt64?
    for index in 0..<count {
      let member = file.u64(base + size + 8 * index)
      if let last, member <= last { return "a set's sequences are out of order" }
      last = member
    }
    let first = file.u64(base + size)
    if let from = from?.number, first < from { return "a set's sequences are out of order" }
    if let below = below?.number, let last, last >= below {
      return "a set's sequences are out of order"
    }
    walk.entries &+= UInt64(count)
    return nil
  }

  /// Checks the pages of a value that does not fit into a leaf.
  private mutating func large<Key>(_ node: PageNode<Key>) -> String? {
    let page = file.u64(node.place)
    let needed = (PageFile.headerSize + node.length + file.pageSize - 1) / file.pageSize
    guard page >= 2, page <= meta.lastPage, let header = file.header(page) else {
      return "there is no page \(page) for a large value"
    }
    guard header.number == page, header.flags == Self.overflow, header.pages >= needed else {
      return "page \(page) is not the first of \(needed) of a large value"
    }
    return reach(page, count: UInt64(header.pages))
  }

  /// Checks a list of free pages: a count, then their numbers from the highest down.
  private mutating func freePages(_ node: PageNode<some PageKey>) -> String? {
    guard node.length >= 8, node.length % 8 == 0 else {
      return "a list of free pages has a wrong length"
    }
    let count = node.length / 8
    var list: [UInt64]
    if node.flags == 1 {
      if let fault = large(node) { return fault }
      guard let read = file.integers(file.u64(node.place), count: count) else {
        return "the file ends before a list of free pages"
      }
      list = read
    } else {
      list = (0..<count).map { file.u64(node.place + 8 * $0) }
    }
    guard list[0] < count else { return "a list of free pages says it is longer than it is" }
    var last = UInt64.max
    for page in list[1...].prefix(Int(list[0])) {
      if page >= last { return "a list of free pages is out of order" }
      last = page
      if let fault = reach(page) { return "a free page: \(fault)" }
    }
    return nil
  }
}
