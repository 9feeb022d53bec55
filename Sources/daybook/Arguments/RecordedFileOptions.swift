import ArgumentParser
import Importing

extension ImportFormat: ExpressibleByArgument {}

/// What recorded files are, wherever files are given.
struct RecordedFileOptions: ParsableArguments {
  @Option(help: "What the files are: lobster, dbn, binance, kraken, iex, lean or csv.")
  var format: ImportFormat?

  @Option(
    help: ArgumentHelp(
      "The one instrument to take, where files name theirs (dbn, binance, kraken, iex, lean).",
      discussion:
        "Where they name none, its name: lobster (else the file's), csv (else the map's or the file's), a dbn "
        + "file without symbols."))
  var symbol: String?

  @Option(
    help: ArgumentHelp(
      "Column map of CSV files, or what the instruments are.",
      discussion:
        "Again for each kind of CSV file: `files = \"*-trades.csv\"` in a map says which are its own.",
      valueName: "file"),
    completion: .file())
  var map: [String] = []

  /// What is to be imported of paths.
  func request(_ format: ImportFormat, _ paths: [String]) -> ImportRequest {
    ImportRequest(format: format, paths: paths, symbol: symbol, mapPaths: map)
  }
}
