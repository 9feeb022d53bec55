import ArgumentParser
import Glibc

/// What every command that prints takes.
struct PrintOptions: ParsableArguments {
  @Flag(name: .long, help: "Print one JSON object; decimals are strings.")
  var json = false

  @Flag(name: .customLong("no-color"), help: "No colour, also on a terminal (or set NO_COLOR).")
  var noColor = false

  @Flag(name: [.short, .long], help: "No progress on standard error.")
  var quiet = false

  var style: Style { Style(for: STDOUT_FILENO, isAllowed: !noColor) }

  /// Style of what is said on standard error.
  var errorStyle: Style { Style(for: STDERR_FILENO, isAllowed: !noColor) }

  /// Prints the JSON, or the lines if the user wants to read.
  func show(_ object: JSON, else lines: @autoclosure () -> [String]) throws {
    try Output.print(json ? object.text + "\n" : lines().map { $0 + "\n" }.joined())
  }
}

/// A journal to be read.
struct JournalArgument: ParsableArguments {
  @Argument(help: "Folder of the journal.", completion: .directory)
  var journal: String
}
