import ArgumentParser
import Trading

/// `daybook-api`
@main
struct DaybookAPI: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "daybook-api",
    abstract: "Serve a journal over HTTP and WebSockets, and pass acts on to its daemon.",
    discussion: """
      Example: daybook-api --journal run
      Example: curl -H "Authorization: Bearer $(daybook-api token --journal run --subject ann --role viewer)" \
      http://127.0.0.1:7420/api/v1/orders
      """,
    version: Engine.version,
    subcommands: [ServeCommand.self, TokenCommand.self, KeysCommand.self, RebuildCommand.self],
    defaultSubcommand: ServeCommand.self)

  static func main() async {
    do {
      var command = try parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      guard let failure = Failure(error) else { exit(withError: error) }
      failure.tell()
      exit(withError: ExitCode(failure.status.rawValue))
    }
  }
}
