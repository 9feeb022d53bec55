import Events

/// How the time of a recording goes by while it is played (docs/live.md, Recorded markets).
public enum PlaybackPace: Equatable, Sendable {
  /// So many thousandths of the clock's pace, 1 to 1,000,000,000.
  case times(Int64)
  /// As fast as whoever listens takes it.
  case unpaced
  /// When a person says so.
  case stepwise

  public static let realTime = PlaybackPace.times(1_000)

  /// Reads `1`, `0.5`, `60x`, `max` or `step`; nil for anything else.
  public init?(_ text: String) {
    switch text {
    case "max": self = .unpaced
    case "step": self = .stepwise
    default:
      let number = text.hasSuffix("x") ? String(text.dropLast()) : text
      guard let value = Decimal(number), value.scale <= 3, value.mantissa > 0 else { return nil }
      var thousandths = value.mantissa
      for _ in value.scale..<3 {
        guard thousandths <= 1_000_000_000 else { return nil }
        thousandths *= 10
      }
      guard (1...1_000_000_000).contains(thousandths) else { return nil }
      self = .times(thousandths)
    }
  }

  /// Thousandths of the clock's pace at which distances are kept; where there is no pace, the clock's.
  var rate: Int64 { if case .times(let rate) = self { rate } else { 1_000 } }
}

/// What a person tells a market that is played by hand.
public enum PlaybackOrder: Equatable, Sendable {
  /// So many ticks more, at least 1, with what comes before each.
  case ticks(Int)
  /// Through a recorded moment.
  case until(Instant)
  /// Through so many recorded nanoseconds after what was played last.
  case further(Int64)
  /// On at a pace, until something else is said.
  case run(PlaybackPace)
  case quit

  /// What can be said, for help and errors.
  public static let usage = """
    an empty line (the next market event), a number (so many), `to TIME` (2026-01-05T14:30:00, recorded, UTC), \
    `+30s` (recorded; ms, s, m, h), `run` or `run 10` (on by itself until the next line), `quit`
    """

  /// Reads a line; nil if it says nothing known.
  public init?(_ line: String) {
    let words = line.split { $0 == " " || $0 == "\t" || $0 == "\r" }.map(String.init)
    switch (words.first, words.count) {
    case (nil, _): self = .ticks(1)
    case ("quit", 1): self = .quit
    case ("run", 1): self = .run(.realTime)
    case ("run", 2):
      guard let pace = PlaybackPace(words[1]), pace != .stepwise else { return nil }
      self = .run(pace)
    case ("to", 2):
      guard let time = Instant(words[1]) else { return nil }
      self = .until(time)
    case (let word?, 1) where word.hasPrefix("+"):
      guard let length = Self.length(String(word.dropFirst())) else { return nil }
      self = .further(length)
    case (let word?, 1):
      guard let count = Int(word), count > 0 else { return nil }
      self = .ticks(count)
    default: return nil
    }
  }

  /// Nanoseconds of `30s`, `1.5m`; nil for what is none, or 0.
  private static func length(_ text: String) -> Int64? {
    let units: [(String, Int64)] = [
      ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000), ("h", 3_600_000_000_000),
    ]
    guard let (unit, length) = units.first(where: { text.hasSuffix($0.0) }),
      let value = Decimal(String(text.dropLast(unit.count))), value.mantissa > 0
    else { return nil }
    var whole = Int128(value.mantissa) * Int128(length)
    for _ in 0..<value.scale { whole /= 10 }
    return whole > 0 ? Int64(exactly: whole) : nil
  }
}
