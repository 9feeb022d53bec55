import Events
import Trading

/// Limits that the configuration could not have, or that could never bind anything, and acts of who may not do
/// them are refused before they are recorded.
enum LimitDoor {
  /// What an observation that is asked for must not be: a limit that could not be, or an act of somebody who may
  /// not.
  static func check(
    _ observation: Observation, _ configuration: ConfigurationItems, _ instruments: [Instrument],
    _ catalog: [StrategyKind]
  ) throws(ControlRequest.Problem) {
    switch observation {
    case .limitChange(let change):
      try check(change, configuration, instruments, catalog)
      try checkOfficer(change.author, configuration)
    case .operatorAct(let act) where act.act == .enable:
      try checkOfficer(act.subject, configuration)
    default: break
    }
  }

  private static func checkOfficer(
    _ subject: String, _ configuration: ConfigurationItems
  ) throws(ControlRequest.Problem) {
    let objection: String?
    do throws(ConfigurationError) {
      objection = try Configuration(configuration).objection(toOfficer: subject)
    } catch { throw .init("unknown_limit", error.description) }
    if let objection { throw .init("not_permitted", objection) }
  }

  /// - Parameters:
  ///   - configuration: of the run, which the change is laid over.
  ///   - instruments: those that the run has.
  private static func check(
    _ change: LimitChange, _ configuration: ConfigurationItems, _ instruments: [Instrument],
    _ catalog: [StrategyKind]
  ) throws(ControlRequest.Problem) {
    guard change.key.hasPrefix("risk.") else {
      throw .init("unknown_limit", "`\(change.key)` is no limit: they begin with `risk.`")
    }
    var items = configuration.items.filter { $0.key != change.key }
    if !change.value.isEmpty {
      items.append(ConfigurationItems.Item(key: change.key, value: change.value))
    }
    do throws(ConfigurationError) {
      let changed = ConfigurationItems(items)
      _ = try Configuration(changed)
      try Engine.check(changed, catalog: catalog)
      // The old one alone: the change itself would make its currency known.
      try Configuration(configuration).checkNames(
        ofLimit: change.key, change.value, instruments: instruments)
    } catch { throw .init("unknown_limit", error.description) }
  }
}
