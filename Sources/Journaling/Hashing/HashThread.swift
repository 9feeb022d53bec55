import Events
import Glibc

/// A thread that hashes a block while the writer copies and writes it, waits for the disk and begins with the
/// next one: the hash of a commit's last block is needed only when the block after it is copied.
///
/// If no core was free for it until then, the writer hashes by itself. All methods are for the one writer.
@safe
final class HashThread: @unchecked Sendable {
  /// Waking a thread takes about as long as hashing some tens of kilobytes.
  static let worthwhile = 48 << 10
  /// Bytes hashed before the thread looks again whether the writer wants its memory back: 9 us.
  private static let portion = 16 << 10
  /// `SCHED_BATCH` of sched.h.
  private static let batch: Int32 = 3

  private enum Phase {
    /// Nothing was begun.
    case idle
    /// A block is there, and nobody has begun to hash it.
    case waiting
    /// The thread is hashing.
    case hashing
    case done(Digest)
  }

  private enum Reading {
    case nothing
    case writersMemory
    case ownMemory
  }

  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let changed: UnsafeMutablePointer<pthread_cond_t>
  private var thread = pthread_t()
  // What follows is guarded by `mutex`.
  private var phase = Phase.idle
  /// What nobody has taken yet of the block.
  private var rest: UnsafeRawBufferPointer
  /// Hash of the block before it.
  private var previous = Digest.zero
  /// What the thread is reading now of what is not in `rest` any more.
  private var reading = Reading.nothing
  /// Whether the writer waits for a change of that.
  private var isAwaited = false
  /// Whether `rest` is in `own`, and not the writer's memory.
  private var isOwn = false
  /// Room for what is left of a block when the writer wants its memory back.
  private var own = ByteBuffer()
  private var stopping = false

  /// - Returns: nil if the system refuses a thread; then the writer hashes by itself.
  static func start() -> HashThread? {
    let hashing = HashThread()
    guard let thread = startThread({ hashing.run() }) else { return nil }
    hashing.thread = thread
    return hashing
  }

  private init() {
    unsafe rest = UnsafeRawBufferPointer(start: nil, count: 0)
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

  /// Whether `finish` would wait or work.
  var isBusy: Bool {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    return switch phase {
    case .idle, .done: false
    case .waiting, .hashing: true
    }
  }

  /// Begins to hash a block's content with another hash of the block before than it has. The memory must
  /// stay as it is until `release` or `forget`. What was begun before is forgotten.
  func begin(_ content: UnsafeRawBufferPointer, previous: Digest) {
    forget()
    unsafe pthread_mutex_lock(mutex)
    unsafe rest = content
    self.previous = previous
    isOwn = false
    phase = .waiting
    unsafe pthread_cond_broadcast(changed)
    unsafe pthread_mutex_unlock(mutex)
  }

  /// Returns when the memory given to `begin` is not looked at any more: what is left of it is copied.
  func release() {
    unsafe pthread_mutex_lock(mutex)
    if !isOwn {
      own.removeAll()
      unsafe own.append(RawSpan(_unsafeBytes: rest))
      unsafe rest = own.rawBytes
      isOwn = true
      isAwaited = true
      while reading == .writersMemory { unsafe pthread_cond_wait(changed, mutex) }
      isAwaited = false
    }
    unsafe pthread_mutex_unlock(mutex)
  }

  /// Waits for what `begin` began, or does it.
  /// - Returns: the digest, however often it is asked for; nil if nothing was begun, or that was forgotten.
  func finish(with hasher: borrowing Sha256) -> Digest? {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    while true {
      switch phase {
      case .idle: return nil
      case .done(let digest): return digest
      case .hashing: unsafe pthread_cond_wait(changed, mutex)
      case .waiting:
        let digest = unsafe hasher.hash(rest, previous: previous)
        phase = .done(digest)
      }
    }
  }

  /// Returns when the memory given to `begin` is not looked at any more; there will be no digest.
  func forget() {
    unsafe pthread_mutex_lock(mutex)
    phase = .idle
    unsafe rest = UnsafeRawBufferPointer(start: nil, count: 0)
    isOwn = true
    isAwaited = true
    while reading != .nothing { unsafe pthread_cond_wait(changed, mutex) }
    isAwaited = false
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
      guard case .waiting = phase else {
        unsafe pthread_cond_wait(changed, mutex)
        continue
      }
      hash(with: hasher)
    }
    unsafe pthread_mutex_unlock(mutex)
  }

  /// Hashes the block that waits; the mutex is let go meanwhile.
  private func hash(with hasher: borrowing Sha256) {
    phase = .hashing
    hasher.begin()
    unsafe hasher.update(header: rest, previous: previous)
    unsafe rest = UnsafeRawBufferPointer(rebasing: rest[BlockHeader.size...])
    while case .hashing = phase, !stopping {
      let taken = unsafe UnsafeRawBufferPointer(rebasing: rest.prefix(Self.portion))
      if unsafe taken.isEmpty {
        phase = .done(hasher.end())
        break
      }
      unsafe rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(taken.count))
      reading = isOwn ? .ownMemory : .writersMemory
      unsafe pthread_mutex_unlock(mutex)
      unsafe hasher.update(taken)
      unsafe pthread_mutex_lock(mutex)
      reading = .nothing
      if isAwaited { unsafe pthread_cond_broadcast(changed) }
    }
    unsafe pthread_cond_broadcast(changed)
  }
}
