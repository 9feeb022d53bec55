import Events
import Foundation
import Journaling

/// Recording as the path does it: a thread fills the next block while another records the last one.
final class Pipeline {
  /// A block that goes from one thread to the other and back.
  private final class Slot: @unchecked Sendable {
    var encoder: BlockEncoder
    let free = DispatchSemaphore(value: 1)
    let full = DispatchSemaphore(value: 0)

    init(capacity: Int) { encoder = BlockEncoder(capacity: capacity) }
  }

  private let quotes: [TimedQuote]
  private let commit: Int
  private let volume: Int
  private let slots: [Slot]

  /// - Parameters:
  ///   - commit: bytes of a block.
  ///   - volume: bytes of an `append`.
  init(_ quotes: [TimedQuote], commit: Int, volume: Int) {
    self.quotes = quotes
    self.commit = commit
    self.volume = volume
    slots = (0..<2).map { _ in Slot(capacity: commit + 65_536) }
  }

  /// Encodes and records until `volume` bytes are appended, and waits until they are on the disk.
  func append(to journal: inout Journal) throws {
    let (quotes, commit, slots) = (quotes, commit, slots)
    let blocks = (volume + commit - 1) / commit
    let first = journal.sequence + 1
    let shift = (journal.time?.nanoseconds).map { $0 - quotes[0].time } ?? 0
    Thread.detachNewThread {
      var (index, next, shift) = (0, first, shift)
      for block in 0..<blocks {
        let slot = slots[block % slots.count]
        slot.free.wait()
        Self.fill(&slot.encoder, at: next, quotes, from: &index, shift: &shift, commit)
        next = slot.encoder.nextSequence
        slot.full.signal()
      }
    }
    for block in 0..<blocks {
      let slot = slots[block % slots.count]
      slot.full.wait()
      try slot.encoder.withContent { (content) throws(JournalError) in
        _ = try journal.append(content)
      }
      slot.free.signal()
    }
    try journal.sync()
  }

  /// Encodes a block in one access to its encoder, as the core has its own. After the last quote the first comes
  /// again, later.
  private static func fill(
    _ encoder: inout BlockEncoder, at sequence: UInt64, _ quotes: [TimedQuote],
    from index: inout Int, shift: inout Int64, _ commit: Int
  ) {
    encoder.begin(at: sequence)
    while encoder.byteCount < commit {
      let time = Instant(nanoseconds: quotes[index].time + shift)
      encoder.append(quotes[index].quote, event: time, receive: time)
      index += 1
      guard index == quotes.count else { continue }
      index = 0
      shift += quotes[quotes.count - 1].time - quotes[0].time + 1_000
    }
    encoder.finish()
  }
}
