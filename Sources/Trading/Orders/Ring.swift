/// Values in a row that mostly come at its end and go from its front: dropping any number there moves and frees
/// nothing, so it takes no longer than one. What was dropped is freed when its place is taken again.
struct Ring<Element> {
  /// Filled once up to the capacity; then the oldest places are taken again.
  private var places: [Element] = []
  private var first = 0
  private(set) var count = 0
  private var capacity: Int

  /// - Parameter capacity: for as many there is memory at once, as a copy of thousands into larger memory would
  ///   keep a tick waiting.
  init(capacity: Int) {
    self.capacity = capacity
    places.reserveCapacity(capacity)
  }

  private func place(_ index: Int) -> Int {
    let place = first + index
    return place < capacity ? place : place - capacity
  }

  /// Adds a value at the end. Amortised O(1).
  mutating func append(_ element: consuming Element) {
    if count == capacity { grow() }
    let place = place(count)
    count += 1
    // Places are taken in turn, so one that never was stands right behind those that were.
    if place == places.count { places.append(element) } else { places[place] = element }
  }

  /// Adds a value before that at an index. O(values behind it).
  mutating func insert(_ element: consuming Element, at index: Int) {
    append(element)
    var place = count - 1
    while place > index {
      swapAt(place, place - 1)
      place -= 1
    }
  }

  /// O(values behind it).
  mutating func remove(at index: Int) {
    precondition(indices.contains(index), "no such value")
    for place in index..<count - 1 { swapAt(place, place + 1) }
    count -= 1
  }

  /// Drops values from the front. O(1).
  mutating func removeFirst(_ dropped: Int) {
    precondition(0...count ~= dropped, "not so many values")
    first = place(dropped)
    count -= dropped
  }

  /// Drops what does not stay; the rest keeps its order. O(n).
  mutating func removeAll(where goes: (Element) -> Bool) {
    var kept = 0
    for index in indices where !goes(self[index]) {
      if kept < index { swapAt(kept, index) }
      kept += 1
    }
    count = kept
  }

  private mutating func grow() {
    places = Array(self)
    first = 0
    capacity = Swift.max(2 * capacity, 4)
    places.reserveCapacity(capacity)
  }
}

extension Ring: RandomAccessCollection, MutableCollection {
  var startIndex: Int { 0 }
  var endIndex: Int { count }

  subscript(index: Int) -> Element {
    _read {
      precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "no such value")
      yield places[place(index)]
    }
    _modify {
      precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "no such value")
      yield &places[place(index)]
    }
  }
}

extension Ring: Sendable where Element: Sendable {}
