import ArgumentParser
import Events
import Glibc
import Journaling
import Sequencing
import Serving
import Strategies
import Trading

/// Where a daemon's journal is if nobody says.
let standardJournal = "daybook-journal"

/// `daybook run`
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Trade: a daemon on a journal of its own, paper on the built-in exchange.",
    discussion: """
      Makes the journal, or recovers what is in it and goes on. Ends in order on Ctrl-C, SIGTERM or `daybook \
      stop`: orders are cancelled and answers awaited. What kills it loses nothing that was acknowledged. With \
      --play the exchange plays a recording (docs/live.md, Recorded markets); without --config two simple \
      strategies trade its first instrument then.

      Example: daybook run --journal paper --config daybook.toml

      Example: daybook run --journal es --play es.dbn.zst --format dbn --speed 60x
      """)

  @Option(help: "Folder of the journal.", completion: .directory)
  var journal = standardJournal

  @Option(
    help: "Configuration file (TOML); without it a built-in one, see `daybook init`.",
    completion: .file())
  var config: String?

  @Option(help: "Seed of every random choice, above run.seed.")
  var seed: UInt64?

  @Option(
    name: .customLong("for"),
    help: ArgumentHelp("Stop after so long: 30s, 10m, 8h.", valueName: "duration"))
  var duration: DurationArgument?

  @Option(
    help: ArgumentHelp(
      "Port of the API on this machine, which is a process beside the daemon; none for no API.",
      valueName: "port"))
  var api = "7420"

  @Option(
    help: ArgumentHelp(
      "Where the API answers health and figures in the clear, for what looks after it: 0.0.0.0:7421.",
      valueName: "address:port"))
  var probes: String?

  @OptionGroup var recorded: PlayOptions
  @OptionGroup var configuration: ConfigurationOptions
  @OptionGroup var signing: SigningOptions

  @Flag(name: .customLong("no-color"), help: "No colour, also on a terminal (or set NO_COLOR).")
  var noColor = false

  @Option(help: "What is told: text for people, or json, a line an event, for programs.")
  var log = RunLog.Form.text

  @Flag(name: [.short, .long], help: "Say nothing while it goes well.")
  var quiet = false

  func validate() throws {
    guard api == "none" || UInt16(api) != nil else {
      throw ValidationError("--api must be a port, or none.")
    }
    guard probes == nil || api != "none" else {
      throw ValidationError("--probes are answered by the API: give --api a port.")
    }
    guard probes.map({ SocketAddress($0) != nil }) ?? true else {
      throw ValidationError("--probes must be an address and a port: 0.0.0.0:7421.")
    }
  }

  func run() throws {
    let files = try recorded.imported(beside: journal, signing, isQuiet: quiet)
    defer { if let files { OutputFolder.remove(files) } }
    let isQuiet = quiet
    let control = PlaybackControl { if !isQuiet { tell($0) } }
    guard recorded.isUsed else { return try run(playing: nil, control) }
    try run(
      playing: try recorded.playback(from: files, besides: journal, control), control)
  }

  /// The configuration: the file's, or what is built in for the market.
  /// - Parameter instruments: of the recording that is played, if one is.
  private func read(_ instruments: [Instrument]?, isOfBars: Bool) throws -> RunConfiguration {
    let text =
      instruments.map { BuiltInConfiguration.text(playing: $0, isOfBars: isOfBars) }
      ?? BuiltInConfiguration.text
    let configured = try configuration.read(
      config, builtIn: text, at: BuiltInConfiguration.path, seed: seed)
    if configured.core.strategies.isEmpty {
      throw configured.file.failure(
        ConfigurationError(
          "strategy", "there is no strategy", advice: "add a table [strategy.NAME] with a kind"))
    }
    guard let instruments else { return configured }
    guard try configured.venues().isEmpty else {
      throw configured.file.failure(
        ConfigurationError(
          "live.venues", "is set, and --play is for the exchange in this process",
          advice: "give --play to `daybook venue`, or leave live.venues out"))
    }
    try configured.check(instruments, at: recorded.play.joined(separator: " "))
    return configured
  }

  private func run(playing playback: consuming Playback?, _ control: PlaybackControl) throws {
    let configured = try read(playback?.instruments, isOfBars: playback?.isOfBars ?? false)
    let greeting = playback?.greeting(waits: false)
    let isByHand = playback?.pace == .stepwise
    var setup = Daemon.Setup(
      journal: journal, configuration: configured.decisive, exchange: configured.exchange,
      seed: configured.seed, catalog: Catalog.shipped)
    (setup.settings, setup.speed) = try configured.live()
    setup.venues = try configured.venues()
    if UInt16(api) != nil { try configured.checkSecrets() }
    let key = try signing.key()
    let publicKey = key.publicKey
    let style = Style(for: STDERR_FILENO, isAllowed: !noColor)
    try checkAddresses()
    try Folder.makeAbove(journal)
    let watch = Stopwatch()
    let keyPath = journal + "/checkpoint.pub.pem"
    let isSigned = Folder.exists(keyPath)
    if isSigned, try PublicKey.load(from: keyPath) != publicKey {
      throw Failure(
        .denied,
        "\(keyPath): the journal's checkpoints are signed with another key. Give that one with "
          + "--signing-key, or start a new journal with --journal.")
    }
    let daemon = try Daemon.start(setup, key: key, playing: playback)
    if !isSigned { try publicKey.save(to: keyPath) }
    var beside = UInt16(api).flatMap {
      APIProcess.start(
        journal: journal, port: Int($0), probes: probes, config: config,
        settings: configuration.settings)
    }
    let log = RunLog(form: log, isQuiet: quiet)
    if log.form == .json {
      log.say(
        "started", sequence: daemon.start.sequence,
        ["journal": journal, "open_orders": "\(daemon.start.openOrders)"], text: "")
      if UInt16(api) != nil, APIProcess.program == nil {
        log.say(
          "no_api", .warning, sequence: daemon.start.sequence,
          ["why": "no daybook-api beside this program"], text: "")
      }
    } else if !quiet {
      greet(daemon.start, configured, seconds: watch.seconds, style)
      if let greeting { tell(greeting) }
    }
    if isByHand { PlayOptions.listen(control, isQuiet: quiet) }
    let (subject, reason) = watchOver(daemon, control, &beside, watch, log, style)
    beside?.stop()
    log.say(
      "stopping", sequence: daemon.status.sequence, ["subject": subject, "reason": reason],
      text: "stopping: \(reason); orders are cancelled and answers awaited")
    let left = daemon.stop(subject: subject, reason: reason)
    let last = daemon.status.sequence
    log.say(
      "stopped", left == 0 ? .info : .warning, sequence: last, ["open_orders": "\(left)"],
      text: "stopped at \(sequenceText(last)); "
        + (left == 0 ? "no order is open" : "\(left) orders are still open"))
    if let failure = daemon.failure { throw failure }
  }

  /// An API that could not start is found out before anything is begun or promised.
  private func checkAddresses() throws {
    // Where a daemon runs already it has the port too, and that is what is told.
    guard APIProcess.program != nil, !ControlClient.isAnswered(in: journal) else { return }
    if let port = UInt16(api), port > 0 { try SocketAddress("127.0.0.1:\(port)")?.checkFree() }
    if let probes { try SocketAddress(probes)?.checkFree() }
  }

  /// Waits until somebody wants it to stop, and says now and then how it is.
  private func watchOver(
    _ daemon: Daemon, _ control: PlaybackControl, _ api: inout APIProcess?, _ watch: Stopwatch,
    _ log: RunLog, _ style: Style
  ) -> (subject: String, reason: String) {
    let user = SystemUser.current
    var next = 10.0
    var stall: String?
    var troubles: [String: String] = [:]
    while true {
      if Interruption.isAsked { return (user, "interrupted") }
      if control.isEndWanted { return (user, "asked to") }
      if daemon.failure != nil { return ("daybook", "the recording cannot be read on") }
      if let wish = daemon.stopWish {
        return (wish.subject, wish.reason.isEmpty ? "asked to" : wish.reason)
      }
      if let seconds = duration?.seconds, watch.seconds >= seconds {
        return (user, "its time is up")
      }
      daemon.bell.wait(100_000_000, isPatient: true)
      let status = daemon.status
      if api?.hasEnded() == true {
        api.take()?.stop()
        log.say(
          "api_ended", .warning, sequence: status.sequence, [:],
          text: style("daybook-api has ended: ", .bad)
            + "nobody is told of alerts, and there is no API. Start it again, or the daemon.")
      }
      for (name, trouble) in status.venues where troubles[name] ?? "" != trouble ?? "" {
        // A daemon that has just begun to connect is no news.
        guard watch.seconds > 1 || trouble == nil else { continue }
        troubles[name] = trouble
        log.say(
          trouble == nil ? "connected" : "disconnected", trouble == nil ? .info : .warning,
          sequence: status.sequence, ["venue": name, "why": trouble ?? ""],
          text: trouble.map { style("\(name): ", .bad) + $0 } ?? "\(name): connected again")
      }
      if status.stall != stall {
        stall = status.stall
        log.say(
          stall == nil ? "recording again" : "stalled", .warning, sequence: status.sequence,
          ["why": stall ?? ""],
          text: stall.map {
            style("stalled: ", .bad) + "\($0) Nothing leaves until the disk takes it."
          } ?? style("the disk takes it again", .good))
      }
      if watch.seconds >= next {
        next += 10
        log.say(
          "running", sequence: status.sequence,
          [
            "orders": "\(status.tally.orders)", "fills": "\(status.tally.fills)",
            "refused": "\(status.tally.refused.reduce(0, +))", "open": "\(status.openOrders)",
            "halts": "\(status.halts.count)",
          ], text: line(status, style))
      }
    }
  }

  private func greet(
    _ start: Daemon.Start, _ configured: RunConfiguration, seconds: Double, _ style: Style
  ) {
    let took = "\(rounded(seconds * 1000, 3)) ms"
    let names = configured.core.strategies.map {
      "\($0.name) (\($0.instruments.joined(separator: ", ")))"
    }
    tell(style("daybook \(DaybookVersion.text)  PAPER", .strong) + "  journal \(journal)")
    if start.sequence == 0 {
      tell("a new journal; configuration: \(config ?? "built in")")
    } else {
      let from = start.snapshot > 0 ? "from the snapshot at \(sequenceText(start.snapshot))" : ""
      tell(
        "recovered \(sequenceText(start.sequence)) \(from) in \(took); "
          + "\(start.openOrders) orders were open, \(start.unanswered) without an answer")
    }
    tell("strategies: \(names.joined(separator: ", "))")
    let place = journal == standardJournal ? "" : " --journal \(journal)"
    tell(
      """
      try next, in another terminal:
        daybook status\(place)
        daybook tail \(journal) -f --kind submitted --kind refused --kind filled
        daybook explain \(journal) ord-1
        daybook halt\(place) --reason 'a drill'     and then: daybook resume\(place)
        daybook replay \(journal)                audits all of it, while it runs
      Ctrl-C stops in order.
      """)
    greetOfAPI(style)
  }

  /// Says how the API is asked, with a token that is told only here.
  private func greetOfAPI(_ style: Style) {
    guard let port = UInt16(api) else { return }
    guard APIProcess.program != nil else {
      return tell(
        "no API: there is no daybook-api beside this program (swift build --product daybook-api)")
    }
    let subject = SystemUser.current
    guard let token = APIProcess.token(journal: journal, subject: subject) else {
      return tell("no token could be made: see `daybook-api token --help`")
    }
    tell(
      """
      API at http://127.0.0.1:\(port), token of \(subject) for 15 minutes (`daybook-api token` makes others):
        \(style(token, .quiet))
        curl -H "Authorization: Bearer $TOKEN" http://127.0.0.1:\(port)/api/v1/orders
      """)
  }

  private func line(_ status: LiveStatus, _ style: Style) -> String {
    let state = status.halts.isEmpty ? "" : style("  HALTED", .bad)
    let refused = status.tally.refused.reduce(0, +)
    return style(String(status.time.text.dropFirst(11).prefix(8)), .quiet)
      + "  \(sequenceText(status.sequence))  orders \(grouped(status.tally.orders))"
      + "  fills \(grouped(status.tally.fills))  refused \(grouped(refused))"
      + "  open \(status.openOrders)" + state
  }
}

/// A length of time on the command line: `30s`, `10m`, `8h`.
struct DurationArgument: ExpressibleByArgument {
  var seconds: Double

  init?(argument: String) {
    let units: [(String, Double)] = [
      ("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86_400),
    ]
    for (unit, length) in units where argument.hasSuffix(unit) {
      guard let number = UInt32(argument.dropLast(unit.count)), number > 0 else { continue }
      seconds = Double(number) * length
      return
    }
    return nil
  }
}
