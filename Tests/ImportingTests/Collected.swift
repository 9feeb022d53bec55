import Events
import Importing

/// A sink that keeps everything, or hands it on.
struct Collected: ImportSink {
  struct Item: Equatable {
    var observation: Observation
    var event: Instant
    var receive: Instant
  }
  var items: [Item] = []

  mutating func append(_ event: MarketEvent, event time: Instant, receive: Instant) {
    items.append(Item(observation: .market(event), event: time, receive: receive))
  }

  mutating func append(_ observation: Observation, event time: Instant, receive: Instant) {
    items.append(Item(observation: observation, event: time, receive: receive))
  }

  var market: [MarketEvent] {
    items.compactMap { if case .market(let event) = $0.observation { event } else { nil } }
  }

  var instruments: [Instrument] {
    items.compactMap { if case .instrument(let found) = $0.observation { found } else { nil } }
  }

  var qualities: [DataQuality] {
    items.compactMap { if case .dataQuality(let found) = $0.observation { found } else { nil } }
  }

  var isInOrder: Bool {
    zip(items, items.dropFirst()).allSatisfy { $0.receive <= $1.receive }
  }
}

/// Imports into memory.
func collect(_ request: ImportRequest) throws -> (sink: Collected, counts: ImportCounts) {
  var sink = Collected()
  let counts = try ImportSession(request).run(into: &sink)
  return (sink, counts)
}

/// Why an import ends; nil if it does not.
func failure(_ request: ImportRequest) -> ImportError? {
  var sink = Collected()
  do {
    _ = try ImportSession(request).run(into: &sink)
    return nil
  } catch {
    return error
  }
}
