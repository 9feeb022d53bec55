import Testing

@testable import Venues

struct TradeIDsTests {
  @Test(
    arguments: [
      ([5...5], 5...5, true), ([5...5], 6...9, false), ([5...5], 1...4, false),
      ([5...5], 1...9, true),
      ([5...7, 10...12], 8...9, false), ([5...7, 10...12], 7...8, true),
      ([5...7, 10...12], 12...20, true), ([10...12, 5...7], 8...9, false),
      ([10...12, 5...7, 8...9], 8...8, true), ([1...9, 3...4], 9...9, true),
      ([3...4, 1...9], 10...10, false), ([], 1...1, false),
    ] as [([ClosedRange<Int64>], ClosedRange<Int64>, Bool)])
  func `which ids were told`(
    told: [ClosedRange<Int64>], asked: ClosedRange<Int64>, isTold: Bool
  ) {
    var ids = TradeIDs()
    for range in told { ids.insert(range) }
    #expect(ids.haveAny(of: asked) == isTold)
  }

  @Test func `runs agree with a set of ids, in whatever order they come`() {
    var mutation = Mutation(seed: 5)
    var ids = TradeIDs()
    var plain: Set<Int64> = []
    for _ in 0..<2000 {
      let first = Int64(mutation.next(below: 3000))
      let range = first...(first + Int64(mutation.next(below: 4)))
      #expect(ids.haveAny(of: range) == range.contains { plain.contains($0) })
      guard mutation.next(below: 3) == 0 else { continue }
      ids.insert(range)
      plain.formUnion(range)
    }
  }

  @Test func `what is forgotten counts as told`() {
    var ids = TradeIDs()
    let count = Int64(TradeIDs.mostRuns) + 1
    for run in 1...count { ids.insert((10 * run)...(10 * run)) }
    #expect(ids.haveAny(of: 15...15))
    #expect(!ids.haveAny(of: (10 * count - 5)...(10 * count - 5)))
    #expect(ids.haveAny(of: (10 * count)...(10 * count)))
  }
}
