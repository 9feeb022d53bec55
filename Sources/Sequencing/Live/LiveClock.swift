import Events
import Glibc

/// The clocks that the path's threads read; tests bring their own.
public struct LiveClock: Sendable {
  /// The time of day in UTC.
  public var now: @Sendable () -> Instant
  /// Nanoseconds of a clock that nobody sets.
  public var steady: @Sendable () -> Int64
  /// How far the time of day is from what it is kept to; nil if that is not known.
  public var reading: @Sendable () -> ClockReading?

  public init(
    now: @escaping @Sendable () -> Instant, steady: @escaping @Sendable () -> Int64,
    reading: @escaping @Sendable () -> ClockReading? = { nil }
  ) {
    (self.now, self.steady, self.reading) = (now, steady, reading)
  }

  /// The system's, `CLOCK_REALTIME` and `CLOCK_MONOTONIC`.
  public static let system = LiveClock(
    now: { Instant(nanoseconds: read(CLOCK_REALTIME)) }, steady: { read(CLOCK_MONOTONIC) },
    reading: kernelReading)

  private static func read(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
