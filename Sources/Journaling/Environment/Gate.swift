import Glibc

/// Lets many threads use the map at once and one thread alone change it.
///
/// LMDB must not remap or reopen an environment while this process has a transaction in it, so every
/// transaction is inside the gate, and growing, reopening and replacing are done alone.
@safe
final class Gate: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let changed: UnsafeMutablePointer<pthread_cond_t>
  private var inside: [pthread_t] = []
  private var waiting = 0
  private var alone = false

  init() {
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

  /// Goes in, after waiting for a thread that is or wants to be alone.
  func enter() {
    unsafe pthread_mutex_lock(mutex)
    // A thread that is inside already must not wait for one that waits for it to leave.
    while alone || (waiting > 0 && !inside.contains(pthread_self())) {
      unsafe pthread_cond_wait(changed, mutex)
    }
    inside.append(pthread_self())
    unsafe pthread_mutex_unlock(mutex)
  }

  /// Leaves what `enter` went into, on the same thread.
  func leave() {
    unsafe pthread_mutex_lock(mutex)
    guard let place = inside.lastIndex(of: pthread_self()) else {
      preconditionFailure("a thread left the gate that had not entered")
    }
    inside.remove(at: place)
    if inside.isEmpty { unsafe pthread_cond_broadcast(changed) }
    unsafe pthread_mutex_unlock(mutex)
  }

  /// Runs `body` while no thread is inside.
  /// - Precondition: the calling thread is not inside: it would wait for itself.
  func exclusively<R>(_ body: () throws(JournalError) -> R) throws(JournalError) -> R {
    unsafe pthread_mutex_lock(mutex)
    precondition(
      !inside.contains(pthread_self()),
      "a journal cannot grow or be reopened from inside one of its own readers")
    waiting += 1
    while alone || !inside.isEmpty { unsafe pthread_cond_wait(changed, mutex) }
    waiting -= 1
    alone = true
    unsafe pthread_mutex_unlock(mutex)
    defer {
      unsafe pthread_mutex_lock(mutex)
      alone = false
      unsafe pthread_cond_broadcast(changed)
      unsafe pthread_mutex_unlock(mutex)
    }
    return try body()
  }
}
