import CPackedLMDB
import Events
import Foundation
import Journaling

/// Recording quotes, by durability, and how many bytes they take.
enum AppendBenchmark {
  private static let rounds = 7
  /// Bytes of a round.
  private static let volume = 24 << 20
  private static let commit = 1 << 20

  static func run(_ bench: Bench) throws {
    let quotes = TimedQuote.all(in: QuoteFeed.walk(2_000_000))
    try grouped(bench, quotes)
    try unsynced(bench, quotes)
    try single(bench, quotes)
    try packed(bench)
  }

  /// Encodes quotes into commits of about 1 MB until `volume` bytes are appended.
  /// - Returns: entries and bytes.
  private static func append(
    _ quotes: [TimedQuote], to journal: inout Journal, _ encoder: inout BlockEncoder
  ) throws -> (entries: Int, bytes: Int) {
    var (index, entries, bytes) = (0, 0, 0)
    // Every round's times come after the last one's.
    let shift = (journal.time?.nanoseconds).map { $0 - quotes[0].time } ?? 0
    while bytes < volume {
      encoder.begin(at: journal.sequence + 1)
      while encoder.byteCount < commit {
        let time = Instant(nanoseconds: quotes[index].time + shift)
        encoder.append(quotes[index].quote, event: time, receive: time)
        index += 1
      }
      encoder.finish()
      entries += encoder.entryCount
      bytes += encoder.byteCount
      try encoder.withContent { (content) throws(JournalError) in _ = try journal.append(content) }
    }
    if journal.durability != .none { try journal.sync() }
    return (entries, bytes)
  }

  /// Raw files and journals by turns, as the disk is another from second to second.
  private static func grouped(_ bench: Bench, _ quotes: [TimedQuote]) throws {
    let megabyte = [UInt8](repeating: 0x5a, count: commit)
    let growing = bench.path("append-growing")
    let written = bench.path("append-prewritten")
    let (rawGrowing, rawWritten) = (bench.path("raw-growing"), bench.path("raw-prewritten"))
    var journal = try Journal.create(at: growing, meta: RecordedMarket.meta, durability: .group)
    let reserve = volume * rounds * 4
    var ready = try Journal.create(
      at: written, meta: RecordedMarket.meta, durability: .group,
      options: JournalOptions(mapSize: 2 * reserve, preallocate: reserve))
    let (raw, rawReady) = (Files.create(rawGrowing), Files.create(rawWritten))
    for at in 0..<(volume * rounds / commit) { Files.write(megabyte, at: at << 20, to: rawReady) }
    // Filled ahead of the measurement: the disk is idle when a market is.
    while RecordedMarket.size(of: written) < reserve { usleep(10_000) }

    var encoder = BlockEncoder(capacity: commit + 65_536)
    // As many as stay in the cache: the core has its ticks from there, not from memory.
    let pipe = Pipeline(Array(quotes.prefix(4_096)), commit: commit, volume: volume)
    var seconds: [[Double]] = Array(repeating: [], count: 5)
    var (entries, bytes) = (0, 0)
    for round in 0..<rounds {
      Files.prepareMemory(2 * volume)
      seconds[0].append(timed { syncs(megabyte, from: round * volume, to: raw) }.wall)
      Files.prepareMemory(2 * volume)
      seconds[1].append(try timed { try pipe.append(to: &journal) }.wall)
      seconds[2].append(timed { syncs(megabyte, from: round * volume, to: rawReady) }.wall)
      seconds[3].append(try timed { try pipe.append(to: &ready) }.wall)
      seconds[4].append(
        try timed { (entries, bytes) = try append(quotes, to: &ready, &encoder) }.wall)
    }
    close(raw)
    close(rawReady)
    let medians = seconds.map(median)
    let scale = Double(bytes) / Double(volume)
    for (name, ours, limit, theirs, goal) in [
      ("growing", 1, "append + fdatasync", 0, Goal.ratio(0.4)),
      ("prewritten", 3, "append + fdatasync", 0, .ratio(0.55)),
      ("the same", 3, "overwrite + fdatasync", 2, nil),
      ("prewritten, encoding in turn", 4, "overwrite + fdatasync", 2, nil),
    ] {
      bench.report(
        "group, 1 MB, \(name)", Double(entries) / medians[ours] / 1e6, "M events/s",
        of: (limit, medians[theirs] * scale / medians[ours]), goal: goal)
    }
    for path in [growing, written, rawGrowing, rawWritten] { bench.remove(path) }
  }

  private static func syncs(_ megabyte: [UInt8], from offset: Int, to file: Int32) {
    for at in 0..<(volume >> 20) { Files.write(megabyte, at: offset + at << 20, to: file) }
  }

  private static func unsynced(_ bench: Bench, _ quotes: [TimedQuote]) throws {
    var seconds: [Elapsed] = []
    var (entries, bytes, size, sealed) = (0, 0, 0, 0)
    for round in 0..<3 {
      let path = bench.path("append-none")
      var journal = try Journal.create(at: path, meta: RecordedMarket.meta, durability: .none)
      var encoder = BlockEncoder(capacity: commit + 65_536)
      seconds.append(
        try timed { (entries, bytes) = try append(quotes, to: &journal, &encoder) })
      size = RecordedMarket.size(of: path)
      if round == 2 {
        try journal.seal()
        sealed = RecordedMarket.size(of: path)
      }
      bench.remove(path)
    }
    let rate = Double(entries) / median(seconds).cpu
    bench.report(
      "none, 1 MB commits", rate / 1e6, "M events/s",
      of: ("SHA-256", Double(bytes) / median(seconds).cpu / bench.limits.sha256),
      goal: .atLeast(10))
    bench.report(
      "bytes on disk, unsealed", Double(size) / Double(entries), "B/event",
      goal: .atMost(18))
    bench.report(
      "bytes on disk, sealed", Double(sealed) / Double(entries), "B/event",
      goal: .atMost(10))
  }

  private static func single(_ bench: Bench, _ quotes: [TimedQuote]) throws {
    let path = bench.path("append-each")
    defer { bench.remove(path) }
    var journal = try Journal.create(at: path, meta: RecordedMarket.meta, durability: .each)
    var encoder = BlockEncoder(capacity: 4096)
    var seconds: [Double] = []
    for quote in quotes.prefix(200) {
      seconds.append(
        try timed {
          let time = Instant(nanoseconds: quote.time)
          encoder.begin(at: journal.sequence + 1)
          encoder.append(quote.quote, event: time, receive: time)
          encoder.finish()
          try encoder.withContent { (content) throws(JournalError) in
            _ = try journal.append(content)
          }
        }.wall)
    }
    let rate = 1 / median(seconds)
    bench.report(
      "each", rate, "events/s", of: ("append 64 B, fdatasync", rate / bench.limits.smallSyncs))
  }

  /// 1,000 entries of 64 bytes a commit, and a C program that does as much with LMDB alone. It has each
  /// commit on the disk when it goes on, as `each` has; `group` has the one before. As on the path, where the
  /// core fills a block while the journal thread records the last, the entries are there in bytes, as the C
  /// program's are; with encoding in turn they are not.
  private static func packed(_ bench: Bench) throws {
    let theirs = bench.path("packed-c")
    let ours = [Durability.each, .group].map { bench.path("packed-\($0)") }
    defer { for path in ours + [theirs] { bench.remove(path) } }
    try FileManager.default.createDirectory(atPath: theirs, withIntermediateDirectories: true)
    guard let store = packed_lmdb_open(theirs, 1 << 30) else { fatalError("LMDB in C") }
    defer { packed_lmdb_close(store) }
    var each = try Journal.create(at: ours[0], meta: RecordedMarket.meta, durability: .each)
    var group = try Journal.create(at: ours[1], meta: RecordedMarket.meta, durability: .group)
    var encoder = BlockEncoder(capacity: 128 << 10)
    let events = [UInt8](repeating: 3, count: 64_000)
    var seconds: [[Double]] = [[], [], [], []]
    for round in 0..<160 {
      seconds[0].append(
        timed { precondition(packed_lmdb_append(store, UInt64(round), events, 64, 1_000) == 0) }
          .wall)
      encodeNotes(at: each.head.sequence + 1, &encoder)
      seconds[1].append(try timed { try append(encoder, to: &each) }.wall)
      encodeNotes(at: group.head.sequence + 1, &encoder)
      seconds[2].append(try timed { try append(encoder, to: &group) }.wall)
      seconds[3].append(
        try timed {
          encodeNotes(at: each.head.sequence + 1, &encoder)
          try append(encoder, to: &each)
        }.wall)
    }
    let medians = seconds.map(median)
    for (name, ours, goal) in [
      ("each", 1, Goal.ratio(0.9)), ("group", 2, nil), ("each, encoding in turn", 3, nil),
    ] {
      bench.report(
        "1,000 × 64 B a commit, \(name)", 1e-3 / medians[ours], "M events/s",
        of: ("C, packed in LMDB", medians[0] / medians[ours]), goal: goal)
    }
  }

  private static func encodeNotes(at sequence: UInt64, _ encoder: inout BlockEncoder) {
    let note = Observation.dataQuality(
      DataQuality(
        issue: .gap, instrument: InstrumentID(0), expected: 1, actual: 2, detail: "eleven byte"))
    encoder.begin(at: sequence)
    for _ in 0..<1_000 { encoder.append(note, event: .epoch, receive: .epoch) }
    encoder.finish()
    precondition(encoder.byteCount == 64_072)
  }

  private static func append(
    _ encoder: borrowing BlockEncoder, to journal: inout Journal
  ) throws(JournalError) {
    try encoder.withContent { (content) throws(JournalError) in _ = try journal.append(content) }
  }
}
