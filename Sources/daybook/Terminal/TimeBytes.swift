import Events

/// Writes moments as text; most are in the same second as the one before.
struct TimeBytes {
  private var second = Int64.min
  /// `2026-01-01T14:30:00.` of that second.
  private var prefix: [UInt8] = []

  mutating func write(_ time: Instant, to bytes: inout ByteBuffer) {
    let rest = time.nanosecondsOfDay % 1_000_000_000
    if time.nanoseconds &- rest != second || prefix.isEmpty {
      second = time.nanoseconds &- rest
      prefix = Array("\(time.dateText)T\(time.timeText(digits: 0)).".utf8)
    }
    bytes.append(prefix)
    bytes.append(nineDigits: UInt64(rest))
    bytes.append(character: "Z")
  }
}
