import API
import ArgumentParser
import Strategies

/// `daybook-api rebuild`
struct RebuildCommand: ParsableCommand {
  /// Seconds between two lines of progress.
  private static let pace = 2

  static let configuration = CommandConfiguration(
    commandName: "rebuild", abstract: "Drop the read model and make it again from the journal.",
    discussion: "Example: daybook-api rebuild --journal run")

  @Option(help: ArgumentHelp("Folder of the journal.", valueName: "folder"))
  var journal: String

  @OptionGroup var readModel: ReadModelOption

  func run() throws {
    let clock = ContinuousClock()
    let start = clock.now
    var told = start
    let outcome = try Rebuild.run(
      journal: journal, path: readModel.path, catalog: Catalog.shipped
    ) { done, last in
      guard clock.now - told >= .seconds(Self.pace) else { return }
      told = clock.now
      say("daybook-api: #\(done) of #\(last)")
    }
    let seconds = (clock.now - start) / .seconds(1)
    let rate = seconds > 0 ? UInt64(Double(outcome.sequence) / seconds) : 0
    say("daybook-api: \(outcome.path) is at #\(outcome.sequence): \(rate) entries a second")
  }
}
