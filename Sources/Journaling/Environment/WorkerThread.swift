import Glibc

/// What a thread does, held until it is done.
private final class Work: Sendable {
  let body: @Sendable () -> Void
  init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}

/// Starts a thread that does something, such as working for the writer.
///
/// It takes none of the process's signals: a handler of the program expects its own threads, and that a
/// file may not grow any more (SIGXFSZ) is an error of this thread, which must not end the process.
/// - Returns: nil if the system refuses.
public func startThread(_ body: @escaping @Sendable () -> Void) -> pthread_t? {
  var thread = pthread_t()
  var (all, before) = (sigset_t(), sigset_t())
  unsafe sigfillset(&all)
  // A thread inherits the mask of the one that makes it.
  unsafe pthread_sigmask(SIG_SETMASK, &all, &before)
  defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
  let work = unsafe Unmanaged.passRetained(Work(body))
  let code = unsafe pthread_create(
    &thread, nil,
    { argument in
      unsafe Unmanaged<Work>.fromOpaque(argument!).takeRetainedValue().body()
      return nil
    }, work.toOpaque())
  guard code == 0 else {
    unsafe work.release()
    return nil
  }
  return thread
}
