import Events

/// Whether something happens too often: so many times within so long. Keeps no more moments than the bound.
struct RateWindow: Sendable {
  /// Times within `length` from which it is too often; 0: never.
  let bound: Int
  /// In nanoseconds.
  let length: Int64
  /// The last moments, oldest first.
  private var times: [Instant] = []

  init(bound: Int, length: Int64) { (self.bound, self.length) = (bound, length) }

  /// Takes note of one more. O(bound).
  /// - Returns: whether it is too often now.
  mutating func note(_ time: Instant) -> Bool {
    guard bound > 0 else { return false }
    if times.count == bound { times.removeFirst() }
    times.append(time)
    return isExceeded(at: time)
  }

  /// Whether so many were within the last `length`.
  func isExceeded(at time: Instant) -> Bool {
    guard bound > 0, times.count == bound else { return false }
    return time.since(times[0]) < length
  }

  mutating func forget() { times.removeAll() }
}
