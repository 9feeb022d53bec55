import Importing
import Journaling
import Venues

extension ImportTarget {
  /// Imports all that a request names and signs the end, or leaves nothing behind.
  /// - Throws: what stopped it, in the words of whoever failed.
  func take(_ request: ImportRequest, _ key: borrowing SigningKey, isQuiet: Bool) throws
    -> ImportCounts
  {
    do {
      let counts = try read(request, isQuiet: isQuiet)
      try finish(key)
      return counts
    } catch {
      // What stopped the import is told, whatever becomes of the clean-up.
      abandon()
      var error = error
      if case ImportError.recording(let inner) = error { error = inner }
      throw (error as? JournalError).map { told($0) } ?? error
    }
  }

  private func read(_ request: ImportRequest, isQuiet: Bool) throws -> ImportCounts {
    var survey: Progress?
    var reading: Progress?
    var sink = self
    let counts = try ImportSession(request).run(into: &sink) { progress in
      let total = UInt64(progress.bytesTotal)
      switch progress.phase {
      case .surveying:
        if survey == nil {
          survey = Progress("survey", total: total, unit: "bytes", isQuiet: isQuiet)
        }
        survey?.update(UInt64(progress.bytesRead))
      case .importing:
        survey?.finish()
        if reading == nil {
          reading = Progress("import", total: total, unit: "bytes", isQuiet: isQuiet)
        }
        reading?.update(UInt64(progress.bytesRead))
      }
      Interruption.obey { self.abandon() }
    }
    reading?.finish()
    tellAssumed(
      zip(counts.assumedMultipliers, counts.assumedTerms).map { "\($0) (\($1))" })
    // Definitions of what the journal has already are nothing new, and no fault.
    guard counts.entries > 0 || counts.definitionsKnown > 0 else {
      throw Failure(.badData, Self.nothing(request.paths, counts.skipped))
    }
    return counts
  }

  /// Says whose profit and loss may be wrong, as nobody said what a point is worth.
  private func tellAssumed(_ names: [String]) {
    guard !names.isEmpty else { return }
    let shown = names.prefix(8).joined(separator: ", ")
    let more = names.count > 8 ? " and \(names.count - 8) more" : ""
    tell(
      "note: nothing says what a point of \(shown)\(more) is worth: multiplier 1, and the class and currency named, are assumed. "
        + "A definition file among the files, or `multiplier`, `class` and `currency` in a --map, gives them"
    )
  }

  private static func nothing(_ paths: [String], _ skipped: SkipCounts) -> String {
    let name = paths.joined(separator: ", ")
    guard !skipped.items.isEmpty else {
      return "\(name): there is nothing in these files to import."
    }
    let what = skipped.items.map { "\(grouped($0.count)) \($0.reason)" }.joined(separator: ", ")
    return "\(name): there is nothing to import but what is left out: \(what)."
  }

  /// The files' names without their folders, which are the machine's business.
  static func name(of files: [String]) -> String {
    let names = files.map(Folder.baseName)
    let shown = names.prefix(20).joined(separator: ", ")
    return names.count > 20 ? shown + " and \(names.count - 20) more" : shown
  }
}
