import Events
import Foundation

/// A tick and its time.
struct TimedEvent {
  var time: Int64
  var event: MarketEvent
}

/// A quote and its time.
struct TimedQuote {
  var time: Int64
  var quote: Quote

  static func all(in events: [TimedEvent]) -> [TimedQuote] {
    events.compactMap {
      if case .quote(let quote) = $0.event { TimedQuote(time: $0.time, quote: quote) } else { nil }
    }
  }
}

/// Quotes of one instrument with prices in cents.
struct QuoteFeed {
  var events: [TimedEvent]
  /// Whether they are the peers' (`gen.c` of the outside data), whose order counts are known.
  var isShared: Bool

  /// 2026-01-01 14:30 UTC.
  static let start: Int64 = 1_767_277_800_000_000_000

  static func load(_ count: Int, in bench: Bench) -> QuoteFeed {
    if let events = shared(count, in: bench) { return QuoteFeed(events: events, isShared: true) }
    return QuoteFeed(events: walk(count), isShared: false)
  }

  /// What the generator in the folder of outside data makes; nil where that is absent.
  private static func shared(_ count: Int, in bench: Bench) -> [TimedEvent]? {
    let environment = ProcessInfo.processInfo.environment
    let source = (environment["DAYBOOK_SHARED"] ?? "../shared") + "/data/synthetic/gen.c"
    let folder = bench.path("generated")
    defer { bench.remove(folder) }
    guard FileManager.default.fileExists(atPath: source),
      (try? FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)) != nil,
      run("cc", ["-O2", source, "-o", folder + "/gen", "-lm"]),
      run(folder + "/gen", ["\(count)", folder]),
      let data = FileManager.default.contents(atPath: folder + "/quotes_\(count).bin"),
      data.count == count * 32
    else { return nil }
    return data.withUnsafeBytes { bytes in
      (0..<count).map { index in
        func field(_ offset: Int) -> Int64 {
          Int64(bytes.loadUnaligned(fromByteOffset: index * 32 + offset, as: UInt32.self))
        }
        return quote(
          bytes.loadUnaligned(fromByteOffset: index * 32, as: Int64.self), field(8), field(12),
          field(16), field(20))
      }
    }
  }

  private static func run(_ program: String, _ arguments: [String]) -> Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }

  /// A walk of the same kind: prices that move by a tick or two, round sizes, clustered times.
  static func walk(_ count: Int, seed: UInt64 = 1) -> [TimedEvent] {
    var random = SeededRandom(seed: seed)
    var time = start
    var (bid, spread) = (Int64(20_000), Int64(1))
    return (0..<count).map { _ in
      time += 1_000 + Int64(random.below(random.once(in: 8) ? 4_000_000 : 200_000))
      if random.once(in: 4) {
        bid = min(max(bid + Int64(random.below(3)) - 1, 4_000), 60_000)
        spread = Int64(1 + random.tries(2) / 2)
      }
      return quote(
        time, bid, bid + spread, Int64(100 * (1 + random.tries(3))),
        Int64(100 * (1 + random.tries(3))))
    }
  }

  private static func quote(
    _ time: Int64, _ bid: Int64, _ ask: Int64, _ bidSize: Int64, _ askSize: Int64
  ) -> TimedEvent {
    TimedEvent(
      time: time,
      event: .quote(
        Quote(
          instrument: InstrumentID(0), bid: Price(bid), ask: Price(ask),
          bidSize: Quantity(bidSize), askSize: Quantity(askSize))))
  }
}
