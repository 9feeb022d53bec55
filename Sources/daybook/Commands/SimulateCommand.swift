import ArgumentParser
import Events
import Journaling
import Sequencing
import Trading
import Venues

/// `daybook simulate`
struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Make a journal of realistic markets from a seed, without outside data.",
    discussion: """
      The standard markets are ALFA and BRVO (shares, order by order), IDX (an index future, by price \
      level) and COINUSD (a coin, best prices). The same seed makes the same entries on every machine.

      Example: daybook simulate --out market --seed 7 --days 2 --instruments ALFA,COINUSD
      """)

  @Option(help: "Folder of the new journal; must not exist or be empty.", completion: .directory)
  var out: String

  @Option(help: "Seed of every random choice.")
  var seed: UInt64 = 1

  @Option(help: "Calendar days, 1 to 3660.")
  var days = 1

  @Option(
    help: ArgumentHelp(
      "Comma-separated: names of standard markets, or equity:NAME, future:NAME, crypto:NAME.",
      valueName: "names"))
  var instruments: String?

  @Option(help: "First day, UTC.")
  var start: Place = .moment(Instant(CivilDate(year: 2026, month: 1, day: 5)) ?? .epoch)

  @Option(help: "Stop after so many events.")
  var events: UInt64?

  @Flag(help: "Replace the journal that is in the folder.")
  var force = false

  @OptionGroup var signing: SigningOptions
  @OptionGroup var output: PrintOptions

  func run() throws {
    let markets = try chosen()
    let key = try signing.key()
    var folder = try OutputFolder(claiming: out, force: force)
    var journal = try Journal.create(
      at: out,
      meta: JournalMeta(created: Stopwatch.wallClock, engine: Engine.version, seed: seed),
      durability: .none)
    var progress = Progress("simulate", total: events ?? 0, unit: "events", isQuiet: output.quiet)
    try generate(markets, into: &journal, &progress)
    progress.finish()
    let seconds = progress.seconds
    let signed = try journal.writeCheckpoint(state: .zero, at: Stopwatch.wallClock, key: key)
    if signed != nil { try key.publicKey.save(to: out + "/checkpoint.pub.pem") }
    try journal.sync()
    folder.keep()
    try report(journal.head, seconds)
  }

  private func generate(
    _ markets: GeneratorConfiguration, into journal: inout Journal, _ progress: inout Progress
  ) throws {
    var recorder = Recorder(after: journal.head)
    let run = RunStart(
      mode: .simulation, seed: seed, engine: Engine.version, strategies: "",
      source: markets.markets.map(\.instrument.symbol).joined(separator: ","))
    var time = markets.start
    try recorder.append(.runStarted(run), event: time, receive: time, to: &journal)
    var generator = MarketGenerator(markets)
    var count: UInt64 = 0
    while count < events ?? .max, let next = generator.next() {
      time = next.time
      try recorder.append(next.observation, event: time, receive: time, to: &journal)
      if case .instrument = next.observation { continue }
      count += 1
      if count & 0x3FFF == 0 {
        try Interruption.check()
        progress.update(count)
      }
    }
    try recorder.append(
      .runStopped(RunStop(why: .finished)), event: time, receive: time, to: &journal)
    try recorder.flush(to: &journal)
  }

  private func chosen() throws -> GeneratorConfiguration {
    guard case .moment(let start) = start else {
      throw Failure(.usage, "--start \(start): not a time. Write --start 2026-01-05.")
    }
    guard let midnight = Instant(start.date) else {
      throw Failure(.usage, "--start \(start.text): out of range.")
    }
    var markets = GeneratorConfiguration.standard(seed: seed, start: midnight, days: days)
    if let instruments {
      let standard = markets.markets
      let names = instruments.split(separator: ",").map { String($0.filter { $0 != " " }) }
      markets.markets = try names.enumerated().map { try Self.market($1, UInt16($0), standard) }
      for (index, name) in names.enumerated() where names[..<index].contains(name) {
        throw Failure(.usage, "--instruments: names \(name) twice.")
      }
    }
    if let problem = markets.problem {
      throw Failure(.usage, "these markets cannot be made: \(problem).")
    }
    return markets
  }

  private static func market(_ name: String, _ id: UInt16, _ standard: [GeneratedMarket]) throws
    -> GeneratedMarket
  {
    if var market = standard.first(where: { $0.instrument.symbol == name }) {
      market.instrument.id = InstrumentID(id)
      return market
    }
    let parts = name.split(separator: ":", maxSplits: 1).map(String.init)
    if parts.count == 2, !parts[1].isEmpty {
      switch parts[0] {
      case "equity": return .equity(id, parts[1])
      case "future": return .future(id, parts[1])
      case "crypto": return .crypto(id, parts[1])
      default: break
      }
    }
    let names = standard.map(\.instrument.symbol)
    let near = ConfigurationError.nearest(to: name, among: names).map { "Did you mean \($0)? " }
    throw Failure(
      .usage,
      "--instruments: `\(name)` is not a standard market. \(near ?? "")Write "
        + "\(names.joined(separator: ", ")), or equity:NAME, future:NAME, crypto:NAME.")
  }

  private func report(_ head: JournalHead, _ seconds: Double) throws {
    let size = Folder.size(out + "/data.mdb")
    let rate = Double(head.sequence) / max(seconds, 1e-9)
    var facts = Facts()
    facts.add("journal", out)
    facts.add("entries", grouped(head.sequence))
    facts.add("until", head.time?.text ?? "–")
    facts.add("size", byteText(size))
    facts.add("chain head", head.chain.description)
    facts.add("speed", "\(shortCount(rate)) entries/s")
    let object = JSON.object([
      ("journal", .string(out)), ("entries", .number(head.sequence)), ("seed", .number(seed)),
      ("last_time", .string(head.time?.text)), ("bytes", .number(size)),
      ("chain_head", .string(head.chain.description)), ("seconds", .number(rounded(seconds, 3))),
    ])
    try output.show(object, else: facts.lines(output.style))
  }
}
