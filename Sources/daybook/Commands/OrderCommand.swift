import ArgumentParser
import Events
import Journaling
import Reporting
import Serving

/// `daybook order`
struct OrderCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "order",
    abstract: "Give an order in the name of a strategy; the gate judges it like any other.",
    discussion: """
      It has a name of your own, which no other order of the journal has, so that nothing is given twice. A \
      running daemon is needed. It says which number the order got; `daybook explain` and `cancel` know it by both.

      Example: daybook order hedge-7 buy 100 ALFA --type limit --price 101.50 --reason hedge
      """)

  @Argument(help: ArgumentHelp("Your own name for it.", valueName: "id"))
  var name: String
  @Argument(help: "buy or sell.")
  var side: String
  @Argument(help: "How much.")
  var quantity: String
  @Argument(help: ArgumentHelp("SYMBOL or VENUE:SYMBOL.", valueName: "instrument"))
  var instrument: String
  @Option(help: "In whose name.")
  var strategy = "desk"
  @Option(help: "market, limit, stop, stop_limit, trailing_stop, … (docs/orders.md).")
  var type = "market"
  @Option(help: ArgumentHelp("The limit.", valueName: "price"))
  var price: String?
  @Option(help: ArgumentHelp("day, gtc, ioc, fok, gtd, at_open, at_close.", valueName: "word"))
  var timeInForce: String?
  @Option(
    help: ArgumentHelp(
      "Another term, several times: stop=99.5, trail='2 %', display=10, post_only=true.",
      valueName: "key=value"))
  var term: [String] = []
  @OptionGroup var daemon: DaemonOptions
  @OptionGroup var output: PrintOptions

  func run() throws {
    var fields = [
      ("op", "order"), ("id", name), ("strategy", strategy), ("instrument", instrument),
      ("side", side), ("quantity", quantity), ("type", type),
    ]
    if let price { fields.append(("price", price)) }
    if let timeInForce { fields.append(("time_in_force", timeInForce)) }
    for text in term {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else {
        throw ValidationError("--term \(text): write KEY=VALUE, such as stop=99.5.")
      }
      fields.append((parts[0], parts[1]))
    }
    if let reason = daemon.reason { fields.append(("reason", reason)) }
    let sequence = try ControlClient.connect(to: daemon.journal).act(fields)
    let outcome = try GivenOrder(of: sequence, in: JournalReader.open(at: daemon.journal))
    let object = JSON.object([
      ("seq", .number(sequence)), ("id", .string(name)),
      ("order", .string(outcome.order?.description)),
      ("refused", .string(outcome.refusal?.rule.name)),
    ])
    var words = "RECORDED \(name)  \(sequenceText(sequence))"
    if let order = outcome.order { words += "  it is \(order)" }
    if let refusal = outcome.refusal {
      words +=
        "  REFUSED by \(refusal.rule.name): daybook explain \(daemon.journal) '\(sequenceText(outcome.last))'"
    }
    try output.show(object, else: [words])
    if outcome.refusal != nil { throw ExitCode.failure }
  }
}

/// `daybook cancel`
struct CancelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel",
    abstract: "Ask for the cancel of an order; it may still fill.",
    discussion: "Example: daybook cancel ord-17")

  @Argument(help: "The order: ord-17, or your own name for it.")
  var order: String
  @OptionGroup var daemon: DaemonOptions
  @OptionGroup var output: PrintOptions

  func run() throws {
    let sequence = try ControlClient.connect(to: daemon.journal).act(
      [("op", "act"), ("act", "cancel"), ("scope", "order \(order)")]
        + (daemon.reason.map { [("reason", $0)] } ?? []))
    let outcome = try AskedCancel(
      of: sequence, in: JournalReader.open(at: daemon.journal))
    let object = JSON.object([
      ("seq", .number(sequence)), ("order", .string(outcome?.order.description ?? order)),
      ("asked", .bool(outcome?.standing == nil)), ("state", .string(outcome?.standing?.name)),
    ])
    if let standing = outcome?.standing {
      try output.show(
        object,
        else: ["NOTHING TO CANCEL: \(order) is \(standing.name)  \(sequenceText(sequence))"])
      throw ExitCode.failure
    }
    try output.show(object, else: ["CANCEL of \(order) asked for  \(sequenceText(sequence))"])
  }
}
