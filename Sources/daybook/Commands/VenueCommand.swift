import ArgumentParser
import Events
import Glibc
import Sequencing
import Serving
import Venues

/// `daybook venue`
struct VenueCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "venue",
    abstract: "The built-in exchange as a process of its own, for a daemon to trade on over TCP.",
    discussion: """
      Speaks the protocol of docs/venue-protocol.md. What it says of orders is in its own journal before it \
      leaves, so that it can be killed and started again. With --play it plays a recording instead of making a \
      market (docs/live.md, Recorded markets).

      Example: daybook venue --listen 127.0.0.1:7401 --journal venue &
      daybook run --set live.venues=127.0.0.1:7401

      Example: daybook venue --journal venue --play es.dbn.zst --format dbn --speed step
      """)

  @Option(help: "Where it listens; port 0 for any.")
  var listen = "127.0.0.1:7401"

  @Option(help: "Folder of its journal of reports.", completion: .directory)
  var journal = "daybook-venue"

  @Option(
    help: "Configuration file: the table [venue] says how orders are treated, live.speed the pace.",
    completion: .file())
  var config: String?

  @Option(help: "Seed of every random choice, above run.seed.")
  var seed: UInt64?

  @Option(
    help: ArgumentHelp(
      "Lose, repeat and delay frames and cut connections, by this seed.", valueName: "seed"))
  var faults: UInt64?

  @OptionGroup var recorded: PlayOptions
  @OptionGroup var configuration: ConfigurationOptions
  @OptionGroup var signing: SigningOptions

  @Flag(name: [.short, .long], help: "Say nothing while it goes well.")
  var quiet = false

  func run() throws {
    guard let address = SocketAddress(listen) else {
      throw Failure(.usage, "--listen \(listen): not an address. Write 127.0.0.1:7401.")
    }
    let configured = try configuration.read(
      config, builtIn: BuiltInConfiguration.text, at: BuiltInConfiguration.path, seed: seed)
    let (_, speed) = try configured.live()
    try Folder.makeAbove(journal)
    if recorded.isUsed { return try play(at: address, configured) }
    let start = Stopwatch.wallClock
    // Each life's market has a seed of its own, so that a restart is no repetition.
    let life = configured.seed &+ UInt64(start.nanoseconds / 1_000_000_000)
    let markets = GeneratorConfiguration.paper(seed: life, start: start) { _ in nil }
    var server = try VenueServer.open(
      at: address, journal: journal,
      market: PaperMarket(markets, configured.exchange, speed: speed), faults: faults)
    if !quiet { tell("listening at \(address.host):\(server.port)  journal \(journal)") }
    try server.run { Interruption.isAsked }
    if !quiet { tell("stopped") }
  }

  private func play(at address: SocketAddress, _ configured: RunConfiguration) throws {
    guard seed == nil else {
      throw Failure(
        .usage,
        "--seed makes a market, and --play has one. The seed of latencies and faults of [venue] is run.seed of "
          + "the configuration.")
    }
    let files = try recorded.imported(beside: journal, signing, isQuiet: quiet)
    defer { if let files { OutputFolder.remove(files) } }
    let isQuiet = quiet
    let control = PlaybackControl { if !isQuiet { tell($0) } }
    let playback = try recorded.playback(from: files, besides: journal, control)
    let greeting = playback.greeting(waits: true)
    let isByHand = playback.pace == .stepwise
    var server = try VenueServer.open(
      at: address, journal: journal, playing: playback, configured.exchange, faults: faults)
    if !quiet {
      tell("listening at \(address.host):\(server.port)  journal \(journal)")
      tell(greeting)
    }
    if isByHand { PlayOptions.listen(control, isQuiet: quiet) }
    try server.run { Interruption.isAsked || control.isEndWanted }
    if !quiet { tell("stopped") }
  }
}
