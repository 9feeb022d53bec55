import Events
import Venues

/// What may happen to frames on their way, by a seed: for trying how the other side takes it.
struct LineFaults {
  private var state: UInt64
  /// Frames that are held back, and until when.
  private var held: [(time: Instant, bytes: [UInt8])] = []

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  /// What becomes of a frame: one in 400 is lost, as many come twice, one in 100 late with all after it, and
  /// one in 4,000 ends the connection.
  enum Fate { case lost, twice, late(Int64), cut, kept }

  mutating func fate() -> Fate {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    switch (state >> 33) % 4_000 {
    case 0: return .cut
    case 1...10: return .lost
    case 11...20: return .twice
    case 21...60: return .late(Int64((state >> 40) % 50) * 1_000_000)
    default: return .kept
    }
  }

  /// Takes a frame that is to be sent.
  /// - Returns: what is sent now; nil to end the connection.
  mutating func pass(_ frame: [UInt8], at time: Instant) -> [UInt8]? {
    switch fate() {
    case .cut:
      held = []
      return nil
    case .lost: return due(at: time)
    case .twice: held.append((held.last?.time ?? time, frame + frame))
    case .late(let delay):
      held.append((max(held.last?.time ?? time, time.advanced(by: delay)), frame))
    case .kept: held.append((held.last?.time ?? time, frame))
    }
    return due(at: time)
  }

  /// What was held back until now.
  mutating func due(at time: Instant) -> [UInt8] {
    let count = held.firstIndex { $0.time > time } ?? held.count
    let bytes = held[..<count].flatMap(\.bytes)
    held.removeFirst(count)
    return bytes
  }

  var nextTime: Instant? { held.first?.time }

  /// The connection is another one.
  mutating func forget() { held = [] }
}
