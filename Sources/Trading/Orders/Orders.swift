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
  private var ended = Ring<Order>(capacity: 2 * Self.keptEnded)
  /// Their ids in the order in which they ended, for that is how they are forgotten.
  private var endings = Ring<OrderID>(capacity: 2 * Self.keptEnded)
  /// Executions of the orders kept, as they are now, ascending, by which a repeated report is known.
  private var fills = Ring<Execution>(capacity: 2 * Self.keptEnded)
  /// Id of the order submitted last; 0 before the first.
  public private(set) var lastID = OrderID.none
  /// Open orders that belong to a list or a parent.
  private var linkedCount = 0
  /// Orders that are open.
  public var openCount: Int { open.count }

  private struct Execution {
    var order: UInt64
    /// The fill as it is now, without its basis.
    var fill: Fill

    init(order: UInt64, fill: Fill) {
      (self.order, self.fill) = (order, fill)
      self.fill.basis = nil
    }

    static func < (a: Self, b: Self) -> Bool { (a.order, a.fill.id) < (b.order, b.fill.id) }
  }

  /// What a venue's report did to an order.
  struct Reported: Equatable {
    /// Where the order is now.
    var place: Place
    /// By how much its exposure changed.
    var change: Int64
    /// The order was open, and is not any more.
    var hasEnded: Bool
    var effect: Order.Effect
  }

  /// Where an order is kept, until one comes or ends.
  struct Place: Equatable, BitwiseCopyable {
    var index: Int
    /// Among the open ones, or those that ended.
    var isOpen: Bool
  }

  public init() {}

  /// The id the next order will have.
  public var nextID: OrderID { OrderID(lastID.raw + 1) }

  /// An order that is open or ended not long ago. O(log n).
  public subscript(id: OrderID) -> Order? {
    if let index = Self.index(of: id, in: open) { return open[index] }
    return Self.index(of: id, in: ended).map { ended[$0] }
  }

  /// Sequence of the entry of ours that a venue's report answers; 0 if the order is not known. O(log n),
  /// without a copy of the order.
  func cause(of report: VenueReport) -> UInt64 {
    if let index = Self.index(of: report.order, in: open) {
      return open[index].cause(of: report.outcome)
    }
    return Self.index(of: report.order, in: ended).map { ended[$0].cause(of: report.outcome) } ?? 0
  }

  private static func index<Orders: RandomAccessCollection>(of id: OrderID, in orders: Orders)
    -> Int?
  where Orders.Element == Order, Orders.Index == Int {
    let index = place(of: id, in: orders)
    return index < orders.count && orders[index].id == id ? index : nil
  }

  /// Index of the first order that is not before `id`.
  private static func place<Orders: RandomAccessCollection>(of id: OrderID, in orders: Orders)
    -> Int
  where Orders.Element == Order, Orders.Index == Int {
    // Most are asked for soon after they came or ended.
    var (low, high) = (0, orders.count)
    if high == 0 || id > orders[high - 1].id { return high }
    if id == orders[high - 1].id { return high - 1 }
    while low < high {
      let middle = (low + high) / 2
      if orders[middle].id < id { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Adds an order just submitted, or held.
  /// - Precondition: it has `nextID`.
  mutating func add(_ order: consuming Order) {
    precondition(order.id == nextID, "orders are numbered in order of submission")
    lastID = order.id
    if order.ticket.terms.isLinked { linkedCount += 1 }
    open.append(order)
  }

  /// Whether any open order belongs to a list or a parent.
  var hasLinked: Bool { linkedCount > 0 }

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
      if open[index].state.isFinal { end(index) }
      return result
    }
    guard let index = Self.index(of: id, in: ended) else { return nil }
    return body(&ended[index])
  }

  /// - Returns: where the order is now.
  @discardableResult
  private mutating func end(_ index: Int) -> Place {
    let id = open[index].id
    if open[index].ticket.terms.isLinked { linkedCount -= 1 }
    var place = Self.place(of: id, in: ended)
    if place == ended.count {
      ended.append(open.remove(at: index))
    } else {
      ended.insert(open.remove(at: index), at: place)
    }
    endings.append(id)
    if endings.count >= 2 * Self.keptEnded {
      forgetOldest()
      place = Self.place(of: id, in: ended)
    }
    return Place(index: place, isOpen: false)
  }

  subscript(place: Place) -> Order { place.isOpen ? open[place.index] : ended[place.index] }

  private func place(of id: OrderID) -> Place? {
    if let index = Self.index(of: id, in: open) { return Place(index: index, isOpen: true) }
    return Self.index(of: id, in: ended).map { Place(index: $0, isOpen: false) }
  }

  /// Takes a venue's report to its order, which is changed where it is.
  /// - Returns: what it did; nil if there is no such order. O(log n).
  mutating func report(_ report: VenueReport) -> Reported? {
    guard let place = place(of: report.order) else { return nil }
    switch report.outcome {
    // One of nothing is none, and its order says so.
    case .filled(let fill) where fill.quantity.raw > 0:
      guard note(Execution(order: report.order.raw, fill: fill)) else {
        return Reported(place: place, change: 0, hasEnded: false, effect: .duplicateFill)
      }
    case .busted(let id, _): return revise(report.order, id, to: nil, at: place)
    case .corrected(let fill, _): return revise(report.order, fill.id, to: fill, at: place)
    default: break
    }
    return change(at: place) { $0.apply(report.outcome) }
  }

  /// Changes an order and tells what became of it.
  @inline(__always)
  private mutating func change(at place: Place, _ body: (inout Order) -> Order.Effect) -> Reported {
    var reported = Reported(place: place, change: 0, hasEnded: false, effect: .applied)
    if place.isOpen {
      (reported.change, reported.effect) = open[place.index].noting(body)
      if open[place.index].state.isFinal {
        reported.hasEnded = true
        reported.place = end(place.index)
      }
    } else {
      (reported.change, reported.effect) = ended[place.index].noting(body)
    }
    return reported
  }

  /// Keeps an execution.
  /// - Returns: false if it is known already.
  private mutating func note(_ execution: consuming Execution) -> Bool {
    var (low, high) = (0, fills.count)
    if high == 0 || fills[high - 1] < execution {
      fills.append(execution)
      return true
    }
    while low < high {
      let middle = (low + high) / 2
      if fills[middle] < execution { low = middle + 1 } else { high = middle }
    }
    if !(execution < fills[low]) { return false }
    fills.insert(execution, at: low)
    return true
  }

  /// Takes an execution back, or changes it.
  private mutating func revise(
    _ order: OrderID, _ id: UInt64, to new: Fill?, at place: Place
  ) -> Reported {
    guard let index = fills.firstIndex(where: { $0.order == order.raw && $0.fill.id == id }),
      new.map({ $0.quantity.raw > 0 }) ?? true
    else {
      return Reported(
        place: place, change: 0, hasEnded: false,
        effect: .illegal("execution \(id) is not known"))
    }
    let old = fills[index].fill
    if let new { fills[index].fill = new } else { fills.remove(at: index) }
    return change(at: place) { order in
      order.unfill(old.quantity)
      if let new { order.refill(new.quantity) }
      return new.map { .corrected(from: old, to: $0) } ?? .busted(old)
    }
  }

  /// Drops the orders that ended first down to the number kept. Mostly they came first, too, and nothing has to
  /// be moved; else O(orders kept).
  private mutating func forgetOldest() {
    let count = endings.count - Self.keptEnded
    guard let last = endings.prefix(count).max() else { return }
    defer { endings.removeFirst(count) }
    if ended[count - 1].id == last, open.first.map({ $0.id > last }) ?? true {
      ended.removeFirst(count)
      fills.removeFirst(place(ofExecutionsAfter: last))
      return
    }
    let gone = endings.prefix(count).sorted()
    var next = 0
    ended.removeAll { order in
      guard next < gone.count, gone[next] == order.id else { return false }
      next += 1
      return true
    }
    // What is gone is among the orders that ended, in the same order as the executions.
    next = 0
    fills.removeAll { execution in
      while next < gone.count, gone[next].raw < execution.order { next += 1 }
      return next < gone.count && gone[next].raw == execution.order
    }
  }

  /// Index of the first execution of an order after this one.
  private func place(ofExecutionsAfter last: OrderID) -> Int {
    var (low, high) = (0, fills.count)
    while low < high {
      let middle = (low + high) / 2
      if fills[middle].order <= last.raw { low = middle + 1 } else { high = middle }
    }
    return low
  }

  func encode(to out: inout ByteBuffer) {
    out.append(lastID.raw)
    out.append(UInt32(open.count))
    for order in open { order.encode(to: &out) }
    out.append(UInt32(ended.count))
    for order in ended { order.encode(to: &out) }
    for id in endings { out.append(id.raw) }
    out.append(UInt32(fills.count))
    for execution in fills {
      out.append(execution.order)
      execution.fill.encodeState(to: &out)
    }
  }

  init(_ input: inout ByteReader) throws(Damage) {
    lastID = OrderID(try input.read(UInt64.self))
    open = try Self.orders(&input, through: lastID, isFinal: false)
    linkedCount = open.count { order in
      order.ticket.terms.list != .none || order.ticket.terms.parent != .none
    }
    for order in try Self.orders(&input, through: lastID, isFinal: true) { ended.append(order) }
    for _ in ended { endings.append(OrderID(try input.read(UInt64.self))) }
    guard endings.sorted().elementsEqual(ended.lazy.map(\.id)) else {
      throw Damage(at: input.offset, "other orders ended than are kept")
    }
    for _ in 0..<(try input.read(UInt32.self)) {
      let execution = Execution(
        order: try input.read(UInt64.self), fill: try Fill(state: &input))
      guard note(execution) else { throw Damage(at: input.offset, "the same execution twice") }
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

extension OrderTerms {
  /// Whether the order belongs to a list or a parent.
  fileprivate var isLinked: Bool { !isPlain && (list != .none || parent != .none) }
}

extension Order {
  /// Changes the order, and tells by how much its exposure did.
  @inline(__always)
  fileprivate mutating func noting(_ body: (inout Order) -> Effect) -> (Int64, Effect) {
    let before = exposure.raw
    let effect = body(&self)
    return (exposure.raw - before, effect)
  }
}

extension Order {
  /// Sequence of the entry that a venue's report answers: the request it is about, else that by whose terms
  /// the order works. A cancel that comes too late causes no fill.
  fileprivate func cause(of outcome: VenueReport.Outcome) -> UInt64 {
    switch outcome {
    case .replaced, .requestRejected(.replace, _, _): replacement?.sequence ?? requestSequence
    case .requestRejected, .status, .cancelled(.requested, _): requestSequence
    case .accepted, .rejected, .filled, .cancelled, .expired, .triggered, .busted, .corrected:
      termsSequence
    }
  }
}
