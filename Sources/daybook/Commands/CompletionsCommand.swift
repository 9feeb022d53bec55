import ArgumentParser

/// `daybook completions`
struct CompletionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "completions",
    abstract: "Print the completion script of a shell.",
    discussion:
      "Example: daybook completions bash > ~/.local/share/bash-completion/completions/daybook")

  @Argument(help: "bash, zsh or fish.")
  var shell: String

  func run() throws {
    guard let known = CompletionShell(rawValue: shell) else {
      let names = CompletionShell.allCases.map(\.rawValue).joined(separator: ", ")
      throw Failure(.usage, "there is no completion for `\(shell)`; known are \(names).")
    }
    try Output.print(Daybook.completionScript(for: known) + "\n")
  }
}
