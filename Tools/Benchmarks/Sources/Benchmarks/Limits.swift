import Events
import Glibc
import Journaling

/// What the machine can do at most, measured in the same run; in bytes or operations a second.
struct Limits {
  var memcpy: Double
  var sha256: Double
  /// 1 MB at a time, each waited for, to a file that grows.
  var append: Double
  /// The same into a file that was written before.
  var overwrite: Double
  /// 64 bytes at a time, each waited for, to a file that grows.
  var smallSyncs: Double

  static func measure(in bench: Bench) -> Limits {
    let megabyte = [UInt8](repeating: 0x5a, count: 1 << 20)
    let path = bench.path("limits")
    let file = Files.create(path)
    defer {
      close(file)
      bench.remove(path)
    }
    Files.prepareMemory(96 << 20)
    let growing = (0..<48).map { index in
      timed { Files.write(megabyte, at: index << 20, to: file) }.wall
    }
    let again = (0..<48).map { index in
      timed { Files.write(megabyte, at: index << 20, to: file) }.wall
    }
    let small = [UInt8](repeating: 1, count: 64)
    let syncs = (0..<100).map { index in
      timed { Files.write(small, at: 48 << 20 + index * 64, to: file) }.wall
    }
    return Limits(
      memcpy: copying(), sha256: hashing(), append: Double(1 << 20) / median(growing),
      overwrite: Double(1 << 20) / median(again), smallSyncs: 1 / median(syncs))
  }

  private static func copying() -> Double {
    let count = 256 << 20
    let source = UnsafeMutableRawPointer.allocate(byteCount: count, alignment: 4096)
    let target = UnsafeMutableRawPointer.allocate(byteCount: count, alignment: 4096)
    defer {
      source.deallocate()
      target.deallocate()
    }
    memset(source, 1, count)
    memset(target, 2, count)
    return Double(count)
      / median((0..<5).map { _ in timed { Glibc.memcpy(target, source, count) }.cpu })
  }

  private static func hashing() -> Double {
    let block = [UInt8](repeating: 7, count: 64 << 10)
    let hasher = Sha256()
    let seconds = (0..<5).map { _ in
      timed {
        for _ in 0..<512 { precondition(hasher.hash(block) != .zero) }
      }.cpu
    }
    return Double(512 * block.count) / median(seconds)
  }

  static func run(_ bench: Bench) {
    let limits = bench.limits
    bench.report("memcpy of 256 MB", limits.memcpy / 1e9, "GB/s")
    bench.report("SHA-256 of 64 KB blocks", limits.sha256 / 1e9, "GB/s")
    bench.report("append 1 MB, fdatasync", limits.append / 1e9, "GB/s")
    bench.report("overwrite 1 MB, fdatasync", limits.overwrite / 1e9, "GB/s")
    bench.report("append 64 B, fdatasync", 1e3 / limits.smallSyncs, "ms")
    if limits.smallSyncs > 20_000 {
      bench.note("\(bench.folder) does not wait for a disk: choose another with --folder")
    }
  }
}
