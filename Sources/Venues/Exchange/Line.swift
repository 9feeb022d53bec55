import Events

/// What comes due at some time.
protocol Due {
  var due: Instant { get }
}

/// A first-in, first-out line of what comes due, in order of time. All operations amortised O(1).
///
/// Two stacks: what comes is put on one, what leaves is taken off the other, which is the first one turned
/// round. So whatever is in the line is moved in and out and never copied or written over.
struct Line<Element: Due> {
  /// The last is the first to leave.
  private var leaving: [Element] = []
  /// Behind them, in the order in which they came.
  private var coming: [Element] = []
  /// When the first is due; `distantFuture` if there is none.
  private(set) var next = Instant.distantFuture

  var isEmpty: Bool { leaving.isEmpty && coming.isEmpty }
  /// When the first is due; nil if there is none.
  var nextTime: Instant? { isEmpty ? nil : next }

  /// Whether the first is due by `time`.
  @inline(__always)
  func isDue(by time: Instant) -> Bool {
    next <= time && (next != .distantFuture || !isEmpty)
  }

  /// - Precondition: nothing in the line is due later.
  @inline(__always)
  mutating func append(_ element: consuming Element) {
    if next == .distantFuture, isEmpty { next = element.due }
    coming.append(element)
  }

  /// Takes the first.
  /// - Precondition: there is one.
  @inline(__always)
  mutating func removeFirst() -> Element {
    if leaving.isEmpty {
      swap(&leaving, &coming)
      if leaving.count > 1 { leaving.reverse() }
    }
    let first = leaving.removeLast()
    if !leaving.isEmpty {
      next = leaving[leaving.count - 1].due
    } else {
      next = coming.isEmpty ? .distantFuture : coming[0].due
    }
    return first
  }

  /// Takes the first if it is due by `time`.
  mutating func take(through time: Instant) -> Element? {
    isDue(by: time) ? removeFirst() : nil
  }
}
