import API
import ArgumentParser
import Foundation

extension Role: ExpressibleByArgument {}

/// `daybook-api token`
struct TokenCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "token", abstract: "Make a token for somebody, signed with the journal's keys.",
    discussion: "Example: daybook-api token --journal run --subject ann --role trader")

  @Option(help: ArgumentHelp("Folder of the journal.", valueName: "folder"))
  var journal: String

  @Option(help: "JSON Web Key Set; api.keys in the journal's folder if not given.")
  var keys: String?

  @Option(help: ArgumentHelp("Who: A-Z a-z 0-9 . _ @ -, as acts are journaled.", valueName: "name"))
  var subject: String

  @Option(help: "What they may do; may be given several times.")
  var role: [Role]

  @Option(help: "How long it holds, 1 to 15.")
  var minutes = 15

  func validate() throws {
    guard (1...15).contains(minutes) else { throw ValidationError("--minutes must be 1 to 15.") }
    guard KeyFile.isName(subject) else {
      throw ValidationError("--subject must be 1 to 64 of A-Z a-z 0-9 . _ @ -.")
    }
    guard !role.isEmpty else { throw ValidationError("Give at least one --role.") }
  }

  func run() async throws {
    let file = try await ServeCommand.keys(keys, of: journal)
    let token = try await file.token(
      for: subject, role, seconds: Double(minutes) * 60, at: Date().timeIntervalSince1970)
    print(token)
  }
}
