import Events

/// The first place where replay decided otherwise than the journal says.
public struct Divergence: Equatable, Sendable, CustomStringConvertible {
  /// Sequence of the recorded entry, or of the entry that should have been there.
  public var sequence: UInt64
  /// Name of the field (docs/journal-format.md, section 7), `kind`, `entry` if one is missing, or
  /// `payload` if the entries differ in bytes that have no name.
  public var field: String
  /// What the journal says; `–` if there is nothing.
  public var recorded: String
  /// What replay made; `–` if it made nothing.
  public var remade: String

  public init(sequence: UInt64, field: String, recorded: String, remade: String) {
    self.sequence = sequence
    self.field = field
    self.recorded = recorded
    self.remade = remade
  }

  public var description: String {
    "#\(sequence) \(field): recorded \(recorded), re-made \(remade)"
  }

  /// The first field in which two entries at the same place differ.
  static func between(_ recorded: Entry?, _ remade: Entry?, at sequence: UInt64, _ text: EntryText)
    -> Divergence
  {
    guard let recorded, let remade else {
      return Divergence(
        sequence: sequence, field: "entry", recorded: recorded.map { text.line($0).text } ?? "–",
        remade: remade.map { text.line($0).text } ?? "–")
    }
    let (old, new) = (text.line(recorded).fields, text.line(remade).fields)
    let same = zip(old, new).prefix { $0 == $1 }.count
    guard same < max(old.count, new.count) else {
      return Divergence(
        sequence: sequence, field: "payload", recorded: "bytes that mean the same",
        remade: "other bytes")
    }
    let difference = (
      old.dropFirst(same).first ?? ("entry", "–"), new.dropFirst(same).first ?? ("entry", "–")
    )
    return Divergence(
      sequence: sequence, field: difference.0.0, recorded: difference.0.1,
      remade: difference.1.1)
  }
}
