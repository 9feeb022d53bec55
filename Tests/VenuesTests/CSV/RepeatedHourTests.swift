import Events
import Testing

@testable import Venues

/// New York, 2024-11-03: 01:00 to 02:00 came at 05:00 and again at 06:00 UTC.
struct RepeatedHourTests {
  private func decoded(
    _ kind: String, _ times: [String], isSorted: Bool = false, zone: String = "America/New_York",
    day: String = "2024-11-03 "
  ) throws -> Decoded {
    let columns =
      kind == "trade"
      ? "price = 2\nsize = 2\n" : "bar = \"\(kind)\"\nopen = 2\nhigh = 2\nlow = 2\nclose = 2\n"
    let text = """
      kind = "\(kind == "trade" ? "trade" : "bar")"
      time = 1
      timezone = "\(zone)"
      sort = \(isSorted)

      """
    let stamp = kind == "trade" ? "" : "stamp = \"end\"\n"
    let bytes = [UInt8]((text + stamp + columns).utf8)
    return Decoded(
      CSVDecoder(map: try ColumnMap(MapFile(bytes.span)), symbol: "X"),
      times.map { "\(day)\($0),5\n" }.joined())
  }

  /// Times of day in UTC as minutes, and the issues.
  @Test(
    arguments: [
      // Bars of half an hour, both passes.
      (
        "30m", false, ["00:30", "01:00", "01:30", "01:00", "01:30", "02:00"],
        [270, 300, 330, 360, 390, 420], []
      ),
      // One pass has a bar only.
      ("30m", false, ["00:30", "01:30", "01:00", "02:00"], [270, 330, 360, 420], []),
      // Bars of an hour have the same time twice, and a third is one too many.
      ("1h", false, ["00:00", "01:00", "01:00", "02:00"], [240, 300, 360, 420], []),
      ("1h", false, ["01:00", "01:00", "01:00", "02:00"], [300, 360, 420], [.duplicate]),
      // A shorter one twice is the same again, and which hour it was rows do not tell.
      ("30m", false, ["00:30", "01:30", "01:30", "02:00"], [270, 330, 420], [.duplicate, .gap]),
      ("1h", false, ["00:00", "01:00", "02:00"], [240, 300, 420], [.gap]),
      // Trades: several of one time, and disorder of less than a minute, turn nothing back.
      (
        "trade", false, ["01:10:00", "01:10:00", "01:59:59", "01:00:00", "01:00:00", "02:00:00"],
        [310, 310, 359, 360, 360, 420], []
      ),
      (
        "trade", false, ["00:59:00", "01:10:05", "01:10:01", "01:30:00", "01:05:00"],
        [299, 310, 310, 330, 365], [.outOfOrder]
      ),
      // Newest first.
      (
        "30m", true, ["02:00", "01:30", "01:00", "01:30", "01:00", "00:30"],
        [420, 390, 360, 330, 300, 270], []
      ), ("1h", true, ["02:00", "01:00", "01:00", "00:00"], [420, 360, 300, 240], []),
      // No order: both passes are taken, and it is told.
      (
        "30m", true, ["02:00", "00:30", "03:00", "01:30", "01:00", "01:30", "01:00"],
        [420, 270, 480, 330, 300, 390, 360], [.gap]
      ),
    ] as [(String, Bool, [String], [Int64], [DataQuality.Issue])])
  func `the order of rows tells the pass`(
    kind: String, isSorted: Bool, times: [String], minutes: [Int64], issues: [DataQuality.Issue]
  ) throws {
    let result = try decoded(kind, times, isSorted: isSorted)
    #expect(result.error == nil)
    let midnight = try #require(Instant("2024-11-03T00:00"))
    let found = result.batch.ticks.compactMap { tick -> Int64? in
      guard case .market = tick.content else { return nil }
      return (tick.eventTime.nanoseconds - midnight.nanoseconds) / Nanoseconds.minute
    }
    #expect(found == minutes)
    #expect(result.issues == issues)
  }

  /// Three days around the autumn's change, every bar and trade of which finds its moment again.
  @Test(
    arguments: [
      ("America/New_York", "2024-11-02"), ("America/Los_Angeles", "2005-10-29"),
      ("Europe/London", "2024-10-26"), ("Europe/Paris", "2023-10-28"), ("utc", "2024-11-02"),
      ("America/Chicago", "2024-03-09"), ("Asia/Tokyo", "2024-11-02"), ("+05:30", "2024-11-02"),
    ], [60, 900, 1800, 3600, 0])
  func `local times come back`(place: (zone: String, start: String), seconds: Int) throws {
    let zone = try #require(TimeZoneRule(name: place.zone))
    var time = try #require(Instant(place.start + "T00:00"))
    var random = Mutation(seed: UInt64(seconds + 1))
    var moments: [Instant] = []
    for _ in 0..<(3 * 86_400 / max(seconds, 1200)) {
      moments.append(time)
      let step = seconds == 0 ? random.next(below: 1200) : seconds
      time = time.advanced(by: Int64(step) * Nanoseconds.second)
    }
    if seconds == 60 {
      moments = (0..<4320).map { moments[0].advanced(by: $0 * Nanoseconds.minute) }
    }
    for isSorted in [false, true] {
      // Newest first needs sorting.
      let times = isSorted ? moments.reversed() : moments
      let kind = seconds == 0 ? "trade" : "\(seconds)s"
      let result = try decoded(
        kind, times.map { text(of: $0, zone) }, isSorted: isSorted, zone: place.zone, day: "")
      #expect(result.error == nil)
      #expect(result.issues.isEmpty)
      #expect(result.batch.ticks.map(\.eventTime) == times)
    }
  }

  private func text(of time: Instant, _ zone: TimeZoneRule) -> String {
    let local = time.advanced(by: zone.offset(at: time) * Nanoseconds.second)
    let seconds = (local.nanoseconds / Nanoseconds.second) % 86_400
    func padded(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let date = local.date
    return "\(date.year)-\(padded(Int64(date.month)))-\(padded(Int64(date.day))) "
      + [seconds / 3600, seconds / 60 % 60, seconds % 60].map(padded).joined(separator: ":")
  }

  @Test func `an hour of which rows tell one pass is told`() throws {
    let result = try decoded("1h", ["00:00", "01:00", "02:00"])
    #expect(
      result.batch.qualities.map(\.detail) == [
        "line 3: clocks showed the hour before twice, and rows tell one of them; taken for the first"
      ])
  }

  @Test(arguments: [
    ("utc", "06:30"), ("Etc/UTC", "06:30"), ("+05:30", "01:00"), ("-03:00", "09:30"),
    ("America/New_York", "11:30"), ("new_york", "11:30"), ("America/Chicago", "12:30"),
    ("America/Denver", "13:30"), ("America/Los_Angeles", "14:30"), ("Europe/London", "06:30"),
    ("Europe/Paris", "05:30"), ("Europe/Zurich", "05:30"),
  ])
  func `clocks by their names`(zone: String, utc: String) throws {
    let result = try decoded("trade", ["06:30"], zone: zone)
    #expect(result.batch.ticks.first?.eventTime == Instant("2024-11-03T\(utc)"))
  }

  @Test func `Tokyo's clock is a day ahead of UTC's morning`() throws {
    let result = try decoded("trade", ["06:30"], zone: "Asia/Tokyo")
    #expect(result.batch.ticks.first?.eventTime == Instant("2024-11-02T21:30"))
  }

  @Test(arguments: ["Mars/Olympus", "+5:30", "+05:60", "+15:00", "05:30", "EST", "+0530"])
  func `another clock is refused with those there are`(zone: String) {
    let error = #expect(throws: DecodeError.self) { try decoded("trade", [], zone: zone) }
    #expect(error?.place == .line(3))
    #expect(error?.reason.contains("\"Europe/London\"") == true)
  }
}
