import API
import ArgumentParser

/// `daybook-api keys`
struct KeysCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys",
    abstract: "The keys that sign tokens: which there are, a new one, one less.",
    discussion: """
      To rotate: `rotate`, wait until the last token of the old key has ended (15 minutes), then `drop` it. A running \
      server takes changes within a second.

      Example: daybook-api keys rotate --journal run
      """,
    subcommands: [Show.self, Rotate.self, Drop.self], defaultSubcommand: Show.self)

  struct Place: ParsableArguments {
    @Option(help: ArgumentHelp("Folder of the journal.", valueName: "folder"))
    var journal: String?

    @Option(help: "JSON Web Key Set; api.keys in the journal's folder if not given.")
    var keys: String?

    func validate() throws {
      guard journal != nil || keys != nil else {
        throw ValidationError("Give --journal, or --keys with a file.")
      }
    }

    var path: String { keys ?? (journal ?? ".") + "/api.keys" }
  }

  /// `daybook-api keys show`
  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the keys, never their secrets.")

    @OptionGroup var place: Place

    func run() async throws {
      for key in try await KeyFile.summaries(place.path) {
        let use = key.isSigning ? "signs new tokens" : key.canSign ? "verifies" : "verifies only"
        print("\(key.name)  \(key.algorithm)  \(use)")
      }
    }
  }

  /// `daybook-api keys rotate`
  struct Rotate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Sign with a new random key from now on; tokens of the others hold on.")

    @OptionGroup var place: Place

    func run() async throws {
      print(try await KeyFile.rotate(place.path))
    }
  }

  /// `daybook-api keys drop`
  struct Drop: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Take a key out: what it has signed is refused from then on.")

    @Argument(help: "Its kid, as `show` has it.")
    var name: String

    @OptionGroup var place: Place

    func run() async throws { try await KeyFile.drop(name, from: place.path) }
  }
}
