import Events
import Journaling

extension JournalReader {
  /// The instruments that are defined until `isEnough` says so, in order of definition.
  public func instruments(
    through last: UInt64 = .max, until isEnough: ([Instrument]) -> Bool = { _ in false }
  ) throws(JournalError) -> [Instrument] {
    var found: [Instrument] = []
    var decoder = BlockDecoder()
    try forEachBlock(through: last) { (_, content) throws(Damage) in
      _ = try decoder.begin(content)
      return try decoder.forEachEntry(
        of: content, tick: { (_, entry) throws(Damage) in entry.sequence <= last },
        record: { (kind, payload, entry) throws(Damage) in
          guard entry.sequence <= last else { return false }
          guard kind == .instrument,
            case .observation(.instrument(let instrument)) = try kind.event(content, payload)
          else { return true }
          found.removeAll { $0.id == instrument.id }
          found.append(instrument)
          return !isEnough(found)
        })
    }
    return found
  }
}
