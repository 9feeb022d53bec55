import Glibc

/// A Unix stream socket in a journal's folder. Paths of any length: the kernel is given the folder's
/// descriptor instead of its name, of which it takes no more than 107 bytes.
@safe
enum ControlSocket {
  static let name = "control.sock"

  /// Makes the socket and listens; one that a dead process left is replaced, as the journal's writer is the
  /// only one who listens there.
  /// - Throws: `ServingError.socket`.
  static func listen(in folder: String) throws(ServingError) -> Int32 {
    let file = folder + "/" + name
    if unsafe unlink(file) != 0, errno != ENOENT { throw .socket(file, code: errno) }
    let descriptor = try make(file)
    let mask = umask(0o177)
    defer { umask(mask) }
    let isBound = unsafe try at(folder, file) { address, length in
      unsafe Glibc.bind(descriptor, address, length)
    }
    guard isBound == 0, Glibc.listen(descriptor, 64) == 0 else {
      let code = errno
      close(descriptor)
      throw .socket(file, code: code)
    }
    return descriptor
  }

  /// Connects to the daemon that writes a journal.
  /// - Throws: `ServingError.notRunning` if nobody listens.
  static func connect(in folder: String) throws(ServingError) -> Int32 {
    let file = folder + "/" + name
    let descriptor = try make(file)
    let result = unsafe try at(folder, file) { address, length in
      unsafe Glibc.connect(descriptor, address, length)
    }
    guard result == 0 else {
      let code = errno
      close(descriptor)
      switch code {
      case ENOENT, ECONNREFUSED: throw .notRunning(folder)
      default: throw .socket(file, code: code)
      }
    }
    return descriptor
  }

  /// Removes the socket's name.
  static func remove(in folder: String) { unsafe unlink(folder + "/" + name) }

  /// Who is at the other end: the user's name.
  static func peer(of descriptor: Int32) -> String {
    // `struct ucred` of socket(7), which Glibc's module leaves out: process, user, group.
    var credentials: (Int32, UInt32, UInt32) = (0, .max, .max)
    var length = socklen_t(MemoryLayout.size(ofValue: credentials))
    guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &length) == 0
    else { return "unknown" }
    return SystemUser.name(credentials.1)
  }

  private static func make(_ file: String) throws(ServingError) -> Int32 {
    let descriptor = socket(
      AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw .socket(file, code: errno) }
    return descriptor
  }

  private static func at(
    _ folder: String, _ file: String,
    _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) throws(ServingError) -> Int32 {
    let directory = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else {
      throw errno == ENOENT ? .notRunning(folder) : .socket(file, code: errno)
    }
    defer { close(directory) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let path = Array("/proc/self/fd/\(directory)/\(name)".utf8)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { space in
      unsafe space.copyBytes(from: path)
    }
    let length = socklen_t(MemoryLayout<sockaddr_un>.size)
    return unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, length) }
    }
  }
}
