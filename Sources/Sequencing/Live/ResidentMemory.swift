import CGlibc
import Glibc

/// Memory that a thread has before it needs it.
///
/// The kernel gives a page at its first touch, which takes as long as several ticks, and the allocator gives back
/// what is free at its end, so that the same page may be asked for again and again.
public enum ResidentMemory {
  /// Has the allocator take memory from the kernel for this thread now, and the process keep what is freed. If
  /// the system refuses, there is less of it, and nothing else changes. O(bytes), some 0.2 ms a megabyte.
  /// - Parameter bytes: how much, at most 48 MB: a thread's heap ends at 64 MB.
  public static func prepare(bytes: Int = 16 << 20) {
    let piece = 1 << 20
    precondition(bytes <= 48 * piece, "more than a thread's heap has")
    mallopt(M_TRIM_THRESHOLD, .max)
    // Pieces as large come from the heap too.
    mallopt(M_MMAP_THRESHOLD, Int32(32 * piece))
    var pieces: [UInt] = []
    for _ in 0..<bytes / piece {
      guard let start = unsafe malloc(piece) else { break }
      for offset in stride(from: 0, to: piece, by: 4096) {
        unsafe start.storeBytes(of: 0, toByteOffset: offset, as: UInt8.self)
      }
      pieces.append(UInt(bitPattern: start))
    }
    for piece in pieces { unsafe free(UnsafeMutableRawPointer(bitPattern: piece)) }
  }
}
