import Alerting
import Glibc

/// What the machine says of itself.
enum Host {
  /// The file system that a path is on; nil if it cannot be asked.
  static func disk(of path: String) -> Reading.Disk? {
    var figures = statvfs()
    guard unsafe statvfs(path, &figures) == 0 else { return nil }
    let block = UInt64(figures.f_frsize)
    return Reading.Disk(
      free: UInt64(figures.f_bavail) * block, total: UInt64(figures.f_blocks) * block)
  }
}
