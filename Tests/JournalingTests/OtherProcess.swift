import Glibc

/// A `CrashWriter` process and the other end of its input and output.
final class OtherProcess {
  private let identifier: pid_t
  private let socket: Int32
  private var status: Int32?

  /// Starts `CrashWriter`, which is built beside the tests.
  init(_ arguments: String...) {
    // One socket both ways, closed in every other child that a parallel test starts.
    var ends: [Int32] = [0, 0]
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { fatalError("no socket pair") }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 0)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    let program = Self.folder + "/CrashWriter"
    var words = ([program] + arguments).map { strdup($0) } + [nil]
    var child: pid_t = 0
    let code = posix_spawn(&child, program, &actions, nil, &words, environ)
    words.forEach { free($0) }
    posix_spawn_file_actions_destroy(&actions)
    close(ends[1])
    guard code == 0 else { fatalError("\(program) does not start: errno \(code)") }
    (identifier, socket) = (child, ends[0])
  }

  deinit {
    kill()
    close(socket)
  }

  private static let folder: String = {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    let path = String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return String(path[..<path.lastIndex(of: "/")!])
  }()

  /// Kills the process as the kernel would (SIGKILL) and waits until it is gone.
  func kill() {
    guard status == nil else { return }
    Glibc.kill(identifier, SIGKILL)
    _ = wait()
  }

  /// Waits for the end of the process; its exit code, or -1 if a signal ended it.
  func wait() -> Int32 {
    if status == nil {
      var code: Int32 = 0
      while waitpid(identifier, &code, 0) < 0, errno == EINTR {}
      status = code
    }
    return status! & 0x7F == 0 ? status! >> 8 & 0xFF : -1
  }

  /// Ends the process's standard input.
  func endInput() { shutdown(socket, Int32(SHUT_WR)) }

  /// The next line the process says, without its end; nil at the end of its output.
  func line() -> String? {
    var bytes: [UInt8] = []
    var byte: UInt8 = 0
    while read(socket, &byte, 1) == 1 {
      if byte == 10 { return String(decoding: bytes, as: UTF8.self) }
      bytes.append(byte)
    }
    return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
  }

  /// The next `count` bytes the process says; fewer only at the end of its output.
  func bytes(_ count: Int) -> [UInt8] {
    var result: [UInt8] = []
    var byte: UInt8 = 0
    while result.count < count, read(socket, &byte, 1) == 1 { result.append(byte) }
    return result
  }

  /// All bytes the process still says.
  func rest() -> [UInt8] {
    var result: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(socket, &chunk, chunk.count)
      if count <= 0 { return result }
      result += chunk.prefix(count)
    }
  }
}
