import Events

/// What is journaled of alerts: as the text of an operator's act `note` (docs/alerts.md, "Notes"), so that the
/// journal alone says what was open, and who did what about it.
public enum AlertNote: Equatable, Sendable {
  /// The monitor saw it by other means than entries.
  case opened(key: String, Alert.Severity, detail: String)
  case resolved(key: String)
  /// Somebody sees to it.
  case acknowledged(key: String, note: String)
  /// Somebody wants to hear nothing of a key, or of all keys of a kind, for a while.
  case silenced(target: String, until: Instant, note: String)

  /// Whether a target can be silenced, and a key be acknowledged: a kind, with a subject or without.
  public static func kind(of key: String) -> AlertKind? {
    AlertKind(named: key.prefix { $0 != ":" })
  }

  /// `alert acknowledged venue.disconnected:XSIM: called them`
  public var text: String {
    switch self {
    case .opened(let key, let severity, let detail):
      "alert opened \(key) \(severity.name): \(detail)"
    case .resolved(let key): "alert resolved \(key)"
    case .acknowledged(let key, let note): "alert acknowledged \(key): \(note)"
    case .silenced(let target, let until, let note):
      "alert silenced \(target) until \(until.text): \(note)"
    }
  }

  /// Reads a note's text.
  /// - Returns: nil for any other note.
  public init?(_ text: String) {
    let words = text.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
    guard words.count == 3, words[0] == "alert" else { return nil }
    let rest = words[2]
    if words[1] == "resolved" {
      guard Self.kind(of: String(rest)) != nil, !rest.contains(" ") else { return nil }
      self = .resolved(key: String(rest))
      return
    }
    // What is said begins after the first colon with a space, which no key has.
    let characters = Array(rest.unicodeScalars)
    guard
      let colon = characters.indices.dropLast().first(where: {
        characters[$0] == ":" && characters[$0 + 1] == " "
      })
    else { return nil }
    var (head, said) = (String.UnicodeScalarView(), String.UnicodeScalarView())
    head.append(contentsOf: characters[..<colon])
    said.append(contentsOf: characters[(colon + 2)...])
    let parts = String(head).split(separator: " ", omittingEmptySubsequences: false)
      .map(String.init)
    guard let key = parts.first, Self.kind(of: key) != nil else { return nil }
    switch (words[1], parts.count) {
    case ("opened", 2):
      guard let severity = Alert.Severity(named: parts[1]) else { return nil }
      self = .opened(key: key, severity, detail: String(said))
    case ("acknowledged", 1): self = .acknowledged(key: key, note: String(said))
    case ("silenced", 3):
      guard parts[1] == "until", let until = Instant(parts[2]) else { return nil }
      self = .silenced(target: key, until: until, note: String(said))
    default: return nil
    }
  }
}
