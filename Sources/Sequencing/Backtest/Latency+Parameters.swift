import Events
import Trading
import Venues

extension Latency {
  /// - Returns: nil if the table says nothing of latency.
  static func read(_ table: inout Parameters) throws(ConfigurationError) -> Latency? {
    let words = ["latency", "quantiles", "latencies"]
    let keys =
      words + ["jitter", "feed_jitter"]
      + ["entry", "response", "feed"].flatMap { way in words.map { "\(way)_\($0)" } }
    let isThere = keys.contains { table.has($0) }
    let isSplit = ["entry_latency", "response_latency"].contains { table.has($0) }
    if isSplit, table.has("latency") {
      throw table.error(
        "latency", "is given twice", advice: "use it alone, or entry_latency and response_latency")
    }
    let both = try table.duration("latency", default: 0)
    let jitter = try table.duration("jitter", default: 0)
    let entry = try delay("entry", both, jitter: jitter, &table)
    let response = try delay("response", both, jitter: jitter, &table)
    let feed = try feed(&table)
    return isThere ? Latency(entry: entry, response: response, feed: feed) : nil
  }

  private static func delay(
    _ way: String, _ both: Int64, jitter: Int64, _ table: inout Parameters
  ) throws(ConfigurationError) -> Delay {
    try checkAlone(way, table)
    if let measured = try measured(way, &table) { return measured }
    return .uniform(try table.duration("\(way)_latency", default: both), jitter: jitter)
  }

  private static func feed(_ table: inout Parameters) throws(ConfigurationError) -> FeedDelay {
    try checkAlone("feed", table)
    let hasJitter = table.has("feed_jitter")
    let jitter = try table.duration("feed_jitter", default: 0)
    if let measured = try measured("feed", &table) {
      if hasJitter { throw table.error("feed_jitter", "goes with feed_latency alone") }
      return .delayed(measured)
    }
    guard let text = table.text("feed_latency") else {
      return hasJitter ? .delayed(.uniform(0, jitter: jitter)) : .asReceived
    }
    if text == "recorded" {
      if hasJitter { throw table.error("feed_jitter", "cannot be added to recorded latencies") }
      return .recorded
    }
    guard let delay = Parameters.nanoseconds(text) else {
      throw table.error(
        "feed_latency", "`\(text)` is not a duration", advice: "write recorded, or 200us, 5ms, 1s")
    }
    return .delayed(.uniform(delay, jitter: jitter))
  }

  private static func checkAlone(_ way: String, _ table: Parameters) throws(ConfigurationError) {
    let given = ["latency", "quantiles", "latencies"].map { "\(way)_\($0)" }.filter {
      table.has($0)
    }
    guard given.count > 1 else { return }
    throw table.error(given[1], "cannot stand beside \(given[0])", advice: "keep one of them")
  }

  /// A distribution, or latencies that were measured.
  private static func measured(_ way: String, _ table: inout Parameters)
    throws(ConfigurationError) -> Delay?
  {
    if let text = table.text("\(way)_quantiles") {
      var points: [Delay.Quantile] = []
      for line in text.split(separator: ",", omittingEmptySubsequences: false) {
        let parts = line.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let rate = FeeModel.basisPoints(trimmed(parts[0])),
          let share = Money.rescaled(Int128(rate.mantissa) * 100, from: Int(rate.scale)),
          share.raw % Money.one == 0, let whole = Int64(exactly: share.raw / Money.one),
          let delay = Parameters.nanoseconds(trimmed(parts[1]))
        else {
          throw table.error(
            "\(way)_quantiles", "`\(trimmed(line))` is not a quantile",
            advice: "write \"99 %: 5ms\", the first of 0 %, the last of 100 %")
        }
        points.append(Delay.Quantile(share: whole, delay: delay))
      }
      return try checked(.quantiles(points), "\(way)_quantiles", table)
    }
    guard let text = table.text("\(way)_latencies") else { return nil }
    var delays: [Int64] = []
    for word in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let delay = Parameters.nanoseconds(trimmed(word)) else {
        throw table.error(
          "\(way)_latencies", "`\(trimmed(word))` is not a duration",
          advice: "write 500ns, 200us, 5ms, 1s, 1m or 1h")
      }
      delays.append(delay)
    }
    return try checked(.recorded(delays), "\(way)_latencies", table)
  }

  private static func checked(_ delay: Delay, _ key: String, _ table: Parameters)
    throws(ConfigurationError) -> Delay
  {
    if let problem = delay.problem { throw table.error(key, problem) }
    return delay
  }
}
