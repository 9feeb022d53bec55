import ArgumentParser

/// `daybook init`
struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Write a commented configuration, the one that `daybook run` has built in.",
    discussion: "Example: daybook init && daybook run --config daybook.toml")

  @Argument(help: "The file to write.", completion: .file(extensions: ["toml"]))
  var file = "daybook.toml"

  @Flag(help: "Replace the file that is there.")
  var force = false

  func run() throws {
    if Folder.exists(file), !force {
      throw Failure(
        .usage, "\(file): is there already. Choose another name, or --force to replace it.")
    }
    try TextFile.write(BuiltInConfiguration.text, to: file, what: "the configuration")
    tell(
      "wrote \(file); check it with `daybook config check \(file)`, run it with `daybook run --config \(file)`"
    )
  }
}
