import Events
import Glibc
import Journaling

/// A new, empty folder that is removed at the end of the value's life.
final class TemporaryFolder: Sendable {
  let path: String

  init() {
    var template = Array("/tmp/journaling-tests-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { fatalError("no temporary folder") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { removeTree(path) }

  /// Where tests put the journal.
  var journal: String { path + "/journal" }
}

private func removeTree(_ path: String) {
  if let folder = opendir(path) {
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { removeTree(path + "/" + name) }
    }
    closedir(folder)
    rmdir(path)
  } else {
    unlink(path)
  }
}

/// What journals of tests say about themselves; the identity is fixed so that hashes are too.
let testMeta = JournalMeta(
  created: Instant(nanoseconds: 1_700_000_000_000_000_000), engine: "0.1", strategies: "none=1",
  seed: 7, id: JournalID(Array(0..<16))!)

/// Appends a block's content to `buffer`: a header, then `bytes` bytes that depend on the sequence.
/// Journaling does not look into records, so they need not be any.
func addBlock(
  to buffer: inout ByteBuffer, first: UInt64, count: UInt32 = 10, bytes: Int = 160,
  time: Int64? = nil
) {
  let base = time ?? Int64(first) * 1000
  let header = BlockHeader(
    firstSequence: first, entryCount: count, recordBytes: UInt32(bytes),
    baseTime: Instant(nanoseconds: base),
    lastTime: Instant(nanoseconds: base + (time == nil ? Int64(count - 1) * 1000 : 0)),
    previous: .zero)
  header.write(to: &buffer)
  let start = Int(first * 7919 % 50_000)
  buffer.append([UInt8](noise[start..<start + bytes]))
}

/// Five random bits a byte: compressible, but not to nothing.
private let noise: [UInt8] = {
  var generator = SplitMix(seed: 1)
  return (0..<300_000).map { _ in UInt8(truncatingIfNeeded: generator.next() >> 3 & 0x1F) }
}()

/// The content of one block.
func block(
  first: UInt64, count: UInt32 = 10, bytes: Int = 160, time: Int64? = nil
) -> ByteBuffer {
  var buffer = ByteBuffer()
  addBlock(to: &buffer, first: first, count: count, bytes: bytes, time: time)
  return buffer
}

/// Appends `blocks` blocks of ten entries, each in a commit of its own.
func fill(_ journal: inout Journal, blocks: Int, bytes: Int = 160) throws(JournalError) {
  for _ in 0..<blocks {
    try journal.append(block(first: journal.sequence + 1, bytes: bytes))
  }
}

/// Repeatable pseudo-random numbers.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

func readFile(_ path: String) -> [UInt8] {
  let descriptor = open(path, O_RDONLY)
  defer { close(descriptor) }
  var result = [UInt8](repeating: 0, count: Int(lseek(descriptor, 0, SEEK_END)))
  guard pread(descriptor, &result, result.count, 0) == result.count else { return [] }
  return result
}

func writeFile(_ path: String, _ bytes: [UInt8]) {
  let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
  defer { close(descriptor) }
  precondition(write(descriptor, bytes, bytes.count) == bytes.count)
}

/// Changes a block's content in the data file, found by the first bytes of its header. Only for
/// blocks of more than half a page: smaller ones are copied within the file.
/// - Returns: in how many places the block was.
@discardableResult
func changeBytes(
  in path: String, of first: UInt64, _ change: (UnsafeMutableRawBufferPointer) -> Void
) -> Int {
  var header: [UInt8] = [0x44, 0x59, 0x42, 0x4B, 1, 0, 0, 0]
  header += (0..<8).map { UInt8(truncatingIfNeeded: first >> (8 * $0)) }
  let descriptor = open(path, O_RDWR)
  defer { close(descriptor) }
  let length = Int(lseek(descriptor, 0, SEEK_END))
  guard
    let map = mmap(nil, length, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0),
    map != MAP_FAILED
  else { fatalError("no map") }
  defer { munmap(map, length) }
  var places = 0
  for page in stride(from: 4096 * 2, to: length, by: 4096)
  where header.withUnsafeBytes({ memcmp(map + page + 16, $0.baseAddress!, header.count) }) == 0 {
    let count = Int((map + page + 16 + 20).loadUnaligned(as: UInt32.self)) + 72
    change(UnsafeMutableRawBufferPointer(start: map + page + 16, count: count))
    places += 1
  }
  return places
}
