import Events
import Testing

@testable import Trading

@Suite struct OrdersTests {
  static func ticket(_ id: UInt64) -> OrderTicket {
    OrderTicket(
      order: OrderID(id), strategy: StrategyID(0), instrument: InstrumentID(0), side: .buy,
      type: .limit, timeInForce: .day, quantity: Quantity(100), price: Price(10))
  }

  static func orders(_ count: UInt64) -> Orders {
    var orders = Orders()
    for id in 1...count { orders.add(Order(ticket(id), sequence: id)) }
    return orders
  }

  static func fill(_ order: UInt64, _ id: UInt64, _ quantity: Int64) -> VenueReport {
    VenueReport(
      order: OrderID(order),
      .filled(
        Fill(
          id: id, price: Price(10), quantity: Quantity(quantity), fee: .zero, feeCurrency: "USD",
          liquidity: .maker)))
  }

  @Test func `orders are found by id while they are open and after`() {
    var orders = Self.orders(5)
    #expect(orders.report(Self.fill(3, 1, 100))?.effect == .applied)
    #expect(orders.open.map(\.id.raw) == [1, 2, 4, 5])
    #expect(orders.openCount == 4)
    #expect(orders[OrderID(3)]?.state == .filled)
    #expect(orders[OrderID(6)] == nil)
    #expect(orders[.none] == nil)
    #expect(orders.nextID == OrderID(6))
  }

  @Test func `a fill reported again is known by its number`() {
    var orders = Self.orders(2)
    #expect(orders.report(Self.fill(1, 7, 40))?.effect == .applied)
    #expect(orders.report(Self.fill(1, 7, 40))?.effect == .duplicateFill)
    // The number is unique per order only.
    #expect(orders.report(Self.fill(2, 7, 40))?.effect == .applied)
    #expect(orders.report(Self.fill(1, 8, 60))?.effect == .applied)
    #expect(orders.report(Self.fill(1, 8, 60))?.effect == .duplicateFill)
    #expect(orders[OrderID(1)]?.filled == Quantity(100))
  }

  @Test func `a fill of nothing or less is none, and cannot be taken back`() {
    var orders = Self.orders(1)
    for quantity: Int64 in [0, -100, .min] {
      let effect = orders.report(Self.fill(1, 7, quantity))?.effect
      #expect(effect == .illegal("a fill of nothing"))
      let busted = orders.report(VenueReport(order: OrderID(1), .busted(fill: 7, text: "")))
      #expect(busted?.effect == .illegal("execution 7 is not known"))
    }
    #expect(orders[OrderID(1)]?.filled == .zero)
  }

  @Test func `fills beyond all bounds of an order that no venue has stop at the bound`() {
    var orders = Orders()
    orders.add(Order(Self.ticket(1), sequence: 1, isHeld: true))
    for id: UInt64 in 1...3 { _ = orders.report(Self.fill(1, id, .max)) }
    #expect(orders[OrderID(1)]?.filled == Quantity(.max >> 1))
  }

  @Test func `a report of an order that never was gives nothing`() {
    var orders = Self.orders(1)
    #expect(orders.report(VenueReport(order: OrderID(9), .expired)) == nil)
    #expect(orders.change(OrderID(9)) { $0.requestCancel(sequence: 1) } == nil)
  }

  @Test func `ended orders are forgotten in the order in which they ended`() {
    let kept = UInt64(Orders.keptEnded)
    var orders = Self.orders(2 * kept + 10)
    // The oldest order ends last of those that fill the store: it must be kept.
    for id in 2...2 * kept { #expect(orders.report(Self.fill(id, id, 100))?.effect == .applied) }
    #expect(orders[OrderID(2)] != nil)
    #expect(orders.report(Self.fill(1, 1, 40))?.effect == .applied)
    #expect(orders.report(Self.fill(1, 2, 60))?.effect == .applied)
    #expect(orders[OrderID(1)]?.state == .filled)
    #expect(orders[OrderID(2)] == nil)
    #expect(orders[OrderID(kept + 1)] == nil)
    #expect(orders[OrderID(kept + 2)] != nil)
    #expect(orders.report(Self.fill(1, 2, 60))?.effect == .duplicateFill)
    #expect(orders.report(Self.fill(kept + 2, kept + 2, 100))?.effect == .duplicateFill)
    #expect(orders.openCount == 10)
  }

  @Test func `encoded orders are read back and go on alike`() throws {
    var orders = Self.orders(300)
    for id in stride(from: 300, to: 1, by: -3) as StrideTo<Int> {
      _ = orders.report(Self.fill(UInt64(id), 1, id % 2 == 0 ? 100 : 30))
    }
    _ = orders.change(OrderID(8)) { $0.requestReplace(Quantity(7), Price(9), sequence: 900) }
    let bytes = Self.bytes(orders)
    var copy = try bytes.withBytes { (span) throws(Damage) in
      var input = ByteReader(span)
      let orders = try Orders(&input)
      #expect(input.remaining == 0)
      return orders
    }
    #expect(Self.bytes(copy) == bytes)
    #expect(copy.open == orders.open)
    for report in [Self.fill(300, 1, 100), Self.fill(8, 2, 5), Self.fill(297, 1, 30)] {
      #expect(copy.report(report) == orders.report(report))
    }
    #expect(Self.bytes(copy) == Self.bytes(orders))
  }

  @Test func `changed bytes are damage or other orders, never a trap`() throws {
    var orders = Self.orders(4)
    _ = orders.report(Self.fill(2, 1, 100))
    _ = orders.report(Self.fill(3, 1, 50))
    let bytes = Self.bytes(orders)
    var damaged = 0
    for index in bytes.indices {
      for change: UInt8 in [1, 0x80, 0xFF] {
        var changed = bytes
        changed[index] ^= change
        do throws(Damage) {
          try changed.withBytes { (span) throws(Damage) in
            var input = ByteReader(span)
            var read = try Orders(&input)
            for id in 1...5 as ClosedRange<UInt64> { _ = read.report(Self.fill(id, 99, .max)) }
            for order in read.open { _ = order.exposure }
          }
        } catch {
          damaged += 1
        }
      }
    }
    #expect(damaged > 50)
    for length in bytes.indices {
      #expect(throws: Damage.self) {
        try Array(bytes[..<length]).withBytes { (span) throws(Damage) in
          var input = ByteReader(span)
          _ = try Orders(&input)
        }
      }
    }
  }

  static func bytes(_ orders: Orders) -> [UInt8] {
    var out = ByteBuffer()
    orders.encode(to: &out)
    return out.array
  }
}
