import Events

/// What a portfolio would gain in each of a number of scenarios, kept up to date as one position changes.
///
/// Binary floating point, with additions, multiplications and comparisons only, in the order written; so the
/// bits are the same everywhere. A change of one position costs O(scenarios).
struct ScenarioSet: Sendable, Equatable {
  /// Scenarios that count; the others are not known yet.
  private(set) var count = 0
  /// By instrument, then scenario: the relative move; empty if the instrument does not move at all.
  private(set) var moves: [[Double]] = []
  /// By scenario, in units of the base currency; a loss is negative.
  private(set) var profits: [Double] = []
  private let capacity: Int

  init(capacity: Int) {
    self.capacity = capacity
    profits = Array(repeating: 0, count: capacity)
  }

  /// Sets one move. The profits are wrong until they are rebuilt.
  mutating func set(_ move: Double, of instrument: Int, in scenario: Int) {
    while moves.count <= instrument { moves.append([]) }
    if moves[instrument].isEmpty {
      guard move != 0 else { return }
      moves[instrument] = Array(repeating: 0, count: capacity)
    }
    moves[instrument][scenario] = move
  }

  mutating func setCount(_ count: Int) { self.count = count }

  /// Adds a position of a value to the profits. O(scenarios).
  mutating func add(_ value: Double, of instrument: Int) {
    guard instrument < moves.count, !moves[instrument].isEmpty, value != 0 else { return }
    let own = moves[instrument]
    for scenario in 0..<count { profits[scenario] += value * own[scenario] }
  }

  /// Adds up the profits of all positions anew. O(positions × scenarios).
  mutating func rebuild(_ values: [Double]) {
    for scenario in profits.indices { profits[scenario] = 0 }
    for (instrument, value) in values.enumerated() { add(value, of: instrument) }
  }

  /// What is at risk, as losses: at a tail, on average beyond it, and at worst.
  struct Risk: Equatable, Sendable {
    var valueAtRisk: Double
    var shortfall: Double
    var worst: Double
    /// The scenario of the worst loss.
    var scenario: Int
  }

  /// The losses of the worst scenarios, if a position changed by a value.
  ///
  /// The value at risk is the loss at rank ⌊tail × (n − 1)⌋ + 1 from the worst, the shortfall the mean down to
  /// that rank. O(scenarios), apart from the tail's heap.
  /// - Parameter tail: × 10^6.
  /// - Precondition: there are scenarios.
  func risk(tail: Int64, adding value: Double, of instrument: Int) -> Risk {
    precondition(count > 0)
    let rank = Int(tail * Int64(count - 1) / 1_000_000) + 1
    let isMoving = instrument < moves.count && !moves[instrument].isEmpty && value != 0
    let own = isMoving ? moves[instrument] : []
    // The worst profits so far as a heap, the best of them first.
    var heap: [Double] = []
    heap.reserveCapacity(rank)
    var (worst, scenario) = (Double.infinity, 0)
    for index in 0..<count {
      let profit = isMoving ? profits[index] + value * own[index] : profits[index]
      if profit < worst { (worst, scenario) = (profit, index) }
      if heap.count < rank {
        Self.push(profit, &heap)
      } else if profit < heap[0] {
        Self.replaceTop(profit, &heap)
      }
    }
    var sum = 0.0
    for profit in heap { sum += profit }
    return Risk(
      valueAtRisk: -heap[0], shortfall: -sum / Double(rank), worst: -worst, scenario: scenario)
  }

  /// The standard deviation of the profits if a position changed by a value, which is that of the covariance
  /// matrix of the moves: w′Σw is the variance of the sums. O(scenarios).
  func deviation(adding value: Double, of instrument: Int) -> Double {
    guard count > 1 else { return 0 }
    let isMoving = instrument < moves.count && !moves[instrument].isEmpty && value != 0
    let own = isMoving ? moves[instrument] : []
    func profit(_ index: Int) -> Double {
      isMoving ? profits[index] + value * own[index] : profits[index]
    }
    var sum = 0.0
    for index in 0..<count { sum += profit(index) }
    let mean = sum / Double(count)
    var squares = 0.0
    for index in 0..<count {
      let difference = profit(index) - mean
      squares += difference * difference
    }
    return (squares / Double(count - 1)).squareRoot()
  }

  private static func push(_ value: Double, _ heap: inout [Double]) {
    heap.append(value)
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[parent] < heap[child] else { return }
      heap.swapAt(parent, child)
      child = parent
    }
  }

  private static func replaceTop(_ value: Double, _ heap: inout [Double]) {
    heap[0] = value
    var parent = 0
    while true {
      var largest = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < heap.count && heap[child] > heap[largest] {
        largest = child
      }
      guard largest != parent else { return }
      heap.swapAt(parent, largest)
      parent = largest
    }
  }

  func encode(to out: inout ByteBuffer) {
    out.append(UInt32(count))
    for profit in profits { out.append(profit.bitPattern) }
    out.append(UInt16(moves.count))
    for own in moves {
      out.append(UInt8(own.isEmpty ? 0 : 1))
      for move in own { out.append(move.bitPattern) }
    }
  }

  mutating func restore(_ input: inout ByteReader) throws(Damage) {
    count = Int(try input.read(UInt32.self))
    guard count <= capacity else { throw Damage(at: input.offset, "too many scenarios") }
    for index in profits.indices {
      profits[index] = Double(bitPattern: try input.read(UInt64.self))
    }
    moves = []
    for _ in 0..<(try input.read(UInt16.self)) {
      var own: [Double] = []
      if try input.read(UInt8.self) != 0 {
        for _ in 0..<capacity { own.append(Double(bitPattern: try input.read(UInt64.self))) }
      }
      moves.append(own)
    }
  }
}
