import Events
import Testing

@testable import Venues

/// The pool of resting orders against a plain sorted array.
@Suite struct RestingOrdersTests {
  private struct Plain {
    var id: UInt64
    var price: Int64
  }

  private static func order(_ id: UInt64, _ side: Side, _ price: Int64) -> WorkingOrder {
    WorkingOrder(
      OrderTicket(
        order: OrderID(id), strategy: StrategyID(0), instrument: InstrumentID(0), side: side,
        type: .limit, timeInForce: .goodTillCancelled, quantity: Quantity(10),
        price: Price(price)), sent: .epoch)
  }

  private static func ids(_ resting: borrowing RestingOrders, _ side: Side) -> [UInt64] {
    var ids: [UInt64] = []
    var cursor = resting.start(side)
    while let place = resting.next(&cursor) { ids.append(resting[place].ticket.order.raw) }
    return ids
  }

  @Test(arguments: [Side.buy, .sell], [5, 60]) func `orders stand by price, then by age`(
    _ side: Side, _ prices: Int
  ) {
    var random = SeededRandom(seed: UInt64(prices))
    var resting = RestingOrders()
    var plain: [Plain] = []
    for id in 1...3_000 as ClosedRange<UInt64> {
      if plain.count > 200 || !plain.isEmpty && random.oneIn(3) {
        let gone = plain.remove(at: random.below(plain.count))
        let place = resting.find(OrderID(gone.id))
        #expect(place.map { resting[$0].ticket.order.raw } == gone.id)
        if let place { resting.remove(at: place) }
        let found = resting.find(OrderID(gone.id))
        #expect(found == nil)
      } else {
        let price = Int64(random.below(prices))
        resting.insert(Self.order(id, side, price), behind: [])
        let place = plain.firstIndex { side == .buy ? $0.price < price : $0.price > price }
        plain.insert(Plain(id: id, price: price), at: place ?? plain.count)
      }
      let (count, best, unqueued) = (resting.count, resting.bestPrice(side), resting.unqueued)
      #expect(count == plain.count)
      #expect(best?.raw == plain.first?.price)
      #expect(unqueued == plain.count)
      if id % 50 == 0 {
        let ids = Self.ids(resting, side)
        #expect(ids == plain.map(\.id))
      }
    }
    let isOtherEmpty = resting.isEmpty(side.opposite)
    #expect(isOtherEmpty)
  }

  @Test func `the order looked at may leave`() {
    var resting = RestingOrders()
    for id in 1...9 as ClosedRange<UInt64> {
      resting.insert(Self.order(id, .buy, Int64(id % 3)), behind: [])
    }
    var seen: [UInt64] = []
    var cursor = resting.start(.buy)
    while let place = resting.next(&cursor) {
      seen.append(resting[place].ticket.order.raw)
      resting[place].filled = Quantity(10)
      resting.release(place)
    }
    #expect(seen == [2, 5, 8, 1, 4, 7, 3, 6, 9])
    let isEmpty = resting.isEmpty
    #expect(isEmpty)
  }

  @Test func `only prices that were noted are compared`() {
    var resting = RestingOrders()
    for price in 1...5 as ClosedRange<Int64> {
      resting.insert(Self.order(UInt64(price), .sell, price), behind: [])
    }
    func taken(_ resting: inout RestingOrders) -> [Int64] {
      var (level, prices) = (Int.max, [Int64]())
      while let (_, price) = resting.takeChanged(.sell, below: &level) { prices.append(price.raw) }
      return prices
    }
    let first = taken(&resting)
    #expect(first == [1, 2, 3, 4, 5])
    resting.endChanges()
    resting.note(.sell, at: Price(4))
    resting.note(.sell, at: Price(9))
    resting.note(.buy, at: Price(2))
    let second = taken(&resting)
    #expect(second == [4])
    resting.note(.sell, from: Price(2))
    let third = taken(&resting)
    #expect(third == [1, 2])
  }
}
