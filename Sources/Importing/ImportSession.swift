import Events
import Venues

/// One import: finds the files, surveys scales where needed, then merges all files by receive time into
/// a sink.
///
/// The sink gets a definition before the first tick of each new instrument. Receive times never
/// decrease: a tick before the journal's head, or before one already given, is received at that time;
/// its event time stays. Ticks of the same time come in the order of their files.
public struct ImportSession {
  let request: ImportRequest

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
    let ahead = try lookAhead(plan, progress)
    let scales = try survey(plan, ahead, progress)
    var registry = InstrumentRegistry(
      known: request.known, overrides: plan.overrides, surveyed: scales)
    registry.takeFacts(of: ahead)
    registry.oldDepths = request.oldBooks.map { $0.contains(.depth) }
    var merge = Merge(
      sources: plan.sources, registry: registry,
      head: request.head, oldBooks: request.oldBooks, oldBars: request.oldBars,
      checksBooks: request.checksBooks,
      // Files of LOBSTER follow each other: what is equal in two of them happened twice.
      tellsRepeats: plan.sources.count > 1 && request.format != .lobster)
    var counts = try merge.run(into: &sink, progress: progress)
    if plan.filesRepeated > 0 { counts.skipped.add("file named twice", plan.filesRepeated) }
    if plan.filesLeftOut > 0 { counts.skipped.add("file of another kind", plan.filesLeftOut) }
    return counts
  }
}

/// Merges sources by receive time: always gives the earliest tick, of equal ones that of the first
/// source.
private struct Merge {
  private let sources: [ImportSource]
  private var registry: InstrumentRegistry
  private var queue: SourceQueue
  private var watch: BookWatch?
  /// Which books may hold something, and since when.
  private var ledger: BookLedger
  private var bars = BarLedger()
  private let oldBars: BarLedger
  /// What several sources tell; nil where what they tell is never the same.
  private var repeats: RepeatLedger?
  /// The contracts that continuous symbols stand for, by instrument; nil before one was told.
  private var contracts: [UInt32?] = []
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
    sources: [ImportSource], registry: InstrumentRegistry, head: Instant?, oldBooks: [BookKinds],
    oldBars: BarLedger, checksBooks: Bool, tellsRepeats: Bool
  ) {
    self.sources = sources
    self.registry = registry
    start = head ?? Instant(nanoseconds: .min)
    self.head = start
    definitionsWritten = registry.knownCount
    watch = checksBooks ? BookWatch() : nil
    ledger = BookLedger(oldBooks)
    self.oldBars = oldBars
    repeats = tellsRepeats ? RepeatLedger() : nil
    mergeIssues = sources.map { _ in [UInt64](repeating: 0, count: 16) }
    totalBytes = sources.reduce(0) { $0 + $1.size }
    queue = SourceQueue(sources)
  }

  mutating func run(into sink: inout some ImportSink, progress: (ImportProgress) -> Void)
    throws(ImportError) -> ImportCounts
  {
    while let index = queue.pop() {
      let source = sources[index]
      let (done, total, entries) = (finishedBytes, totalBytes, counts.entries)
      let hasMore = try source.fill(&registry, before: queue.bound(of: index)) {
        progress(
          ImportProgress(
            phase: .importing, bytesRead: min(done + source.bytesTaken, total), bytesTotal: total,
            entries: entries))
      }
      guard hasMore else {
        try finish(index, &sink)
        continue
      }
      try give(index, &sink)
      // A source without a tick left stands at its last time until it is read on.
      queue.push(source.position, index)
    }
    try giveDefinitions(at: max(head, registry.definedAt ?? .epoch), &sink)
    counts.newInstruments = registry.instruments.count - registry.knownCount
    counts.definitionsKnown = registry.definitionsKnown
    let assumed = registry.assumed.map { registry.instruments[$0.index] }
    counts.assumedMultipliers = assumed.map(\.fullName)
    counts.assumedTerms = assumed.map { "\($0.kind), in \($0.currency)" }
    if !registry.isUsed, !registry.passedOver.isEmpty {
      throw .noSymbol(among: registry.passedOver)
    }
    return counts
  }

  /// Gives ticks of a source for as long as no other source's tick comes first.
  private mutating func give(_ index: Int, _ sink: inout some ImportSink) throws(ImportError) {
    let source = sources[index]
    while source.hasTick, queue.comesFirst(source.nextTime, index) {
      let tick = source.batch.ticks[source.cursor]
      source.cursor += 1
      let receive = max(head, tick.receiveTime)
      if repeats != nil, try isTold(tick, index, receive, &sink) { continue }
      if tick.receiveTime < start, tick.isOfSource { try tellLate(tick, index, &sink) }
      if definitionsWritten < registry.instruments.count {
        try giveDefinitions(at: receive, &sink)
      }
      head = receive
      try beginBook(tick, index, &sink)
      switch tick.content {
      case .start, .goesOn, .contract, .record: break
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
        try give(event, index, event: tick.eventTime, receive: receive, &sink)
      }
    }
  }

  private mutating func give(
    _ event: MarketEvent, _ index: Int, event time: Instant, receive: Instant,
    _ sink: inout some ImportSink
  ) throws(ImportError) {
    if case .bar(let bar) = event, oldBars.holds(bar, at: time) || !bars.isNew(bar, at: time) {
      return try leaveOut(
        "a bar of the same time came before; left out", bar.instrument, index, event: time,
        receive: receive, &sink)
    }
    do {
      try sink.append(event, event: time, receive: receive)
    } catch { throw .recording(error) }
    counts.count(event.entryKind)
    counts.tell(time)
    ledger.note(event)
    if let findings = watch?.apply(event) {
      try tell(findings, of: event, index, event: time, receive: receive, &sink)
    }
  }

  /// Leaves out what another source told, and what only tells records apart.
  /// - Returns: whether it is such.
  private mutating func isTold(
    _ tick: DecodedTick, _ index: Int, _ receive: Instant, _ sink: inout some ImportSink
  ) throws(ImportError) -> Bool {
    if case .record(let number) = tick.content {
      repeats?.record = number
      return true
    }
    guard let told = ToldTick(tick, sources[index].batch, record: repeats?.record ?? 0),
      repeats?.isNew(told, of: index, at: tick.receiveTime) == false
    else { return false }
    head = receive
    if let kind = told.kind {
      try leaveOut(
        "\(kind.name) that another file told; left out", told.instrument, index,
        event: tick.eventTime, receive: receive, &sink)
    }
    return true
  }

  /// Counts what came before as a duplicate.
  private mutating func leaveOut(
    _ detail: String, _ instrument: InstrumentID, _ index: Int, event time: Instant,
    receive: Instant, _ sink: inout some ImportSink
  ) throws(ImportError) {
    let place = Int(DataQuality.Issue.duplicate.rawValue)
    mergeIssues[index][place] += 1
    guard mergeIssues[index][place] <= DecodedBatch.notesPerIssue else { return }
    let quality = DataQuality(issue: .duplicate, instrument: instrument, detail: detail)
    try give(quality, of: sources[index], event: time, receive: receive, &sink)
  }

  /// Clears what a book has from before, where a tick does not continue it: the journal's, of which nobody
  /// knows what came between, and that of another file where a book begins.
  private mutating func beginBook(
    _ tick: DecodedTick, _ index: Int, _ sink: inout some ImportSink
  ) throws(ImportError) {
    let instrument: InstrumentID
    var begins = false
    switch tick.content {
    case .start(let id): (instrument, begins) = (id, true)
    case .goesOn(let id): instrument = id
    case .contract(let id, let number):
      return try beginContract(id, number, tick, index, &sink)
    case .market(let event): (instrument, begins) = (event.instrument, event.isOfSnapshot)
    case .quality(let place): instrument = sources[index].batch.qualities[place].instrument
    case .reference, .record: return
    }
    var kinds = ledger.takeOld(instrument)
    if kinds.isEmpty, !begins { return }
    let isLost = !kinds.isEmpty && !begins
    if case .start = tick.content { kinds.formUnion(ledger.held(instrument)) }
    if case .market(let event) = tick.content { kinds.subtract(event.cleared) }
    if isLost, !kinds.isEmpty {
      try tellGap(
        "the journal's book is cleared: what came between is not known", instrument, tick, index,
        &sink)
    }
    try clear(kinds, of: instrument, index, event: tick.eventTime, &sink)
  }

  /// A continuous symbol is another contract from here on, whose book is not that of the one before.
  private mutating func beginContract(
    _ instrument: InstrumentID, _ number: UInt32, _ tick: DecodedTick, _ index: Int,
    _ sink: inout some ImportSink
  ) throws(ImportError) {
    while contracts.count <= instrument.index { contracts.append(nil) }
    let before = contracts[instrument.index]
    contracts[instrument.index] = number
    guard let before, before != number else { return }
    try tellGap(
      "\(registry.instruments[instrument.index].symbol) is contract #\(number) from here on, before "
        + "#\(before): its prices do not go on, its book is cleared", instrument, tick, index, &sink
    )
    let kinds = ledger.held(instrument).union(ledger.takeOld(instrument))
    try clear(kinds, of: instrument, index, event: tick.eventTime, &sink)
  }

  private mutating func tellGap(
    _ detail: String, _ instrument: InstrumentID, _ tick: DecodedTick, _ index: Int,
    _ sink: inout some ImportSink
  ) throws(ImportError) {
    let place = Int(DataQuality.Issue.gap.rawValue)
    mergeIssues[index][place] += 1
    guard mergeIssues[index][place] <= DecodedBatch.notesPerIssue else { return }
    let quality = DataQuality(issue: .gap, instrument: instrument, detail: detail)
    try give(quality, of: sources[index], event: tick.eventTime, receive: head, &sink)
  }

  private mutating func clear(
    _ kinds: BookKinds, of instrument: InstrumentID, _ index: Int, event time: Instant,
    _ sink: inout some ImportSink
  ) throws(ImportError) {
    if kinds.contains(.depth) {
      let clear = DepthChange(instrument: instrument, action: .clear, side: .none, marks: .last)
      try give(.depth(clear), index, event: time, receive: head, &sink)
    }
    if kinds.contains(.orders) {
      let clear = OrderChange(
        instrument: instrument, action: .clear, side: .none, order: 0, price: .none, size: .zero,
        marks: .last)
      try give(.order(clear), index, event: time, receive: head, &sink)
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
    source.notesTold[Int(quality.issue.rawValue)] += 1
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
      let told = source.notesTold[place]
      guard count > told else { continue }
      let time = max(head, .epoch)
      head = time
      try give(
        DataQuality(sumOf: issue, count: count, told: told), of: source, event: time,
        receive: time, &sink)
    }
    source.release()
  }
}
