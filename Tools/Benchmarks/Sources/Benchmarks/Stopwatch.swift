import Glibc

/// Seconds a piece of work took.
struct Elapsed {
  /// By the clock on the wall: what counts where the disk is waited for.
  var wall: Double
  /// Of all threads of the process on a core: what counts for computation, whoever else uses the machine.
  var cpu: Double
}

func now(_ clock: clockid_t = CLOCK_MONOTONIC) -> Int64 {
  var time = timespec()
  clock_gettime(clock, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

func timed(_ body: () throws -> Void) rethrows -> Elapsed {
  let (wall, cpu) = (now(), now(CLOCK_PROCESS_CPUTIME_ID))
  try body()
  return Elapsed(
    wall: Double(now() - wall) / 1e9, cpu: Double(now(CLOCK_PROCESS_CPUTIME_ID) - cpu) / 1e9)
}

/// The middle one; of an even number the lower of the two.
func median(_ values: [Double]) -> Double { values.sorted()[(values.count - 1) / 2] }

func median(_ values: [Elapsed]) -> Elapsed {
  Elapsed(wall: median(values.map(\.wall)), cpu: median(values.map(\.cpu)))
}

/// A count of latencies in nanoseconds by their size, exact to 1 in 32.
struct Histogram {
  private var counts = [UInt64](repeating: 0, count: 64 * 32)
  private(set) var count: UInt64 = 0
  private(set) var largest: Int64 = 0

  mutating func record(_ nanoseconds: Int64) {
    let value = UInt64(max(nanoseconds, 0))
    largest = max(largest, Int64(value))
    counts[Self.bucket(value)] += 1
    count += 1
  }

  /// The value that a share of all is not above.
  func quantile(_ share: Double) -> Double {
    var left = UInt64((Double(count) * share).rounded(.up))
    for (bucket, number) in counts.enumerated() {
      if number >= left { return Double(min(Self.upper(bucket), UInt64(largest))) }
      left -= number
    }
    return Double(largest)
  }

  /// The share of all, in percent, that are above a value, to the width of its bucket.
  func percent(above value: UInt64) -> Double {
    let above = counts.dropFirst(Self.bucket(value) + 1).reduce(0, +)
    return 100 * Double(above) / Double(max(count, 1))
  }

  private static func bucket(_ value: UInt64) -> Int {
    if value < 64 { return Int(value) }
    let shift = 58 - value.leadingZeroBitCount
    return shift * 32 + Int(value >> UInt64(shift))
  }

  private static func upper(_ bucket: Int) -> UInt64 {
    if bucket < 64 { return UInt64(bucket) }
    let shift = bucket / 32 - 1
    return (UInt64(bucket - shift * 32) + 1) << UInt64(shift) - 1
  }
}
