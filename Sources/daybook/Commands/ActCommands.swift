import ArgumentParser
import Events
import Glibc
import Serving
import Strategies

/// Which daemon is spoken to, and for what reason.
struct DaemonOptions: ParsableArguments {
  @Option(help: "Folder of the daemon's journal.", completion: .directory)
  var journal = standardJournal

  @Option(help: "Why; it is journaled.")
  var reason: String?

  /// What is said after an act that no daemon took.
  static func note(_ isRunning: Bool) -> String {
    isRunning ? "" : "  no daemon runs: it holds from the next start on"
  }

  /// Asks the daemon, or records the act where none runs.
  /// - Returns: the act's sequence, and whether a daemon took it.
  func act(_ fields: [(String, String)]) throws -> (sequence: UInt64, isRunning: Bool) {
    let (sequence, isRunning, _) = try actOnHalts(fields)
    return (sequence, isRunning)
  }

  /// - Returns: also what became of halts, of an act that ends some.
  func actOnHalts(_ fields: [(String, String)]) throws
    -> (sequence: UInt64, isRunning: Bool, halts: HaltsLeft)
  {
    let all = fields + (reason.map { [("reason", $0)] } ?? [])
    guard ControlClient.isAnswered(in: journal) else {
      let (sequence, halts) = try OfflineAct.record(
        all, by: SystemUser.current, in: journal, catalog: Catalog.shipped)
      return (sequence, false, halts)
    }
    let answer = try ControlClient.connect(to: journal).ask(all)
    return (try answer.sequence(), true, HaltsLeft(answer))
  }
}

/// What an act applies to, as words: `all`, `strategy cross`, `instrument IDX`.
struct ScopeArgument: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "all, or strategy, instrument, venue, account, order and a name.", valueName: "scope"))
  var words: [String] = ["all"]

  var text: String { words.joined(separator: " ") }
}

/// `daybook halt`
struct HaltCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "halt",
    abstract: "Stop trading in a scope at once: no new orders, and cancel those that are open.",
    discussion: """
      The halt stays over restarts until `daybook resume`. Without a running daemon it is recorded in the \
      journal and holds from the next start on.

      Example: daybook halt strategy cross --reason 'spreads are wide'
      """)

  @OptionGroup var scope: ScopeArgument
  @OptionGroup var daemon: DaemonOptions
  @Flag(help: "Leave open orders at their venues.")
  var keepOrders = false
  @OptionGroup var output: PrintOptions

  func run() throws {
    let act = keepOrders ? "block" : "kill"
    let (sequence, isRunning) = try daemon.act([
      ("op", "act"), ("act", act), ("scope", scope.text),
    ])
    let left = isRunning && !keepOrders ? try follow() : 0
    let isDone = left == 0
    let object = JSON.object([
      ("seq", .number(sequence)), ("scope", .string(scope.text)),
      ("running", .bool(isRunning)), ("open", .number(left)),
    ])
    var words = "HALTED \(scope.text)  \(sequenceText(sequence))"
    words += DaemonOptions.note(isRunning)
    if !isDone {
      words = "HALTING \(scope.text)  \(sequenceText(sequence))  \(left) orders still open"
    }
    try output.show(object, else: [words])
    if !isDone { throw ExitCode.found }
  }

  /// Shows how many orders are still to be cancelled.
  /// - Returns: those that are after ten seconds.
  private func follow() throws -> Int {
    let client = try ControlClient.connect(to: daemon.journal)
    var first: Int?
    var (left, told) = (0, -1)
    for _ in 0..<200 {
      usleep(50_000)
      let answer = try client.ask([("op", "status")])
      let status = answer.fields["status"] as? [String: Any] ?? [:]
      let kills = status["kills"] as? [String: String] ?? [:]
      left = kills[scope.text].flatMap { Int($0) } ?? 0
      first = first ?? left
      if left == 0 { break }
      try Interruption.check()
      if !output.quiet, left != told { tell("HALTING \((first ?? left) - left)/\(first ?? left)") }
      told = left
    }
    return left
  }
}

/// `daybook resume`
struct ResumeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume",
    abstract: "End a halt, or release the breakers of a scope.",
    discussion: """
      `resume all` ends every halt, whatever its scope; another scope ends its own halt only, so that a strategy \
      stays halted while `all` is. What still keeps orders back is said, breakers too.

      Example: daybook resume strategy cross --reason 'the feed is back'
      """)

  @OptionGroup var scope: ScopeArgument
  @OptionGroup var daemon: DaemonOptions
  @Flag(help: "Release the scope's breakers instead.")
  var breakers = false
  @OptionGroup var output: PrintOptions

  func run() throws {
    let (sequence, isRunning, left) = try daemon.actOnHalts([
      ("op", "act"), ("act", breakers ? "enable" : "resume"), ("scope", scope.text),
    ])
    func list(_ names: [String]) -> JSON { .array(names.map { .string($0) }) }
    let object = JSON.object([
      ("seq", .number(sequence)), ("scope", .string(scope.text)), ("running", .bool(isRunning)),
      ("ended", list(left.ended)), ("halts", list(left.halts)), ("breakers", list(left.breakers)),
    ])
    try output.show(
      object,
      else: ["RESUMED \(scope.text)  \(sequenceText(sequence))\(DaemonOptions.note(isRunning))"]
        + Self.lines(left, output.style))
  }

  /// Which halts were ended, and what still keeps orders back.
  private static func lines(_ left: HaltsLeft, _ style: Style) -> [String] {
    var facts = Facts()
    facts.add("ended", left.ended.isEmpty ? "no halt" : left.ended.joined(separator: ", "))
    if !left.halts.isEmpty {
      facts.add(
        "still halted",
        left.halts.joined(separator: ", ") + "  `daybook resume` of that scope, or of all, ends it")
    }
    for breaker in left.breakers {
      facts.add(
        "still blocked", "breaker \(breaker)  `daybook resume SCOPE --breakers` releases it")
    }
    return facts.lines(style)
  }
}

/// `daybook limit`
struct LimitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "limit",
    abstract: "Change a limit; the change is journaled with its author.",
    discussion: """
      The key is the configuration's; an empty value removes the limit.

      Example: daybook limit risk.order.max_notional '40000 USD' --reason 'after the incident'
      """)

  @Argument(help: "Key under risk.")
  var key: String
  @Argument(help: "The value, as in the configuration.")
  var value: String
  @Option(help: "From when on it holds: a time in UTC; without it at once.")
  var at: String?
  @OptionGroup var daemon: DaemonOptions
  @OptionGroup var output: PrintOptions

  func run() throws {
    let (sequence, isRunning) = try daemon.act(
      [("op", "limit"), ("key", key), ("value", value)] + (at.map { [("at", $0)] } ?? []))
    let object = JSON.object([
      ("seq", .number(sequence)), ("key", .string(key)), ("value", .string(value)),
      ("running", .bool(isRunning)),
    ])
    try output.show(
      object, else: ["\(key) = \(value)  \(sequenceText(sequence))\(DaemonOptions.note(isRunning))"]
    )
  }
}

/// `daybook stop`
struct StopCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stop",
    abstract: "End the daemon in order: cancel what is open, wait for answers, sign the end.",
    discussion: "Example: daybook stop --reason 'end of day'")

  @OptionGroup var daemon: DaemonOptions
  @Flag(name: [.short, .long], help: "Say nothing.")
  var quiet = false

  func run() throws {
    let client = try ControlClient.connect(to: daemon.journal)
    let fields = [("op", "stop")] + (daemon.reason.map { [("reason", $0)] } ?? [])
    let sequence = try client.act(fields)
    // It is gone when nobody has the writer's lock any more.
    for _ in 0..<300 {
      usleep(50_000)
      try Interruption.check()
      guard ControlClient.isAnswered(in: daemon.journal) else {
        if !quiet { tell("stopped  \(sequenceText(sequence))") }
        return
      }
    }
    throw Failure(.failed, "\(daemon.journal): the daemon is still stopping. See `daybook status`.")
  }
}
