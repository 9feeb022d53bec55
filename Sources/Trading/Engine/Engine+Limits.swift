import Events

/// A change of a limit that holds from a later moment on.
struct AwaitedLimit: Equatable, Sendable {
  var change: LimitChange
  /// Sequence of the observation.
  var sequence: UInt64
}

// Limits as facts (docs/risk.md): who changed which, from when on.
extension Engine {
  /// Keys that only a configuration may say.
  private static let fixed = ["risk.currency", "risk.officers"]

  /// Somebody did what their role does not allow.
  mutating func forbid(_ subject: String, _ what: String, _ header: EntryHeader) {
    let alert = Alert(
      severity: .warning, code: .actNotPermitted, text: "`\(subject)` may not \(what)")
    work.add(.alert(alert), cause: header.sequence)
  }

  mutating func apply(_ change: LimitChange, _ header: EntryHeader) {
    guard gate.limits.settings.mayChange(change.author) else {
      return forbid(change.author, "change \(change.key)", header)
    }
    guard change.effective > header.receiveTime else {
      return work.add(.limit(change, header.sequence), cause: header.sequence)
    }
    let place =
      awaitedLimits.firstIndex { $0.change.effective > change.effective } ?? awaitedLimits.count
    awaitedLimits.insert(AwaitedLimit(change: change, sequence: header.sequence), at: place)
    noteMoment()
  }

  /// Takes the changes whose time has come.
  mutating func takeLimits(at time: Instant) {
    while let first = awaitedLimits.first, first.change.effective <= time {
      awaitedLimits.removeFirst()
      work.add(.limit(first.change, first.sequence), cause: first.sequence)
    }
  }

  /// Whether a limit could be another from now on.
  /// - Parameters:
  ///   - key: as in the configuration: `risk.exposure.max_gross`.
  ///   - value: as in the configuration; empty takes the limit away.
  /// - Throws: why it could not.
  public func checkLimit(_ key: String, _ value: String) throws(ConfigurationError) {
    guard key.hasPrefix("risk."), !Self.fixed.contains(key) else {
      throw ConfigurationError(key, "is no limit that can change in a run")
    }
    _ = try limits(with: replacing(key, value, 0))
  }

  /// Whether a limit that somebody asks for could be so, and can bind anything (see `Configuration.checkNames`).
  /// - Throws: why not.
  public func checkProposed(_ key: String, _ value: String) throws(ConfigurationError) {
    try checkLimit(key, value)
    // The configuration alone: the limit itself would make its currency known.
    try Configuration(configuration).checkNames(
      ofLimit: key, value, instruments: market.instruments.compactMap { $0 })
  }

  /// The decision on a change: it holds, or an alert says why it cannot.
  func judge(_ change: LimitChange, _ sequence: UInt64) -> Decision {
    do throws(ConfigurationError) {
      try checkLimit(change.key, change.value)
      return .limitApplied(
        LimitApplied(
          key: change.key, value: change.value, author: change.author, change: sequence))
    } catch {
      return .alert(
        Alert(severity: .warning, code: .limitRefused, text: error.description))
    }
  }

  mutating func apply(_ applied: LimitApplied, _ header: EntryHeader) {
    limitSources = replacing(applied.key, applied.value, header.sequence)
    guard let limits = try? limits(with: limitSources) else { return }
    take(limits)
    restateScalings(applied.key, header.sequence)
  }

  /// Goes on with other limits; what was counted stays.
  mutating func take(_ limits: Limits) {
    gate.change(limits, roster)
    gate.sources = limitSources
    for case let instrument? in market.instruments { gate.define(instrument) }
    beginControls()
  }

  private func replacing(_ key: String, _ value: String, _ sequence: UInt64) -> [LimitSource] {
    limitSources.filter { $0.key != key }
      + [LimitSource(key: key, value: value, sequence: sequence)]
  }

  /// The configured limits with changes; a change to nothing takes the key away.
  func limits(with overrides: [LimitSource]) throws(ConfigurationError) -> Limits {
    let changed = overrides.map { ConfigurationItems.Item(key: $0.key, value: $0.value) }
    let merged = ConfigurationItems(configuration.items + changed).items.filter { item in
      !overrides.contains { $0.key == item.key && $0.value.isEmpty }
    }
    return try Configuration(ConfigurationItems(merged)).limits
  }

  // MARK: - State

  func encodeRisk(to out: inout ByteBuffer) {
    out.append(UInt32(limitSources.count))
    for source in limitSources {
      out.append(string: source.key)
      out.append(string: source.value)
      out.append(source.sequence)
    }
    out.append(UInt32(awaitedLimits.count))
    for awaited in awaitedLimits {
      awaited.change.encodeState(to: &out)
      out.append(awaited.sequence)
    }
    out.append(UInt32(kills.count))
    for kill in kills { kill.encode(to: &out) }
    out.append(UInt16(market.touched.count))
    for id in market.touched { out.append(id.raw) }
  }

  /// Reads what `encodeRisk` wrote into an engine that knows its instruments and portfolio.
  mutating func restoreRisk(_ input: inout ByteReader) throws(Damage) {
    for _ in 0..<(try input.read(UInt32.self)) {
      limitSources.append(
        LimitSource(
          key: try input.readString(), value: try input.readString(),
          sequence: try input.read(UInt64.self)))
    }
    if !limitSources.isEmpty {
      guard let limits = try? limits(with: limitSources) else {
        throw Damage(at: input.offset, "limits that cannot be")
      }
      take(limits)
    }
    for _ in 0..<(try input.read(UInt32.self)) {
      awaitedLimits.append(
        AwaitedLimit(
          change: try LimitChange(state: &input), sequence: try input.read(UInt64.self)))
    }
    for _ in 0..<(try input.read(UInt32.self)) { kills.append(try Kill(&input)) }
    var last: InstrumentID?
    for _ in 0..<(try input.read(UInt16.self)) {
      let id = InstrumentID(try input.read(UInt16.self))
      guard id.index < market.instruments.count, last.map({ id > $0 }) ?? true else {
        throw Damage(at: input.offset, "instruments out of order")
      }
      market.touch(id)
      last = id
    }
  }
}
