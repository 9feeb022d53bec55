import ArgumentParser
import Events
import Journaling
import Reporting
import Trading

/// What a user names to have it explained: an order (`17`, `ord-17`, or a person's own name for it), a break
/// (`brk-3`) or an entry (`#18,441,377`).
enum Subject: ExpressibleByArgument, Equatable {
  case order(OrderID)
  case given(String)
  case entry(UInt64)
  case reconciliationBreak(UInt64)

  init?(argument: String) {
    if argument.hasPrefix("#") {
      guard let sequence = Place.sequence(argument), sequence > 0 else { return nil }
      self = .entry(sequence)
    } else if let number = BreakNumber(argument: argument), argument.hasPrefix("brk-") {
      self = .reconciliationBreak(number.number)
    } else if let number = NamedOrder.number(argument) {
      self = .order(number)
    } else {
      guard Instruction.isClientOrder(argument) else { return nil }
      self = .given(argument)
    }
  }

  var text: String {
    switch self {
    case .order(let order): order.description
    case .given(let name): name
    case .entry(let sequence): sequenceText(sequence)
    case .reconciliationBreak(let number): "brk-\(number)"
    }
  }
}

/// `daybook explain`
struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract:
      "Show why an order, or any entry, is there: the chain down to the tick, oldest first.",
    discussion: """
      Refusals have no order id: explain them by the name that a person gave the order, or by their sequence, \
      which `daybook tail --kind refused` tells.

      Example: daybook explain run ord-17
      `--balance ACCOUNT:CURRENCY` shows which postings led to the cash of an account, \
      `ACCOUNT:CURRENCY:LEDGER` to another balance (inventory, realised, fees, …).

      Example: daybook explain run '#18,441,377'
      Example: daybook explain run --balance main:USD --at 2024-03-05T21:00
      """)

  @OptionGroup var source: JournalArgument

  @Argument(
    help: ArgumentHelp(
      "Order (17, ord-17 or your name for it), break (brk-3) or sequence ('#18,441,377').",
      valueName: "order"),
    completion: .custom { words, _, _ in Self.orders(words) })
  var subject: Subject?

  @Option(
    help: ArgumentHelp(
      "Show what led to a balance: main:USD, or main:USD:fees.", valueName: "balance"))
  var balance: BalanceName?

  @Option(help: ArgumentHelp("The balance as of this sequence or time.", valueName: "place"))
  var at = Place.end

  @Flag(help: "Print all of a long chain, replacement by replacement.")
  var all = false

  @Option(help: ArgumentHelp("How many of the balance's postings to show.", valueName: "n"))
  var last = 40

  @OptionGroup var output: PrintOptions

  func validate() throws {
    guard (subject == nil) != (balance == nil) else {
      throw ValidationError(
        subject == nil
          ? "Name an order, a break, a sequence, or a --balance."
          : "An order and a --balance are explained apart.")
    }
    guard last > 0 else { throw ValidationError("--last is at least 1.") }
    if balance == nil, at != .end { throw ValidationError("--at goes with --balance.") }
  }

  func run() throws {
    let reader = try JournalReader.open(at: source.journal)
    if let balance {
      let view = try BalanceView(balance, in: reader, at: at, last: last, output)
      return try output.show(view.json, else: view.lines(output.style))
    }
    guard let subject else { return }
    guard let explanation = try explanation(of: subject, in: reader) else {
      try checkIndex(subject, in: reader)
      throw Failure(.noInput, try missing(subject, in: reader))
    }
    if !explanation.hasBeginning { try checkIndex(subject, in: reader) }
    try output.show(explanation.json, else: lines(explanation, output.style))
  }

  private func explanation(of subject: Subject, in reader: JournalReader) throws -> Explanation? {
    switch subject {
    case .order(let order): try Explanation(of: order, in: reader)
    case .given(let name): try Explanation(ofGiven: name, in: reader)
    case .entry(let sequence): try Explanation(of: sequence, in: reader)
    case .reconciliationBreak(let number): try Explanation(ofBreak: number, in: reader)
    }
  }

  /// Whether an order that the index leaves out, or of which it lacks the first entry, is in the journal.
  private func checkIndex(_ subject: Subject, in reader: JournalReader) throws {
    guard case .order(let order) = subject else { return }
    var counts = JournalCounts()
    try counts.scan(reader)
    guard (1...max(1, Self.orders(counts))).contains(order.raw), Self.orders(counts) > 0 else {
      return
    }
    throw Failure(
      .found,
      "\(reader.path): the index of orders is damaged: \(subject.text) is in the journal, but its first entry is "
        + "not in the index. `daybook verify` tells what the index lacks; `daybook export --ndjson` has the entries."
    )
  }

  private func missing(_ subject: Subject, in reader: JournalReader) throws -> String {
    let end = try reader.lastSequence()
    if case .reconciliationBreak = subject {
      return
        "\(reader.path): there is no break \(subject.text). `daybook reconcile \(reader.path)` "
        + "lists those that are open."
    }
    if case .given(let name) = subject {
      var counts = JournalCounts()
      try counts.scan(reader)
      let (_, names) = try GivenOrder.find(name, in: reader)
      if case .unknown(let sentence) = NamedOrder.unknown(
        name, names: names, last: OrderID(Self.orders(counts)))
      {
        return "\(reader.path): \(sentence)"
      }
    }
    guard case .order(let order) = subject else {
      return "\(reader.path): there is no entry \(subject.text); the last is \(sequenceText(end))."
    }
    var counts = JournalCounts()
    try counts.scan(reader)
    let orders = Self.orders(counts)
    return "\(reader.path): there is no order \(subject.text); "
      + (orders == 0
        ? "this journal has no orders."
        : "orders go from ord-1 to ord-\(orders).")
      + (order.raw <= end ? " The entry of that sequence is '\(sequenceText(order.raw))'." : "")
  }

  private func lines(_ explanation: Explanation, _ style: Style) -> [String] {
    let times = explanation.steps.map(\.entry.header.receiveTime) + explanation.children.map(\.time)
    let day = times.first?.dateText ?? ""
    // A chain of one day has it in the title, else each line has its own.
    let isOneDay = times.allSatisfy { $0.dateText == day }
    func text(_ time: Instant) -> String {
      (isOneDay ? "" : time.dateText + " ") + time.timeText(digits: 6)
    }
    let when = isOneDay && !day.isEmpty ? "  " + day : ""
    var table = Table([("", .right), ("", .left), ("", .left), ("", .left)])
    let folded = FoldedSteps(explanation.steps.map(\.entry.event.kind), all: all)
    for (place, leftOut) in folded.shown {
      if leftOut > 0 {
        table.row("", "", "…", "\(grouped(leftOut)) entries of replacements (--all shows them)")
      }
      let step = explanation.steps[place]
      let header = step.entry.header
      table.row(
        "  " + sequenceText(header.sequence), text(header.receiveTime), step.label, step.text)
    }
    return [style(explanation.title, .strong) + style(when, .quiet)] + table.lines(style)
      + Self.children(explanation, style, text)
  }

  private static func children(
    _ explanation: Explanation, _ style: Style, _ text: (Instant) -> String
  ) -> [String] {
    guard !explanation.children.isEmpty else { return [] }
    var table = Table([
      ("", .right), ("", .left), ("", .left), ("", .left), ("", .left), ("", .left),
    ])
    for child in explanation.children {
      table.row(
        "  " + sequenceText(child.sequence), text(child.time),
        child.order.map { "\($0)" } ?? "–", child.text, child.outcome, child.why)
    }
    return ["", style("its children", .strong)] + table.lines(style)
  }

  /// Order ids of the journal already on the command line, for the shell's completion.
  private static func orders(_ words: [String]) -> [String] {
    guard let path = words.first(where: { Journal.exists(at: $0) }),
      let reader = try? JournalReader.open(at: path)
    else { return [] }
    var counts = JournalCounts()
    guard (try? counts.scan(reader)) != nil else { return [] }
    return (1...max(1, orders(counts))).suffix(200).map { "ord-\($0)" }
  }

  /// How many orders there are, sent or kept: their ids begin at 1 and have no holes.
  private static func orders(_ counts: JournalCounts) -> UInt64 {
    counts[.submitted] + counts[.held]
  }
}
