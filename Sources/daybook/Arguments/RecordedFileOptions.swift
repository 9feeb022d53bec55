import ArgumentParser
import Importing

extension ImportFormat: ExpressibleByArgument {}

/// What recorded files are, wherever files are given.
struct RecordedFileOptions: ParsableArguments {
  @Option(help: "What the files are: lobster, dbn, binance, kraken, iex, lean or csv.")
  var format: ImportFormat?

  @Option(help: "Name of the instrument, where the files do not tell or against what they tell.")
  var symbol: String?

  @Option(
    help: ArgumentHelp("Column map of CSV files, or what the instruments are.", valueName: "file"),
    completion: .file())
  var map: String?

  /// What is to be imported of paths.
  func request(_ format: ImportFormat, _ paths: [String]) -> ImportRequest {
    ImportRequest(format: format, paths: paths, symbol: symbol, mapPath: map)
  }
}
