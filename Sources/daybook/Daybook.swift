import ArgumentParser
import Glibc

/// The command line of Daybook.
struct Daybook: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "daybook",
    abstract: "Record, trade and audit markets from one journal.",
    discussion: """
      Every number leads down to journal sequences, and any past moment looks as it did then.
      Data go to standard output, everything else to standard error.

      Exit codes: 0 done, 1 failed, 2 found a divergence, damage, difference or break, 64 usage, 65 bad data, \
      66 no input, 69 unreachable, 70 bug, 75 locked, 77 denied, 78 configuration, 130 interrupted.
      """,
    version: "daybook \(DaybookVersion.text)",
    groupedSubcommands: [
      CommandGroup(
        name: "Run",
        subcommands: [
          InitCommand.self, DoctorCommand.self, KeysCommand.self, RunCommand.self,
          StatusCommand.self,
          OrderCommand.self, CancelCommand.self, HaltCommand.self, ResumeCommand.self,
          LimitCommand.self, AlertCommand.self, StopCommand.self, VenueCommand.self,
        ]),
      CommandGroup(
        name: "Research",
        subcommands: [
          ImportCommand.self, SimulateCommand.self, BacktestCommand.self, ExportCommand.self,
        ]),
      CommandGroup(
        name: "Audit",
        subcommands: [
          ReplayCommand.self, VerifyCommand.self, InspectCommand.self, TailCommand.self,
          ExplainCommand.self, DiffCommand.self, ReconcileCommand.self,
        ]),
      CommandGroup(
        name: "Upkeep",
        subcommands: [
          SealCommand.self, ConfigCommand.self, CompletionsCommand.self, BenchCommand.self,
        ]),
    ])
}

@main
enum Door {
  static func main() {
    Interruption.listen()
    let arguments = Array(CommandLine.arguments.dropFirst())
    do {
      try Complaint.checkCommand(arguments)
      var command = try Daybook.parseAsRoot(arguments)
      try command.run()
    } catch {
      exit(Complaint.report(error))
    }
  }
}
