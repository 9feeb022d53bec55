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

  private let quotes: [TimedEvent]
  private let commit: Int
  private let volume: Int
  private let slots: [Slot]

  /// - Parameters:
  ///   - commit: bytes of a block.
  ///   - volume: bytes of an `append`.
  init(_ quotes: [TimedEvent], commit: Int, volume: Int) {
    self.quotes = quotes
    self.commit = commit
    self.volume = volume
    slots = (0..<2).map { _ in Slot(capacity: commit + 65_536) }
  }

  /// Encodes and records until `volume` bytes are appended, and waits until they are on the disk.
  func append(to journal: inout Journal) throws {
    let (quotes, commit, slots) = (quotes, commit, slots)
    let blocks = (volume + commit - 1) / commit
    let first = journal.head.sequence + 1
    let shift = (journal.head.time?.nanoseconds).map { $0 - quotes[0].time } ?? 0
    Thread.detachNewThread {
      var (index, next) = (0, first)
      for block in 0..<blocks {
        let slot = slots[block % slots.count]
        slot.free.wait()
        slot.encoder.begin(at: next)
        while slot.encoder.byteCount < commit {
          let time = Instant(nanoseconds: quotes[index].time + shift)
          slot.encoder.append(quotes[index].event, event: time, receive: time)
          index += 1
        }
        slot.encoder.finish()
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
}
