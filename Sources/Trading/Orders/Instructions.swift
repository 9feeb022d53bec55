import Events

/// What became of the orders that people gave, by their own names for them: none is given twice. People are
/// slow, so all of them are kept.
public struct Instructions: Sendable {
  public struct Given: Equatable, Sendable {
    public var clientOrder: String
    /// Sequence of the intent that it became.
    public var intent: UInt64
    /// The order; `OrderID.none` if it was refused.
    public var order = OrderID.none
  }

  /// In ascending byte order of the names.
  private var all: [Given] = []

  public init() {}

  /// The names, in ascending byte order. O(n).
  public var names: [String] { all.map(\.clientOrder) }

  /// The order with a person's name. O(log n).
  public subscript(_ clientOrder: String) -> Given? {
    let place = place(of: clientOrder)
    return place < all.count && all[place].clientOrder.utf8.elementsEqual(clientOrder.utf8)
      ? all[place] : nil
  }

  private func place(of clientOrder: String) -> Int {
    var (low, high) = (0, all.count)
    while low < high {
      let middle = (low + high) / 2
      if all[middle].clientOrder.utf8.lexicographicallyPrecedes(clientOrder.utf8) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }

  /// Notes the intent of a name that is new.
  mutating func note(_ clientOrder: String, intent: UInt64) {
    guard self[clientOrder] == nil else { return }
    all.insert(Given(clientOrder: clientOrder, intent: intent), at: place(of: clientOrder))
  }

  /// Notes the order that an intent became.
  mutating func note(_ clientOrder: String, order: OrderID) {
    let place = place(of: clientOrder)
    guard place < all.count, all[place].clientOrder == clientOrder else { return }
    all[place].order = order
  }

  func encode(to out: inout ByteBuffer) {
    out.append(UInt32(all.count))
    for given in all {
      out.append(string: given.clientOrder)
      out.append(given.intent)
      out.append(given.order.raw)
    }
  }

  init(_ input: inout ByteReader) throws(Damage) {
    for _ in 0..<(try input.read(UInt32.self)) {
      let start = input.offset
      let given = Given(
        clientOrder: try input.readString(), intent: try input.read(UInt64.self),
        order: OrderID(try input.read(UInt64.self)))
      if let last = all.last,
        !last.clientOrder.utf8.lexicographicallyPrecedes(given.clientOrder.utf8)
      {
        throw Damage(at: start, "orders of people out of order")
      }
      all.append(given)
    }
  }
}
