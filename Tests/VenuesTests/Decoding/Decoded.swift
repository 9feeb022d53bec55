import Events
import Foundation

@testable import Venues

/// Recorded data outside of the repository; tests that need them are skipped where they are absent.
enum SharedData {
  static let root =
    ProcessInfo.processInfo.environment["DAYBOOK_SHARED"]
    ?? FileManager.default.currentDirectoryPath + "/../shared"

  static var isThere: Bool { FileManager.default.fileExists(atPath: root + "/data/MANIFEST.csv") }

  static func path(_ name: String) -> String { "\(root)/data/\(name)" }

  static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path(name))))
  }
}

/// What a decoder makes of some bytes.
struct Decoded {
  var batch = DecodedBatch()
  var registry: InstrumentRegistry
  var error: DecodeError?

  /// Feeds bytes in pieces as a reader would.
  /// - Parameter piece: bytes added before each call.
  init(
    _ decoder: some Decoder, _ bytes: [UInt8], piece: Int = .max,
    registry: InstrumentRegistry = InstrumentRegistry(isSurvey: true)
  ) {
    self.registry = registry
    var decoder = decoder
    var start = 0
    var end = 0
    do {
      while true {
        let length = min(piece, bytes.count - end)
        end += length
        let isEnd = end == bytes.count
        start += try decoder.decode(
          bytes.span.extracting(start..<end), isEnd: isEnd, registry: &self.registry, into: &batch)
        if isEnd { break }
      }
      if var stream = decoder as? any StreamDecoder { stream.finish(into: &batch) }
    } catch {
      self.error = error
    }
  }

  init(_ decoder: some Decoder, _ text: String, registry: InstrumentRegistry? = nil) {
    self.init(
      decoder, [UInt8](text.utf8), registry: registry ?? InstrumentRegistry(isSurvey: true))
  }

  var market: [MarketEvent] {
    batch.ticks.compactMap { if case .market(let event) = $0.content { event } else { nil } }
  }

  var issues: [DataQuality.Issue] { batch.qualities.map(\.issue) }
}

/// The same bytes with a few changed, cut out or repeated, by a seed.
struct Mutation {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  mutating func next(below limit: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(state % UInt64(max(limit, 1)))
  }

  mutating func apply(to bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for _ in 0...next(below: 6) where !bytes.isEmpty {
      let place = next(below: bytes.count)
      switch next(below: 6) {
      case 0: bytes[place] = UInt8(next(below: 256))
      case 1: bytes[place] ^= 1 << UInt8(next(below: 8))
      case 2: bytes.removeSubrange(place..<min(bytes.count, place + 1 + next(below: 20)))
      case 3: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 30)], at: place)
      case 4: bytes.removeLast(min(bytes.count, next(below: 50)))
      default: bytes[place] = [0, 0xFF, 0x7F, 0x80, 0x2D, 0x39, 0x22, 0x2E][next(below: 8)]
      }
    }
    return bytes
  }
}
