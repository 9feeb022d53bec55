/// What `PageCheck` found in the trees of a journal's file.
public struct PageReport: Equatable, Sendable {
  /// All that is wrong, tree by tree, in the order of the trees' keys.
  public internal(set) var damage: [PageDamage] = []
  /// Keys of blocks that can be read one after the other; between two runs is damage.
  public internal(set) var blockRuns: [ClosedRange<UInt64>] = []
  /// Whether every page of every tree was looked at.
  public internal(set) var isWhole = true

  /// Whether nothing is wrong.
  public var isSound: Bool { damage.isEmpty }

  /// Whether LMDB can read a tree: nothing of it, and of what leads to it, is wrong.
  func isSound(_ tree: PageTree) -> Bool { !damage.contains { $0.tree == tree } }
}

/// The trees of a journal's file: LMDB's two own, and the journal's databases.
public enum PageTree: String, Sendable, CaseIterable {
  case free, main, meta, blocks, snapshots, checkpoints, orders, times

  /// The journal's databases.
  static var tables: [PageTree] { [.meta, .blocks, .snapshots, .checkpoints, .orders, .times] }
}

/// A place in a file where LMDB would read what is not there, or read on from what is not true.
public struct PageDamage: Equatable, Sendable, CustomStringConvertible {
  public var tree: PageTree
  /// Number of the page, from 0; its place in `data.mdb` is the number times the page's size.
  public var page: UInt64
  /// What is wrong, in one clause.
  public var what: String
  /// How many runs of blocks come before it.
  var runsBefore = 0

  public var description: String { "page \(page) of data.mdb (\(tree.rawValue)): \(what)" }
}
