import ArgumentParser
import Journaling

/// `daybook seal`
struct SealCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "seal",
    abstract: "Compress a journal's blocks; entries and hashes stay the same.",
    discussion: "Example: daybook seal market --level 3")

  @OptionGroup var source: JournalArgument

  @Option(help: "Level of zstd, 1 (fast) to 19 (small).")
  var level: Int32 = 1

  @Option(name: .customLong("to"), help: "Only blocks up to this sequence or time.")
  var end: Place = .end

  @OptionGroup var output: PrintOptions

  func validate() throws {
    guard (1...19).contains(level) else { throw ValidationError("--level must be 1 to 19.") }
  }

  func run() throws {
    let last: UInt64 =
      end == .end ? .max : try end.last(in: JournalReader.open(at: source.journal))
    var journal = try Journal.open(at: source.journal)
    let before = Folder.size(source.journal + "/data.mdb")
    let watch = Stopwatch()
    let report = try journal.seal(through: last, level: level)
    let after = Folder.size(source.journal + "/data.mdb")
    var facts = Facts()
    facts.add(
      "sealed",
      "\(grouped(report.blocks)) \(report.blocks == 1 ? "block" : "blocks") in \(rounded(watch.seconds, 2)) s"
    )
    facts.add("blocks", "\(byteText(report.bytesBefore)) to \(byteText(report.bytesAfter))")
    facts.add("file", "\(byteText(before)) to \(byteText(after))")
    if report.blocks > 0, !report.compacted {
      facts.add("note", "another process has the journal open, so the file was not made smaller")
    }
    let object = JSON.object([
      ("blocks", .number(report.blocks)), ("bytes_before", .number(report.bytesBefore)),
      ("bytes_after", .number(report.bytesAfter)), ("file_before", .number(before)),
      ("file_after", .number(after)), ("compacted", .bool(report.compacted)),
    ])
    try output.show(object, else: facts.lines(output.style))
  }
}
