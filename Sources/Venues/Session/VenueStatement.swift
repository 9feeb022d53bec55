import Events

/// What a venue says that its client has: the orders that work and what the fills add up to
/// (docs/venue-protocol.md, Statements).
public struct VenueStatement: Equatable, Sendable {
  public struct Order: Equatable, Sendable {
    public var order: OrderID
    /// What is left of it.
    public var left: Quantity

    public init(order: OrderID, left: Quantity) {
      self.order = order
      self.left = left
    }
  }

  /// Of one instrument, over all of the client's orders.
  public struct Holding: Equatable, Sendable {
    public var instrument: InstrumentID
    /// Bought less sold.
    public var quantity = Quantity.zero
    /// `Money.cost` of what was bought less that of what was sold, in the instrument's currency.
    public var paid = Money.zero
    /// Fees less rebates in the instrument's currency; those in others are not counted.
    public var fees = Money.zero

    public init(instrument: InstrumentID) { self.instrument = instrument }
  }

  /// The next report's sequence: all before it are in.
  public var next: UInt64
  /// In ascending order of their numbers.
  public var orders: [Order]
  /// In ascending order of the venue's numbers of instruments.
  public var holdings: [Holding]

  public init(next: UInt64, orders: [Order], holdings: [Holding]) {
    self.next = next
    self.orders = orders
    self.holdings = holdings
  }

  func encode(to out: inout ByteBuffer) {
    out.append(next)
    out.append(UInt32(orders.count))
    for order in orders {
      out.append(order.order.raw)
      out.append(order.left.raw)
    }
    out.append(UInt32(holdings.count))
    for holding in holdings {
      out.append(holding.instrument.raw)
      out.append(holding.quantity.raw)
      out.append(holding.paid.raw)
      out.append(holding.fees.raw)
    }
  }

  init(_ input: inout ByteReader) throws(Damage) {
    next = try input.read(UInt64.self)
    (orders, holdings) = ([], [])
    for _ in 0..<(try input.read(UInt32.self)) {
      let order = OrderID(try input.read(UInt64.self))
      orders.append(Order(order: order, left: try Self.quantity(&input)))
    }
    for _ in 0..<(try input.read(UInt32.self)) {
      var holding = Holding(instrument: InstrumentID(try input.read(UInt16.self)))
      holding.quantity = try Self.quantity(&input)
      holding.paid = try Self.money(&input)
      holding.fees = try Self.money(&input)
      holdings.append(holding)
    }
  }

  private static func quantity(_ input: inout ByteReader) throws(Damage) -> Quantity {
    let raw = try input.read(Int64.self)
    guard raw.magnitude <= UInt64(Quantity.limit) else {
      throw Damage(at: input.offset, "a quantity out of range")
    }
    return Quantity(raw)
  }

  private static func money(_ input: inout ByteReader) throws(Damage) -> Money {
    let raw = try input.read(Int128.self)
    guard raw.magnitude <= Money.limit.magnitude else {
      throw Damage(at: input.offset, "an amount out of range")
    }
    return Money(raw: raw)
  }
}
