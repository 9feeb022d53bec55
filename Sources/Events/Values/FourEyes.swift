/// Two persons who did something together, as the journal names them: `ann, approved by bob`.
public struct FourEyes: Equatable, Sendable {
  private static let joint = ", approved by "

  /// Who asked for it.
  public var proposer: String
  /// Who let it happen.
  public var approver: String

  public init(proposer: String, approver: String) {
    self.proposer = proposer
    self.approver = approver
  }

  /// Reads a subject; nil if it names one person, or one person twice.
  public init?(_ subject: String) {
    let marks = Array(Self.joint.utf8)
    let bytes = Array(subject.utf8)
    guard bytes.count > marks.count,
      let place = (1..<bytes.count).first(where: { bytes[$0...].starts(with: marks) })
    else { return nil }
    proposer = String(decoding: bytes[..<place], as: UTF8.self)
    approver = String(decoding: bytes[(place + marks.count)...], as: UTF8.self)
    if approver.isEmpty || approver == proposer { return nil }
  }

  public var subject: String { proposer + Self.joint + approver }
}
