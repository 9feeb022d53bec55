import CGlibc
import Events

extension LiveClock {
  /// What the kernel knows of how far its clock is from the reference that it is kept to (adjtimex(2)); nil
  /// if it does not say. About a microsecond.
  static func kernelReading() -> ClockReading? {
    var state = timex()
    guard unsafe adjtimex(&state) >= 0 else { return nil }
    // The offset is in nanoseconds or microseconds, the error always in microseconds. The kernel counts what
    // the clock is behind.
    let unit: Int64 = state.status & STA_NANO != 0 ? 1 : 1_000
    return ClockReading(
      offset: -Int64(state.offset) * unit, error: UInt64(max(state.maxerror, 0)) * 1_000,
      isSynchronised: state.status & STA_UNSYNC == 0, source: "kernel")
  }
}
