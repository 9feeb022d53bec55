import Events

/// The parents under way, in order of their ids.
public struct Executions: Equatable, Sendable {
  public private(set) var live: [Execution] = []
  /// When one of them is to be woken; `distantFuture` if none is by time. O(1).
  public private(set) var nextWake = Instant.distantFuture

  public init() {}

  /// The execution of a parent. O(log n).
  public subscript(order: OrderID) -> Execution? { index(of: order).map { live[$0] } }

  /// Whether a parent is under way. O(log n).
  func contains(_ order: OrderID) -> Bool { index(of: order) != nil }

  /// Takes up a parent.
  /// - Precondition: its id is above those of all before it.
  mutating func add(_ execution: Execution) {
    precondition(live.last.map { $0.parent.order < execution.parent.order } ?? true)
    live.append(execution)
    nextWake = min(nextWake, execution.nextWake)
  }

  /// Lets an input in; an execution that ended is forgotten. O(n).
  /// - Returns: what the input returns; nil if the parent is not under way.
  mutating func change<R>(_ order: OrderID, _ body: (inout Execution) -> R) -> R? {
    guard let index = index(of: order) else { return nil }
    let result = body(&live[index])
    if live[index].hasEnded { live.remove(at: index) }
    nextWake = live.reduce(.distantFuture) { min($0, $1.nextWake) }
    return result
  }

  /// Tells all in an instrument what the market traded. Allocates nothing unless one is to be woken. O(n).
  /// - Returns: the parents to wake, in order of their ids.
  mutating func traded(_ instrument: InstrumentID, _ size: Quantity, at now: Instant) -> [OrderID] {
    var woken: [OrderID] = []
    for index in live.indices where live[index].parent.instrument == instrument {
      if live[index].traded(size, at: now) == .wake { woken.append(live[index].parent.order) }
    }
    return woken
  }

  /// The parents whose time has come, in order of their ids. O(n).
  func due(at now: Instant) -> [OrderID] {
    live.filter { $0.nextWake <= now }.map(\.parent.order)
  }

  private func index(of order: OrderID) -> Int? {
    var (low, high) = (0, live.count)
    while low < high {
      let middle = (low + high) / 2
      if live[middle].parent.order < order { low = middle + 1 } else { high = middle }
    }
    return low < live.count && live[low].parent.order == order ? low : nil
  }

  func encode(to out: inout ByteBuffer) {
    out.append(UInt32(live.count))
    for execution in live { execution.encode(to: &out) }
  }

  init(_ input: inout ByteReader) throws(Damage) {
    for _ in 0..<(try input.read(UInt32.self)) {
      let start = input.offset
      let execution = try Execution(&input)
      guard live.last.map({ $0.parent.order < execution.parent.order }) ?? true else {
        throw Damage(at: start, "executions out of order")
      }
      add(execution)
    }
  }
}
