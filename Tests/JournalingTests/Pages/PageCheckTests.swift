import Events
import Glibc
import Testing

@testable import Journaling

/// Damage of LMDB's own pages: found before LMDB trusts them, which would end this process by a signal.
struct PageCheckTests {
  let folder = TemporaryFolder()
  private var data: String { folder.journal + "/data.mdb" }

  /// A journal with pages of all kinds: branches, leaves, large values, sets in a leaf and in pages of their
  /// own, lists of free pages, checkpoints and snapshots.
  private func create() throws -> [UInt8] {
    do {
      var journal = try Journal.create(at: folder.journal, meta: testMeta, durability: .none)
      let key = SigningKey.create()
      for turn in 0..<220 {
        let first = journal.sequence + 1
        let mentions = (0..<10).map { offset in
          // Order 1 is named so often that its set has pages of its own.
          OrderMention(
            order: offset < 6 ? 1 : UInt64(turn * 4 + offset), sequence: first + UInt64(offset))
        }
        let bytes = turn % 20 == 0 ? 9000 : 600
        try journal.append(block(first: first, bytes: bytes), mentions: mentions)
        if turn % 50 == 49 {
          try journal.writeCheckpoint(state: .zero, at: .epoch, key: key)
          let state = [UInt8](repeating: UInt8(turn), count: 5000)
          try journal.writeSnapshot(at: journal.sequence, version: 1, state: state.span.bytes)
        }
      }
      try journal.keepSnapshots(newest: 2)
    }
    return readFile(data)
  }

  /// What a command does that opens a journal, and one that verifies it, and reads all of it.
  /// - Returns: whether anything was found wrong.
  private func readAll(_ note: Comment) throws -> Bool {
    var isWrong = false
    do throws(JournalError) {
      let reader = try JournalReader.open(at: folder.journal)
      try reader.forEachBlock(verify: true) { (_, _) in true }
      _ = try reader.snapshot(version: 1)
      _ = try (
        reader.sequences(ofOrder: 1), reader.sequences(ofOrder: 9), reader.sequence(at: .epoch)
      )
    } catch {
      isWrong = true
    }
    do throws(JournalError) {
      let report = try JournalReader.open(toVerify: folder.journal).verify()
      isWrong = isWrong || !report.isIntact
    } catch {
      isWrong = true
    }
    return isWrong
  }

  @Test func `a whole journal has sound pages of all kinds`() throws {
    let bytes = try create()
    let report = try JournalReader.open(toVerify: folder.journal).checkPages()
    #expect(report.damage == [])
    #expect(report.isWhole)
    #expect(report.blockRuns == [1...2191])
    let kinds = Set(
      stride(from: 8192, to: bytes.count, by: 4096).map { Int(bytes[$0 + 10]) })
    #expect(kinds.isSuperset(of: [1, 2, 4, 0x22]), "\(kinds)")
    #expect(try !readAll("whole"))
  }

  @Test func `damage anywhere ends in an error or a sound answer`() throws {
    let original = try create()
    let pages = original.count / 4096
    var generator = SplitMix(seed: 20_231_114)
    func below(_ count: Int) -> Int { Int(generator.next() % UInt64(count)) }
    var found = 0
    for round in 0..<1_200 {
      var bytes = original
      let (page, other) = (below(pages), below(pages))
      switch round % 6 {
      case 0:
        // Most of what LMDB trusts is at the beginning of a page, or at its end.
        bytes[page * 4096 + below(64)] = UInt8(truncatingIfNeeded: generator.next())
      case 1:
        bytes[page * 4096 + 4095 - below(400)] ^= 1 << below(8)
      case 2:
        for place in 0..<3 {
          bytes[page * 4096 + 8 + place * below(30)] = [0, 1, 0x7F, 0xFF][below(4)]
        }
      case 3:
        for place in 0..<4096 { bytes.swapAt(page * 4096 + place, other * 4096 + place) }
      case 4:
        for place in 0..<4096 { bytes[page * 4096 + place] = 0 }
      default: bytes.removeLast(below(bytes.count - 1) + 1)
      }
      writeFile(data, bytes)
      if try readAll("round \(round)") { found += 1 }
    }
    #expect(found > 400, "\(found)")
  }

  @Test func `of a damaged leaf of blocks the sequences are told, and the rest is checked`() throws
  {
    let original = try create()
    let reader = try JournalReader.open(toVerify: folder.journal)
    #expect(try reader.verify().isIntact)
    // A leaf with blocks in it, neither the first nor the last.
    let magic: [UInt8] = [0x44, 0x59, 0x42, 0x4B, 1, 0]
    let leaf = stride(from: 8192, to: original.count, by: 4096).filter { page in
      original[page + 10] == 2
        && (page..<page + 4090).contains { Array(original[$0..<$0 + 6]) == magic }
    }[3]
    var bytes = original
    for place in leaf..<leaf + 4096 { bytes[place] = 0 }
    writeFile(data, bytes)
    #expect(throws: JournalError.self) {
      let damaged = try JournalReader.open(at: copy(bytes))
      _ = try damaged.lastSequence()
    }
    let report = try JournalReader.open(toVerify: copy(bytes)).verify()
    let told = report.problems.filter { $0.kind == .unreadable }
    #expect(told.count == 1, "\(report.problems)")
    #expect(told[0].first > 1 && told[0].last < 2200)
    #expect(told[0].last % 10 == 0 && told[0].first % 10 == 1)
    #expect(told[0].what.contains("page \(leaf / 4096) of data.mdb (blocks)"), "\(told)")
    #expect(report.head.sequence == 2200)
    #expect(report.entries == 2200 - (told[0].last - told[0].first + 1))
  }

  /// Another folder with the bytes, as this process has the first one open.
  private func copy(_ bytes: [UInt8]) -> String {
    let path = folder.path + "/copy"
    mkdir(path, 0o700)
    writeFile(path + "/data.mdb", bytes)
    return path
  }

  /// Pages above the leaves, and the leaves on the way of a reader, are looked at in a journal that is too
  /// large for a look at all of them.
  @Test func `the pages on the way are looked at in a large journal`() throws {
    let original = try create()
    var generator = SplitMix(seed: 3)
    for page in 2..<original.count / 4096 {
      var bytes = original
      for _ in 0..<4 {
        bytes[page * 4096 + 8 + Int(generator.next() % 120)] = UInt8(
          truncatingIfNeeded: generator.next())
      }
      writeFile(data, bytes)
      do throws(JournalError) {
        let lease = try EnvironmentRegistry.take(
          path: folder.journal, access: .reading, looking: .opening(pages: 0))
        #expect(!lease.environment.isWhole)
        let reader = try JournalReader.open(at: folder.journal)
        _ = try (reader.lastSequence(), reader.sequences(ofOrder: 1), reader.sequences(ofOrder: 9))
        try reader.forEachBlock(verify: true) { (_, _) in true }
        _ = try reader.withBlock(containing: 1234) { (header, _) in header.firstSequence }
      } catch {
        continue
      }
    }
  }
}
