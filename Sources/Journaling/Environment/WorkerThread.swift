import Glibc

/// Starts a thread that works for the writer.
///
/// It takes none of the process's signals: a handler of the program expects its own threads, and that a
/// file may not grow any more (SIGXFSZ) is an error of this thread, which must not end the process.
/// - Parameter worker: lives until the thread is joined; `body` gets it.
/// - Returns: nil if the system refuses.
public func startThread<Worker: AnyObject>(
  of worker: Worker, _ body: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer?
) -> pthread_t? {
  var thread = pthread_t()
  var (all, before) = (sigset_t(), sigset_t())
  unsafe sigfillset(&all)
  // A thread inherits the mask of the one that makes it.
  unsafe pthread_sigmask(SIG_SETMASK, &all, &before)
  defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
  let reference = unsafe Unmanaged.passUnretained(worker).toOpaque()
  return unsafe pthread_create(&thread, nil, body, reference) == 0 ? thread : nil
}
