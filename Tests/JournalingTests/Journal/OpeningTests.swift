import Events
import Glibc
import Journaling
import Testing

/// What stands where a journal should be, and what opening it says.
struct OpeningTests {
  let folder = TemporaryFolder()

  /// The error of opening for reading and for writing, which must be the same.
  private func failure() throws -> JournalError? {
    let reading = #expect(throws: JournalError.self) {
      _ = try JournalReader.open(at: folder.journal)
    }
    let writing = #expect(throws: JournalError.self) { _ = try Journal.open(at: folder.journal) }
    #expect(reading == writing)
    return reading
  }

  private func createJournal(blocks: Int = 3) throws {
    var journal = try Journal.create(at: folder.journal, meta: testMeta)
    try fill(&journal, blocks: blocks)
  }

  private var dataPath: String { folder.journal + "/data.mdb" }

  @Test func `a folder that is not there is missing`() throws {
    #expect(try failure() == .missing(path: folder.journal))
  }

  @Test func `a folder without data is missing`() throws {
    mkdir(folder.journal, 0o700)
    #expect(try failure() == .missing(path: folder.journal))
    #expect(rmdir(folder.journal) == 0, "something was left in the folder")
  }

  @Test func `a file instead of a folder is missing`() throws {
    writeFile(folder.journal, [1, 2, 3])
    #expect(try failure() == .missing(path: folder.journal))
  }

  @Test(arguments: [[1, 2, 3], [UInt8](repeating: 7, count: 100_000)])
  func `a file that is not LMDB's is not a journal`(bytes: [UInt8]) throws {
    mkdir(folder.journal, 0o700)
    writeFile(dataPath, bytes)
    guard case .notAJournal = try failure() else {
      Issue.record("another error")
      return
    }
    #expect(readFile(dataPath) == bytes)
  }

  @Test func `a changed name in meta is damage`() throws {
    try createJournal()
    try changeMeta("journal-id", to: [1])
    guard case .damagedStore = try failure() else {
      Issue.record("another error")
      return
    }
  }

  @Test func `a newer format is refused and named`() throws {
    try createJournal()
    try changeMeta("format", to: [9, 0, 0, 0])
    #expect(try failure() == .newerFormat(path: folder.journal, found: 9, supported: 1))
  }

  @Test(arguments: [4096, 8192, 12_288, 20_000])
  func `a file that was cut is a torn tail`(length: Int) throws {
    try createJournal(blocks: 40)
    #expect(truncate(dataPath, length) == 0)
    guard case .tornTail(_, let bytes, let expected) = try failure() else {
      Issue.record("another error")
      return
    }
    #expect(bytes == length)
    #expect(expected > bytes)
  }

  @Test func `a file cut under an open reader is a torn tail`() throws {
    try createJournal(blocks: 40)
    let reader = try JournalReader.open(at: folder.journal)
    let last = try reader.lastSequence()
    #expect(last == 400)
    truncate(dataPath, 12_288)
    #expect(throws: JournalError.self) { _ = try reader.lastSequence() }
  }

  @Test func `a deleted file is not acknowledged`() throws {
    var journal = try Journal.create(at: folder.journal, meta: testMeta)
    unlink(dataPath)
    #expect(throws: JournalError.missing(path: folder.journal)) {
      try journal.append(block(first: 1))
    }
  }

  @Test func `a journal is not created over another`() throws {
    try createJournal()
    #expect(throws: JournalError.exists(path: folder.journal)) {
      _ = try Journal.create(at: folder.journal, meta: testMeta)
    }
    let last = try JournalReader.open(at: folder.journal).lastSequence()
    #expect(last == 30)
  }

  /// What a creation that was killed leaves: no data file, an empty one, or one without a transaction.
  @Test(arguments: [nil, 0, 8192])
  func `a folder whose making was cut off holds no journal, and is made anew`(length: Int?) throws {
    try createJournal()
    if let length {
      truncate(dataPath, length)
      if length > 0 { forgetTransactions() }
    } else {
      unlink(dataPath)
    }
    #expect(!Journal.exists(at: folder.journal))
    #expect(try failure() == .missing(path: folder.journal))
    #expect(throws: JournalError.missing(path: folder.journal)) {
      _ = try Journal.open(at: folder.journal)
    }
    try createJournal()
    #expect(Journal.exists(at: folder.journal))
    #expect(try JournalReader.open(at: folder.journal).lastSequence() == 30)
  }

  @Test func `an empty data file beside others was a journal`() throws {
    try createJournal()
    truncate(dataPath, 0)
    writeFile(folder.journal + "/checkpoint.pub.pem", [1])
    #expect(Journal.exists(at: folder.journal))
    guard case .notAJournal = try failure() else {
      Issue.record("another error")
      return
    }
    #expect(throws: JournalError.exists(path: folder.journal)) { try createJournal() }
  }

  /// Sets the numbers of the transactions in both meta pages to 0, as LMDB makes them.
  private func forgetTransactions() {
    var bytes = readFile(dataPath)
    for page in [0, 4096] {
      bytes.replaceSubrange(page + 144..<page + 152, with: repeatElement(0, count: 8))
    }
    writeFile(dataPath, bytes)
  }

  @Test func `a second writer in the same process is refused`() throws {
    let journal = try Journal.create(at: folder.journal, meta: testMeta)
    #expect(throws: JournalError.secondWriter(path: folder.journal)) {
      _ = try Journal.open(at: folder.journal)
    }
    _ = journal.head
  }

  @Test func `a second writer in another process is refused until the first ends`() throws {
    try createJournal()
    let holder = OtherProcess("hold", folder.journal)
    #expect(holder.line() == "30")
    #expect(throws: JournalError.secondWriter(path: folder.journal)) {
      _ = try Journal.open(at: folder.journal)
    }
    let last = try JournalReader.open(at: folder.journal).lastSequence()
    #expect(last == 30)
    holder.kill()
    let journal = try Journal.open(at: folder.journal)
    #expect(journal.sequence == 30)
  }

  @Test(.enabled(if: geteuid() == 0, "needs root to become a user without rights"))
  func `a user without rights is told so`() throws {
    try createJournal()
    chmod(folder.path, 0o755)
    chmod(folder.journal, 0o755)
    chmod(dataPath, 0o600)
    let stranger = OtherProcess("stranger", folder.journal)
    #expect(stranger.line()?.contains("no permission while opening") == true)
    #expect(stranger.wait() == 1)
  }

  @Test(.enabled(if: getuid() == 0, "needs another user: run it as root"))
  func `who may only read reads, but while nobody writes`() throws {
    try createJournal()
    chmod(folder.path, 0o755)
    for name in ["", "/data.mdb", "/lock.mdb", "/writer.lock"] {
      chmod(folder.journal + name, name.isEmpty ? 0o755 : 0o644)
    }
    let auditor = OtherProcess("stranger", folder.journal)
    #expect(auditor.line() == "30")
    #expect(auditor.wait() == 0)
    let writer = try Journal.open(at: folder.journal)
    let tooEarly = OtherProcess("stranger", folder.journal)
    #expect(tooEarly.line()?.contains("no permission while opening") == true)
    _ = consume writer
  }

  @Test func `a damaged last block cannot be followed`() throws {
    try createJournal()
    do {
      var journal = try Journal.open(at: folder.journal)
      try journal.append(block(first: 31, bytes: 20_000))
    }
    let places = changeBytes(in: dataPath, of: 31) { $0[0] ^= 1 }
    #expect(places == 1)
    let error = #expect(throws: JournalError.self) { _ = try Journal.open(at: folder.journal) }
    #expect(
      error == .damagedBlock(first: 31, last: nil, what: "byte 0: not a block"))
  }

  @Test func `every error says where, what and what to do`() {
    let errors: [JournalError] = [
      .missing(path: "P"), .exists(path: "P"), .notAJournal(path: "P", why: "w"),
      .newerFormat(path: "P", found: 2, supported: 1), .secondWriter(path: "P"),
      .mapFull(path: "P", size: 5), .diskFull(path: "P"),
      .damagedBlock(first: 7, last: 9, what: "w"), .damagedBlock(first: 7, last: nil, what: "w"),
      .damagedStore(path: "P", what: "w"), .unsigned(first: 7, through: 9),
      .shortened(after: 7, checkpoint: 9), .brokenChain(at: 7),
      .badSignature(sequence: 7, what: "w"),
      .tornTail(path: "P", bytes: 1, expected: 2), .permission(path: "P", doing: "d"),
      .outOfOrder(expected: 8, found: 7),
      .timeReversed(sequence: 7, before: .epoch, after: .epoch),
      .malformedBlock(sequence: 7, what: "w"), .importState(path: "P", pending: 3),
      .importState(path: "P", pending: nil), .tooManyReaders(path: "P"),
      .badKey(path: "P", what: "w"), .system(path: "P", code: 5, doing: "d"),
      .lmdb(path: "P", code: -30796, doing: "d"),
    ]
    for error in errors {
      let text = "\(error)"
      #expect(text.hasPrefix("P:") || text.hasPrefix("#7"))
      #expect(text.hasSuffix(".") && text.count > 40)
      #expect(!text.contains("Optional") && !text.contains("\n"))
    }
  }

  /// Changes a value of `meta` in the file by its bytes: the key stands right before the value.
  private func changeMeta(_ key: String, to value: [UInt8]) throws {
    var bytes = readFile(dataPath)
    let name = [UInt8](key.utf8)
    var changed = 0
    for start in bytes.indices.dropLast(name.count + 16)
    where bytes[start] == name[0] && Array(bytes[start..<start + name.count]) == name {
      // A node: data size (4 bytes), flags (2), key size (2), key, data.
      if value.count == 1 {
        bytes[start] = UInt8(ascii: "J")
      } else {
        bytes.replaceSubrange(start + name.count..<start + name.count + value.count, with: value)
      }
      changed += 1
    }
    #expect(changed > 0)
    writeFile(dataPath, bytes)
  }
}
