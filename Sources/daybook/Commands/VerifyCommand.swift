import ArgumentParser
import Events
import Journaling

/// `daybook verify`
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check blocks, hash chain, checkpoints, snapshots and indexes, without the engine.",
    discussion: """
      Exit code 0 if nothing is wrong, 2 if anything is. The file's own pages are looked at first: what they \
      hide is told by sequence, and the rest is checked all the same. Without --public-key every signer is accepted, \
      which finds damage but not a forger who signs anew.

      Example: daybook verify run --public-key checkpoint.pub.pem
      """)

  @OptionGroup var source: JournalArgument

  @Option(
    name: .customLong("public-key"), help: "The only key (PEM) whose checkpoints count.",
    completion: .file(extensions: ["pem"]))
  var publicKey: String?

  @OptionGroup var output: PrintOptions

  func run() throws {
    let key = try publicKey.map { path in
      guard Folder.exists(path) else {
        throw Failure(.noInput, "\(path): there is no public key here. Check the path.")
      }
      return try PublicKey.load(from: path)
    }
    do {
      let (report, signed, seconds) = try check(key)
      try show(report, signedThrough: signed, seconds)
      if !report.isIntact { throw ExitCode.found }
    } catch let error as JournalError {
      guard let report = VerificationReport(ofFile: error) else { throw error }
      try show(report, signedThrough: nil, 0)
      throw ExitCode.found
    }
  }

  /// - Returns: what was found, the last sequence that a checkpoint vouches for, if any, and the seconds it took.
  private func check(_ key: PublicKey?) throws -> (VerificationReport, UInt64?, Double) {
    let reader = try JournalReader.open(toVerify: source.journal)
    let pages = try reader.checkPages()
    // The end may be what is damaged; then there is no share to show.
    let total = pages.isSound ? (try? reader.lastSequence()) ?? 0 : 0
    var progress = Progress("verify", total: total, isQuiet: output.quiet)
    let report = try reader.verify(
      publicKey: key, records: Self.checkRecords, pages: pages,
      progress: { done in
        Interruption.obey()
        progress.update(done)
      })
    progress.finish()
    return (
      report, try report.isIntact ? reader.checkpoints().last?.sequence : nil, progress.seconds
    )
  }

  private static func checkRecords(
    _ header: BlockHeader, _ content: RawSpan
  ) throws(Damage) -> [OrderMention] {
    var decoder = BlockDecoder()
    var mentions: [OrderMention] = []
    _ = try decoder.begin(content)
    _ = try decoder.forEachEntry(
      of: content, tick: { (_, _) throws(Damage) in true },
      record: { (kind, payload, entry) throws(Damage) in
        let event = try kind.event(content, payload)
        if event.order != .none {
          mentions.append(OrderMention(order: event.order.raw, sequence: entry.sequence))
        }
        return true
      })
    return mentions
  }

  /// - Parameter signed: the last sequence that a checkpoint vouches for; nil if none does.
  private func show(
    _ report: VerificationReport, signedThrough signed: UInt64?, _ seconds: Double
  ) throws {
    let style = output.style
    let problems = report.problems.map { problem in
      JSON.object([
        ("first", .number(problem.first)), ("last", .number(problem.last)),
        ("kind", .string(Self.name(problem.kind))), ("what", .string(problem.what)),
      ])
    }
    let object = JSON.object([
      ("intact", .bool(report.isIntact)), ("entries", .number(report.entries)),
      ("blocks", .number(report.blocks)), ("sealed_blocks", .number(report.sealedBlocks)),
      ("last_sequence", .number(report.head.sequence)),
      ("chain_head", .string(report.head.chain.description)),
      ("checkpoints", .number(report.checkpoints)),
      ("signed_through", signed.map { .number($0) } ?? .null),
      ("signers", .array(report.signers.map { .string($0.description) })),
      ("snapshots", .number(report.snapshots)), ("problems", .array(problems)),
      ("seconds", .number(rounded(seconds, 3))),
    ])
    var facts = Facts()
    let count = report.problems.count
    facts.add(
      "result",
      report.isIntact
        ? style("intact", .good)
        : style("damaged", .bad) + ": \(count) \(count == 1 ? "problem" : "problems")")
    facts.add("entries", "\(grouped(report.entries)) in \(grouped(report.blocks)) blocks")
    facts.add("chain head", report.head.chain.description)
    let checkpoints = "\(report.checkpoints) signed and valid"
    let isPartly = report.isIntact && (signed ?? 0) < report.head.sequence
    let rest = "entries after \(sequenceText(signed ?? 0)) are not signed"
    facts.add("checkpoints", isPartly ? checkpoints + "; " + style(rest, .notable) : checkpoints)
    for signer in report.signers { facts.add("signer", signer.description) }
    facts.add("snapshots", "\(report.snapshots) valid")
    var lines = facts.lines(style)
    if !report.isIntact {
      var table = Table([("from", .right), ("to", .right), ("problem", .left), ("why", .left)])
      for problem in report.problems {
        table.row(
          sequenceText(problem.first), sequenceText(problem.last), Self.name(problem.kind),
          problem.what)
      }
      lines += [""] + table.lines(style)
    }
    try output.show(object, else: lines)
  }

  /// `damagedBlock` as `damaged_block`.
  private static func name(_ kind: VerificationProblem.Kind) -> String {
    kind.rawValue.reduce(into: "") { text, character in
      if character.isUppercase { text += "_" }
      text += character.lowercased()
    }
  }
}
