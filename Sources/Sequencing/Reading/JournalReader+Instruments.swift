import Events
import Journaling

extension JournalReader {
  /// The instruments that are defined until `isEnough` says so, in order of definition.
  public func instruments(
    through last: UInt64 = .max, until isEnough: ([Instrument]) -> Bool = { _ in false }
  ) throws(JournalError) -> [Instrument] {
    var found: [Instrument] = []
    try forEachRecord(of: .instrument, through: last) { event, _ in
      guard case .observation(.instrument(let instrument)) = event else { return true }
      found.removeAll { $0.id == instrument.id }
      found.append(instrument)
      return !isEnough(found)
    }
    return found
  }
}
