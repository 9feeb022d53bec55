import Glibc

/// `daybook-api` beside a daemon: a process of its own, started with it and told to end with it. If it dies the
/// daemon trades on. If the daemon dies, however that is, so does it: its standard input is a pipe of which the
/// daemon holds the other end.
struct APIProcess: ~Copyable {
  private let process: pid_t
  /// It has ended, and its number may be another's.
  private var isGone = false
  /// Open as long as it may run.
  private let lifeline: Int32

  /// The program in the folder of this one; nil if it is not there.
  static var program: String? {
    guard let own = Folder.resolved("/proc/self/exe"), let slash = own.lastIndex(of: "/") else {
      return nil
    }
    let path = String(own[..<slash]) + "/daybook-api"
    return unsafe access(path, X_OK) == 0 ? path : nil
  }

  /// Starts it on a journal.
  /// - Parameters:
  ///   - probes: where it answers health and figures to anybody, if anywhere.
  ///   - config: the file whose tables `[alerts]` and `[traces]` hold for it.
  ///   - settings: `key=value`, above the file; others than its own are left out.
  /// - Returns: nil if it is not there or the system refuses.
  static func start(
    journal: String, port: Int, probes: String?, config: String?, settings: [String]
  ) -> APIProcess? {
    guard let program, let ends = pipe() else { return nil }
    var arguments = ["--journal", journal, "--port", String(port), "--lifeline"]
    if let probes { arguments += ["--probes", probes] }
    if let config { arguments += ["--config", config] }
    for setting in settings
    where ["alerts.", "traces."].contains(where: { setting.hasPrefix($0) }) {
      arguments += ["--set", setting]
    }
    // Lines of JSON are for programs; a terminal shows only what is wrong.
    if isatty(STDERR_FILENO) == 1 { arguments += ["--log-level", "warning"] }
    let process = spawn(program, arguments, from: ends.read)
    close(ends.read)
    guard let process else {
      close(ends.write)
      return nil
    }
    return APIProcess(process: process, lifeline: ends.write)
  }

  /// A pipe that no other process is born with.
  private static func pipe() -> (read: Int32, write: Int32)? {
    var ends: [Int32] = [0, 0]
    guard unsafe Glibc.pipe(&ends) == 0 else { return nil }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  /// A token with which everything may be tried, for a quarter of an hour.
  /// - Returns: nil if none could be made.
  static func token(journal: String, subject: String) -> String? {
    guard let program, let ends = pipe() else { return nil }
    defer { close(ends.read) }
    let arguments = ["token", "--journal", journal, "--subject", subject]
    let roles = ["viewer", "analyst", "trader", "risk", "auditor"].flatMap { ["--role", $0] }
    let process = spawn(program, arguments + roles, to: ends.write)
    close(ends.write)
    guard let process else { return nil }
    var bytes = [UInt8](repeating: 0, count: 4096)
    var text: [UInt8] = []
    while true {
      let count = unsafe read(ends.read, &bytes, bytes.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      text += bytes[..<count]
    }
    var status: Int32 = 0
    guard unsafe waitpid(process, &status, 0) == process, status == 0 else { return nil }
    return String(decoding: text, as: UTF8.self).split(separator: "\n").first.map(String.init)
  }

  private init(process: pid_t, lifeline: Int32) {
    self.process = process
    self.lifeline = lifeline
  }

  /// Looks whether it has ended by itself.
  mutating func hasEnded() -> Bool {
    var status: Int32 = 0
    if !isGone { isGone = unsafe waitpid(process, &status, WNOHANG) != 0 }
    return isGone
  }

  /// Tells it to end, and waits.
  consuming func stop() {
    if !isGone {
      kill(process, SIGTERM)
      var status: Int32 = 0
      unsafe waitpid(process, &status, 0)
    }
    close(lifeline)
  }

  /// - Parameters:
  ///   - input: its standard input; nil for ours.
  ///   - output: its standard output; nil for ours.
  private static func spawn(
    _ program: String, _ arguments: [String], from input: Int32? = nil, to output: Int32? = nil
  ) -> pid_t? {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    if let input { unsafe posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO) }
    if let output { unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO) }
    var words: [UnsafeMutablePointer<CChar>?] = unsafe []
    for word in [program] + arguments { unsafe words.append(strdup(word)) }
    defer { for index in unsafe words.indices { unsafe free(words[index]) } }
    unsafe words.append(nil)
    var process: pid_t = 0
    let code = unsafe posix_spawn(&process, program, &actions, nil, &words, environ)
    return code == 0 ? process : nil
  }
}
