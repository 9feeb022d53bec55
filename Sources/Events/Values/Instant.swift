/// A moment in UTC: nanoseconds since 1970-01-01T00:00:00Z, without leap seconds (years 1677 to 2262).
public struct Instant: Hashable, Comparable, Codable, Sendable, BitwiseCopyable {
  public var nanoseconds: Int64

  @inlinable
  public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// 1970-01-01T00:00:00Z.
  public static let epoch = Instant(nanoseconds: 0)
  /// The last moment that can be written.
  public static let distantFuture = Instant(nanoseconds: .max)

  @inlinable
  public static func < (a: Instant, b: Instant) -> Bool { a.nanoseconds < b.nanoseconds }

  /// The moment `duration` nanoseconds later; stops at the ends of the range.
  @inlinable
  public func advanced(by duration: Int64) -> Instant {
    let (sum, overflow) = nanoseconds.addingReportingOverflow(duration)
    return Instant(nanoseconds: overflow ? (duration > 0 ? .max : .min) : sum)
  }

  /// As an event time that can be recorded beside a receive time: no more than 290 years away from it, where only
  /// an impossible time lies.
  @inlinable
  public func recordable(beside receive: Instant) -> Instant {
    let farthest = 290 * 365 * Nanoseconds.day
    return min(max(self, receive.advanced(by: -farthest)), receive.advanced(by: farthest))
  }

  /// Nanoseconds from `earlier` to this moment; stops at the ends of the range.
  @inlinable
  public func since(_ earlier: Instant) -> Int64 {
    let (difference, overflow) = nanoseconds.subtractingReportingOverflow(earlier.nanoseconds)
    return overflow ? (nanoseconds > earlier.nanoseconds ? .max : .min) : difference
  }
}
