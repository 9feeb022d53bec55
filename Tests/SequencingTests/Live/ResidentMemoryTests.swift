import Glibc
import Journaling
import Synchronization
import Testing

@testable import Sequencing

struct ResidentMemoryTests {
  private final class Box: Sendable {
    let value = Mutex(-1)
  }

  private static var faultsOfThread: Int {
    var usage = rusage()
    // RUSAGE_THREAD of sys/resource.h.
    getrusage(__rusage_who_t(1), &usage)
    return usage.ru_minflt
  }

  /// Pages that the system gives a new thread for 2 MB in small pieces; nil if it gives no thread.
  private static func faults(prepared: Bool) -> Int? {
    let box = Box()
    let thread = startThread {
      if prepared { ResidentMemory.prepare(bytes: 4 << 20) }
      let before = faultsOfThread
      let pieces = (0..<2_048).map { _ in
        let piece = UnsafeMutableRawPointer.allocate(byteCount: 1_000, alignment: 8)
        piece.storeBytes(of: 1, as: UInt8.self)
        return piece
      }
      box.value.withLock { $0 = faultsOfThread - before }
      for piece in pieces { piece.deallocate() }
    }
    guard let thread else { return nil }
    pthread_join(thread, nil)
    return box.value.withLock { $0 }
  }

  /// In a process of its own, as the allocator hands the heap of a thread that ended to the next.
  @Test func `a thread that has prepared has its pages`() async {
    await #expect(processExitsWith: .success) {
      // 2 MB are some 500 pages.
      guard let without = Self.faults(prepared: false), without > 300,
        let with = Self.faults(prepared: true), with < 50
      else { exit(1) }
    }
  }
}
