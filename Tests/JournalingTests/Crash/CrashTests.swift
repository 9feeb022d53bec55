import Events
import Glibc
import Journaling
import Testing

/// Kills a writing process with SIGKILL at seeded random moments. Process death keeps what the
/// kernel was given, so `none` must hold too; power loss is another matter (see `Durability`).
@Suite(.serialized)
struct CrashTests {
  /// Kills per durability; the environment variable raises it.
  static let rounds = Int(getenv("DAYBOOK_CRASHES").map { String(cString: $0) } ?? "") ?? 70

  @Test(arguments: Durability.allCases)
  func `nothing acknowledged is lost`(durability: Durability) throws {
    let folder = TemporaryFolder()
    _ = try Journal.create(at: folder.journal, meta: testMeta)
    var generator = SplitMix(seed: 42 + UInt64(durability.rawValue.utf8.first!))
    var (known, rollbacks, told) = (UInt64(0), 0, 0)
    for round in 0..<Self.rounds {
      let seed = generator.next()
      let writer = OtherProcess("append", folder.journal, durability.rawValue, "\(seed)")
      // A random number of acknowledgements and a random while make the moment; one round in four
      // hits the start, the roll-back included.
      let wanted = generator.next() % 4 == 0 ? 0 : 1 + Int(generator.next() % 12)
      var output = writer.bytes(8 * wanted)
      usleep(UInt32(generator.next() % (wanted % 4 == 0 ? 40_000 : 4000)))
      writer.kill()
      output += writer.rest()
      let acknowledged = output.suffix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      told += output.count / 8
      #expect(output.count % 8 == 0, "round \(round), seed \(seed)")
      do {
        var journal = try Journal.open(at: folder.journal, durability: durability)
        #expect(journal.sequence >= max(acknowledged, known), "round \(round), seed \(seed)")
        #expect(journal.pendingImport == nil)
        if let rolledBack = journal.rolledBack {
          rollbacks += 1
          #expect(rolledBack.lowerBound == journal.sequence + 1, "round \(round)")
        }
        var last: UInt64 = 0
        try journal.reader().forEachBlock(from: max(known, 1), verify: true) { (header, _) in
          last = header.lastSequence
          return true
        }
        #expect(last == journal.sequence, "round \(round), seed \(seed)")
        known = try journal.append(block(first: last + 1))
      }
    }
    let report = try JournalReader.open(at: folder.journal).verify()
    #expect(report.problems == [])
    #expect(report.entries == known)
    // Otherwise the kills came too early to prove anything.
    #expect(told > Self.rounds)
    #expect(rollbacks > 0 || Self.rounds < 50)
  }
}
