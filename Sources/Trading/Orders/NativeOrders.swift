import Events

/// What venues do themselves beyond market and limit orders; the core emulates the rest.
public struct NativeOrders: OptionSet, Sendable, BitwiseCopyable {
  public var rawValue: UInt16
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  public static let stop = Self(rawValue: 1)
  public static let stopLimit = Self(rawValue: 2)
  public static let trailingStop = Self(rawValue: 4)
  public static let marketIfTouched = Self(rawValue: 8)
  public static let limitIfTouched = Self(rawValue: 16)
  public static let marketToLimit = Self(rawValue: 32)
  public static let pegged = Self(rawValue: 64)
  public static let iceberg = Self(rawValue: 128)
  public static let postOnly = Self(rawValue: 256)
  public static let goodTillDate = Self(rawValue: 512)
  public static let atOpen = Self(rawValue: 1024)
  public static let atClose = Self(rawValue: 2048)

  /// All, which the simulated exchange has.
  public static let all = Self(rawValue: 4095)

  /// Names as configurations write them.
  public static let names: [(name: String, value: NativeOrders)] = [
    ("stop", .stop), ("stop-limit", .stopLimit), ("trailing-stop", .trailingStop),
    ("market-if-touched", .marketIfTouched), ("limit-if-touched", .limitIfTouched),
    ("market-to-limit", .marketToLimit), ("pegged", .pegged), ("iceberg", .iceberg),
    ("post-only", .postOnly), ("gtd", .goodTillDate), ("at-open", .atOpen), ("at-close", .atClose),
  ]

  /// Whether a venue with these takes the type as it is.
  func has(_ type: OrderType) -> Bool {
    switch type {
    case .none, .market, .limit: true
    case .stop: contains(.stop)
    case .stopLimit: contains(.stopLimit)
    case .trailingStop, .trailingStopLimit: contains(.trailingStop)
    case .marketIfTouched: contains(.marketIfTouched)
    case .limitIfTouched: contains(.limitIfTouched)
    case .marketToLimit: contains(.marketToLimit)
    case .pegged: contains(.pegged)
    }
  }
}

/// The table `orders` of a configuration.
public struct OrderRules: Sendable, Equatable {
  /// What the venues do themselves.
  public var native = NativeOrders.all
  /// What conditions look at that say nothing of it and that the core watches.
  public var trigger = TriggerSource.standard

  public init() {}

  /// Whether the core shows an order part by part, as the venue would not.
  func mustSlice(_ request: OrderRequest) -> Bool {
    request.terms.display > .zero && request.type == .limit && !request.isImmediate
      && request.terms.activation == .immediate && request.terms.linkage == .none
      && !native.contains(.iceberg)
  }

  /// Whether the core keeps an order: it waits for its parent, or for a condition that venues do not know.
  func mustHold(_ ticket: OrderTicket) -> Bool {
    ticket.terms.activation != .immediate || ticket.type.isConditional && !native.has(ticket.type)
  }

  /// Reads `native`, a list of names, `all` or `none`, and `trigger`.
  init(_ items: [ConfigurationItems.Item]) throws(ConfigurationError) {
    var table = Parameters(path: "orders", items)
    if let text = table.text("native") {
      native = []
      for part in text.split(separator: ",", omittingEmptySubsequences: false) {
        let word = part.split(separator: " ").joined(separator: " ")
        if word == "all" {
          native = .all
        } else if word != "none" {
          guard let known = NativeOrders.names.first(where: { $0.name == word }) else {
            let names = NativeOrders.names.map(\.name)
            let near = ConfigurationError.nearest(to: word, among: names)
            throw table.error(
              "native", "`\(word)` is not a kind of order",
              advice: near.map { "did you mean `\($0)`?" }
                ?? "known are all, none, \(names.joined(separator: ", "))")
          }
          native.insert(known.value)
        }
      }
    }
    if let text = table.text("trigger") {
      let known = TriggerSource.allCases.dropFirst().map {
        ($0.name.replacing("_", with: "-"), $0)
      }
      guard let source = known.first(where: { $0.0 == text }) else {
        throw table.error(
          "trigger", "`\(text)` is not a price to watch",
          advice: "known are \(known.map(\.0).joined(separator: ", "))")
      }
      trigger = source.1
    }
    try table.finish()
  }
}
