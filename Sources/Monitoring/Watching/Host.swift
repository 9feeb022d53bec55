import Alerting
import CTimex
import Events
import Glibc

/// What the machine says of itself.
enum Host {
  /// The time of day.
  static func now() -> Instant {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }

  /// The file system that a path is on; nil if it cannot be asked.
  static func disk(of path: String) -> Reading.Disk? {
    var figures = statvfs()
    guard unsafe statvfs(path, &figures) == 0 else { return nil }
    let block = UInt64(figures.f_frsize)
    return Reading.Disk(
      free: UInt64(figures.f_bavail) * block, total: UInt64(figures.f_blocks) * block)
  }

  /// What the kernel thinks of its clock (adjtimex(2)); nil if it may not be asked.
  static func clock() -> Reading.Clock? {
    var state = timex()
    let result = unsafe adjtimex(&state)
    guard result >= 0 else { return nil }
    let isFine = state.status & STA_NANO != 0
    return Reading.Clock(
      offset: -Int64(state.offset) * (isFine ? 1 : 1000),
      isSynchronised: state.status & STA_UNSYNC == 0)
  }
}
