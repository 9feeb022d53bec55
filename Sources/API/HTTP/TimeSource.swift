import Glibc

/// What time it is; tests bring their own.
struct TimeSource: Sendable {
  /// Seconds since 1970.
  var now: @Sendable () -> Double
  /// Seconds since some moment, never back.
  var monotonic: @Sendable () -> Double

  static let system = TimeSource(
    now: { read(CLOCK_REALTIME) }, monotonic: { read(CLOCK_MONOTONIC) })

  private static func read(_ clock: clockid_t) -> Double {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
