/// What a symbol of Databento's futures names.
enum FuturesSymbol: Equatable {
  /// `ESH4`.
  case outright(root: String)
  /// `ES.c.0`, `ES.v.1`, `ES.n.0`: whichever contract is in front by date, volume or open interest.
  case continuous(root: String)
  /// `ES.FUT`: all futures of a root.
  case parent(root: String)
  /// `ES.FUT#17077`: one of them by its number, be it a contract or a spread.
  case member(root: String)
  /// `ESH4-ESM4`: contracts of one root against each other.
  case spread(root: String)
  /// `ESH4 C4800`; the root of the future that it names.
  case option(root: String?)
  case other

  /// Source: Databento, "Symbology"; CME Globex, instrument names.
  init(_ symbol: String) {
    if symbol.utf8.contains(UInt8(ascii: " ")) {
      self = Self.spaced(symbol)
    } else if let root = FuturesRoot.contractRoot(symbol) {
      self = .outright(root: root)
    } else {
      self = Self.dotted(symbol) ?? Self.legs(symbol) ?? .other
    }
  }

  /// The root whose point value holds.
  var root: String? {
    switch self {
    case .outright(let root), .continuous(let root), .parent(let root), .member(let root),
      .spread(let root):
      root
    case .option(let root): root
    case .other: nil
    }
  }

  /// Whether prices step as those of the root's contracts do. Spreads and options have finer ticks.
  var hasTickOfRoot: Bool {
    switch self {
    case .outright, .continuous: true
    case .parent, .member, .spread, .option, .other: false
    }
  }

  /// Whether it is one contract now and another then.
  var standsForMany: Bool {
    switch self {
    case .continuous, .parent: true
    case .outright, .member, .spread, .option, .other: false
    }
  }

  private static func spaced(_ symbol: String) -> FuturesSymbol {
    let words = symbol.split(separator: " ")
    // A name with a colon, such as `CL:BF F4-G4-H4`, is a strategy of several contracts.
    guard let first = words.first, !first.utf8.contains(UInt8(ascii: ":")) else { return .other }
    return .option(root: FuturesRoot.contractRoot(String(first)))
  }

  private static func dotted(_ symbol: String) -> FuturesSymbol? {
    let name = symbol.prefix { $0 != "#" }
    let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard let root = parts.first, !root.isEmpty else { return nil }
    if parts.count == 2, parts[1] == "FUT" {
      return name.count == symbol.count ? .parent(root: root) : .member(root: root)
    }
    if parts.count == 2, parts[1] == "OPT" { return .option(root: root) }
    guard parts.count == 3, ["c", "v", "n"].contains(parts[1]), UInt16(parts[2]) != nil else {
      return nil
    }
    return .continuous(root: root)
  }

  private static func legs(_ symbol: String) -> FuturesSymbol? {
    let legs = symbol.split(separator: "-", omittingEmptySubsequences: false)
    let roots = legs.map { FuturesRoot.contractRoot(String($0)) }
    guard legs.count == 2, let root = roots[0], roots[1] == root else { return nil }
    return .spread(root: root)
  }
}
