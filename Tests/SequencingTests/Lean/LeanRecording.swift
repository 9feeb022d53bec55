import Events
import Importing
import Scenarios

/// LEAN's raw data as the importer reads them: definitions, bars and corporate actions, at each moment quotes
/// before trades.
struct LeanRecording: ImportSink {
  private(set) var instruments: [Instrument] = []
  private(set) var items: [TimedObservation] = []

  mutating func append(_ event: MarketEvent, event time: Instant, receive: Instant) {
    items.append(TimedObservation(.market(event), at: time))
  }

  mutating func append(_ observation: Observation, event time: Instant, receive: Instant) {
    if case .instrument(let instrument) = observation { instruments.append(instrument) }
    items.append(TimedObservation(observation, at: time))
  }

  /// - Parameter paths: files or folders under `data/lean`.
  init(_ paths: [String]) throws {
    let root = SharedData.folder!.appendingPathComponent("data/lean")
    _ = try ImportSession(
      ImportRequest(
        format: .lean, paths: paths.map { root.appendingPathComponent($0).path })
    ).run(into: &self)
  }

  func instrument(_ symbol: String) -> Instrument? { instruments.first { $0.symbol == symbol } }

  /// What is wanted of the recording in order of time: definitions first, then of one moment what is no bar,
  /// quotes, trades.
  func market(
    of chosen: [Instrument], where isWanted: (Instant) -> Bool = { _ in true }
  ) -> [TimedObservation] {
    let ids = chosen.map(\.id)
    var made: [(rank: Int, item: TimedObservation)] = []
    for item in items where isWanted(item.time) {
      switch item.observation {
      case .market(let tick) where ids.contains(tick.instrument):
        made.append((rank(tick), item))
      case .corporateAction(let action) where ids.contains(action.instrument):
        made.append((0, item))
      default: break
      }
    }
    let sorted = made.enumerated().sorted { a, b in
      (a.element.item.time, a.element.rank, a.offset)
        < (b.element.item.time, b.element.rank, b.offset)
    }.map(\.element.item)
    guard let first = sorted.first else { return [] }
    return chosen.map { TimedObservation(.instrument($0), at: first.time) } + sorted
  }

  private func rank(_ tick: MarketEvent) -> Int {
    guard case .bar(let bar) = tick else { return 1 }
    return bar.side == .none ? 3 : 2
  }
}
