import Events
import Trading
import Venues

extension Faults {
  private static let keys = [
    "reject_rate", "throttle", "throttle_excess", "outages", "outage_interval", "outage_length",
    "cancel_on_disconnect", "repeat_fills",
  ]

  /// - Returns: nil if the table says nothing of faults.
  static func read(_ table: inout Parameters) throws(ConfigurationError) -> Faults? {
    let isThere = keys.contains { table.has($0) }
    var faults = Faults()
    faults.rejects = try table.percent("reject_rate") ?? 0
    if faults.rejects > 1_000_000 { throw table.error("reject_rate", "is above 100 %") }
    faults.throttle = try throttle(&table)
    faults.outages = try outages(&table)
    if table.has("outage_interval") != table.has("outage_length") {
      throw table.error(
        table.has("outage_interval") ? "outage_length" : "outage_interval", "is missing",
        advice: "outage_interval and outage_length go together")
    }
    if table.has("outage_interval") {
      faults.drawnOutages = DrawnOutages(
        interval: try table.duration("outage_interval", default: 0),
        length: try table.duration("outage_length", default: 0))
    } else {
      _ = (table.text("outage_interval"), table.text("outage_length"))
    }
    for key in ["cancel_on_disconnect", "repeat_fills"] where table.has(key) && !faults.hasOutages {
      throw table.error(
        key, "has no disconnection to go with", advice: "add outages, or outage_interval")
    }
    faults.cancelsOnDisconnect = try table.flag("cancel_on_disconnect", default: false)
    faults.repeats = Int(try table.integer("repeat_fills", in: 0...1_000, default: 0))
    if let problem = faults.problem { throw table.error("outages", problem) }
    return isThere ? faults : nil
  }

  private static func throttle(_ table: inout Parameters) throws(ConfigurationError) -> Throttle? {
    if !table.has("throttle"), table.has("throttle_excess") {
      throw table.error(
        "throttle_excess", "has no throttle to go with", advice: "add throttle = \"50/s\"")
    }
    let text = table.text("throttle")
    let excess: Throttle.Excess = try table.word("throttle_excess", default: .reject)
    guard let text else { return nil }
    guard text.hasSuffix("/s"), let rate = Int(trimmed(text.dropLast(2))),
      (1...100_000).contains(rate)
    else {
      throw table.error(
        "throttle", "`\(text)` is not a rate from 1 to 100000 a second", advice: "write \"50/s\"")
    }
    return Throttle(perSecond: rate, excess: excess)
  }

  private static func outages(_ table: inout Parameters) throws(ConfigurationError) -> [Outage] {
    guard let text = table.text("outages") else { return [] }
    var outages: [Outage] = []
    for line in text.split(separator: ",", omittingEmptySubsequences: false) {
      let parts = line.split(separator: " ")
      guard parts.count == 2, let start = Instant(String(parts[0])),
        let length = Parameters.nanoseconds(String(parts[1])), length > 0
      else {
        throw table.error(
          "outages", "`\(trimmed(line))` is not an outage",
          advice: "write \"2026-01-05T14:30:00Z 5m\": start and length")
      }
      outages.append(Outage(start: start, end: start.advanced(by: length)))
    }
    return outages
  }
}
