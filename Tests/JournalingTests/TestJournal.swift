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
  var generator = SplitMix(seed: first)
  buffer.append((0..<bytes).map { _ in UInt8(truncatingIfNeeded: generator.next() >> 3 & 0x1F) })
}

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
    try journal.append(block(first: journal.head.sequence + 1, bytes: bytes))
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
