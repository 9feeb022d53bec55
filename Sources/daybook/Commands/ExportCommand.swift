import ArgumentParser
import Events
import Journaling

extension EntryKind: ExpressibleByArgument {
  public init?(argument: String) { self.init(name: argument) }
  public static var allValueStrings: [String] { allCases.map(\.name) }
}

/// `daybook export`
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a journal's entries as NDJSON, or an instrument's book as CSV.",
    discussion: """
      Example: daybook export run --ndjson --kind submitted --kind filled
      Example: daybook export market --book ALFA --depth 5 --csv > alfa.csv
      """)

  @OptionGroup var source: JournalArgument

  @Flag(help: "One JSON object a line, one line an entry (docs/journal-format.md, section 7).")
  var ndjson = false

  @Flag(help: "Rows of the best levels of --book, one after each market event.")
  var csv = false

  @Option(help: "Symbol whose book is written.")
  var book: String?

  @Option(help: "Levels of the book, on each side.")
  var depth = 1

  @Option(name: .customLong("from"), help: "First sequence or time.")
  var first: Place = .sequence(1)

  @Option(name: .customLong("to"), help: "Last sequence or time.")
  var last: Place = .end

  @Option(help: "Only entries of this kind; may be given several times.")
  var kind: [EntryKind] = []

  @Flag(name: [.short, .long], help: "Taken as by the other commands; there is no progress here.")
  var quiet = false

  func validate() throws {
    guard ndjson != csv else { throw ValidationError("Say --ndjson, or --book SYMBOL --csv.") }
    guard csv == (book != nil) else {
      throw ValidationError("--book and --csv go together: --book SYMBOL --depth N --csv.")
    }
    guard (1...10_000).contains(depth) else {
      throw ValidationError("--depth must be 1 to 10000.")
    }
    let isBackwards =
      switch (first, last) {
      case (.sequence(let first), .sequence(let last)): first > last
      case (.moment(let first), .moment(let last)): first > last
      default: false
      }
    guard !isBackwards else { throw ValidationError("--from comes after --to.") }
    guard kind.isEmpty || ndjson else { throw ValidationError("--kind goes with --ndjson.") }
  }

  func run() throws {
    let reader = try JournalReader.open(at: source.journal)
    let range = try self.range(in: reader)
    if let book {
      var rows = try BookRows(reader, symbol: book, depth: depth)
      try rows.write(reader, range)
    } else {
      var lines = EntryLines(kinds: kind)
      try lines.write(reader, range)
    }
  }

  /// An end beyond the journal's is its end; a range before its beginning is empty.
  private func range(in reader: JournalReader) throws -> Range<UInt64> {
    let end = try reader.lastSequence()
    let lower = try first.first(in: reader)
    if lower > end {
      tell("note: \(reader.path) ends with \(sequenceText(end)), before what is asked for")
    }
    let upper: UInt64 =
      switch last {
      case .end: end
      case .sequence(let sequence): min(sequence, end)
      case .moment(let moment): try reader.last(by: moment) ?? 0
      }
    return lower..<max(lower, upper + 1)
  }
}
