import Glibc

/// Writes zeros ahead of the end of the data on a thread of its own, so that commits overwrite
/// blocks of the disk that the file has, instead of making it grow.
///
/// It never writes where the writer may: the writer says before a transaction up to where it can
/// get, and zeros go only beyond that and beyond the file's end. It gives up at the first failure,
/// such as a full disk: the commits themselves will tell, also of what its wait for the disk found, as
/// the kernel tells each descriptor of the file.
@safe
final class Prewriter: @unchecked Sendable {
  private static let chunk = 8 << 20

  private let descriptor: Int32
  private let ahead: Int
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let changed: UnsafeMutablePointer<pthread_cond_t>
  private var thread = pthread_t()
  // What follows is guarded by `mutex`.
  /// End of the data after the last transaction.
  private var used: Int
  /// Below this the writer may write now.
  private var floor: Int
  /// Up to here the file has zeros.
  private var zeroed: Int
  /// Where zeros are being written now.
  private var writingFrom: Int?
  private var stopping = false

  /// Starts.
  /// - Parameters:
  ///   - used: end of the data.
  ///   - ahead: bytes of zeros to keep beyond it.
  /// - Returns: nil if the system refuses; then there are no zeros ahead, and nothing else changes.
  static func start(path: String, used: Int, ahead: Int) -> Prewriter? {
    let descriptor = unsafe open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    let prewriter = Prewriter(descriptor: descriptor, used: used, ahead: max(ahead, 2 * chunk))
    guard let thread = startThread({ prewriter.run() }) else { return nil }
    prewriter.thread = thread
    return prewriter
  }

  private init(descriptor: Int32, used: Int, ahead: Int) {
    self.descriptor = descriptor
    self.ahead = ahead
    self.used = used
    floor = used
    zeroed = used
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
    close(descriptor)
  }

  /// Keeps zeros beyond `end` until `finish`: a transaction that begins now may write up to there.
  func prepare(through end: Int) {
    unsafe pthread_mutex_lock(mutex)
    floor = end
    while let from = writingFrom, from < end { unsafe pthread_cond_wait(changed, mutex) }
    unsafe pthread_mutex_unlock(mutex)
  }

  /// Tells that the transaction has ended, and where the data ends now.
  func finish(used end: Int) {
    unsafe pthread_mutex_lock(mutex)
    (used, floor) = (end, end)
    if zeroed - used < ahead / 2 { unsafe pthread_cond_broadcast(changed) }
    unsafe pthread_mutex_unlock(mutex)
  }

  /// Ends the thread and cuts the zeros off the file again.
  func stop() {
    unsafe pthread_mutex_lock(mutex)
    stopping = true
    unsafe pthread_cond_broadcast(changed)
    let end = used
    unsafe pthread_mutex_unlock(mutex)
    pthread_join(thread, nil)
    // If it fails, the file stays longer than it need be.
    _ = ftruncate(descriptor, end)
  }

  private func run() {
    let zeros = [UInt8](repeating: 0, count: Self.chunk)
    // Refilled from half to full, so that the disk is not asked for at every commit.
    var filling = true
    unsafe pthread_mutex_lock(mutex)
    while !stopping {
      let from = max(zeroed, floor)
      filling = from - used < (filling ? ahead : ahead / 2)
      guard filling else {
        unsafe pthread_cond_wait(changed, mutex)
        continue
      }
      writingFrom = from
      unsafe pthread_mutex_unlock(mutex)
      let end = write(zeros, from: from)
      unsafe pthread_mutex_lock(mutex)
      writingFrom = nil
      unsafe pthread_cond_broadcast(changed)
      guard let end else { break }
      zeroed = end
    }
    writingFrom = nil
    unsafe pthread_mutex_unlock(mutex)
  }

  /// Writes a chunk of zeros at `from` or, if later, the file's end, and waits for the disk.
  /// - Returns: up to where the file has zeros now; nil on failure.
  private func write(_ zeros: [UInt8], from: Int) -> Int? {
    guard let size = FileState(descriptor)?.size else { return nil }
    let start = max(from, size)
    // What an earlier writer left there is zeros or pages that nothing refers to.
    if start - from >= Self.chunk { return start }
    let count = zeros.count
    guard unsafe pwrite(descriptor, zeros, count, start) == count, fdatasync(descriptor) == 0
    else { return nil }
    return start + count
  }
}
