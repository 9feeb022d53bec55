import Events

/// Sources waiting for their turn, by time and then by place: a binary heap.
struct SourceQueue {
  private struct Item {
    var time: Instant
    var index: Int
  }
  private var items: [Item] = []

  init() {}

  /// All sources, at the earliest time that they may have.
  init(_ sources: [ImportSource]) {
    for (index, source) in sources.enumerated() {
      push(source.earliest ?? Instant(nanoseconds: .min), index)
    }
  }

  private static func precedes(_ a: Item, _ b: Item) -> Bool {
    a.time == b.time ? a.index < b.index : a.time < b.time
  }

  /// Whether a source with a tick at `time` comes before all that wait.
  @inline(__always)
  func comesFirst(_ time: Instant, _ index: Int) -> Bool {
    guard let first = items.first else { return true }
    return Self.precedes(Item(time: time, index: index), first)
  }

  /// The moment from which on others come before a source; nil if none waits.
  func bound(of index: Int) -> Instant? {
    items.first.map { index < $0.index ? $0.time.advanced(by: 1) : $0.time }
  }

  mutating func push(_ time: Instant, _ index: Int) {
    items.append(Item(time: time, index: index))
    var child = items.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard Self.precedes(items[child], items[parent]) else { return }
      items.swapAt(child, parent)
      child = parent
    }
  }

  mutating func pop() -> Int? {
    guard let first = items.first else { return nil }
    let last = items.removeLast()
    if items.isEmpty { return first.index }
    items[0] = last
    var parent = 0
    while true {
      var child = 2 * parent + 1
      guard child < items.count else { break }
      if child + 1 < items.count, Self.precedes(items[child + 1], items[child]) { child += 1 }
      guard Self.precedes(items[child], items[parent]) else { break }
      items.swapAt(child, parent)
      parent = child
    }
    return first.index
  }
}
