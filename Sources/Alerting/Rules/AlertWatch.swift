import Calendars
import Events
import Trading

/// The rules: what entries, readings and the passing of time say that a person should know. A value without a
/// clock: the same entries, readings and moments give the same findings.
public struct AlertWatch: Sendable {
  /// An instrument's market data.
  struct Stream: Sendable {
    /// Receive time of the last; `epoch` while there was none in this run.
    var last = Instant.epoch
    var status = TradingStatus.trading
    var calendar: TradingCalendar?
  }

  /// A model's signals.
  struct Model: Sendable {
    var name: String
    var version: String
    var digest: Digest
    /// Receive time of the last.
    var last: Instant
  }

  let settings: AlertSettings
  var instruments: [Instrument] = []
  private var strategies: [String] = []
  private var accounts: [String] = ["main"]
  private var calendars: [(venue: String, calendar: String)] = []
  /// By instrument.
  var streams: [Stream] = []
  var models: [Model] = []
  /// Whether a live run is under way, as the journal says.
  public private(set) var isLive = false
  /// The last act, so that a halt can be told by who did it.
  private var lastAct: (sequence: UInt64, subject: String) = (0, "")
  private var refusals: RateWindow
  private var rejects: RateWindow
  private var conflations: RateWindow
  /// Windowed kinds that were raised and not cleared.
  private var hot: [AlertKind] = []
  /// What is halted.
  private var halted: [Scope] = []
  /// Breaks that are open, by account.
  private var breaks: [(id: UInt64, account: AccountID)] = []
  // What readings need to know of those before.
  var peaks: [(worth: Reading.Worth, peak: Money)] = []
  /// What was durable at the last look, since when that is behind, and since when nobody answers.
  var lastDurable: UInt64 = 0
  var behindSince: Instant?
  var silentSince: Instant?

  public init(_ settings: AlertSettings) {
    self.settings = settings
    refusals = RateWindow(bound: settings.refusals, length: settings.window)
    rejects = RateWindow(bound: settings.rejects, length: settings.window)
    conflations = RateWindow(bound: 1, length: settings.window)
  }

  /// Takes a tick of market data, for its time. O(1).
  @inline(__always)
  public mutating func take(tick: MarketEvent, at time: Instant) {
    let index = tick.instrument.index
    guard index < streams.count else { return }
    streams[index].last = time
    if case .status(let change) = tick { streams[index].status = change.status }
  }

  /// Takes the next entry that is no tick.
  public mutating func take(_ entry: Entry) -> [Finding] {
    let time = entry.header.receiveTime
    var findings = cool(at: time)
    switch entry.event {
    case .observation(let observation):
      findings += take(observation, entry.header)
    case .decision(let decision): findings += take(decision, entry.header)
    }
    return findings
  }

  private mutating func take(_ observation: Observation, _ header: EntryHeader) -> [Finding] {
    let (time, sequence) = (header.receiveTime, header.sequence)
    switch observation {
    case .instrument(let instrument): define(instrument)
    case .configuration(let items): configure(items)
    case .runStarted(let start):
      isLive = start.mode == .live
      return endOfRun(sequence)
    case .runStopped:
      isLive = false
      return endOfRun(sequence)
    case .connection(let change):
      let venue =
        instruments.first { $0.venue == change.venue }?.venueName ?? "#\(change.venue.raw)"
      return change.state == .connected
        ? [.cleared(.venueDisconnected, venue, sequence: sequence)]
        : [.raised(.venueDisconnected, venue, change.text, sequence: sequence)]
    case .report(let report):
      guard case .rejected(let code, let text) = report.outcome else { return [] }
      let what =
        "\(settings.rejects) orders within \(seconds(settings.window)); the last is "
        + "\(report.order): code \(code), \(text)"
      return note(\.rejects, .venueRejects, what, time, sequence)
    case .dataQuality(let quality): return take(quality, time, sequence)
    case .signal(let signal): return take(signal, time, sequence)
    case .operatorAct(let act):
      lastAct = (sequence, act.subject)
      guard act.act == .halt, act.subject == "daybook", act.reason.hasPrefix("the clock jumped")
      else { return [] }
      return [.raised(.clockJumped, "", act.reason, sequence: sequence)]
    case .market, .timer, .reference, .imbalance, .priceBand, .corporateAction, .optionNotice,
      .exchangeRate, .limitChange, .statement, .breakResolution, .instruction, .clockReading:
      break
    }
    return []
  }

  /// A halt is over, and its kill with it; of all scopes, the halts of each.
  private mutating func resume(_ scope: Scope, _ sequence: UInt64) -> [Finding] {
    let ended = halted.filter { scope == .all && $0 != scope } + [scope]
    halted.removeAll { ended.contains($0) }
    return ended.flatMap { scope -> [Finding] in
      [AlertKind.tradingHalted, .tradingKilled].map {
        .cleared($0, text(scope), sequence: sequence)
      }
    }
  }

  private mutating func take(_ decision: Decision, _ header: EntryHeader) -> [Finding] {
    let (time, sequence) = (header.receiveTime, header.sequence)
    switch decision {
    case .refused(let refusal):
      let symbol = symbol(refusal.instrument) ?? "no instrument"
      let what =
        "\(settings.refusals) within \(seconds(settings.window)); the last by "
        + "\(refusal.rule.name), of \(symbol)"
      return note(\.refusals, .riskRefusals, what, time, sequence)
    case .alert(let alert):
      let order = alert.order == .none ? "" : " (\(alert.order))"
      return [
        .raised(
          AlertKind(alert.code), symbol(alert.instrument) ?? "", alert.text + order,
          severity: alert.severity, sequence: sequence)
      ]
    case .halted(let scope, let reason):
      if !halted.contains(scope) { halted.append(scope) }
      // Who halts on purpose knows of it.
      let isOnPurpose =
        header.cause != 0 && header.cause == lastAct.sequence && lastAct.subject != "daybook"
      return [
        .raised(
          .tradingHalted, text(scope), reason, severity: isOnPurpose ? .warning : .critical,
          sequence: sequence)
      ]
    case .resumed(let scope, _): return resume(scope, sequence)
    case .breakerChanged(let change): return [take(change, sequence)]
    case .killReport(let report):
      return report.open == 0
        ? [.cleared(.tradingKilled, text(report.scope), sequence: sequence)]
        : [
          .raised(
            .tradingKilled, text(report.scope),
            "\(report.open) orders are open after \(report.round + 1) rounds",
            severity: report.round < 3 ? .warning : .critical, sequence: sequence)
        ]
    case .marginCall(let call):
      let account = text(Scope(.account, UInt64(call.account.raw)))
      return call.state == .met
        ? [.cleared(.marginCalled, account, sequence: sequence)]
        : [
          .raised(
            .marginCalled, account,
            "\(call.equity.plainText) of \(call.required.plainText) \(call.currency)",
            sequence: sequence)
        ]
    case .liquidation(let liquidation):
      return [
        .raised(
          .marginLiquidation, text(Scope(.account, UInt64(liquidation.account.raw))),
          "\(liquidation.positions.count) positions are closed", sequence: sequence)
      ]
    case .breakOpened(let record):
      breaks.append((record.id, record.account))
      return [breakFinding(record.account, sequence, "the last: \(record.check.key)")]
    case .breakClosed(let id, _):
      guard let index = breaks.firstIndex(where: { $0.id == id }) else { return [] }
      let account = breaks.remove(at: index).account
      return [breakFinding(account, sequence, "one was closed")]
    case .intent, .submitted, .cancelRequested, .replaceRequested, .held, .released, .ended,
      .routed, .booked, .rolled, .limitApplied, .limitsScaled, .limitsUsed:
      return []
    }
  }

  private func take(_ change: BreakerChange, _ sequence: UInt64) -> Finding {
    let subject = "\(change.breaker) \(text(change.scope))"
    guard change.state != .active else {
      return .cleared(.riskBreaker, subject, sequence: sequence)
    }
    let figures = [change.value, change.limit].map {
      decimalText($0, scale: Int(change.scale)) + (change.unit.isEmpty ? "" : " \(change.unit)")
    }
    return .raised(
      .riskBreaker, subject,
      "\(change.watch.name) \(figures[0]), limit \(figures[1]): \(change.state.name)",
      severity: change.state == .halted ? .critical : .warning, sequence: sequence)
  }

  private func breakFinding(_ account: AccountID, _ sequence: UInt64, _ last: String) -> Finding {
    let count = breaks.count { $0.account == account }
    let subject = text(Scope(.account, UInt64(account.raw)))
    return count == 0
      ? .cleared(.reconciliationBreak, subject, sequence: sequence)
      : .raised(
        .reconciliationBreak, subject, "\(count) breaks are open; \(last)", sequence: sequence)
  }

  private mutating func take(_ quality: DataQuality, _ time: Instant, _ sequence: UInt64)
    -> [Finding]
  {
    let symbol = symbol(quality.instrument) ?? ""
    if quality.issue == .conflated {
      return note(
        \.conflations, .inboxConflated, "the last: \(quality.actual) of \(symbol)", time, sequence)
    }
    return [
      .raised(
        .feedFaulty, symbol, "\(quality.issue.name): \(quality.detail)",
        severity: [.gap, .malformed].contains(quality.issue) ? .warning : .info,
        sequence: sequence)
    ]
  }

  /// Signals are from −1 to +1, and of one version while a run lasts.
  private mutating func take(_ signal: Signal, _ time: Instant, _ sequence: UInt64) -> [Finding] {
    var findings: [Finding] = [.cleared(.modelSilent, signal.model, sequence: sequence)]
    let one: Int64 = 1_000_000_000
    if !(-one...one).contains(signal.score) {
      findings.append(
        .raised(
          .modelAnomaly, signal.model,
          "the score \(decimalText(Int128(signal.score), scale: Signal.scoreScale)) of "
            + "\(symbol(signal.instrument) ?? "") is not from -1 to 1", sequence: sequence))
    }
    let model = Model(
      name: signal.model, version: signal.version, digest: signal.digest, last: time)
    guard let index = models.firstIndex(where: { $0.name == signal.model }) else {
      models.append(model)
      return findings
    }
    let old = models[index]
    models[index] = model
    if old.version != model.version || old.digest != model.digest {
      findings.append(
        .raised(
          .modelAnomaly, signal.model,
          old.version == model.version
            ? "another digest under the version `\(model.version)`"
            : "the version `\(model.version)` after `\(old.version)`",
          severity: old.version == model.version ? .critical : .info, sequence: sequence))
    }
    return findings
  }

  /// What can only be while a run lasts ends with it.
  private mutating func endOfRun(_ sequence: UInt64) -> [Finding] {
    for index in streams.indices { streams[index] = Stream(calendar: streams[index].calendar) }
    var over: [Finding] = models.map { .cleared(.modelSilent, $0.name, sequence: sequence) }
    over += instruments.map { .cleared(.feedStale, $0.symbol, sequence: sequence) }
    models.removeAll()
    refusals.forget()
    rejects.forget()
    conflations.forget()
    let venues = Set(instruments.map(\.venueName)).sorted()
    over += venues.map { .cleared(.venueDisconnected, $0, sequence: sequence) }
    over += hot.map { .cleared($0, sequence: sequence) }
    hot.removeAll()
    return over
  }

  private mutating func define(_ instrument: Instrument) {
    if let index = instruments.firstIndex(where: { $0.id == instrument.id }) {
      instruments[index] = instrument
    } else {
      instruments.append(instrument)
    }
    while streams.count <= instrument.id.index { streams.append(Stream()) }
    streams[instrument.id.index].calendar = calendar(of: instrument.venueName)
  }

  private func calendar(of venue: String) -> TradingCalendar? {
    calendars.first { $0.venue == venue }.flatMap { TradingCalendar(named: $0.calendar) }
  }

  private mutating func configure(_ items: ConfigurationItems) {
    // A journal may have a configuration of another version: then its names stay numbers.
    guard let configuration = try? Configuration(items) else { return }
    strategies = configuration.strategies.map(\.name)
    accounts = configuration.accounts.map(\.account.name)
    calendars = configuration.calendars
    for instrument in instruments {
      streams[instrument.id.index].calendar = calendar(of: instrument.venueName)
    }
  }

  /// `ALFA`; `#7` for an instrument that was never defined; nil for none.
  private func symbol(_ id: InstrumentID) -> String? {
    guard id != .none else { return nil }
    return instruments.first { $0.id == id }?.symbol ?? "#\(id.raw)"
  }

  /// A scope in words.
  func text(_ scope: Scope) -> String {
    ScopeNames(strategies: strategies, instruments: instruments, accounts: accounts).text(scope)
  }

  /// Counts one more of what is only too much if it comes often.
  private mutating func note(
    _ window: WritableKeyPath<AlertWatch, RateWindow>, _ kind: AlertKind, _ detail: String,
    _ time: Instant, _ sequence: UInt64
  ) -> [Finding] {
    guard self[keyPath: window].note(time) else { return [] }
    if !hot.contains(kind) { hot.append(kind) }
    return [.raised(kind, "", detail, sequence: sequence)]
  }

  /// Clears what does not come often any more.
  mutating func cool(at time: Instant) -> [Finding] {
    guard !hot.isEmpty else { return [] }
    let windows: [(AlertKind, RateWindow)] = [
      (.riskRefusals, refusals), (.venueRejects, rejects), (.inboxConflated, conflations),
    ]
    let over = windows.filter { hot.contains($0.0) && !$0.1.isExceeded(at: time) }.map(\.0)
    hot.removeAll { over.contains($0) }
    return over.map { .cleared($0) }
  }
}
