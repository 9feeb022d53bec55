import Events
import Journaling
import Trading

extension LiveSettings {
  /// Reads the table `live`.
  /// - Returns: the settings, and how many times faster than the clock the built-in exchange's traders act.
  /// - Throws: `ConfigurationError` for an unknown key or a value that does not fit.
  public static func read(_ items: ConfigurationItems) throws(ConfigurationError)
    -> (settings: LiveSettings, speed: Int64)
  {
    var table = Parameters(table: "live", of: items)
    var settings = LiveSettings()
    if let word = table.text("durability") {
      guard let durability = Durability(rawValue: word) else {
        let known = Durability.allCases.map(\.rawValue)
        throw table.error(
          "durability", "`\(word)` is not a policy",
          advice: ConfigurationError.nearest(to: word, among: known).map { "did you mean `\($0)`?" }
            ?? "write \(known.joined(separator: ", "))")
      }
      settings.durability = durability
    }
    settings.linger = try duration("linger", upTo: 1_000_000_000, settings.linger, &table)
    settings.snapshotInterval = try duration(
      "snapshot_interval", upTo: 86_400_000_000_000, settings.snapshotInterval, &table)
    settings.staleAfter = try duration(
      "stale_after", upTo: 60_000_000_000, settings.staleAfter, &table)
    settings.inboxCapacity = Int(
      try table.integer("inbox", in: 256...16_777_216, default: Int64(settings.inboxCapacity)))
    settings.snapshotEntries = UInt64(
      try table.integer(
        "snapshot_entries", in: 1...1_000_000_000, default: Int64(settings.snapshotEntries)))
    // The door's own: addresses of venues.
    _ = table.text("venues")
    let speed = try table.integer("speed", in: 1...1_000, default: 1)
    try table.finish()
    return (settings, speed)
  }

  private static func duration(
    _ key: String, upTo longest: Int64, _ standard: Int64, _ table: inout Parameters
  ) throws(ConfigurationError) -> Int64 {
    let value = try table.duration(key, default: standard)
    guard (0...longest).contains(value) else {
      throw table.error(key, "is not between 0 and \(longest / 1_000_000_000) s")
    }
    return value
  }
}
