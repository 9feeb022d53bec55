import ArgumentParser
import Glibc
import Trading

/// Says on standard error, in one block, why the process ends.
enum Complaint {
  /// Tells an error in the user's words.
  /// - Returns: the exit code.
  static func report(_ error: any Error) -> Int32 {
    if let code = error as? ExitCode { return code.rawValue }
    if isParsers(error) { return reportUsage(error) }
    let failure = Failure(error)
    tell(failure)
    return failure.status.rawValue
  }

  static func tell(_ failure: Failure) {
    let isPlain = CommandLine.arguments.contains("--no-color")
    let style = Style(for: STDERR_FILENO, isAllowed: !isPlain)
    let lines = failure.text.split(separator: "\n", omittingEmptySubsequences: false)
    daybook.tell("daybook: " + style("error:", .bad) + " " + lines.joined(separator: "\n  "))
  }

  /// The nearest command to a mistyped one, as the parser suggests nothing.
  static func checkCommand(_ arguments: [String]) throws {
    var commands = Daybook.configuration.subcommands
    var path = "daybook"
    for word in arguments {
      guard !commands.isEmpty, !word.hasPrefix("-"), word != "help" else { return }
      if let command = commands.first(where: { $0._commandName == word }) {
        path += " " + word
        commands = command.configuration.subcommands
        continue
      }
      let names = commands.map { command in command._commandName }
      let advice =
        ConfigurationError.nearest(to: word, among: names).map { "did you mean `\(path) \($0)`?" }
        ?? "known are \(names.joined(separator: ", "))."
      throw Failure(
        .usage, "`\(word)` is not a command of \(path); \(advice)\nSee `\(path) --help`.")
    }
  }

  private static func isParsers(_ error: any Error) -> Bool {
    !(error is Failure) && Daybook.exitCode(for: error) != .failure || error is CleanExit
      || error is ValidationError
  }

  private static func reportUsage(_ error: any Error) -> Int32 {
    let code = Daybook.exitCode(for: error)
    let text = Daybook.fullMessage(for: error)
    guard !code.isSuccess else {
      // Help and completion scripts are what was asked for: data.
      do { try Output.print(text.isEmpty ? "" : text + "\n") } catch { return report(error) }
      return code.rawValue
    }
    let prefix = "Error: "
    tell(Failure(.usage, text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text))
    return Status.usage.rawValue
  }
}
