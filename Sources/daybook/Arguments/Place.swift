import ArgumentParser
import Events
import Journaling

/// A place in a journal: a sequence (`18442905`, `#18,442,905`), a moment (`2026-01-05T14:30:00.5`), or
/// `end`.
enum Place: ExpressibleByArgument, Equatable, CustomStringConvertible {
  case sequence(UInt64)
  case moment(Instant)
  case end

  init?(argument: String) {
    if argument == "end" {
      self = .end
    } else if let sequence = Self.sequence(argument) {
      self = .sequence(sequence)
    } else if let moment = Instant(argument) {
      self = .moment(moment)
    } else {
      return nil
    }
  }

  /// Reads a sequence with or without its `#` and commas.
  static func sequence(_ text: String) -> UInt64? {
    let digits = text.hasPrefix("#") ? text.dropFirst() : text[...]
    return UInt64(digits.filter { $0 != "," })
  }

  var description: String {
    switch self {
    case .sequence(let sequence): sequenceText(sequence)
    case .moment(let moment): moment.text
    case .end: "end"
    }
  }

  /// Sequence of the last entry at or before the place.
  /// - Throws: `Failure` if the journal has no such entry.
  func last(in reader: JournalReader) throws -> UInt64 {
    let end = try reader.lastSequence()
    guard end > 0 else {
      throw Failure(.noInput, "\(reader.path): the journal is empty, so it has no \(self).")
    }
    switch self {
    case .end: return end
    case .sequence(let sequence):
      guard (1...end).contains(sequence) else {
        throw Failure(
          .noInput,
          "\(reader.path): there is no entry \(self); the journal goes from #1 to "
            + "\(sequenceText(end)).")
      }
      return sequence
    case .moment(let moment):
      guard let sequence = try reader.last(by: moment) else {
        throw Failure(
          .noInput,
          "\(reader.path): the journal begins after \(self); `daybook inspect` shows its times.")
      }
      return sequence
    }
  }

  /// Sequence of the first entry at or after the place; one after the end if there is none.
  func first(in reader: JournalReader) throws -> UInt64 {
    switch self {
    case .sequence(let sequence): max(sequence, 1)
    case .moment(let moment): (try reader.last(by: moment.advanced(by: -1)) ?? 0) + 1
    case .end: try reader.lastSequence()
    }
  }
}

extension JournalReader {
  /// Sequence of the last entry received by a moment; nil if the journal begins later.
  /// O(log n + length of the blocks around it).
  func last(by moment: Instant) throws(JournalError) -> UInt64? {
    guard let start = try sequence(at: moment) else { return nil }
    var last: UInt64?
    var decoder = BlockDecoder()
    try forEachBlock(from: start) { (header, content) throws(Damage) in
      guard header.baseTime <= moment else { return false }
      if header.lastTime <= moment {
        last = header.lastSequence
        return true
      }
      _ = try decoder.begin(content)
      while true {
        if case .end = try decoder.next(content) { return false }
        guard decoder.header.receiveTime <= moment else { return false }
        last = decoder.header.sequence
      }
    }
    return last
  }
}
