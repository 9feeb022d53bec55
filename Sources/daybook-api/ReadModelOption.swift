import ArgumentParser

/// Where the read model is.
struct ReadModelOption: ParsableArguments {
  @Option(
    name: .customLong("read-model"),
    help: ArgumentHelp(
      "SQLite file of the read model; read.sqlite in the journal's folder if not given.",
      valueName: "file"))
  var path: String?
}
