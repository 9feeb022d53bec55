import Events
import Trading

/// Limits that the configuration could not have, or that could never bind anything, are refused before they are
/// recorded.
enum LimitDoor {
  /// - Parameters:
  ///   - configuration: of the run, which the change is laid over.
  ///   - instruments: those that the run has.
  static func check(
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
