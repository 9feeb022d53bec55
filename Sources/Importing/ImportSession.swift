import Events
import Venues

/// One import: finds the files, surveys scales where needed, then merges all files by receive time into
/// a sink.
///
/// The sink gets a definition before the first tick of each new instrument. Receive times never
/// decrease: a tick before the journal's head, or before one already given, is received at that time;
/// its event time stays. Ticks of the same time come in the order of their files.
public struct ImportSession {
  private let request: ImportRequest

  public init(_ request: ImportRequest) { self.request = request }

  /// Runs the import.
  /// - Parameters:
  ///   - sink: takes the entries; what it throws stops the import.
  ///   - progress: called about every 256 KB of decompressed input.
  /// - Returns: what was recorded and left out.
  /// - Throws: at the first fault of the input. The sink's owner then removes what it recorded.
  public func run(
    into sink: inout some ImportSink, progress: (ImportProgress) -> Void = { _ in }
  ) throws(ImportError) -> ImportCounts {
    let plan = try SourcePlan(request)
    let scales = try survey(plan, progress)
    var merge = Merge(
      sources: plan.sources,
      registry: InstrumentRegistry(
        known: request.known, overrides: plan.overrides, surveyed: scales),
      head: request.head, checksBooks: request.checksBooks)
    var counts = try merge.run(into: &sink, progress: progress)
    if plan.filesLeftOut > 0 { counts.skipped.add("file of another kind", plan.filesLeftOut) }
    return counts
  }

  private func survey(_ plan: SourcePlan, _ progress: (ImportProgress) -> Void)
    throws(ImportError) -> [InstrumentRegistry.SurveyedScales]
  {
    guard plan.mayNeedSurvey.contains(true) else { return [] }
    // The merge reads the files anew, so the survey has its own sources.
    let again = try SourcePlan(request)
    let total = again.sources.reduce(0) { $0 + $1.size }
    var survey = ScaleSurvey(known: request.known, overrides: plan.overrides)
    var done = 0
    for (source, mayNeed) in zip(again.sources, plan.mayNeedSurvey) where mayNeed {
      try survey.read(source) { bytes in
        progress(
          ImportProgress(
            phase: .surveying, bytesRead: done + bytes, bytesTotal: total, entries: 0))
      }
      done += source.size
    }
    return survey.scales
  }
}

/// Merges sources by receive time: always gives the earliest tick, of equal ones that of the first
/// source.
private struct Merge {
  private let sources: [ImportSource]
  private var registry: InstrumentRegistry
  private var queue: SourceQueue
  private var watch: BookWatch?
  private var counts = ImportCounts()
  /// Receive time of the last entry.
  private var head: Instant
  /// Where the journal ended before.
  private let start: Instant
  private var definitionsWritten: Int
  /// Issues that merging and the books showed, by source and issue.
  private var mergeIssues: [[UInt64]]
  private let totalBytes: Int
  private var finishedBytes = 0

  init(
    sources: [ImportSource], registry: InstrumentRegistry, head: Instant?, checksBooks: Bool
  ) {
    self.sources = sources
    self.registry = registry
    start = head ?? Instant(nanoseconds: .min)
    self.head = start
    definitionsWritten = registry.knownCount
    watch = checksBooks ? BookWatch() : nil
    mergeIssues = sources.map { _ in [UInt64](repeating: 0, count: 16) }
    totalBytes = sources.reduce(0) { $0 + $1.size }
    queue = SourceQueue()
    for (index, source) in sources.enumerated() {
      queue.push(source.earliest ?? Instant(nanoseconds: .min), index)
    }
  }

  mutating func run(into sink: inout some ImportSink, progress: (ImportProgress) -> Void)
    throws(ImportError) -> ImportCounts
  {
    while let index = queue.pop() {
      let source = sources[index]
      let hadTick = source.hasTick
      guard try source.fill(&registry) else {
        try finish(index, &sink)
        continue
      }
      if hadTick || queue.comesFirst(source.nextTime, index) {
        try give(index, &sink)
      }
      // A source without a tick left stands at its last time until it is read on.
      queue.push(source.hasTick ? source.nextTime : source.lastTime, index)
      if !hadTick {
        progress(
          ImportProgress(
            phase: .importing, bytesRead: min(finishedBytes + source.bytesTaken, totalBytes),
            bytesTotal: totalBytes, entries: counts.entries))
      }
    }
    try giveDefinitions(at: max(head, registry.definedAt ?? .epoch), &sink)
    counts.newInstruments = registry.instruments.count - registry.knownCount
    return counts
  }

  /// Gives ticks of a source for as long as no other source's tick comes first.
  private mutating func give(_ index: Int, _ sink: inout some ImportSink) throws(ImportError) {
    let source = sources[index]
    while source.hasTick, queue.comesFirst(source.nextTime, index) {
      let tick = source.batch.ticks[source.cursor]
      source.cursor += 1
      let receive = max(head, tick.receiveTime)
      if tick.receiveTime < start { try tellLate(tick, index, &sink) }
      if definitionsWritten < registry.instruments.count {
        try giveDefinitions(at: receive, &sink)
      }
      head = receive
      switch tick.content {
      case .quality(let place):
        try give(
          source.batch.qualities[place], of: source, event: tick.eventTime, receive: receive, &sink)
      case .reference(let place):
        let observation = source.batch.references[place].observation
        do {
          try sink.append(observation, event: tick.eventTime, receive: receive)
        } catch { throw .recording(error) }
        counts.count(source.batch.references[place].entryKind)
        counts.tell(tick.eventTime)
      case .market(let event):
        do {
          try sink.append(event, event: tick.eventTime, receive: receive)
        } catch { throw .recording(error) }
        counts.count(event.entryKind)
        counts.tell(tick.eventTime)
        if let findings = watch?.apply(event) {
          try tell(findings, of: event, index, event: tick.eventTime, receive: receive, &sink)
        }
      }
    }
  }

  /// Counts a tick from before the journal's end, which is received there; the first one is told.
  private mutating func tellLate(
    _ tick: DecodedTick, _ index: Int, _ sink: inout some ImportSink
  ) throws(ImportError) {
    counts.late += 1
    let place = Int(DataQuality.Issue.outOfOrder.rawValue)
    mergeIssues[index][place] += 1
    guard mergeIssues[index][place] == 1 else { return }
    let quality = DataQuality(
      issue: .outOfOrder, instrument: .none, expected: UInt64(clamping: start.nanoseconds),
      actual: UInt64(clamping: tick.receiveTime.nanoseconds),
      detail: "earlier than the journal's end; received there, as is all until then")
    try give(quality, of: sources[index], event: tick.eventTime, receive: head, &sink)
  }

  private mutating func giveDefinitions(at time: Instant, _ sink: inout some ImportSink)
    throws(ImportError)
  {
    while definitionsWritten < registry.instruments.count {
      let definition = registry.instruments[definitionsWritten]
      definitionsWritten += 1
      counts.count(.instrument)
      do {
        try sink.append(.instrument(definition), event: time, receive: time)
      } catch { throw .recording(error) }
    }
  }

  private mutating func give(
    _ quality: DataQuality, of source: ImportSource, event time: Instant, receive: Instant,
    _ sink: inout some ImportSink
  ) throws(ImportError) {
    var quality = quality
    quality.detail = "\(source.name): \(quality.detail)"
    counts.count(.dataQuality)
    do {
      try sink.append(.dataQuality(quality), event: time, receive: receive)
    } catch { throw .recording(error) }
  }

  private mutating func tell(
    _ findings: BookWatch.Findings, of event: MarketEvent, _ index: Int, event time: Instant,
    receive: Instant, _ sink: inout some ImportSink
  ) throws(ImportError) {
    if findings.endsCrossed {
      let place = Int(DataQuality.Issue.crossed.rawValue)
      mergeIssues[index][place] += 1
      if findings.isNewlyCrossed, mergeIssues[index][place] <= DecodedBatch.notesPerIssue {
        let quality = DataQuality(
          issue: .crossed, instrument: event.instrument, detail: "the book is crossed from here on")
        try give(quality, of: sources[index], event: time, receive: receive, &sink)
      }
    }
    guard let issue = findings.issue else { return }
    let place = Int(issue.rawValue)
    mergeIssues[index][place] += 1
    guard mergeIssues[index][place] <= DecodedBatch.notesPerIssue else { return }
    var quality = DataQuality(issue: issue, instrument: event.instrument, detail: "in the book")
    if case .order(let change) = event {
      quality.actual = change.order
      switch issue {
      case .unknownOrder: quality.detail = "the book has no such order, or less of it"
      case .duplicate: quality.detail = "the book has this order already; replaced"
      default: quality.detail = "no order can be so; not in the book"
      }
    }
    try give(quality, of: sources[index], event: time, receive: receive, &sink)
  }

  /// A source is over: adds up what it counted, and tells of issues too many to be told one by one.
  private mutating func finish(_ index: Int, _ sink: inout some ImportSink) throws(ImportError) {
    let source = sources[index]
    finishedBytes += source.size
    counts.files += 1
    counts.bytes += source.size
    counts.skipped.add(source.batch.skipped)
    counts.roundedSizes += source.batch.roundedSizes
    counts.roundedReferences += source.batch.roundedReferences
    for issue in DataQuality.Issue.allCases {
      let place = Int(issue.rawValue)
      let count = source.batch.issueCounts[place] + mergeIssues[index][place]
      counts.byIssue[place] += count
      guard count > DecodedBatch.notesPerIssue else { continue }
      let quality = DataQuality(
        issue: issue, instrument: .none, actual: count,
        detail: "\(count) times in all; not all are listed")
      let time = max(head, .epoch)
      head = time
      try give(quality, of: source, event: time, receive: time, &sink)
    }
    source.release()
  }
}

/// Sources waiting for their turn, by time and then by place: a binary heap.
private struct SourceQueue {
  private struct Item {
    var time: Instant
    var index: Int
  }
  private var items: [Item] = []

  private static func precedes(_ a: Item, _ b: Item) -> Bool {
    a.time == b.time ? a.index < b.index : a.time < b.time
  }

  /// Whether a source with a tick at `time` comes before all that wait.
  @inline(__always)
  func comesFirst(_ time: Instant, _ index: Int) -> Bool {
    guard let first = items.first else { return true }
    return Self.precedes(Item(time: time, index: index), first)
  }

  mutating func push(_ time: Instant, _ index: Int) {
    items.append(Item(time: time, index: index))
    var child = items.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard Self.precedes(items[child], items[parent]) else { return }
      items.swapAt(child, parent)
      child = parent
    }
  }

  mutating func pop() -> Int? {
    guard let first = items.first else { return nil }
    let last = items.removeLast()
    if items.isEmpty { return first.index }
    items[0] = last
    var parent = 0
    while true {
      var child = 2 * parent + 1
      guard child < items.count else { break }
      if child + 1 < items.count, Self.precedes(items[child + 1], items[child]) { child += 1 }
      guard Self.precedes(items[child], items[parent]) else { break }
      items.swapAt(child, parent)
      parent = child
    }
    return first.index
  }
}
