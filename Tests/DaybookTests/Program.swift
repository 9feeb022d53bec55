import Foundation
import Glibc

/// The built program, as a user runs it.
enum Program {
  struct Result {
    /// -1 if a signal ended it.
    var code: Int32
    var output: String
    var complaint: String

    /// Standard output as JSON.
    var json: [String: Any] {
      let value = try? JSONSerialization.jsonObject(with: Data(output.utf8))
      return value as? [String: Any] ?? [:]
    }

    var lines: [Substring] { output.split(separator: "\n") }
  }

  /// Beside the tests, wherever those were built.
  static let path: String = {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    let own = String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return String(own[..<own.lastIndex(of: "/")!]) + "/daybook"
  }()

  /// Runs the program to its end. Its signing key, if it needs one, is in a folder of the tests.
  static func run(
    _ arguments: [String], in folder: URL? = nil, environment: [String: String] = [:]
  ) throws -> Result {
    try start(arguments, in: folder, environment: environment).finish()
  }

  static func start(
    _ arguments: [String], in folder: URL? = nil, environment: [String: String] = [:]
  ) throws -> Running {
    var all = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("DAYBOOK_") }
    all["XDG_DATA_HOME"] = Workshop.shared.folder.appendingPathComponent("data").path
    all.merge(environment) { _, new in new }
    return try Running(arguments, folder?.path ?? "/", all.map { "\($0.key)=\($0.value)" })
  }

  /// A program under way, whose output is gathered in files so that no pipe can fill.
  final class Running {
    private let identifier: pid_t
    private let folder: URL
    private var isOver = false

    init(_ arguments: [String], _ place: String, _ environment: [String]) throws {
      folder = try Workshop.scratch()
      var actions = posix_spawn_file_actions_t()
      posix_spawn_file_actions_init(&actions)
      defer { posix_spawn_file_actions_destroy(&actions) }
      posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
      for (descriptor, name) in [(1, "out"), (2, "err")] {
        posix_spawn_file_actions_addopen(
          &actions, Int32(descriptor), folder.path + "/" + name, O_WRONLY | O_CREAT | O_APPEND,
          0o600)
      }
      posix_spawn_file_actions_addchdir_np(&actions, place)
      var words = ([Program.path] + arguments).map { strdup($0) } + [nil]
      var variables = environment.map { strdup($0) } + [nil]
      defer { (words + variables).forEach { free($0) } }
      var child: pid_t = 0
      let code = posix_spawn(&child, Program.path, &actions, nil, &words, &variables)
      guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EIO) }
      identifier = child
    }

    deinit {
      if !isOver {
        kill(identifier, SIGKILL)
        _ = wait()
      }
      try? FileManager.default.removeItem(at: folder)
    }

    /// What it has said so far.
    var output: String { text("out") }

    private func text(_ name: String) -> String {
      (try? String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)) ?? ""
    }

    func interrupt() { kill(identifier, SIGINT) }

    private func wait() -> Int32 {
      var status: Int32 = 0
      while waitpid(identifier, &status, 0) < 0, errno == EINTR {}
      isOver = true
      return status & 0x7F == 0 ? status >> 8 & 0xFF : -1
    }

    func finish() -> Result {
      let code = wait()
      return Result(code: code, output: text("out"), complaint: text("err"))
    }
  }
}
