import Events
import Journaling

/// Transaction cost analysis of all parents that algorithms worked, from the journal alone.
public struct TransactionCosts: Equatable, Sendable {
  /// In order of the parents; a pair's second leg follows its first.
  public var parents: [ParentCosts]

  /// Reads a journal twice: once to find the parents, once for prices and fills. O(entries).
  /// - Throws: `JournalError` if the journal is damaged.
  public init(_ reader: JournalReader) throws(JournalError) {
    let last = try reader.lastSequence()
    var survey = CostSurvey()
    try reader.entries(through: last, of: CostSurvey.looks) { event, header in
      if case .decision(let decision) = event { survey.take(decision, header) }
    }
    guard !survey.decisions.isEmpty else {
      parents = []
      return
    }
    var measurement = CostMeasurement(survey)
    try reader.entries(through: last, of: CostMeasurement.looks) { event, header in
      measurement.take(event, header)
    } tick: { tick, header in
      measurement.take(tick, header)
    }
    measurement.finish()
    parents = measurement.records.map { ParentCosts($0) }
  }

  /// The same of entries at hand.
  public init(_ entries: [Entry]) {
    var survey = CostSurvey()
    for entry in entries {
      if case .decision(let decision) = entry.event { survey.take(decision, entry.header) }
    }
    var measurement = CostMeasurement(survey)
    for entry in entries { measurement.take(entry.event, entry.header) }
    measurement.finish()
    parents = measurement.records.map { ParentCosts($0) }
  }
}
