import Events
import Glibc

/// Time since it was made, by a clock that nobody sets.
struct Stopwatch: Sendable {
  private let start = Stopwatch.now

  var seconds: Double { Double(Self.now - start) / 1e9 }

  private static var now: Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// The time of day, which only the door may ask for.
  static var wallClock: Instant {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }
}
