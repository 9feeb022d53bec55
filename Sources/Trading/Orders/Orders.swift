import Events

/// All orders that are open, and the last that ended, in order of their ids.
///
/// Ended orders are kept for a while so that late reports find them; memory is bounded by the open
/// orders, however long the journal.
public struct Orders: Sendable {
  /// How many ended orders are kept.
  static let keptEnded = 4096

  /// The open orders, ascending by id: oldest first.
  public private(set) var open: [Order] = []
  /// Orders that ended, ascending by id.
  private var ended: [Order] = []
  /// Their ids in the order in which they ended, for that is how they are forgotten.
  private var endings: [OrderID] = []
  /// Executions of the orders kept, as they are now. Only looked up; written in order.
  private var fills: [Execution: Fill] = [:]
  /// Id of the order submitted last; 0 before the first.
  public private(set) var lastID = OrderID.none
  /// Open orders that belong to a list or a parent.
  private var linkedCount = 0
  /// Orders that are open.
  public var openCount: Int { open.count }

  private struct Execution: Hashable {
    var order: UInt64
    var fill: UInt64
  }

  public init() {}

  /// The id the next order will have.
  public var nextID: OrderID { OrderID(lastID.raw + 1) }

  /// An order that is open or ended not long ago. O(log n).
  public subscript(id: OrderID) -> Order? {
    if let index = Self.index(of: id, in: open) { return open[index] }
    return Self.index(of: id, in: ended).map { ended[$0] }
  }

  private static func index(of id: OrderID, in orders: [Order]) -> Int? {
    let index = place(of: id, in: orders)
    return index < orders.count && orders[index].id == id ? index : nil
  }

  /// Index of the first order that is not before `id`.
  private static func place(of id: OrderID, in orders: [Order]) -> Int {
    var (low, high) = (0, orders.count)
    while low < high {
      let middle = (low + high) / 2
      if orders[middle].id < id { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Adds an order just submitted, or held.
  /// - Precondition: it has `nextID`.
  mutating func add(_ ticket: OrderTicket, sequence: UInt64, isHeld: Bool = false) {
    precondition(ticket.order == nextID, "orders are numbered in order of submission")
    lastID = ticket.order
    open.append(Order(ticket, sequence: sequence, isHeld: isHeld))
    if ticket.terms.list != .none || ticket.terms.parent != .none { linkedCount += 1 }
  }

  /// The open orders of a list but one, oldest first. O(open orders) if any open order is linked, else O(1).
  func linked(to order: Order) -> [OrderID] {
    guard order.ticket.terms.linkage != .none, linkedCount > 0 else { return [] }
    let list = order.ticket.terms.list
    return open.filter { $0.id != order.id && $0.ticket.terms.list == list }.map(\.id)
  }

  /// The open orders that name a parent, oldest first. O(open orders) if any is linked, else O(1).
  func children(of parent: OrderID) -> [OrderID] {
    guard linkedCount > 0 else { return [] }
    return open.filter { $0.ticket.terms.parent == parent }.map(\.id)
  }

  /// Changes an order and returns what the change returns; nil if there is no such order. O(log n), and
  /// O(open orders) if it ends.
  mutating func change<R>(_ id: OrderID, _ body: (inout Order) -> R) -> R? {
    if let index = Self.index(of: id, in: open) {
      let result = body(&open[index])
      if open[index].state.isFinal { end(open.remove(at: index)) }
      return result
    }
    guard let index = Self.index(of: id, in: ended) else { return nil }
    return body(&ended[index])
  }

  private mutating func end(_ order: Order) {
    let terms = order.ticket.terms
    if terms.list != .none || terms.parent != .none { linkedCount -= 1 }
    ended.insert(order, at: Self.place(of: order.id, in: ended))
    endings.append(order.id)
    if endings.count >= 2 * Self.keptEnded { forgetOldest() }
  }

  /// Takes a venue's report to its order.
  /// - Returns: what it did; nil if there is no such order. O(log n).
  mutating func report(_ report: VenueReport) -> Order.Effect? {
    guard self[report.order] != nil else { return nil }
    switch report.outcome {
    case .filled(let fill):
      let key = Execution(order: report.order.raw, fill: fill.id)
      guard fills[key] == nil else { return .duplicateFill }
      fills[key] = fill
    case .busted(let id, _):
      let key = Execution(order: report.order.raw, fill: id)
      guard let fill = fills.removeValue(forKey: key) else {
        return .illegal("execution \(id) is not known")
      }
      return change(report.order) { order in
        order.unfill(fill.quantity)
        return .busted(fill)
      }
    case .corrected(let fill, _):
      let key = Execution(order: report.order.raw, fill: fill.id)
      guard fill.quantity.raw > 0, let old = fills[key] else {
        return .illegal("execution \(fill.id) is not known")
      }
      fills[key] = fill
      return change(report.order) { order in
        order.unfill(old.quantity)
        order.refill(fill.quantity)
        return .corrected(from: old, to: fill)
      }
    default: break
    }
    return change(report.order) { $0.apply(report.outcome) }
  }

  /// Drops the orders that ended first down to the number kept. Done seldom, so O(log n) an order.
  private mutating func forgetOldest() {
    let gone = endings.prefix(endings.count - Self.keptEnded).sorted()
    endings.removeFirst(gone.count)
    var next = 0
    ended.removeAll { order in
      guard next < gone.count, gone[next] == order.id else { return false }
      next += 1
      return true
    }
    let kept = fills.filter { self[OrderID($0.key.order)] != nil }
    fills = kept
  }

  func encode(to out: inout ByteBuffer) {
    out.append(lastID.raw)
    out.append(UInt32(open.count))
    for order in open { order.encode(to: &out) }
    out.append(UInt32(ended.count))
    for order in ended { order.encode(to: &out) }
    for id in endings { out.append(id.raw) }
    out.append(UInt32(fills.count))
    for (key, fill) in fills.sorted(by: {
      ($0.key.order, $0.key.fill) < ($1.key.order, $1.key.fill)
    }) {
      out.append(key.order)
      fill.encodeState(to: &out)
    }
  }

  init(_ input: inout ByteReader) throws(Damage) {
    lastID = OrderID(try input.read(UInt64.self))
    open = try Self.orders(&input, through: lastID, isFinal: false)
    linkedCount = open.count { order in
      order.ticket.terms.list != .none || order.ticket.terms.parent != .none
    }
    ended = try Self.orders(&input, through: lastID, isFinal: true)
    for _ in ended { endings.append(OrderID(try input.read(UInt64.self))) }
    guard endings.sorted().elementsEqual(ended.lazy.map(\.id)) else {
      throw Damage(at: input.offset, "other orders ended than are kept")
    }
    for _ in 0..<(try input.read(UInt32.self)) {
      let order = try input.read(UInt64.self)
      let fill = try Fill(state: &input)
      fills[Execution(order: order, fill: fill.id)] = fill
    }
  }

  private static func orders(_ input: inout ByteReader, through last: OrderID, isFinal: Bool)
    throws(Damage) -> [Order]
  {
    var orders: [Order] = []
    for _ in 0..<(try input.read(UInt32.self)) {
      let offset = input.offset
      let order = try Order(&input)
      guard order.id > orders.last?.id ?? .none, order.id <= last,
        order.state.isFinal == isFinal
      else { throw Damage(at: offset, "orders out of order") }
      orders.append(order)
    }
    return orders
  }
}
