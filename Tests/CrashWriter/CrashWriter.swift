import DiskLog
import Events
import Glibc
import Journaling

/// The other process of the tests of `Journaling`: it writes until it is killed, or reads, and tells
/// what it did on standard output.
///
///     CrashWriter append DIR DURABILITY SEED   appends for ever; 8 bytes a sequence acknowledged
///     CrashWriter log DIR DURABILITY SEED LOG N
///                                              appends for a while and logs what the disk gets; each
///                                              Nth wait for it fails, unless N is 0
///     CrashWriter follow DIR SEQUENCE          reads and verifies until the sequence is there
///     CrashWriter hold DIR                     is the writer until standard input ends
///     CrashWriter watch DIR                    holds a view of the first block until input ends
///     CrashWriter limited DIR BYTES            appends until the file may not grow; tells the error
///     CrashWriter prewrite DIR BYTES           appends while the file may not grow that far
///     CrashWriter stranger DIR                 reads as a user without rights; tells the error
@main
struct CrashWriter {
  static func main() {
    let words = CommandLine.arguments
    guard words.count >= 3 else { exit(64) }
    let (path, rest) = (words[2], words.dropFirst(3).first ?? "")
    do {
      switch words[1] {
      case "append":
        try append(
          at: path, Durability(rawValue: rest)!, seed: UInt64(words.dropFirst(4).first ?? "1")!)
      case "log":
        try log(
          at: path, Durability(rawValue: rest)!, seed: UInt64(words[4])!, to: words[5],
          failing: UInt32(words[6])!)
      case "follow": try follow(at: path, until: UInt64(rest)!)
      case "hold":
        let journal = try Journal.open(at: path)
        say("\(journal.sequence)")
        waitForInput()
      case "watch": try watch(at: path)
      case "limited": try limited(at: path, bytes: UInt(rest)!)
      case "prewrite": try prewrite(at: path, bytes: UInt(rest)!)
      case "stranger":
        guard setuid(65_534) == 0 else { exit(69) }
        say("\(try JournalReader.open(at: path).lastSequence())")
      default: exit(64)
      }
    } catch {
      say("\(error)")
      exit(1)
    }
  }

  private static func append(
    at path: String, _ durability: Durability, seed: UInt64
  ) throws(JournalError) {
    var generator = SplitMix(state: seed)
    var journal = try Journal.open(
      at: path, durability: durability, options: JournalOptions(mapSize: 1 << 20))
    while true {
      try act(on: &journal, &generator, compacts: true)
      // The kernel has what was recorded, and lives on.
      var acknowledged = journal.sequence
      // One write of 8 bytes into a pipe is whole or not there.
      write(1, &acknowledged, 8)
    }
  }

  private static func log(
    at path: String, _ durability: Durability, seed: UInt64, to log: String, failing: UInt32
  ) throws(JournalError) {
    var generator = SplitMix(state: seed)
    guard disk_log_start(path + "/data.mdb", log, failing) == 0 else { exit(69) }
    var journal = try Journal.open(
      at: path, durability: durability, options: JournalOptions(mapSize: 1 << 20))
    for _ in 0..<60 {
      do throws(JournalError) {
        if failing == 0 {
          try act(on: &journal, &generator, compacts: false)
        } else {
          try appendGroup(to: &journal, &generator)
        }
        if generator.next() % 8 == 0 { try journal.sync() }
      } catch {
        guard failing > 0, case .system(_, EIO, _) = error else { throw error }
        // Whatever this says, `durableSequence` must not be more than is on the disk.
        try? journal.sync()
      }
      disk_log_acknowledge(journal.durableSequence)
    }
    disk_log_stop()
  }

  private static func act(
    on journal: inout Journal, _ generator: inout SplitMix, compacts: Bool
  ) throws(JournalError) {
    switch generator.next() % 16 {
    case 0...2:
      try journal.beginImport()
      for _ in 0...generator.next() % 8 { try appendGroup(to: &journal, &generator) }
      try journal.finishImport()
    case 3: try journal.seal(compact: compacts && generator.next() % 2 == 0)
    case 4:
      let state = [UInt8](repeating: 7, count: Int(generator.next() % 9000))
      try journal.writeSnapshot(at: journal.sequence, version: 1, state: state.span.bytes)
      try journal.keepSnapshots(newest: 2)
    default: try appendGroup(to: &journal, &generator)
    }
  }

  private static func appendGroup(
    to journal: inout Journal, _ generator: inout SplitMix
  ) throws(JournalError) {
    var contents = ByteBuffer()
    var next = journal.sequence + 1
    var mentions: [OrderMention] = []
    for _ in 0...generator.next() % 3 {
      let count = UInt32(1 + generator.next() % 20)
      let bytes = Int(generator.next() % (generator.next() % 4 == 0 ? 20_000 : 900))
      addBlock(to: &contents, first: next, count: count, bytes: bytes)
      mentions.append(OrderMention(order: next % 97, sequence: next))
      next += UInt64(count)
    }
    try journal.append(contents, mentions: mentions)
  }

  private static func follow(at path: String, until last: UInt64) throws(JournalError) {
    let reader = try JournalReader.open(at: path)
    var (next, renewals) = (UInt64(1), 0)
    while next <= last {
      try reader.forEachBlock(from: next, verify: true) { (header, _) in
        next = header.lastSequence + 1
        return true
      }
      renewals += 1
      usleep(500)
    }
    say("\(next - 1)")
  }

  private static func watch(at path: String) throws(JournalError) {
    let reader = try JournalReader.open(at: path)
    try reader.forEachBlock { (header, content) in
      let before = Sha256().hash(content)
      say("\(header.firstSequence)")
      waitForInput()
      say(Sha256().hash(content) == before ? "same" : "changed")
      return false
    }
  }

  private static func limited(at path: String, bytes: UInt) throws(JournalError) {
    signal(SIGXFSZ, SIG_IGN)
    var limit = rlimit(rlim_cur: bytes, rlim_max: bytes)
    guard setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else { exit(69) }
    var journal = try Journal.open(at: path)
    while true {
      var contents = ByteBuffer()
      addBlock(to: &contents, first: journal.sequence + 1, count: 10, bytes: 50_000)
      do {
        try journal.append(contents)
      } catch {
        say("\(journal.sequence) \(error)")
        exit(0)
      }
    }
  }

  private static func prewrite(at path: String, bytes: UInt) throws(JournalError) {
    // What started this process may ignore signals or hold them back.
    signal(SIGXFSZ, SIG_DFL)
    var none = sigset_t()
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, nil)
    var limit = rlimit(rlim_cur: bytes, rlim_max: bytes)
    guard setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else { exit(69) }
    var journal = try Journal.open(
      at: path, options: JournalOptions(preallocate: 8 * Int(bytes)))
    for _ in 0..<10 {
      var contents = ByteBuffer()
      addBlock(to: &contents, first: journal.sequence + 1, count: 10, bytes: 50_000)
      try journal.append(contents)
    }
    say("\(journal.sequence)")
  }

  private static func addBlock(
    to buffer: inout ByteBuffer, first: UInt64, count: UInt32, bytes: Int
  ) {
    let base = Int64(first) * 1000
    BlockHeader(
      firstSequence: first, entryCount: count, recordBytes: UInt32(bytes),
      baseTime: Instant(nanoseconds: base),
      lastTime: Instant(nanoseconds: base + Int64(count - 1) * 1000), previous: .zero
    ).write(to: &buffer)
    var generator = SplitMix(state: first)
    buffer.append((0..<bytes).map { _ in UInt8(truncatingIfNeeded: generator.next() & 0x0F) })
  }

  private static func say(_ text: String) {
    let bytes = [UInt8]((text + "\n").utf8)
    write(1, bytes, bytes.count)
  }

  private static func waitForInput() {
    var byte: UInt8 = 0
    while read(0, &byte, 1) > 0 {}
  }
}

private struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
