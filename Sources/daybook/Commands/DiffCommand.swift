import ArgumentParser
import Events
import Journaling
import Reporting

/// `daybook diff`
struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Find the first entry in which two journals differ.",
    discussion: """
      Compares sequence by sequence what the entries say: times, cause and every field. Journal ids, \
      blocks and hashes may differ. Exit code 0 if all entries are equal, 2 if not.

      Example: daybook diff run-a run-b
      """)

  @Argument(help: "Folder of the one journal.", completion: .directory)
  var one: String

  @Argument(help: "Folder of the other.", completion: .directory)
  var other: String

  @OptionGroup var output: PrintOptions

  func run() throws {
    let readers = (try JournalReader.open(at: one), try JournalReader.open(at: other))
    var progress = Progress("diff", total: try readers.0.lastSequence(), isQuiet: output.quiet)
    var comparison = Comparison(readers.0, readers.1)
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
          ("sequence", .number(comparison.equal + 1)), ("field", .string(difference.field)),
          ("one", side(difference.one)), ("other", side(difference.other)),
        ])
      ),
    ])
    var lines = [
      style("different", .bad) + " at \(sequenceText(comparison.equal + 1)), in "
        + style(difference.field, .strong)
    ]
    lines.append("  \(one)  \(difference.one?.text ?? "ends before")")
    lines.append("  \(other)  \(difference.other?.text ?? "ends before")")
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
  }

  private(set) var equal: UInt64 = 0
  private(set) var difference: Difference?
  private var one: EntryPages
  private var other: EntryPages
  private var pages: (one: ArraySlice<Entry>, other: ArraySlice<Entry>) = ([], [])
  private var names = (one: EntryText(), other: EntryText())

  init(_ one: JournalReader, _ other: JournalReader) {
    self.one = EntryPages(one)
    self.other = EntryPages(other)
  }

  /// Compares up to the end of one of the blocks in hand.
  /// - Returns: whether there may be more to compare.
  mutating func advance() throws(JournalError) -> Bool {
    if pages.one.isEmpty { pages.one = (try one.next() ?? [])[...] }
    if pages.other.isEmpty { pages.other = (try other.next() ?? [])[...] }
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
    if pages.one.isEmpty { pages.one = (try one.next() ?? [])[...] }
    if pages.other.isEmpty { pages.other = (try other.next() ?? [])[...] }
    guard pages.one.isEmpty != pages.other.isEmpty else { return true }
    differ(pages.one.first, pages.other.first)
    return false
  }

  private mutating func differ(_ a: Entry?, _ b: Entry?) {
    if let a { names.one.note(a.event) }
    if let b { names.other.note(b.event) }
    let (old, new) = (a.map { names.one.line($0) }, b.map { names.other.line($0) })
    let fields = (old?.fields ?? [], new?.fields ?? [])
    let same = zip(fields.0, fields.1).prefix { $0 == $1 }.count
    let field = fields.0.dropFirst(same).first?.0 ?? fields.1.dropFirst(same).first?.0
    difference = Difference(
      field: old == nil || new == nil ? "entry" : field ?? "entry", one: old, other: new)
  }
}
