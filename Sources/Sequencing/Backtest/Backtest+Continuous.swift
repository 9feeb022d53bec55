import Books
import Events
import Journaling
import Trading

// Continuous futures get their numbers from whoever brings instruments in: here, from a backtest.
extension Backtest {
  /// The definitions of the continuous futures that a configuration's strategies trade.
  /// - Parameter known: all instruments of the recording.
  /// - Returns: with the first numbers that are free, in order of the configuration; without those of which there
  ///   is no contract.
  public static func continuousFutures(
    _ configuration: Configuration, among known: [Instrument]
  ) -> [Instrument] {
    var next = known.reduce(0) { max($0, $1.id.index + 1) }
    var made: [Instrument] = []
    for name in configuration.continuous.flatMap(\.names) {
      // Those of one name without and with the venue are one.
      guard let contract = known.first(where: name.isContract), next < InstrumentID.none.index,
        !made.contains(where: {
          $0.symbol == name.symbol && $0.venueName == contract.venueName
        })
      else { continue }
      var future = contract
      future.id = InstrumentID(UInt16(next))
      future.symbol = name.symbol
      future.kind = .continuous
      future.expiry = .epoch
      made.append(future)
      next += 1
    }
    return made
  }

  /// Finds them in a source, all of which is read for it if there are any.
  static func continuousFutures(_ items: ConfigurationItems, in source: JournalReader)
    throws(JournalError) -> [Instrument]
  {
    guard let configuration = try? Configuration(items), !configuration.continuous.isEmpty else {
      return []
    }
    var known: [Instrument] = []
    var decoder = BlockDecoder()
    try source.forEachBlock(through: try source.lastSequence()) { (_, content) throws(Damage) in
      _ = try decoder.begin(content)
      return try decoder.forEachEntry(
        of: content, tick: { (_, _) throws(Damage) in true },
        record: { (kind, payload, _) throws(Damage) in
          guard kind == .instrument,
            case .observation(.instrument(let instrument)) = try kind.event(content, payload)
          else { return true }
          known.append(instrument)
          return true
        })
    }
    return continuousFutures(configuration, among: known)
  }
}
