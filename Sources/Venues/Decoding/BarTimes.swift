import Events

/// The times of the bars that were taken of one kind, so that each time is taken once. 8 bytes a bar.
struct BarTimes: Sendable {
  /// In ascending order.
  private var times: [Instant] = []

  /// Notes a bar. O(1) for one behind all others, else O(number of bars).
  /// - Returns: whether there was none of the time.
  mutating func insert(_ time: Instant) -> Bool {
    guard let last = times.last, time <= last else {
      times.append(time)
      return true
    }
    let place = place(of: time)
    guard times[place] != time else { return false }
    times.insert(time, at: place)
    return true
  }

  /// Whether there was a bar of the time. O(log n).
  func contains(_ time: Instant) -> Bool {
    guard let last = times.last, time <= last else { return false }
    return times[place(of: time)] == time
  }

  /// The index of the first time that is not before another, which is not behind all.
  private func place(of time: Instant) -> Int {
    var (low, high) = (0, times.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if times[middle] < time { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
