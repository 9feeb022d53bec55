import Glibc
import Synchronization

/// Ctrl-C and its kin: noted when they come, obeyed where work can be stopped with nothing half done.
enum Interruption {
  private static let isRaised = Atomic<Bool>(false)

  /// Begins to listen. A second signal ends the process at once; that a file reached its limit never does.
  static func listen() {
    var heard = sigset_t()
    unsafe sigemptyset(&heard)
    for number in [SIGINT, SIGTERM, SIGHUP] {
      unsafe sigaddset(&heard, number)
      signal(number) { _ in
        if Interruption.isRaised.exchange(true, ordering: .relaxed) {
          _exit(Status.interrupted.rawValue)
        }
      }
    }
    // A file that may not grow any more is an error of whoever writes it, with a message.
    signal(SIGXFSZ, SIG_IGN)
    // Whoever started us may have had them blocked, which is inherited.
    unsafe sigprocmask(SIG_UNBLOCK, &heard, nil)
  }

  /// Whether a signal came.
  static var isAsked: Bool { isRaised.load(ordering: .relaxed) }

  /// - Throws: `Failure` if a signal came.
  static func check() throws {
    if isRaised.load(ordering: .relaxed) { throw failure }
  }

  /// Ends the process if a signal came, after `clean`: for work that cannot throw.
  static func obey(_ clean: () -> Void = {}) {
    guard isRaised.load(ordering: .relaxed) else { return }
    clean()
    Complaint.tell(failure)
    exit(Status.interrupted.rawValue)
  }

  private static var failure: Failure {
    Failure(.interrupted, "interrupted; nothing half-written was left behind.")
  }
}
