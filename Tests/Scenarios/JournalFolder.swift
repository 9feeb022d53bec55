import Events
import Foundation
import Journaling
import Sequencing

/// A new, empty folder for journals, removed at the end of the value's life.
public final class JournalFolder: Sendable {
  private let url: URL

  public init() throws {
    url = FileManager.default.temporaryDirectory
      .appendingPathComponent("daybook-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit {
    do { try FileManager.default.removeItem(at: url) } catch { print("left behind: \(url.path)") }
  }

  public func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  /// A journal in the folder, opened for reading.
  public func reader(_ name: String) throws(JournalError) -> JournalReader {
    try JournalReader.open(at: path(name))
  }

  /// What journals of tests say about themselves, their identity included.
  public static let meta = JournalMeta(
    created: .epoch, engine: "test", strategies: "", seed: 0, id: JournalID(Array(0..<16))!)

  /// A new journal that waits for no disk.
  public func create(_ name: String) throws(JournalError) -> Journal {
    try Journal.create(
      at: path(name), meta: Self.meta, durability: .none,
      options: JournalOptions(mapSize: 4 << 20))
  }

  /// A new journal of these entries, as they are, whether they make sense or not.
  /// - Parameter block: entries per block.
  public func write(_ entries: [Entry], to name: String, block: Int = 1000) throws -> JournalReader
  {
    var journal = try create(name)
    try append(entries, to: &journal, block: block)
    return try JournalReader.open(at: path(name))
  }

  /// Appends entries as they are.
  public func append(_ entries: [Entry], to journal: inout Journal, block: Int) throws {
    var encoder = BlockEncoder()
    for start in stride(from: 0, to: entries.count, by: block) {
      encoder.begin(at: UInt64(start + 1))
      for entry in entries[start..<min(start + block, entries.count)] {
        let header = entry.header
        switch entry.event {
        case .observation(let observation):
          encoder.append(
            observation, event: header.eventTime, receive: header.receiveTime, cause: header.cause)
        case .decision(let decision):
          encoder.append(decision, at: header.receiveTime, cause: header.cause)
        }
      }
      encoder.finish()
      let mentions = encoder.mentions
      try encoder.withContent { (content) throws(JournalError) in
        _ = try journal.append(content, mentions: mentions)
      }
    }
  }
}

extension JournalReader {
  /// All entries, decoded.
  public func entries() throws -> [Entry] {
    var entries: [Entry] = []
    var decoder = BlockDecoder()
    try forEachBlock { (_, content) throws(Damage) in
      _ = try decoder.begin(content)
      while true {
        switch try decoder.next(content) {
        case .end: return true
        case .market(let tick):
          entries.append(Entry(header: decoder.header, event: .observation(.market(tick))))
        case .record(let kind, let payload):
          entries.append(Entry(header: decoder.header, event: try kind.event(content, payload)))
        }
      }
    }
    return entries
  }
}
