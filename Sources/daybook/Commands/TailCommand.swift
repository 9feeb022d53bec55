import ArgumentParser
import Events
import Glibc
import Journaling
import Reporting

/// `daybook tail`
struct TailCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tail",
    abstract: "Print the last entries of a journal, and with -f each new one.",
    discussion: "Example: daybook tail run -n 5 --kind filled -f")

  @OptionGroup var source: JournalArgument

  @Option(name: [.customShort("n"), .customLong("lines")], help: "How many entries.")
  var count = 10

  @Flag(name: .shortAndLong, help: "Wait for new entries, until interrupted.")
  var follow = false

  @Option(help: "Only entries of this kind; may be given several times.")
  var kind: [EntryKind] = []

  @Flag(help: "One JSON object a line.")
  var ndjson = false

  @Flag(name: .customLong("no-color"), help: "No colour, also on a terminal (or set NO_COLOR).")
  var noColor = false

  @Flag(name: [.short, .long], help: "Taken as by the other commands; there is no progress here.")
  var quiet = false

  func validate() throws {
    guard (0...1_000_000).contains(count) else {
      throw ValidationError("-n must be 0 to 1000000.")
    }
  }

  func run() throws {
    let reader = try JournalReader.open(at: source.journal)
    let style = Style(for: STDOUT_FILENO, isAllowed: !noColor)
    let first = try firstShown(reader)
    var names = try self.names(reader, before: first)
    var last: [Entry] = []
    var pages = EntryPages(reader, from: first)
    while let page = try pages.next() {
      try Interruption.check()
      for entry in page {
        names.note(entry.event)
        if isWanted(entry) { last.append(entry) }
      }
    }
    try print(last.suffix(count), names, style)
    while follow {
      // That is how following ends, so nothing is said of it.
      if Interruption.isAsked { throw ExitCode(Status.interrupted.rawValue) }
      usleep(100_000)
      while let page = try pages.next() {
        for entry in page { names.note(entry.event) }
        try print(page.filter(isWanted), names, style)
      }
    }
  }

  private func isWanted(_ entry: Entry) -> Bool {
    kind.isEmpty || kind.contains(entry.event.kind)
  }

  /// Sequence of the first entry to print; about 5 ns an entry if kinds are asked for.
  private func firstShown(_ reader: JournalReader) throws -> UInt64 {
    let end = try reader.lastSequence()
    let all = UInt64(count)
    guard !kind.isEmpty, count > 0 else { return end > all ? end - all + 1 : 1 }
    // The last sequences wanted, in a ring.
    var ring: [UInt64] = []
    var oldest = 0
    var decoder = BlockDecoder()
    try reader.forEachBlock { (_, content) throws(Damage) in
      Interruption.obey()
      _ = try decoder.begin(content)
      while true {
        let found: EntryKind
        switch try decoder.next(content) {
        case .end: return true
        case .market(let tick): found = tick.kind
        case .record(let kind, _): found = kind
        }
        guard kind.contains(found) else { continue }
        if ring.count < count {
          ring.append(decoder.header.sequence)
        } else {
          ring[oldest] = decoder.header.sequence
          oldest = (oldest + 1) % count
        }
      }
    }
    return ring.isEmpty ? end + 1 : ring[oldest]
  }

  /// What entries refer to by number, as of the entry before a sequence.
  private func names(_ reader: JournalReader, before first: UInt64) throws -> TailNames {
    var names = TailNames()
    guard first > 1 else { return names }
    var decoder = BlockDecoder()
    try reader.forEachBlock(through: first - 1) { (_, content) throws(Damage) in
      Interruption.obey()
      _ = try decoder.begin(content)
      while true {
        let record = try decoder.next(content)
        guard decoder.header.sequence < first else { return false }
        switch record {
        case .end: return true
        case .market: continue
        case .record(let kind, let payload):
          if TailNames.needs(kind) {
            names.note(try kind.event(content, payload))
          }
        }
      }
    }
    return names
  }

  private func print(_ entries: some Sequence<Entry>, _ names: TailNames, _ style: Style) throws {
    var output = Output()
    for entry in entries {
      let line = names.line(entry)
      try output.line(ndjson ? line.text : Self.text(entry, names.fields(line), style))
    }
    try output.flush()
  }

  /// An entry on a line for people: sequence, time, kind, then the fields of the kind.
  private static func text(
    _ entry: Entry, _ fields: [(name: String, value: String)], _ style: Style
  ) -> String {
    let header = entry.header
    let cause = header.cause == 0 ? "" : "  because of \(sequenceText(header.cause))"
    return style(sequenceText(header.sequence), .number) + "  "
      + style("\(header.receiveTime.dateText) \(header.receiveTime.timeText(digits: 6))", .quiet)
      + "  " + style(entry.event.kind.name, .strong) + "  "
      + fields.map { "\($0.name) \($0.value)" }.joined(separator: "  ")
      + style(cause, .quiet)
  }
}
