import Events
import Foundation
import Glibc
import Journaling
import Testing

/// Recordings played to a daemon, by its own exchange and by a venue over TCP.
@Suite(.serialized) struct PlayTests {
  /// All ticks of a journal until its market ended, in order.
  static func ticks(_ journal: String, through last: UInt64 = .max) throws -> [MarketEvent] {
    var ticks: [MarketEvent] = []
    var decoder = BlockDecoder()
    try JournalReader.open(at: journal).forEachBlock(through: last) { (_, content) throws(Damage) in
      _ = try decoder.begin(content)
      return try decoder.forEachEntry(
        of: content,
        tick: { (tick, header) throws(Damage) in
          guard header.sequence <= last else { return false }
          ticks.append(tick)
          return true
        },
        record: { (kind, payload, _) throws(Damage) in
          guard kind == .dataQuality,
            case .observation(.dataQuality(let quality)) = try kind.event(content, payload)
          else { return true }
          return !quality.detail.hasPrefix("the recording has ended")
        })
    }
    return ticks
  }

  /// Waits until the recording that a daemon plays has ended, and stops it.
  static func finish(_ daemon: RunTests.Daemon, _ player: Program.Running) throws {
    for _ in 0..<3_000 where !player.complaint.contains("the recording has ended") {
      usleep(20_000)
    }
    #expect(player.complaint.contains("the market is halted"), "\(player.complaint)")
    // What was told may be on its way.
    var last = -1
    try daemon.wait("the end of the recording") { status in
      defer { last = status["seq"] as? Int ?? 0 }
      return last == status["seq"] as? Int && status["inbox_depth"] as? Int == 0
    }
    daemon.kill(SIGTERM)
    let result = daemon.running.finish()
    #expect(result.code == 0, "\(result.complaint)")
    _ = try RunTests.audit(daemon.journal)
  }

  @Test(
    .enabled(if: SharedData.folder != nil, "the recordings of DAYBOOK_SHARED are not there"),
    arguments: [
      ("dbn", "databento-es-mbo/esh4-glbx-mdp3-20231225.mbo.dbn.zst", 14_000),
      ("binance", "binance-ws/spot/btcusdt_20240808.gz", 14_000),
    ])
  func `a real recording is traded on paper with one command, whole and in order`(
    _ format: String, _ file: String, _ last: Int
  ) throws {
    let file = try #require(SharedData.folder).path + "/data/" + file
    let folder = try Workshop.scratch()
    defer { try? FileManager.default.removeItem(at: folder) }
    let market = folder.appendingPathComponent("m").path
    let imported = try Program.run([
      "import", "--journal", market, "--format", format, file, "-q",
    ])
    #expect(imported.code == 0)
    let daemon = try RunTests.Daemon(
      folder, ["--play", file, "--format", format, "--speed", "max", "--to", "\(last)"])
    try daemon.ready()
    try Self.finish(daemon, daemon.running)
    #expect(try Self.ticks(daemon.journal) == Self.ticks(market, through: UInt64(last)))
    #expect(!FileManager.default.fileExists(atPath: daemon.journal + ".recording"))
  }

  @Test func `a venue plays a journal to a daemon whose orders meet its books`() throws {
    let folder = try Workshop.scratch()
    defer { try? FileManager.default.removeItem(at: folder) }
    let market = Workshop.market.appendingPathComponent("market").path
    let venue = try VenueTests.Venue(folder, port: 0, ["--play", market, "--speed", "600"])
    let daemon = try VenueTests.daemon(
      folder, venue,
      [
        "--set", "strategy.maker.instruments=COINUSD", "--set",
        "strategy.cross.instruments=COINUSD",
        "--set", "strategy.cross.size=0.05",
      ])
    try daemon.ready()
    try daemon.wait("fills") { $0["fills"] as? Int ?? 0 > 2 }
    try daemon.settle()
    daemon.kill(SIGTERM)
    #expect(daemon.running.finish().code == 0)
    venue.stop(SIGTERM)
    _ = try RunTests.audit(daemon.journal)
    try VenueTests.compare(folder)
  }

  @Test(
    arguments: [
      (["--play", "nowhere"], 66, "no such journal or file"),
      (["--play", "rows.csv"], 64, "is no journal. If it is recorded data, say what they are"),
      (["--play", "market", "run"], 64, "one journal can be played at a time"),
      (["--play", "market", "--speed", "fast"], 64, "--speed fast: no such speed. Write 1"),
      (["--play", "market", "--from", "#999,999,999", "--to", "5"], 64, "comes after --to"),
      (["--play", "market", "--to", "2"], 65, "there is no market event"),
      (["--play", "market", "--from", "2199-01-01"], 65, "there is no market event"),
      (["--speed", "5"], 64, "--speed says how a recording is played"),
      (["--loop"], 64, "--loop says how"),
      (["--play", "rows.csv", "--format", "dbn"], 65, "rows.csv"),
      (["--play", "market", "--format", "speech"], 64, "speech"),
    ] as [([String], Int32, String)])
  func `what cannot be played is told with its reason`(
    _ arguments: [String], _ code: Int32, _ says: String
  ) throws {
    let folder = Workshop.market
    try "1,2,3\n".write(
      to: folder.appendingPathComponent("rows.csv"), atomically: true, encoding: .utf8)
    for command in [
      ["venue", "--listen", "127.0.0.1:0"], ["run", "--api", "none", "--for", "1s"],
    ] {
      let result = try Program.run(command + ["--journal", "played"] + arguments, in: folder)
      #expect(result.code == code, "\(command[0]): \(result.complaint)")
      #expect(result.complaint.contains(says), "\(command[0]): \(result.complaint)")
    }
  }

  @Test func `what is for a made market does not go with a recording`() throws {
    let folder = Workshop.market
    let seed = try Program.run(
      ["venue", "--journal", "played", "--play", "market", "--seed", "4"], in: folder)
    #expect(seed.code == 64 && seed.complaint.contains("--seed makes a market"))
    let venues = try Program.run(
      [
        "run", "--journal", "played", "--play", "market", "--api", "none", "--set",
        "live.venues=127.0.0.1:1",
      ], in: folder)
    #expect(venues.code == 78 && venues.complaint.contains("give --play to `daybook venue`"))
    let own = try Program.run(["run", "--journal", "market", "--play", "market"], in: folder)
    #expect(own.code == 64 && own.complaint.contains("is the journal that is written"))
    let strange = try Program.run(
      [
        "run", "--journal", "played", "--play", "market", "--set",
        "strategy.cross.instruments=ESH4",
      ],
      in: folder)
    #expect(strange.code == 78 && strange.complaint.contains("it has ALFA"), "\(strange.complaint)")
  }

  @Test func `a journal of one market does not go on with the made one`() throws {
    let folder = try Workshop.scratch()
    defer { try? FileManager.default.removeItem(at: folder) }
    let market = folder.appendingPathComponent("m").path
    let rows = "0,100,101,99,100,5\n60,100,102,99,101,5\n"
    let map =
      "kind = \"bar\"\nbar = \"1m\"\nopen = 2\nhigh = 3\nlow = 4\nclose = 5\nvolume = 6\n"
      + "class = \"equity\"\ncurrency = \"USD\"\nheader = false\n"
    let imported = try Workshop.importCSV(rows, map, into: market)
    #expect(imported.code == 0, "\(imported.complaint)")
    let journal = folder.appendingPathComponent("j").path
    let played = try Program.run([
      "run", "--journal", journal, "--api", "none", "--play", market, "--speed", "max", "--for",
      "1s",
    ])
    #expect(played.code == 0, "\(played.complaint)")
    let made = try Program.run(["run", "--journal", journal, "--api", "none", "--for", "1s"])
    #expect(made.code == 64 && made.complaint.contains("was made on another market"))
  }
}
