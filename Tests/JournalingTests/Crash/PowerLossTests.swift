import Events
import Glibc
import Journaling
import Testing

/// Cuts the power in the simulation: a process logs what it writes and when it waits for the disk; what
/// it wrote before a wait is on the disk, and of what it wrote since, any pages are, in any order.
struct PowerLossTests {
  /// Cuts per log.
  private static let cuts = 80
  let folder = TemporaryFolder()

  @Test(arguments: [Durability.each, .group], [1, 2, 3] as [UInt64])
  func `power loss takes nothing acknowledged and leaves the journal whole`(
    durability: Durability, seed: UInt64
  ) throws {
    try cutPower(durability, seed: seed, failing: 0)
  }

  @Test(arguments: [Durability.each, .group], [2, 3, 5, 7, 11] as [UInt32])
  func `a disk that fails now and then takes nothing acknowledged either`(
    durability: Durability, failing: UInt32
  ) throws {
    try cutPower(durability, seed: UInt64(failing), failing: failing)
  }

  private func cutPower(_ durability: Durability, seed: UInt64, failing: UInt32) throws {
    do { _ = try Journal.create(at: folder.journal, meta: testMeta) }
    var disk = Disk(file: readFile(folder.journal + "/data.mdb"))
    let log = folder.path + "/log"
    let writer = OtherProcess(
      "log", folder.journal, durability.rawValue, "\(seed)", log, "\(failing)")
    #expect(writer.rest() == [] && writer.wait() == 0)
    let records = LogRecord.all(in: readFile(log))
    #expect(records.count { $0.type == .acknowledged } == 60)

    var generator = SplitMix(seed: seed)
    var (acknowledged, lost) = (UInt64(0), 0)
    for (index, record) in records.enumerated() {
      disk.apply(record, &generator)
      if record.type == .acknowledged { acknowledged = UInt64(record.offset) }
      guard generator.next() % UInt64(records.count) < Self.cuts else { continue }
      // Not one folder for all: a process that starts meanwhile holds the last lock for a moment.
      let copy = folder.path + "/copy-\(index)"
      mkdir(copy, 0o700)
      defer { unlink(copy + "/data.mdb") }
      writeFile(copy + "/data.mdb", disk.afterPowerLoss(&generator))
      let journal = try Journal.open(at: copy, durability: .none)
      #expect(journal.sequence >= acknowledged, "record \(index)")
      #expect(try journal.reader().verify().problems == [], "record \(index)")
      lost += disk.isBehind ? 1 : 0
    }
    // Else nothing was at stake.
    #expect(lost > Self.cuts / 4 && acknowledged > 100)
  }
}

/// A record of the log that `disk_log.h` describes.
private struct LogRecord {
  enum Kind: UInt8 {
    case written = 0x57
    case durable = 0x44
    case waitBegins = 0x42
    case waitEnds = 0x53
    case waitFails = 0x46
    case acknowledged = 0x41
  }

  var type: Kind
  var number: UInt32
  var offset: Int
  var bytes: ArraySlice<UInt8>

  static func all(in log: [UInt8]) -> [LogRecord] {
    var records: [LogRecord] = []
    var at = 0
    while at < log.count {
      let (number, offset, length) = log.withUnsafeBytes { raw in
        (
          raw.loadUnaligned(fromByteOffset: at + 4, as: UInt32.self),
          raw.loadUnaligned(fromByteOffset: at + 8, as: Int.self),
          raw.loadUnaligned(fromByteOffset: at + 16, as: Int.self)
        )
      }
      let bytes = log[(at + 24)..<(at + 24 + length)]
      records.append(
        LogRecord(type: Kind(rawValue: log[at])!, number: number, offset: offset, bytes: bytes))
      at += 24 + length
    }
    return records
  }
}

/// A file on a disk with a cache.
private struct Disk {
  /// What is on the disk for certain.
  private var file: [UInt8]
  /// What was written since, oldest first.
  private var pending: [LogRecord] = []
  /// How many of `pending` a wait that is under way is for.
  private var waits: [UInt32: Int] = [:]

  init(file: [UInt8]) { self.file = file }

  /// Whether anything was written that may not be on the disk.
  var isBehind: Bool { !pending.isEmpty }

  mutating func apply(_ record: LogRecord, _ generator: inout SplitMix) {
    switch record.type {
    case .written: pending.append(record)
    case .durable:
      Self.write(record.bytes, at: record.offset, to: &file)
      pending.removeLast()
    case .waitBegins: waits[record.number] = pending.count
    case .waitEnds, .waitFails:
      let count = waits.removeValue(forKey: record.number)!
      for written in pending.prefix(count) {
        if record.type == .waitEnds {
          Self.write(written.bytes, at: written.offset, to: &file)
        } else {
          Self.write(written, to: &file, odds: 4, &generator)
        }
      }
      pending.removeFirst(count)
      for (number, covered) in waits { waits[number] = max(covered - count, 0) }
    case .acknowledged: break
    }
  }

  /// The file as it may be found: each page written since is there or not, with odds of the moment.
  func afterPowerLoss(_ generator: inout SplitMix) -> [UInt8] {
    var found = file
    let odds = [0, 1, 4, 7, 8].randomElement(using: &generator)! as UInt64
    for written in pending { Self.write(written, to: &found, odds: odds, &generator) }
    return found
  }

  /// Writes some of the pages, with odds in eighths.
  private static func write(
    _ record: LogRecord, to file: inout [UInt8], odds: UInt64, _ generator: inout SplitMix
  ) {
    var at = record.offset
    let last = record.offset + record.bytes.count
    while at < last {
      let end = min((at / 4096 + 1) * 4096, last)
      let start = record.bytes.startIndex - record.offset
      if generator.next() % 8 < odds {
        write(record.bytes[(start + at)..<(start + end)], at: at, to: &file)
      }
      at = end
    }
  }

  private static func write(_ bytes: ArraySlice<UInt8>, at offset: Int, to file: inout [UInt8]) {
    let end = offset + bytes.count
    if file.count < end { file += [UInt8](repeating: 0, count: end - file.count) }
    file.replaceSubrange(offset..<end, with: bytes)
  }
}
