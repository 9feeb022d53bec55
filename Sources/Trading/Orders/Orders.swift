import Events

/// All orders that are open, and the last that ended, in order of their ids.
///
/// Ended orders are kept for a while so that late reports find them; memory is bounded by the open
/// orders, however long the journal.
public struct Orders: Sendable {
  /// How many ended orders are kept.
  static let keptEnded = 4096

  private var slots: [Order] = []
  /// Executions of the orders kept, by which a repeated report is known. Only membership is asked for.
  private var fills: Set<Execution> = []
  private var endedCount = 0
  /// Id of the order submitted last; 0 before the first.
  public private(set) var lastID = OrderID.none
  /// Orders that are open.
  public var openCount: Int { slots.count - endedCount }

  private struct Execution: Hashable {
    var order: UInt64
    var fill: UInt64
  }

  public init() {}

  /// The id the next order will have.
  public var nextID: OrderID { OrderID(lastID.raw + 1) }

  /// The open orders, oldest first.
  public var open: some Sequence<Order> { slots.lazy.filter { !$0.state.isFinal } }

  /// An order that is open or ended not long ago. O(log n).
  public subscript(id: OrderID) -> Order? { index(of: id).map { slots[$0] } }

  private func index(of id: OrderID) -> Int? {
    var (low, high) = (0, slots.count)
    while low < high {
      let middle = (low + high) / 2
      if slots[middle].id < id { low = middle + 1 } else { high = middle }
    }
    return low < slots.count && slots[low].id == id ? low : nil
  }

  /// Adds an order just submitted.
  /// - Precondition: it has `nextID`.
  mutating func add(_ ticket: OrderTicket, sequence: UInt64) {
    precondition(ticket.order == nextID, "orders are numbered in order of submission")
    lastID = ticket.order
    slots.append(Order(ticket, sequence: sequence))
  }

  /// Changes an order and returns what the change returns; nil if there is no such order. O(log n).
  mutating func change<R>(_ id: OrderID, _ body: (inout Order) -> R) -> R? {
    guard let index = index(of: id) else { return nil }
    let wasEnded = slots[index].state.isFinal
    let result = body(&slots[index])
    if slots[index].state.isFinal && !wasEnded {
      endedCount += 1
      if endedCount >= 2 * Self.keptEnded { forgetOldest() }
    }
    return result
  }

  /// Takes a venue's report to its order.
  /// - Returns: what it did; nil if there is no such order. O(log n).
  mutating func report(_ report: VenueReport) -> Order.Effect? {
    guard index(of: report.order) != nil else { return nil }
    if case .filled(let fill) = report.outcome {
      let isNew = fills.insert(Execution(order: report.order.raw, fill: fill.id)).inserted
      guard isNew else { return .duplicateFill }
    }
    return change(report.order) { $0.apply(report.outcome) }
  }

  /// Drops the oldest ended orders down to the number kept. Done seldom, so O(1) an order.
  private mutating func forgetOldest() {
    var surplus = endedCount - Self.keptEnded
    slots.removeAll { order in
      guard surplus > 0, order.state.isFinal else { return false }
      surplus -= 1
      return true
    }
    endedCount = Self.keptEnded
    let kept = fills.filter { index(of: OrderID($0.order)) != nil }
    fills = kept
  }

  func encode(to out: inout ByteBuffer) {
    out.append(lastID.raw)
    out.append(UInt32(slots.count))
    for order in slots { order.encode(to: &out) }
    out.append(UInt32(fills.count))
    for execution in fills.sorted(by: { ($0.order, $0.fill) < ($1.order, $1.fill) }) {
      out.append(execution.order)
      out.append(execution.fill)
    }
  }

  init(_ input: inout ByteReader) throws(Damage) {
    lastID = OrderID(try input.read(UInt64.self))
    let offset = input.offset
    for _ in 0..<(try input.read(UInt32.self)) {
      let order = try Order(&input)
      guard order.id > slots.last?.id ?? .none, order.id <= lastID else {
        throw Damage(at: offset, "orders out of order")
      }
      slots.append(order)
      if order.state.isFinal { endedCount += 1 }
    }
    for _ in 0..<(try input.read(UInt32.self)) {
      fills.insert(
        Execution(order: try input.read(UInt64.self), fill: try input.read(UInt64.self)))
    }
  }
}
