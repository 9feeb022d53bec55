import Events
import Testing

@testable import Venues

@Suite struct FlowBookTests {
  /// The matching rule told naively: lists of orders, sorted on demand.
  private struct PlainBook {
    var orders: [(id: UInt64, side: Side, tick: Int64, size: Int64)] = []

    mutating func take(_ side: Side, _ size: Int64, _ limit: Int64) -> [[Int64]] {
      var rest = size
      var trades: [[Int64]] = []
      while rest > 0 {
        let reachable = orders.indices.filter {
          orders[$0].side == side.opposite
            && (side == .buy ? orders[$0].tick <= limit : orders[$0].tick >= limit)
        }
        // Orders stand in the list in order of priority, so the first of the best price is next.
        let best = reachable.min {
          let (a, b) = (orders[$0].tick, orders[$1].tick)
          return a == b ? $0 < $1 : (side == .buy ? a < b : a > b)
        }
        guard let best else { break }
        let traded = min(rest, orders[best].size)
        trades.append([Int64(orders[best].id), orders[best].tick, traded])
        rest -= traded
        orders[best].size -= traded
        if orders[best].size == 0 { orders.remove(at: best) }
      }
      return trades
    }
  }

  @Test(arguments: 1...5) func `matching is by price, then time`(_ seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var book = FlowBook(owners: 0)
    var plain = PlainBook()
    var trades = 0
    for id in UInt64(1)...3_000 {
      let side: Side = random.oneIn(2) ? .buy : .sell
      let tick = 5_000 + Int64(random.below(40))
      let size = 1 + Int64(random.below(30))
      switch random.below(6) {
      case 0:
        book.log.removeAll()
        _ = book.take(side, size: size * 4, limit: tick)
        let log = book.log.filter { $0.kind == .execute }.map {
          [Int64($0.order), $0.tick, $0.size]
        }
        #expect(log == plain.take(side, size * 4, tick))
        trades += log.count
      case 1 where !book.live.isEmpty:
        let slot = book.live[random.below(book.live.count)]
        let order = book.orders[Int(slot)]
        let index = plain.orders.firstIndex { $0.id == order.id }!
        book.reduce(slot, by: size)
        plain.orders[index].size -= size
        if plain.orders[index].size <= 0 { plain.orders.remove(at: index) }
      case 2 where !book.live.isEmpty:
        let slot = book.live[random.below(book.live.count)]
        let order = book.orders[Int(slot)]
        guard order.side == .buy ? tick < book.bestAsk : tick > book.bestBid else { continue }
        let index = plain.orders.firstIndex { $0.id == order.id }!
        book.modify(slot, tick: tick, size: size)
        var moved = plain.orders[index]
        let keeps = moved.tick == tick && size <= moved.size
        (moved.tick, moved.size) = (tick, size)
        plain.orders[index] = moved
        if !keeps { plain.orders.append(plain.orders.remove(at: index)) }
      default:
        guard side == .buy ? tick < book.bestAsk : tick > book.bestBid else { continue }
        book.add(side, tick: tick, size: size, owner: FlowBook.noOwner, id: id)
        plain.orders.append((id, side, tick, size))
      }
      let bids = plain.orders.filter { $0.side == .buy }
      let asks = plain.orders.filter { $0.side == .sell }
      #expect(book.bestBid == bids.map(\.tick).max() ?? FlowBook.noBid)
      #expect(book.bestAsk == asks.map(\.tick).min() ?? FlowBook.noAsk)
      #expect(book.live.count == plain.orders.count)
      #expect(
        book.size(side, at: tick)
          == plain.orders.filter { $0.side == side && $0.tick == tick }.map(\.size).reduce(0, +))
    }
    #expect(trades > 300)
    for side in [Side.buy, .sell] {
      let ordered = plain.orders.filter { $0.side == side }.enumerated().sorted {
        let (a, b) = ($0.element.tick, $1.element.tick)
        return a == b ? $0.offset < $1.offset : (side == .buy ? a > b : a < b)
      }
      #expect(book.additions(side).map(\.order) == ordered.map(\.element.id))
    }
  }

  @Test func `an order whose place in the ring is taken is not placed`() {
    var book = FlowBook(owners: 0)
    let far = 100 + FlowBook.span
    let placed = [100, far, far + 1].map {
      book.add(.buy, tick: $0, size: 5, owner: FlowBook.noOwner, id: UInt64($0))
    }
    #expect(placed == [true, false, true])
    #expect(book.bestBid == far + 1)
    _ = book.take(.sell, size: 5, limit: far)
    #expect(book.bestBid == 100)
    let isPlaced = book.add(.buy, tick: 0, size: 5, owner: FlowBook.noOwner, id: 4)
    #expect(!isPlaced)
  }
}
