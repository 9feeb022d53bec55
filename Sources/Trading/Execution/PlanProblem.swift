/// Why a plan cannot be worked, in one clause: the gate refuses the parent.
public struct PlanProblem: Error, Equatable, Sendable, CustomStringConvertible {
  public var description: String
  init(_ description: String) { self.description = description }
}
