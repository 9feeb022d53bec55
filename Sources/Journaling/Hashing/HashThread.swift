import Events
import Glibc

/// A thread that hashes a block while the writer waits for the disk: the hash of the last block of a
/// commit is needed only by the block after it.
@safe
final class HashThread: @unchecked Sendable {
  /// Waking a thread takes about as long as hashing some tens of kilobytes.
  static let worthwhile = 128 << 10

  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let changed: UnsafeMutablePointer<pthread_cond_t>
  private var thread = pthread_t()
  private let hasher = Sha256()
  // What follows is guarded by `mutex`.
  /// The content to hash and the hash of the block before it; nil when it is done.
  private var block: UnsafeRawBufferPointer?
  private var previous = Digest.zero
  private var result: Digest?
  private var stopping = false

  /// - Returns: nil if the system refuses a thread; then the writer hashes by itself.
  static func start() -> HashThread? {
    let hashing = HashThread()
    // The thread ends in `stop`, which outlasts this reference to it.
    let reference = unsafe Unmanaged.passUnretained(hashing).toOpaque()
    let code = unsafe pthread_create(
      &hashing.thread, nil,
      { argument in
        unsafe Unmanaged<HashThread>.fromOpaque(argument!).takeUnretainedValue().run()
        return nil
      }, reference)
    return code == 0 ? hashing : nil
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
  /// stay as it is until `finish`.
  func begin(_ content: UnsafeRawBufferPointer, previous digest: Digest) {
    _ = finish()
    unsafe pthread_mutex_lock(mutex)
    unsafe block = content
    previous = digest
    unsafe pthread_cond_broadcast(changed)
    unsafe pthread_mutex_unlock(mutex)
  }

  /// Waits for what `begin` began.
  /// - Returns: the digest; nil if nothing was begun since the last time.
  func finish() -> Digest? {
    unsafe pthread_mutex_lock(mutex)
    while unsafe block != nil { unsafe pthread_cond_wait(changed, mutex) }
    defer { unsafe pthread_mutex_unlock(mutex) }
    defer { result = nil }
    return result
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
    unsafe pthread_mutex_lock(mutex)
    while true {
      guard let content = unsafe block else {
        if stopping { break }
        unsafe pthread_cond_wait(changed, mutex)
        continue
      }
      let before = previous
      unsafe pthread_mutex_unlock(mutex)
      let digest = unsafe hasher.hash(content, previous: before)
      unsafe pthread_mutex_lock(mutex)
      result = digest
      unsafe block = nil
      unsafe pthread_cond_broadcast(changed)
    }
    unsafe pthread_mutex_unlock(mutex)
  }
}
