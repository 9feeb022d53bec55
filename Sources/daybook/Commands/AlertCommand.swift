import Alerting
import ArgumentParser
import Events
import Sequencing

/// `daybook alert`
struct AlertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "alert",
    abstract: "Acknowledge an alert, or have nobody told of it for a while.",
    subcommands: [AcknowledgeCommand.self, SilenceCommand.self])
}

/// An alert's id, or a code.
struct AlertArgument: ExpressibleByArgument {
  var text: String

  init?(argument: String) {
    guard AlertNote.kind(of: argument) != nil, !argument.contains(" ") else { return nil }
    text = argument
  }
}

/// `daybook alert acknowledge`
struct AcknowledgeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "acknowledge", abstract: "Say that you see to an alert; reminders end.",
    discussion: "Example: daybook alert acknowledge venue.disconnected:XSIM --reason 'called them'")

  @Argument(help: ArgumentHelp("The alert, as messages name it.", valueName: "id"))
  var alert: AlertArgument

  @OptionGroup var daemon: DaemonOptions
  @OptionGroup var output: PrintOptions

  func run() throws {
    let note = AlertNote.acknowledged(key: alert.text, note: daemon.reason ?? "")
    let sequence = try daemon.record(note)
    try output.show(
      .object([("seq", .number(sequence)), ("alert", .string(alert.text))]),
      else: ["ACKNOWLEDGED \(alert.text)  \(sequenceText(sequence))"])
  }
}

/// `daybook alert silence`
struct SilenceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "silence",
    abstract: "Have nobody told of an alert, or of all of a code, for a while.",
    discussion: "Example: daybook alert silence feed.stale --for 2h --reason maintenance")

  @Argument(help: ArgumentHelp("The alert's id, or a code.", valueName: "id"))
  var alert: AlertArgument

  @Option(name: .customLong("for"), help: ArgumentHelp("How long: 30m, 2h.", valueName: "duration"))
  var duration: DurationArgument

  @OptionGroup var daemon: DaemonOptions
  @OptionGroup var output: PrintOptions

  func validate() throws {
    guard duration.seconds <= 7 * 86_400 else {
      throw ValidationError("--for must be at most 7d: a silence ends.")
    }
  }

  func run() throws {
    let until = LiveClock.system.now().advanced(by: Int64(duration.seconds * 1e9))
    let note = AlertNote.silenced(target: alert.text, until: until, note: daemon.reason ?? "")
    let sequence = try daemon.record(note)
    try output.show(
      .object([
        ("seq", .number(sequence)), ("alert", .string(alert.text)), ("until", .string(until.text)),
      ]), else: ["SILENCED \(alert.text) until \(until.text)  \(sequenceText(sequence))"])
  }
}

extension DaemonOptions {
  /// Records a note about an alert.
  /// - Returns: its sequence.
  fileprivate func record(_ note: AlertNote) throws -> UInt64 {
    var daemon = self
    daemon.reason = note.text
    return try daemon.act([("op", "act"), ("act", "note"), ("scope", "all")]).sequence
  }
}
