import ArgumentParser
import Events
import Journaling
import Reporting
import Sequencing

/// `daybook diff`
struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Find the first entry in which two journals differ.",
    discussion: """
      Compares sequence by sequence what the entries say: times, cause and every field. Journal ids, \
      blocks and hashes may differ. Exit code 0 if all entries are equal, 2 if not. With --from two runs \
      of different seeds or configurations are compared behind where they say so.

      Example: daybook diff run-a run-b
      """)

  @Argument(help: "Folder of the one journal.", completion: .directory)
  var one: String

  @Argument(help: "Folder of the other.", completion: .directory)
  var other: String

  @Option(help: "Sequence from which entries are compared.")
  var from: UInt64 = 1

  @OptionGroup var output: PrintOptions

  func validate() throws {
    if from < 1 { throw ValidationError("--from must be 1 or more.") }
  }

  func run() throws {
    let readers = (try JournalReader.open(at: one), try JournalReader.open(at: other))
    let ends = try (readers.0.lastSequence(), readers.1.lastSequence())
    guard from <= max(1, ends.0, ends.1) else {
      throw Failure(
        .noInput,
        "--from \(sequenceText(from)): \(one) ends with \(sequenceText(ends.0)) and \(other) with "
          + "\(sequenceText(ends.1)), so there is nothing to compare.")
    }
    var progress = Progress("diff", total: ends.0, isQuiet: output.quiet)
    var comparison = try Comparison(one, other, readers, from: from)
    while try comparison.advance() {
      try Interruption.check()
      progress.update(comparison.equal)
    }
    progress.finish()
    try show(comparison)
    if comparison.difference != nil { throw ExitCode.found }
  }

  private func show(_ comparison: borrowing Comparison) throws {
    let style = output.style
    guard let difference = comparison.difference else {
      try output.show(
        .object([
          ("identical", .bool(true)), ("equal_entries", .number(comparison.equal)),
          ("difference", .null),
        ]),
        else: [style("equal", .good) + ": \(grouped(comparison.equal)) entries"])
      return
    }
    func side(_ line: JSONLine?) -> JSON { line.map { .raw($0.text) } ?? .null }
    let object = JSON.object([
      ("identical", .bool(false)), ("equal_entries", .number(comparison.equal)),
      (
        "difference",
        .object([
          ("sequence", .number(comparison.next)), ("field", .string(difference.field)),
          ("one", side(difference.one)), ("other", side(difference.other)),
          ("items", .array(difference.items.map(\.json))),
        ])
      ),
    ])
    var lines = [
      style("different", .bad) + " at \(sequenceText(comparison.next)), in "
        + style(difference.field, .strong)
    ]
    lines.append("  \(one)  \(difference.one?.text ?? "ends before")")
    lines.append("  \(other)  \(difference.other?.text ?? "ends before")")
    for item in difference.items {
      lines.append("  \(item.key): \(item.one ?? "not there"), and \(item.other ?? "not there")")
    }
    if difference.one != nil, difference.other != nil {
      lines.append("what follows: daybook diff \(one) \(other) --from \(comparison.next + 1)")
    }
    try output.show(object, else: lines)
  }
}

/// Two journals read side by side.
private struct Comparison: ~Copyable {
  struct Difference {
    /// Name of the first field that differs, or `entry` if one journal ends.
    var field: String
    var one: JSONLine?
    var other: JSONLine?
    /// Of two configurations the keys that differ.
    var items: [DifferingItem] = []
  }

  private(set) var equal: UInt64 = 0
  private(set) var difference: Difference?
  private var one: EntryPages
  private var other: EntryPages
  private var pages: (one: ArraySlice<Entry>, other: ArraySlice<Entry>) = ([], [])
  private var names = (one: EntryText(), other: EntryText())

  /// Sequence of the first entry that was not found equal.
  var next: UInt64 { first + equal }
  private let first: UInt64

  /// Folders of the journals, as they were given.
  private let paths: (one: String, other: String)

  init(
    _ one: String, _ other: String, _ readers: (JournalReader, JournalReader), from first: UInt64
  ) throws {
    paths = (one, other)
    self.first = first
    self.one = EntryPages(readers.0, from: first)
    self.other = EntryPages(readers.1, from: first)
    guard first > 1 else { return }
    for instrument in try Failure.naming(one, { try readers.0.instruments(through: first - 1) }) {
      names.one.note(.observation(.instrument(instrument)))
    }
    for instrument in try Failure.naming(other, { try readers.1.instruments(through: first - 1) }) {
      names.other.note(.observation(.instrument(instrument)))
    }
  }

  /// Compares up to the end of one of the blocks in hand.
  /// - Returns: whether there may be more to compare.
  mutating func advance() throws -> Bool {
    try turnPages()
    if pages.one.isEmpty && pages.other.isEmpty { return false }
    while let a = pages.one.first, let b = pages.other.first {
      names.one.note(a.event)
      names.other.note(b.event)
      guard a == b else {
        differ(a, b)
        return false
      }
      pages.one.removeFirst()
      pages.other.removeFirst()
      equal += 1
    }
    try turnPages()
    guard pages.one.isEmpty != pages.other.isEmpty else { return true }
    differ(pages.one.first, pages.other.first)
    return false
  }

  private mutating func turnPages() throws {
    if pages.one.isEmpty {
      pages.one = (try Failure.naming(paths.one) { try one.next() } ?? [])[...]
    }
    if pages.other.isEmpty {
      pages.other = (try Failure.naming(paths.other) { try other.next() } ?? [])[...]
    }
  }

  private mutating func differ(_ a: Entry?, _ b: Entry?) {
    if let a { names.one.note(a.event) }
    if let b { names.other.note(b.event) }
    let (old, new) = (a.map { names.one.line($0) }, b.map { names.other.line($0) })
    let fields = (old?.fields ?? [], new?.fields ?? [])
    let same = zip(fields.0, fields.1).prefix { $0 == $1 }.count
    let field = fields.0.dropFirst(same).first?.0 ?? fields.1.dropFirst(same).first?.0
    difference = Difference(
      field: old == nil || new == nil ? "entry" : field ?? "entry", one: old, other: new,
      items: DifferingItem.all(a?.event, b?.event))
  }
}

/// A key of two configurations that they say otherwise.
private struct DifferingItem {
  var key: String
  /// Nil where it is not said.
  var one: String?
  var other: String?

  var json: JSON {
    .object([("key", .string(key)), ("one", .string(one)), ("other", .string(other))])
  }

  /// Sorted by key; none if the events are no configurations.
  static func all(_ a: Event?, _ b: Event?) -> [DifferingItem] {
    guard case .observation(.configuration(let one))? = a,
      case .observation(.configuration(let other))? = b
    else { return [] }
    let keys = Set(one.items.map(\.key) + other.items.map(\.key)).sorted()
    return keys.filter { one[$0] != other[$0] }
      .map { DifferingItem(key: $0, one: one[$0], other: other[$0]) }
  }
}
