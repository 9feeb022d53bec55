import ArgumentParser
import Events
import Glibc
import Importing
import Journaling
import Serving
import Venues

/// A recorded market in the place of the one that the built-in exchange makes.
struct PlayOptions: ParsableArguments {
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Play a recording: a journal's folder, or with --format recorded files.", valueName: "path"),
    completion: .file())
  var play: [String] = []

  @OptionGroup var files: RecordedFileOptions

  @Option(
    help: ArgumentHelp(
      "1 for real time, 10 or 60x for faster, max for as fast as it is taken, step for by hand.",
      discussion: "With step, lines on standard input say what comes: \(PlaybackOrder.usage)."))
  var speed: String?

  @Option(help: "Begin at this sequence or time of the recording; what was before gives the books.")
  var from: Place?

  @Option(help: "End with this sequence or time of the recording.")
  var to: Place?

  @Flag(help: "Begin again when the recording ends.")
  var loop = false

  var isUsed: Bool { !play.isEmpty }

  func validate() throws {
    guard play.isEmpty else { return }
    let given: [(String, Bool)] = [
      ("--format", files.format != nil), ("--symbol", files.symbol != nil),
      ("--map", !files.map.isEmpty),
      ("--speed", speed != nil), ("--from", from != nil), ("--to", to != nil), ("--loop", loop),
    ]
    if let (name, _) = given.first(where: \.1) {
      throw ValidationError(
        "\(name) says how a recording is played: say which one with --play. (How fast the built-in "
          + "exchange makes its own market is live.speed of the configuration.)")
    }
  }

  /// How fast.
  func pace() throws -> PlaybackPace {
    guard let speed else { return .realTime }
    guard let pace = PlaybackPace(speed) else {
      throw Failure(
        .usage,
        "--speed \(speed): no such speed. Write 1 for real time, 10 or 60x for faster (0.001 to "
          + "1000000), max or step.")
    }
    return pace
  }

  /// Opens what is to be played.
  /// - Parameters:
  ///   - files: folder of the journal that the files were imported into; nil where a journal is played.
  ///   - own: folder of the journal that is written.
  func playback(from files: String?, besides own: String, _ control: PlaybackControl) throws
    -> Playback
  {
    let pace = try pace()
    let path = try files ?? journal(besides: own)
    let reader = try JournalReader.open(at: path)
    guard try reader.lastSequence() > 0 else {
      throw Failure(.noInput, "\(path): the journal is empty, so there is nothing to play.")
    }
    let first = try from?.first(in: reader) ?? 1
    let last = try to?.last(in: reader) ?? .max
    guard first <= last else {
      throw Failure(
        .usage, "--from \(from?.description ?? "") comes after --to \(to?.description ?? "").")
    }
    let recording = try Recording.open(reader, from: first, through: last, loops: loop)
    return Playback(recording, named: ImportTarget.name(of: play), pace, control)
  }

  private func journal(besides own: String) throws -> String {
    guard play.count == 1 else {
      throw Failure(
        .usage,
        "--play \(play.joined(separator: " ")): one journal can be played at a time. Of recorded files say what "
          + "they are with --format.")
    }
    let path = play[0]
    guard Folder.exists(path) else {
      throw Failure(.noInput, "\(path): there is no such journal or file.")
    }
    guard Journal.exists(at: path) else {
      throw Failure(
        .usage,
        "\(path): is no journal. If it is recorded data, say what they are with --format (lobster, dbn, binance, "
          + "kraken, iex, lean or csv).")
    }
    if let place = Folder.resolved(path), place == Folder.resolved(own) {
      throw Failure(
        .usage, "\(path): is the journal that is written. Choose another one with --journal.")
    }
    return path
  }

  /// Imports the files, if files are played, into a journal that whoever plays it removes.
  /// - Parameter own: the journal that is written, beside which it lies.
  /// - Returns: its folder; nil where a journal is played.
  func imported(beside own: String, _ signing: SigningOptions, isQuiet: Bool) throws
    -> String?
  {
    guard let format = files.format else { return nil }
    _ = try pace()
    let key = try signing.key()
    var folder = try OutputFolder(
      claiming: own + ".recording", force: true, replacing: [.importing])
    let target = try ImportTarget(folder.path, source: ImportTarget.name(of: play))
    var request = files.request(format, play)
    request.known = target.known
    let counts = try target.take(request, key, isQuiet: isQuiet)
    if !isQuiet {
      tell(
        "imported \(grouped(counts.entries)) entries of \(ImportTarget.name(of: play)) into \(folder.path), for as "
          + "long as this runs")
    }
    folder.keep()
    return folder.path
  }

  /// Takes what a person says on standard input, until its end, on a thread of its own.
  static func listen(_ control: PlaybackControl, isQuiet: Bool) {
    if !isQuiet { tell("by hand: \(PlaybackOrder.usage)") }
    _ = startThread {
      while let line = readLine() {
        switch PlaybackOrder(line) {
        case let order?: control.put(order)
        case nil: tell("`\(line)`: not understood; it can be \(PlaybackOrder.usage)")
        }
      }
    }
  }
}
