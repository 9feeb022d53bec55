import Events
import Venues

/// What is read before the merge: facts that hold for all files, and scales.
extension ImportSession {
  /// What DBN files or a Binance capture say that holds for all of them, wherever it stands.
  func lookAhead(_ plan: SourcePlan, _ progress: (ImportProgress) -> Void)
    throws(ImportError) -> InstrumentRegistry
  {
    var registry = InstrumentRegistry()
    guard request.format == .dbn || request.format == .binance else { return registry }
    let sources = try SourcePlan(request, isAhead: true).sources
    let total = sources.reduce(0) { $0 + $1.size }
    var done = 0
    for source in sources {
      while try source.skim(&registry),
        (source.currentDecoder as? DBNDecoder)?.mayHaveFacts != false
      {
        progress(
          ImportProgress(
            phase: .surveying, bytesRead: min(done + source.bytesTaken, total), bytesTotal: total,
            entries: 0))
      }
      done += source.size
      source.release()
    }
    return registry
  }

  func survey(
    _ plan: SourcePlan, _ ahead: InstrumentRegistry, _ progress: (ImportProgress) -> Void
  ) throws(ImportError) -> [InstrumentRegistry.SurveyedScales] {
    guard plan.mayNeedSurvey.contains(true) else { return [] }
    // The merge reads the files anew, so the survey has its own sources.
    let again = try SourcePlan(request)
    let sources = zip(again.sources, plan.mayNeedSurvey).filter { $0.1 }.map { $0.0 }
    let total = sources.reduce(0) { $0 + $1.size }
    var survey = ScaleSurvey(known: request.known, overrides: plan.overrides, ahead: ahead)
    try survey.read(sources) { bytes in
      progress(
        ImportProgress(
          phase: .surveying, bytesRead: min(bytes, total), bytesTotal: total, entries: 0))
    }
    return try survey.scales()
  }
}
