import Glibc

/// Files as the limits and the measurements need them; a failure ends the benchmark.
enum Files {
  static func size(_ path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }

  static func freeBytes(_ path: String) -> Int {
    var room = statvfs()
    return statvfs(path, &room) == 0 ? Int(room.f_bavail * room.f_frsize) : 0
  }

  static func create(_ path: String) -> Int32 {
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else { fatalError("cannot make \(path): \(errno)") }
    return descriptor
  }

  /// Uses memory and gives it back, so that the system has as much that its host has backed: a virtual machine
  /// returns what it does not use, and takes 2 ms for each megabyte that a growing file needs then.
  static func prepareMemory(_ count: Int) {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: count, alignment: 4096)
    memset(memory, 1, count)
    memory.deallocate()
  }

  /// Writes and waits for the disk.
  static func write(_ bytes: [UInt8], at offset: Int, to descriptor: Int32) {
    guard pwrite(descriptor, bytes, bytes.count, offset) == bytes.count,
      fdatasync(descriptor) == 0
    else { fatalError("writing: \(errno)") }
  }
}
