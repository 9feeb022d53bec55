import Glibc
import Synchronization

/// What one thread waits for and others ring: an event that stays until it is taken.
///
/// The waiter looks for a while before it sleeps, and ringing costs a system call only when it sleeps, so
/// that the core never pays to wake a journal thread that is awake.
@safe
public final class Bell: @unchecked Sendable {
  /// Looks before sleeping, about a microsecond's worth. More did not pay on two cores: 20 us changed nothing over TCP,
  /// 50 us doubled the way from wire to wire.
  private static let looks = 2_000

  private let isRung = Atomic<Bool>(false)
  private let isAsleep = Atomic<Bool>(false)
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let changed: UnsafeMutablePointer<pthread_cond_t>

  public init() {
    unsafe mutex = .allocate(capacity: 1)
    unsafe changed = .allocate(capacity: 1)
    unsafe pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    unsafe pthread_condattr_init(&attributes)
    unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    unsafe pthread_cond_init(changed, &attributes)
    unsafe pthread_condattr_destroy(&attributes)
  }

  deinit {
    unsafe pthread_cond_destroy(changed)
    unsafe pthread_mutex_destroy(mutex)
    unsafe changed.deallocate()
    unsafe mutex.deallocate()
  }

  /// Wakes the waiter, now or the next time it waits.
  public func ring() {
    // Both in one order for all threads: either the waiter sees the ring or the ringer the sleeper.
    isRung.store(true, ordering: .sequentiallyConsistent)
    guard isAsleep.load(ordering: .sequentiallyConsistent) else { return }
    unsafe pthread_mutex_lock(mutex)
    unsafe pthread_cond_signal(changed)
    unsafe pthread_mutex_unlock(mutex)
  }

  /// Returns when it was rung, or after `nanoseconds`; takes the ring. For one waiter at a time.
  /// - Parameter isPatient: whether to sleep at once, which costs the ringer a wake-up.
  public func wait(_ nanoseconds: Int64, isPatient: Bool = false) {
    if isRung.exchange(false, ordering: .sequentiallyConsistent) { return }
    guard nanoseconds > 0 else { return }
    if !isPatient {
      for _ in 0..<Self.looks where isRung.load(ordering: .relaxed) {
        if isRung.exchange(false, ordering: .sequentiallyConsistent) { return }
      }
    }
    var deadline = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &deadline)
    // A wait of longer than an hour is one of an hour: whoever waits looks again.
    let sum = Int64(deadline.tv_nsec) + min(nanoseconds, 3_600_000_000_000)
    deadline.tv_sec += Int(sum / 1_000_000_000)
    deadline.tv_nsec = Int(sum % 1_000_000_000)
    isAsleep.store(true, ordering: .sequentiallyConsistent)
    unsafe pthread_mutex_lock(mutex)
    while !isRung.load(ordering: .sequentiallyConsistent) {
      if unsafe pthread_cond_timedwait(changed, mutex, &deadline) == ETIMEDOUT { break }
    }
    unsafe pthread_mutex_unlock(mutex)
    isAsleep.store(false, ordering: .sequentiallyConsistent)
    _ = isRung.exchange(false, ordering: .sequentiallyConsistent)
  }
}
