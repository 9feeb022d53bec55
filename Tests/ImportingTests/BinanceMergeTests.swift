import Books
import Events
import Importing
import Testing

/// Two recorders of one market: their captures together give the book of one.
struct BinanceMergeTests {
  /// One stream of a market as it was sent, and what REST answered in between.
  private struct Sent {
    var diffs: [(time: Int64, text: String)] = []
    /// By the number of diffs sent before: the id and the book at some moment within the next diff, or
    /// between two.
    var snapshots: [(place: Int, text: String)] = []

    static let spacing: Int64 = 100_000_000
    static let start: Int64 = 1_743_296_390_000_000_000

    init(_ random: inout SplitMix, isSpot: Bool, symbol: String, count: Int) {
      var levels: [Int: Int] = [:]
      var last = random.next(below: 1_000_000) + 1000
      for place in 0..<count {
        let before = last
        // A future's ids have holes, a spot pair's have none.
        let first = before + 1 + (isSpot ? 0 : random.next(below: 4))
        last = first + random.next(below: 6)
        let split = random.next(below: last - first + 2)
        var changes: [(price: Int, size: Int)] = []
        for step in 0...(last - first + 1) {
          if step == split {
            let id = first + step - 1
            snapshots.append((place, Self.snapshot(max(id, before), levels, isSpot, symbol)))
          }
          if step > last - first { break }
          let price = 1000 + random.next(below: 40)
          let size = random.next(below: 3) == 0 ? 0 : random.next(below: 900) + 1
          levels[price] = size == 0 ? nil : size
          changes.append((price, size))
        }
        // The size at the end is what counts of a level that changed twice.
        var told: [Int] = []
        for change in changes where !told.contains(change.price) { told.append(change.price) }
        let sides = told.map { price in "[\"\(price)\",\"\(levels[price] ?? 0)\"]" }
        let chain = isSpot ? "" : ",\"T\":1,\"pu\":\(before)"
        diffs.append(
          (
            Self.start + Int64(place) * Self.spacing,
            "{\"e\":\"depthUpdate\",\"E\":1,\"s\":\"\(symbol)\",\"U\":\(first),\"u\":\(last)\(chain),"
              + "\"b\":[\(sides.joined(separator: ","))],\"a\":[]}"
          ))
      }
    }

    private static func snapshot(
      _ id: Int, _ levels: [Int: Int], _ isSpot: Bool, _ symbol: String
    ) -> String {
      let rows = levels.sorted { $0.key > $1.key }.map { "[\"\($0.key)\",\"\($0.value)\"]" }
      let times = isSpot ? "" : ",\"E\":1,\"T\":1,\"symbol\":\"\(symbol)\""
      return
        "{\"lastUpdateId\":\(id)\(times),\"bids\":[\(rows.joined(separator: ","))],\"asks\":[]}"
    }

    /// What a recorder writes: all diffs `shift` later than they were sent, but those that it lost, and each
    /// snapshot asked for at a place so many diffs later or earlier as its answer took.
    func lines(shift: Int64, without lost: Set<Int>, snapshots asked: [(place: Int, delay: Int)])
      -> String
    {
      var lines = diffs.indices.filter { !lost.contains($0) }.map { index in
        (time: diffs[index].time + shift, text: diffs[index].text)
      }
      for (place, delay) in asked {
        let time = Self.start + Int64(place + delay) * Self.spacing - Self.spacing / 3
        lines.append((time + shift, snapshots[place].text))
      }
      lines.sort { $0.time < $1.time }
      return lines.map { "\($0.time) \($0.text)\n" }.joined()
    }
  }

  private func book(_ sink: Collected) -> [String] {
    var book = DepthBook()
    for event in sink.market {
      if case .depth(let change) = event { _ = book.apply(change) }
    }
    return (0..<book.levelCount(of: .buy)).compactMap { book.level($0, of: .buy) }.map {
      "\($0.price.raw)x\($0.size.raw)"
    }
  }

  private func imported(_ files: [String]) throws -> (book: [String], counts: ImportCounts) {
    let scratch = try Scratch()
    let paths = try files.enumerated().map { try scratch.write("\($0.offset).log", $0.element) }
    let (sink, counts) = try collect(ImportRequest(format: .binance, paths: paths))
    return (book(sink), counts)
  }

  @Test(
    arguments: ["BTCUSDT spot", "BTCUSDT future", "BTCUSD_PERP future"],
    1...25 as ClosedRange<UInt64>)
  func `two recorders give the book of one`(market: String, seed: UInt64) throws {
    let symbol = String(market.prefix { $0 != " " })
    var random = SplitMix(seed: seed)
    let count = 60
    let sent = Sent(&random, isSpot: market.hasSuffix("spot"), symbol: symbol, count: count)
    // Answers come within the stream, ahead of the diffs that they have, or a while behind.
    var asked: [(place: Int, delay: Int)] = [(4 + random.next(below: 8), random.next(below: 8) - 3)]
    let full = sent.lines(shift: 0, without: [], snapshots: asked)
    let alone = try imported([full])
    #expect(alone.counts[.gap] == 0 && !alone.book.isEmpty)
    if random.next(below: 2) == 0 {
      asked = [(5 + random.next(below: 50), random.next(below: 5) - 2)]
    } else if random.next(below: 2) == 0 {
      asked = []
    }
    let lost = Set((0..<random.next(below: 20)).map { _ in random.next(below: count) })
    // The other one is behind, by less than the time between two diffs or by some of them, or ahead by less.
    let shift = [137, 5_000_000, 250_000_000, 730_000_000, 0, -90_000_000][random.next(below: 6)]
    let other = sent.lines(shift: Int64(shift), without: lost, snapshots: asked)
    // A snapshot of the one ahead may be newer than what the other's holes leave.
    for files in [[full, other], [other, full]] where shift >= 0 || asked.isEmpty {
      let both = try imported(files)
      #expect(both.book == alone.book, "shift \(shift), lost \(lost.sorted()), asked \(asked)")
      #expect(both.counts[.gap] == 0)
    }
  }

  @Test(
    arguments: ["BTCUSDT spot", "BTCUSDT future", "BTCUSD_PERP future"],
    1...25 as ClosedRange<UInt64>)
  func `what one recorder lost a later one gives back`(market: String, seed: UInt64) throws {
    let symbol = String(market.prefix { $0 != " " })
    var random = SplitMix(seed: seed &+ 100)
    let count = 60
    let sent = Sent(&random, isSpot: market.hasSuffix("spot"), symbol: symbol, count: count)
    let asked = [(place: 4 + random.next(below: 8), delay: random.next(below: 8) - 3)]
    let alone = try imported([sent.lines(shift: 0, without: [], snapshots: asked)])
    let lost = Set((0..<(1 + random.next(below: 20))).map { _ in 20 + random.next(below: 40) })
    let shift = Int64([5_000_000, 250_000_000, 1_530_000_000][random.next(below: 3)])
    let first = sent.lines(shift: 0, without: lost, snapshots: asked)
    let isAskedTwice = random.next(below: 2) == 0
    let second = sent.lines(shift: shift, without: [], snapshots: isAskedTwice ? asked : [])
    let both = try imported([first, second])
    #expect(both.book == alone.book, "shift \(shift), lost \(lost.sorted())")
    // A hole that the other one fills before the next update comes is none.
    let isHole = lost.contains { place in
      (place + 1..<count).contains {
        !lost.contains($0) && Int64($0 - place) * Sent.spacing < shift
      }
    }
    #expect((both.counts[.gap] > 0) == isHole)
  }

  @Test func `a diff that waits twice is one of them`() throws {
    func diff(_ first: Int, _ last: Int, _ previous: Int, _ bid: Int) -> String {
      "{\"e\":\"depthUpdate\",\"E\":1,\"T\":1,\"s\":\"BTCUSDT\",\"U\":\(first),\"u\":\(last),"
        + "\"pu\":\(previous),\"b\":[[\"\(bid)\",\"1\"]],\"a\":[]}"
    }
    let snapshot = "{\"lastUpdateId\":14,\"E\":1,\"T\":1,\"bids\":[[\"100\",\"1\"]],\"asks\":[]}"
    let (a, b, c, d) = (
      diff(5, 9, 4, 99), diff(10, 14, 9, 98), diff(15, 18, 14, 97), diff(19, 20, 18, 96)
    )
    // Lines, and how many come again.
    let cases: [([String], repeated: UInt64)] = [
      ([a, b, snapshot, c, d], 0), ([a, b, b, snapshot, c, d], 1), ([a, b, snapshot, b, c, d], 1),
      ([a, b, c, b, c, snapshot, d], 2), ([a, a, b, b, snapshot, c, c, d, d], 4),
      ([b, a, b, snapshot, c, d], 1), ([b, d, c, a, snapshot], 0), ([c, b, d, snapshot, c, d], 2),
    ]
    for (lines, repeated) in cases {
      let text = lines.enumerated().map {
        "\(1_743_296_390_000_000_000 + $0.offset) \($0.element)\n"
      }
      let (book, counts) = try imported([text.joined()])
      #expect(book == [100, 98, 97, 96].map { "\($0)x1" }, "\(lines)")
      #expect(counts[.gap] == 0)
      #expect(counts[.duplicate] == repeated, "\(lines)")
    }
  }
}

/// Numbers from a seed.
private struct SplitMix {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  mutating func next(below limit: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int((state >> 8) % UInt64(max(limit, 1)))
  }
}
