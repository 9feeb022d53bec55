/// A limit of the gate is another from now on: a configured key under `risk.` with its new value.
public struct LimitChange: Equatable, Sendable {
  /// As in the configuration: `risk.exposure.max_gross`.
  public var key: String
  /// As in the configuration: `2000000 USD`. Empty: there is no such limit any more.
  public var value: String
  /// Who: the authenticated subject.
  public var author: String
  public var reason: String
  /// From when on it holds; `Instant.epoch` for at once.
  public var effective: Instant

  public init(
    key: String, value: String, author: String, reason: String, effective: Instant = .epoch
  ) {
    self.key = key
    self.value = value
    self.author = author
    self.reason = reason
    self.effective = effective
  }
}
