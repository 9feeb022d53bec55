import Books
import Events
import Testing

@testable import Venues

/// The book after each message is the order book file's row, whatever happened out of sight.
struct LobsterRowTests {
  /// Rows from a text.
  private final class Rows: LobsterRows {
    let name = "book.csv"
    private let lines: [String]
    private nonisolated(unsafe) var taken = 0

    init(_ text: String) { lines = text.split(separator: "\n").map(String.init) }

    func next() throws(DecodeError) -> LobsterRow? {
      guard taken < lines.count else { return nil }
      taken += 1
      return try LobsterRow(Array(lines[taken - 1].utf8).span, line: taken)
    }
  }

  private static let date = CivilDate(year: 2012, month: 6, day: 21)

  private func decoded(_ messages: String, _ rows: String) -> Decoded {
    Decoded(LobsterDecoder(symbol: "AAPL", date: Self.date, rows: Rows(rows)), messages)
  }

  /// The best levels after each change that ends an event, as rows say them.
  private func books(_ decoded: Decoded, depth: Int) -> [String] {
    var book = OrderBook()
    var rows: [String] = []
    for event in decoded.market {
      guard case .order(let change) = event else { continue }
      #expect(book.apply(change).isDisjoint(with: [.impossible, .crossed]))
      guard change.marks.contains(.last), !change.marks.contains(.snapshot) else { continue }
      let cells = (0..<depth).flatMap { level in
        [Side.sell, .buy].flatMap { side in
          let there = book.level(level, of: side)
          let empty = side == .sell ? "9999999999" : "-9999999999"
          return [there.map { "\($0.price.raw)" } ?? empty, "\(there?.size.raw ?? 0)"]
        }
      }
      rows.append(cells.joined(separator: ","))
    }
    return rows
  }

  private let none = "9999999999,0,-9999999999,0"

  @Test func `levels that come into sight are added, those that left out of sight are taken away`()
  {
    // Two levels: 102 goes out of sight when 100.5 comes, leaves unseen, and 103 is next.
    let rows = """
      101,5,99,5,102,7,98,6
      100,2,99,5,101,5,98,6
      101,5,99,5,103,9,98,6
      101,5,99,5,103,9,97,4
      """
    let decoded = decoded(
      """
      34200,1,1,5,99,1
      34201,1,2,2,100,-1
      34202,3,2,2,100,-1
      34203,3,7,6,98,1
      """, rows)
    #expect(decoded.error == nil)
    #expect(books(decoded, depth: 2) == rows.split(separator: "\n").map(String.init))
    // Nothing but the id that the book cannot know is amiss.
    #expect(decoded.issues.isEmpty)
  }

  @Test
  func `a difference is an order of its size, else unknown size, else the last orders`() {
    let start = "34200,1,1,5,99,1\n34201,1,2,3,99,1\n34202,1,3,4,99,1\n"
    let rows = "9999999999,0,99,7\n9999999999,0,99,10\n9999999999,0,99,14\n"
    // 7 at first: 2 of unknown orders, then 5, 3 and 4 of known ones. A cross changes nothing of it.
    func actions(_ size: Int64) -> [String] {
      let decoded = decoded(
        start + "34203,6,-1,1,99,1\n", rows + "9999999999,0,99,\(size)\n")
      #expect(decoded.error == nil)
      return decoded.market.suffix(from: 4).map { event in
        guard case .order(let change) = event else { return "?" }
        return "\(change.action) \(change.order) \(change.size.raw) \(change.marks.rawValue)"
      }
    }
    #expect(actions(14).isEmpty)
    #expect(actions(11) == ["delete 2 3 32"])
    #expect(actions(13) == ["cancel 0 1 32"])
    #expect(actions(8) == ["cancel 0 2 0", "delete 3 4 32"])
    #expect(actions(1) == ["cancel 0 2 0", "delete 3 4 0", "delete 2 3 0", "cancel 1 4 32"])
    #expect(actions(20) == ["add 0 6 32"])
  }

  @Test func `what left out of sight is gone before an order that it would cross`() {
    // The ask at 101 is out of sight at once; the bid that comes at 102 finds none.
    let rows = "101,5,99,5\n100,1,99,5\n105,2,99,5\n105,2,102,9\n"
    let decoded = decoded(
      """
      34200,1,1,5,99,1
      34201,1,2,1,100,-1
      34202,3,2,1,100,-1
      34203,1,3,9,102,1
      """, rows)
    #expect(decoded.error == nil)
    #expect(books(decoded, depth: 1) == rows.split(separator: "\n").map(String.init))
  }

  @Test func `rows of other messages are refused, either file that ends early is a gap`() {
    let messages = "34200,1,1,5,99,1\n34201,1,2,2,98,1\n34202,1,3,2,97,1\n"
    let wrong = decoded(messages, "\(none)\n\(none)\n\(none)\n")
    #expect(wrong.error?.place == .line(1))
    #expect(wrong.error?.reason.contains("book.csv") == true)
    let early = decoded(messages, "101,5,99,5,102,5,98,1\n101,5,99,5,102,5,98,3\n")
    #expect(early.error == nil)
    #expect(early.issues == [.gap])
    // Without rows it goes on by messages.
    #expect(books(early, depth: 3).last == "101,5,99,5,102,5,98,3,9999999999,0,97,2")
    let late = decoded(messages, "101,5,99,5\n101,5,99,5\n101,5,99,5\n101,5,99,4\n101,5,99,3\n")
    #expect(late.error == nil)
    #expect(late.issues == [.gap])
    let broken = decoded(messages, "101,5,99,5\n101,x\n")
    #expect(broken.error?.reason == "book.csv: line 2: column 1: not a price and a size")
  }

  /// A whole market, of whose events only those within three levels are told.
  @Test(arguments: 1...30)
  func `any market seen through three levels has its rows`(seed: UInt64) {
    var random = SeededMarket(seed: seed)
    var (messages, rows) = ("", "")
    for index in 0..<400 {
      guard let told = random.step(levels: 3) else { continue }
      messages += "\(34_200 + index),\(told)\n"
      rows += random.row(levels: 3) + "\n"
    }
    let decoded = decoded(messages, rows)
    #expect(decoded.error == nil)
    let expected = rows.split(separator: "\n").map(String.init)
    #expect(expected.count > 100)
    #expect(books(decoded, depth: 3) == expected)
  }
}

/// Orders that come, shrink and leave at random prices on both sides, and what is told of them in so many levels.
private struct SeededMarket {
  private struct Order {
    var id: Int
    var isBid: Bool
    var price: Int
    var size: Int
  }
  private var state: UInt64
  private var orders: [Order] = []
  private var count = 0

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

  private mutating func below(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(bound))
  }

  private func prices(isBid: Bool) -> [Int] {
    let all = Set(orders.filter { $0.isBid == isBid }.map(\.price)).sorted()
    return isBid ? all.reversed() : all
  }

  private func isSeen(_ price: Int, isBid: Bool, _ levels: Int) -> Bool {
    prices(isBid: isBid).prefix(levels).contains(price)
  }

  /// - Returns: the message without its time; nil if it happened out of sight.
  mutating func step(levels: Int) -> String? {
    let direction: (Bool) -> Int = { $0 ? 1 : -1 }
    if orders.count < 4 || below(2) == 0 {
      let isBid = below(2) == 0
      // Never crossed, but now and then where the other side was.
      let best = prices(isBid: !isBid).first ?? 1_000
      let price = isBid ? best - 1 - below(12) : best + 1 + below(12)
      count += 1
      let order = Order(id: count, isBid: isBid, price: price, size: 1 + below(9))
      orders.append(order)
      guard isSeen(price, isBid: isBid, levels) else { return nil }
      return "1,\(order.id),\(order.size),\(price),\(direction(isBid))"
    }
    let place = below(orders.count)
    let order = orders[place]
    let wasSeen = isSeen(order.price, isBid: order.isBid, levels)
    let part = below(3) == 0 && order.size > 1 ? 1 + below(order.size - 1) : order.size
    let kind = part < order.size ? 2 : 3
    if part == order.size { orders.remove(at: place) } else { orders[place].size -= part }
    guard wasSeen else { return nil }
    return "\(kind),\(order.id),\(part),\(order.price),\(direction(order.isBid))"
  }

  func row(levels: Int) -> String {
    let (asks, bids) = (prices(isBid: false), prices(isBid: true))
    func cell(_ prices: [Int], _ level: Int, isBid: Bool) -> String {
      guard level < prices.count else { return isBid ? "-9999999999,0" : "9999999999,0" }
      let size = orders.filter { $0.isBid == isBid && $0.price == prices[level] }
        .reduce(0) { $0 + $1.size }
      return "\(prices[level]),\(size)"
    }
    return (0..<levels).map {
      cell(asks, $0, isBid: false) + "," + cell(bids, $0, isBid: true)
    }.joined(separator: ",")
  }
}
