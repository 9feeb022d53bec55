import Events

/// The name of a continuous future, `ES.c.0` or `XCME:ES.c.0`: root, rule and rank, as Databento writes
/// them (docs/continuous.md).
public struct ContinuousSymbol: Equatable, Sendable {
  /// Nil if the name says none.
  public var venue: String?
  public var root: String
  public var rule: ContractRoll.Rule
  /// 0 the front contract, 1 the one after it, to 9.
  public var rank: Int

  /// - Returns: nil if it is no such name.
  public init?(_ name: String) {
    let parts = name.split(separator: ":", omittingEmptySubsequences: false)
    guard let symbol = parts.last, parts.count <= 2, parts.first != "" else { return nil }
    venue = parts.count == 2 ? String(parts[0]) : nil
    let words = symbol.split(separator: ".", omittingEmptySubsequences: false)
    guard words.count == 3, !words[0].isEmpty, words[2].utf8.count == 1,
      let rank = Int(words[2])
    else { return nil }
    switch words[1] {
    case "c": rule = .calendar
    case "v": rule = .volume
    case "n": rule = .openInterest
    default: return nil
    }
    root = String(words[0])
    self.rank = rank
  }

  /// `ES.c.0`
  public var symbol: String {
    let letter =
      switch rule {
      case .calendar: "c"
      case .volume: "v"
      case .openInterest: "n"
      }
    return "\(root).\(letter).\(rank)"
  }

  /// Whether an instrument is a contract of the root: `ESZ3` or `ESZ13`.
  public func isContract(_ instrument: Instrument) -> Bool {
    guard instrument.kind == .future, venue == nil || venue == instrument.venueName,
      instrument.symbol.hasPrefix(root)
    else { return false }
    let month = instrument.symbol.utf8.dropFirst(root.utf8.count)
    return (2...3).contains(month.count) && "FGHJKMNQUVXZ".utf8.contains(month.first ?? 0)
      && month.dropFirst().allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }
}
