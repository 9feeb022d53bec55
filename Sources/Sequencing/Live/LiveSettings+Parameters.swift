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
    settings.statementInterval = try duration(
      "reconcile_every", from: 100_000_000, upTo: 86_400_000_000_000, settings.statementInterval,
      &table)
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
    _ key: String, from shortest: Int64 = 0, upTo longest: Int64, _ standard: Int64,
    _ table: inout Parameters
  ) throws(ConfigurationError) -> Int64 {
    let value = try table.duration(key, default: standard)
    guard (shortest...longest).contains(value) else {
      let least = shortest == 0 ? "0" : "\(shortest / 1_000_000) ms"
      throw table.error(key, "is not between \(least) and \(longest / 1_000_000_000) s")
    }
    return value
  }
}
