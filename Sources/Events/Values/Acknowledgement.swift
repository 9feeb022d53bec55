/// That somebody has seen an alert, as an operator's note says it: `acknowledged #17: restarted the feed`.
public struct Acknowledgement: Equatable, Sendable {
  private static let word = "acknowledged #"

  /// Sequence of the alert.
  public var alert: UInt64
  /// May be empty.
  public var reason: String

  public init(of alert: UInt64, reason: String) {
    self.alert = alert
    self.reason = reason
  }

  /// Reads the reason of a note; nil if it is none of these.
  public init?(_ note: String) {
    guard note.hasPrefix(Self.word) else { return nil }
    let rest = note.dropFirst(Self.word.count)
    let digits = rest.prefix { ("0"..."9").contains($0) }
    guard let alert = UInt64(digits), alert > 0, String(alert) == digits else { return nil }
    let tail = rest.dropFirst(digits.count)
    guard tail.isEmpty || tail.hasPrefix(": ") else { return nil }
    self.init(of: alert, reason: String(tail.dropFirst(2)))
  }

  /// The note's reason.
  public var note: String { Self.word + String(alert) + (reason.isEmpty ? "" : ": " + reason) }
}
