import Events
import Journaling
import Trading

extension JournalReader {
  /// The instrument a user means by `SYMBOL` or `VENUE:SYMBOL`, as defined up to a sequence: what
  /// comes after it, damage too, does not matter.
  /// - Throws: `Failure` if there is none, or more than one.
  func instrument(named name: String, through last: UInt64 = .max) throws -> Instrument {
    let all = try instruments(through: last)
    let found = all.filter { $0.isNamed(name) }
    if found.count == 1 { return found[0] }
    if found.count > 1 {
      let names = found.map(\.fullName).joined(separator: " and ")
      throw Failure(
        .usage, "\(path): \(name) is \(names) here. Say which, with its venue.")
    }
    throw Failure(.noInput, Self.unknown(name, at: path, among: all))
  }

  static func unknown(_ name: String, at path: String, among all: [Instrument]) -> String {
    let names = Set(all.map(\.symbol)).sorted()
    let near = ConfigurationError.nearest(to: name, among: names)
    let known = names.prefix(12).joined(separator: ", ") + (names.count > 12 ? ", …" : "")
    let advice =
      near.map { "Did you mean `\($0)`?" }
      ?? (names.isEmpty ? "It has no instruments." : "It has \(known).")
    return "\(path): the journal has no instrument `\(name)`. \(advice)"
  }
}
