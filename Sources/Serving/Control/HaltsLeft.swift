import Events
import Sequencing
import Trading

/// What an act that lets trading go on came to: which halts it ended, and what still keeps orders from being sent.
public struct HaltsLeft: Equatable, Sendable, Decodable {
  /// Scopes that are not halted any more: `all`, `strategy maker`.
  public var ended: [String]
  /// Scopes that still are.
  public var halts: [String]
  /// Breakers that still block: `fast of strategy maker halted`.
  public var breakers: [String]

  /// - Parameters:
  ///   - before: how the run was before the act, and after.
  init(before: LiveStatus, after: LiveStatus) {
    ended = before.halts.filter { !after.halts.contains($0) }.map(after.text)
    halts = after.halts.map(after.text)
    breakers = after.breakers.map { "\($0.breaker) of \(after.text($0.scope)) \($0.state.name)" }
  }

  /// What a daemon answered.
  public init(_ answer: ControlAnswer) {
    func list(_ name: String) -> [String] { answer.fields[name] as? [String] ?? [] }
    (ended, halts, breakers) = (list("ended"), list("halts"), list("breakers"))
  }

  func write(to line: inout JSONLine) {
    line.field("ended", list: ended)
    line.field("halts", list: halts)
    line.field("breakers", list: breakers)
  }
}
