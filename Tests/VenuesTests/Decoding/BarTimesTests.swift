import Events
import Testing

@testable import Venues

struct BarTimesTests {
  /// Times as they come, and which are new.
  @Test(
    arguments: [
      ([], []), ([5], [true]), ([5, 5], [true, false]), ([1, 2, 3], [true, true, true]),
      ([3, 1, 3, 1, 2, 2], [true, true, false, false, true, false]),
      ([5, 9, 1, 5, 7, 9, 1, 10], [true, true, true, false, true, false, false, true]),
    ] as [([Int64], [Bool])])
  func `each time is taken once, in whatever order`(times: [Int64], isNew: [Bool]) {
    var taken = BarTimes()
    #expect(times.map { taken.insert(Instant(nanoseconds: $0)) } == isNew)
  }
}
