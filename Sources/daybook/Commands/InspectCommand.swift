import ArgumentParser
import Events
import Journaling
import Sequencing
import Trading

/// `daybook inspect`
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show what a journal holds, or how everything stood at one of its moments.",
    discussion: """
      Without --at: entries, times, counts, data quality, chain head and state hash. With --at: \
      instruments, positions, cash and open orders as of then; with --book the order book of a symbol.

      Example: daybook inspect run --at '#18,442,905' --book ALFA --depth 5
      """)

  @OptionGroup var source: JournalArgument

  @Option(help: "Sequence, time or `end`: everything as of then.")
  var at: Place?

  @Option(help: "Symbol whose order book is shown.")
  var book: String?

  @Option(help: "Levels of the book, on each side.")
  var depth = 10

  @Flag(name: .customLong("no-state"), help: "Leave the state hash out: it may need a replay.")
  var noState = false

  @OptionGroup var output: PrintOptions

  func validate() throws {
    if depth < 1 || depth > 1_000_000 { throw ValidationError("--depth must be 1 to 1000000.") }
  }

  func run() throws {
    let reader = try JournalReader.open(at: source.journal)
    if let book {
      let place = at ?? .end
      let view = try BookView(
        reader, symbol: book, at: place.last(in: reader), depth: depth, output)
      try output.show(view.json, else: view.lines(output.style))
    } else if let at {
      let view = try StateView(reader, at: at.last(in: reader), output)
      try output.show(view.json, else: view.lines(output.style))
    } else {
      let view = try JournalView(reader, withState: !noState, output)
      try output.show(view.json, else: view.lines(output.style))
    }
  }
}
