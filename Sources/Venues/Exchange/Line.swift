import Events

/// What comes due at some time.
protocol Due {
  var due: Instant { get }
}

/// A first-in, first-out line of plain bytes that come due, in order of time: a ring that grows. All operations O(1),
/// adding amortised.
struct Line<Element: Due & BitwiseCopyable> {
  /// A power of two of them, or none.
  private var slots: [Element] = []
  /// Slot of the first.
  private var head = 0
  private var count = 0
  /// When the first is due; `distantFuture` if there is none.
  private(set) var next = Instant.distantFuture

  var isEmpty: Bool { count == 0 }
  /// When the first is due; nil if there is none.
  var nextTime: Instant? { isEmpty ? nil : next }

  /// Whether the first is due by `time`.
  @inline(__always)
  func isDue(by time: Instant) -> Bool { next <= time && count > 0 }

  /// - Precondition: nothing in the line is due later.
  @inline(__always)
  mutating func append(_ element: Element) {
    if count == slots.count { grow(filling: element) }
    if count == 0 { next = element.due }
    slots[(head &+ count) & (slots.count &- 1)] = element
    count &+= 1
  }

  @inline(never)
  private mutating func grow(filling element: Element) {
    var larger = [Element](repeating: element, count: max(2 * slots.count, 8))
    for place in 0..<count { larger[place] = slots[(head + place) & (slots.count - 1)] }
    (slots, head) = (larger, 0)
  }

  /// The first, where it is.
  /// - Precondition: there is one.
  var first: Element {
    @inline(__always) _read {
      precondition(count > 0, "somebody in the line")
      yield slots[head]
    }
  }

  /// Lets the first go.
  @inline(__always)
  mutating func dropFirst() {
    precondition(count > 0, "somebody in the line")
    head = (head &+ 1) & (slots.count &- 1)
    count &-= 1
    next = count == 0 ? .distantFuture : slots[head].due
  }

  /// Takes the first.
  /// - Precondition: there is one.
  @inline(__always)
  mutating func removeFirst() -> Element {
    let first = first
    dropFirst()
    return first
  }

  /// Takes the first if it is due by `time`.
  mutating func take(through time: Instant) -> Element? {
    isDue(by: time) ? removeFirst() : nil
  }
}
