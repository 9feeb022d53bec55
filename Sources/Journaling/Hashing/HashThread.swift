import Events
import Glibc

/// A thread that hashes a block while the writer copies and writes it and waits for the disk: the hash of the
/// last block of a commit is needed only by the block after it.
///
/// If no core was free for it until then, the writer hashes by itself.
@safe
final class HashThread: @unchecked Sendable {
  /// Waking a thread takes about as long as hashing some tens of kilobytes.
  static let worthwhile = 48 << 10

  /// `SCHED_BATCH` of sched.h.
  private static let batch: Int32 = 3

  @unsafe
  private struct Work {
    var content: UnsafeRawBufferPointer
    /// Hash of the block before it.
    var previous: Digest
  }

  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let changed: UnsafeMutablePointer<pthread_cond_t>
  private var thread = pthread_t()
  // What follows is guarded by `mutex`.
  /// What nobody has taken yet.
  private var work: Work?
  /// Whether the thread is hashing.
  private var isHashing = false
  private var result: Digest?
  private var stopping = false

  /// - Returns: nil if the system refuses a thread; then the writer hashes by itself.
  static func start() -> HashThread? {
    let hashing = HashThread()
    guard let thread = startThread({ hashing.run() }) else { return nil }
    hashing.thread = thread
    return hashing
  }

  private init() {
    unsafe mutex = .allocate(capacity: 1)
    unsafe changed = .allocate(capacity: 1)
    unsafe pthread_mutex_init(mutex, nil)
    unsafe pthread_cond_init(changed, nil)
  }

  deinit {
    unsafe pthread_cond_destroy(changed)
    unsafe pthread_mutex_destroy(mutex)
    unsafe changed.deallocate()
    unsafe mutex.deallocate()
  }

  /// Begins to hash a block's content with another hash of the block before than it has. The memory must
  /// stay as it is until `finish` or `forget`. What was begun before is forgotten.
  func begin(_ content: UnsafeRawBufferPointer, previous: Digest) {
    forget()
    unsafe pthread_mutex_lock(mutex)
    unsafe work = Work(content: content, previous: previous)
    unsafe pthread_cond_broadcast(changed)
    unsafe pthread_mutex_unlock(mutex)
  }

  /// Waits for what `begin` began, or does it.
  /// - Returns: the digest; nil if nothing was begun since the last time.
  func finish(with hasher: borrowing Sha256) -> Digest? {
    unsafe pthread_mutex_lock(mutex)
    let left = unsafe work
    unsafe work = nil
    while isHashing { unsafe pthread_cond_wait(changed, mutex) }
    let digest = result
    result = nil
    unsafe pthread_mutex_unlock(mutex)
    guard let left = unsafe left else { return digest }
    return unsafe hasher.hash(left.content, previous: left.previous)
  }

  /// Returns when the memory given to `begin` is not looked at any more; there will be no digest.
  func forget() {
    unsafe pthread_mutex_lock(mutex)
    unsafe work = nil
    while isHashing { unsafe pthread_cond_wait(changed, mutex) }
    result = nil
    unsafe pthread_mutex_unlock(mutex)
  }

  /// Ends the thread.
  func stop() {
    unsafe pthread_mutex_lock(mutex)
    stopping = true
    unsafe pthread_cond_broadcast(changed)
    unsafe pthread_mutex_unlock(mutex)
    pthread_join(thread, nil)
  }

  private func run() {
    // So that it does not push the writer, which wakes it, off the core before its writes are done. If
    // it is refused, that may happen.
    var parameters = sched_param()
    unsafe pthread_setschedparam(pthread_self(), Self.batch, &parameters)
    let hasher = Sha256()
    unsafe pthread_mutex_lock(mutex)
    while !stopping {
      guard let taken = unsafe work else {
        unsafe pthread_cond_wait(changed, mutex)
        continue
      }
      unsafe work = nil
      isHashing = true
      unsafe pthread_mutex_unlock(mutex)
      let digest = unsafe hasher.hash(taken.content, previous: taken.previous)
      unsafe pthread_mutex_lock(mutex)
      result = digest
      isHashing = false
      unsafe pthread_cond_broadcast(changed)
    }
    unsafe pthread_mutex_unlock(mutex)
  }
}
