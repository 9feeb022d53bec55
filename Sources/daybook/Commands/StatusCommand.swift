import ArgumentParser
import Sequencing
import Serving

/// `daybook status`
struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Say how a running daemon is.",
    discussion: "Example: daybook status --json | jq .decision_ns")

  @Option(help: "Folder of the daemon's journal.", completion: .directory)
  var journal = standardJournal

  @OptionGroup var output: PrintOptions

  func run() throws {
    let client = try ControlClient.connect(to: journal)
    let answer = try client.ask([("op", "status")])
    guard let status = answer.fields["status"] as? [String: Any] else {
      throw Failure(.bug, "the daemon's status cannot be read.")
    }
    try output.show(.raw(answer.text), else: lines(status))
  }

  private func lines(_ status: [String: Any]) -> [String] {
    let style = output.style
    func number(_ key: String) -> String { grouped(status[key] as? Int64 ?? 0) }
    func list(_ key: String) -> String {
      let names = status[key] as? [String] ?? []
      return names.isEmpty ? "–" : names.joined(separator: ", ")
    }
    func latency(_ key: String) -> String {
      let figures = status[key] as? [String: Any] ?? [:]
      func figure(_ name: String) -> Int64 { figures[name] as? Int64 ?? 0 }
      guard figure("count") > 0 else { return "–" }
      return ["p50", "p99", "p999", "max"].map { name in
        "\(name) \(duration(figure(name)))"
      }.joined(separator: "  ")
    }
    let state = status["state"] as? String ?? "unknown"
    let tone: Style.Tone = state == "trading" ? .good : .bad
    var facts = Facts()
    facts.add("state", style(state.uppercased(), tone) + "  PAPER  pid \(number("pid"))")
    facts.add("halted", list("halts"))
    facts.add("since", status["started"] as? String ?? "–")
    facts.add("journal", "\(journal)  \(status["journal_id"] as? String ?? "–")")
    facts.add(
      "sequence",
      "#\(number("seq"))  durable #\(number("durable_seq")) (\(status["durability"] as? String ?? "–"))"
    )
    if let stall = status["stall"] as? String { facts.add("stalled", style(stall, .bad)) }
    facts.add(
      "funnel",
      "signals \(number("signals"))  intents \(number("intents"))  refused \(number("refused"))  "
        + "orders \(number("orders"))  fills \(number("fills"))  open \(number("open_orders"))")
    for (name, state) in (status["venues"] as? [String: String] ?? [:]).sorted(by: {
      $0.key < $1.key
    }) {
      facts.add("venue", "\(name)  " + style(state, state == "connected" ? .good : .bad))
    }
    facts.add("alerts told", "\(number("alerts")) since the journal's start, over or not")
    facts.add(
      "inbox",
      "\(number("inbox_depth")) of \(number("inbox_capacity")), deepest \(number("inbox_deepest")), "
        + "conflated \(number("conflated"))")
    for stage in Stage.allCases {
      facts.add(stage.rawValue, latency(stage.name))
    }
    facts.add("strategies", list("strategies"))
    facts.add("instruments", list("instruments"))
    return facts.lines(style)
  }

  private func duration(_ nanoseconds: Int64) -> String {
    switch nanoseconds {
    case ..<1_000: "\(nanoseconds) ns"
    case ..<1_000_000: "\(rounded(Double(nanoseconds) / 1e3, 1)) us"
    case ..<1_000_000_000: "\(rounded(Double(nanoseconds) / 1e6, 1)) ms"
    default: "\(rounded(Double(nanoseconds) / 1e9, 1)) s"
    }
  }
}
