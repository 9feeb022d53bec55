import Events
import Glibc
import Journaling
import Testing

struct SnapshotTests {
  let folder = TemporaryFolder()

  private func journal() throws -> Journal {
    var journal = try Journal.create(at: folder.journal, meta: testMeta)
    try fill(&journal, blocks: 10)
    return journal
  }

  @Test func `the newest state at or before an entry is found`() throws {
    var journal = try journal()
    for (sequence, byte) in [(10, 1), (50, 2), (100, 3)] as [(UInt64, UInt8)] {
      let state = [UInt8](repeating: byte, count: 5000 * Int(byte))
      let hash = try journal.writeSnapshot(at: sequence, version: 4, state: state.span.bytes)
      #expect(hash == Sha256().hash(state))
    }
    let reader = try journal.reader()
    let table: [(UInt64, UInt64?)] = [
      (0, nil), (9, nil), (10, 10), (49, 10), (50, 50), (99, 50), (100, 100), (.max, 100),
    ]
    for (sequence, expected) in table {
      #expect(try reader.snapshot(notAfter: sequence, version: 4)?.sequence == expected)
    }
    let newest = try #require(try reader.snapshot(version: 4))
    #expect(newest.state == [UInt8](repeating: 3, count: 15_000))
    #expect(try reader.snapshots().map(\.byteCount) == [5000, 10_000, 15_000])
    #expect(try reader.snapshot(version: 5) == nil)
    try journal.keepSnapshots(newest: 1)
    #expect(try reader.snapshots().map(\.sequence) == [100])
  }

  @Test func `an empty state is a state`() throws {
    var journal = try journal()
    try journal.writeSnapshot(at: 3, version: 1, state: [UInt8]().span.bytes)
    #expect(try journal.reader().snapshot(version: 1)?.state == [])
  }

  @Test func `a changed snapshot is passed over for an older one`() throws {
    do {
      var journal = try journal()
      for sequence: UInt64 in [20, 40] {
        let state = [UInt8](repeating: UInt8(sequence), count: 9000)
        try journal.writeSnapshot(at: sequence, version: 1, state: state.span.bytes)
      }
    }
    let data = folder.journal + "/data.mdb"
    var bytes = readFile(data)
    var run = 0
    for place in bytes.indices {
      run = bytes[place] == 40 ? run + 1 : 0
      if run == 8000 { bytes[place] = 41 }
    }
    writeFile(data, bytes)
    let reader = try JournalReader.open(at: folder.journal)
    #expect(try reader.snapshot(version: 1)?.sequence == 20)
    let report = try reader.verify()
    #expect(report.snapshots == 1)
    #expect(report.problems.map(\.kind) == [.badSnapshot])
    #expect(report.problems.map(\.first) == [40])
  }
}
