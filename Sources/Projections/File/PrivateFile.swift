import Glibc

/// A file as others may not read it.
enum PrivateFile {
  /// Makes an empty one where there is none: SQLite would make one that everybody may read, and what it puts
  /// beside a file has that file's mode. That it cannot be made SQLite tells next.
  static func make(_ path: String, mode: mode_t) {
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, mode)
    if descriptor >= 0 { close(descriptor) }
  }
}
