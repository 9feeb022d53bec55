import ArgumentParser
import Events
import Sequencing

/// How `daybook run` tells what it does: in sentences for people, or in lines of JSON for programs, like those of
/// `daybook-api` (docs/alerts.md, "Logs"). Both go to standard error.
struct RunLog {
  enum Form: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
  }

  enum Level: String {
    case info
    case warning
  }

  var form: Form
  /// Whether only what is wrong is told.
  var isQuiet: Bool

  /// Says something.
  /// - Parameters:
  ///   - message: in a few words, always the same.
  ///   - text: the sentence for people.
  ///   - fields: for programs.
  func say(
    _ message: String, _ level: Level = .info, sequence: UInt64,
    _ fields: KeyValuePairs<String, String> = [:], text: @autoclosure () -> String
  ) {
    guard !isQuiet || level == .warning else { return }
    switch form {
    case .text: tell(text())
    case .json:
      tell(Self.line(message, level, sequence, fields, at: LiveClock.system.now()).text)
    }
  }

  static func line(
    _ message: String, _ level: Level, _ sequence: UInt64,
    _ fields: KeyValuePairs<String, String>, at time: Instant
  ) -> JSONLine {
    var line = JSONLine()
    line.field("time", time)
    line.field("level", level.rawValue)
    line.field("logger", "daybook")
    line.field("message", message)
    if sequence > 0 { line.field("seq", sequence) }
    for (name, value) in fields { line.field(name, value) }
    return line
  }
}
