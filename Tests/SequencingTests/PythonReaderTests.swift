import Events
import Foundation
import Journaling
import Sequencing
import Testing

/// The reader in Tools/python was written from docs/journal-format.md alone. Both must say the same.
@Suite struct PythonReaderTests {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  /// The interpreter with the pinned packages, which `make test` prepares.
  static let interpreter: URL? = {
    let url = root.appendingPathComponent("Tools/python/.venv/bin/python")
    return FileManager.default.isExecutableFile(atPath: url.path) ? url : nil
  }()

  static func python(_ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = interpreter
    process.arguments = ["-m", "daybook"] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }

  /// Writes every kind of entry, in several blocks, and returns the entries' lines.
  private func write(at path: String, key: borrowing SigningKey) throws -> [String] {
    var journal = try Journal.create(
      at: path,
      meta: JournalMeta(
        created: Instant(nanoseconds: 5), engine: "0.1.0", strategies: "ema-cross=1", seed: 42),
      durability: .none)
    var encoder = BlockEncoder()
    var time = Instant(nanoseconds: 1_700_000_000_000_000_000)
    for round in 0..<3 {
      encoder.begin(at: journal.sequence + 1)
      for (index, observation)
        in (EveryKind.observations + EveryKind.references + EveryKind.actions
        + EveryKind.limitChanges + EveryKind.statements)
        .enumerated()
      {
        time = time.advanced(by: Int64(index % 7 == 0 ? 5_000_000_000 : index * 1000))
        let lags: [Int64] = [0, -1_270_000_000, 12, 9_000_000_000]
        let event = time.advanced(by: -lags[(index + round) % 4])
        encoder.append(observation, event: event, receive: time)
      }
      for decision in EveryKind.decisions + EveryKind.orders + EveryKind.bookings
        + EveryKind.risk + EveryKind.breaks
      {
        encoder.append(decision, at: time, cause: encoder.nextSequence - 1)
      }
      for report in EveryKind.reports {
        encoder.append(.report(report), event: time, receive: time, cause: 1)
      }
      encoder.finish()
      let mentions = encoder.mentions
      try encoder.withContent { _ = try journal.append($0, mentions: mentions) }
    }
    var state = ByteBuffer()
    state.append([1, 2, 3])
    try state.withBytes { (bytes) throws(JournalError) in
      _ = try journal.writeSnapshot(at: journal.sequence, version: 1, state: bytes)
    }
    try journal.writeCheckpoint(state: .zero, at: time, key: key)
    _ = try journal.seal(through: journal.sequence * 2 / 3)
    return try lines(of: journal.reader())
  }

  private func lines(of reader: JournalReader) throws -> [String] {
    var decoder = BlockDecoder()
    var text = EntryText()
    var lines: [String] = []
    try reader.forEachBlock(verify: true) { (_, content) throws(Damage) in
      _ = try decoder.begin(content)
      while true {
        let event: Event
        switch try decoder.next(content) {
        case .end: return true
        case .market(let tick): event = .observation(.market(tick))
        case .record(let kind, let payload): event = try kind.event(content, payload)
        }
        text.note(event)
        lines.append(text.line(Entry(header: decoder.header, event: event)).text)
      }
    }
    return lines
  }

  @Test(.enabled(if: PythonReaderTests.interpreter != nil, "Tools/python/.venv: run make test"))
  func `both readers say the same of every kind of entry`() throws {
    let folder = try SharedData.scratch()
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("journal").path
    let key = SigningKey.create()
    let lines = try write(at: path, key: key)
    let kinds = Set(lines.compactMap { $0.split(separator: "\"").dropFirst(5).first })
    #expect(kinds.count == EntryKind.allCases.count)

    let exported = try Self.python(["export", path])
    #expect(exported.status == 0)
    let theirs = exported.output.split(separator: "\n").map(String.init)
    #expect(theirs.count == lines.count)
    for (mine, other) in zip(lines, theirs) where mine != other {
      Issue.record("Swift  \(mine)\nPython \(other)")
      break
    }

    let publicKey = folder.appendingPathComponent("key.pem").path
    try key.publicKey.save(to: publicKey)
    #expect(try Self.python(["verify", path, "--public-key", publicKey]).status == 0)
    let stranger = folder.appendingPathComponent("stranger.pem").path
    try SigningKey.create().publicKey.save(to: stranger)
    #expect(try Self.python(["verify", path, "--public-key", stranger]).status == 2)
  }
}
