import Events
import Trading

/// What `tail` shows people in place of the numbers that lines for programs have: names of strategies, accounts and
/// scopes, orders as `ord-17`, money without the zeros that only its scale has.
struct TailNames {
  private var text = EntryText()
  private var strategies: [String] = []
  private var accounts: [String] = []
  private var instruments: [Instrument] = []

  /// Takes note of what an entry defines. Call it for each, shown or not.
  mutating func note(_ event: Event) {
    text.note(event)
    switch event {
    case .observation(.instrument(let instrument)):
      instruments.removeAll { $0.id == instrument.id }
      instruments.append(instrument)
    case .observation(.configuration(let items)):
      // One that this build does not understand leaves the numbers.
      guard let configuration = try? Configuration(items) else { return }
      strategies = configuration.strategies.map(\.name)
      accounts = configuration.accounts.map(\.account.name)
    default: break
    }
  }

  /// Whether entries of a kind define what others are shown with.
  static func needs(_ kind: EntryKind) -> Bool {
    EntryText.needs(kind) || kind == .configuration
  }

  /// The entry as programs read it.
  func line(_ entry: Entry) -> JSONLine { text.line(entry) }

  /// The fields of an entry's kind, as people read them.
  func fields(_ line: JSONLine) -> [(name: String, value: String)] {
    // The first five are the header's.
    let own = line.fields.dropFirst(5).map { ($0.0, Self.bare($0.1)) }
    let scope = own.first { $0.0 == "scope" }?.1
    var fields: [(name: String, value: String)] = own.compactMap { name, value in
      switch name {
      case _ where value.isEmpty: nil
      case "interval": (name, Self.interval(value))
      case "strategy": (name, UInt16(value).map { self.name($0, strategies) } ?? value)
      case "account": (name, UInt16(value).map { self.name($0, accounts) } ?? value)
      case "order", "parent": (name, UInt64(value).map { OrderID($0).description } ?? value)
      case "venue": (name, venue(value))
      case "scope": (name, self.scope(value, own))
      case "scope_id" where scope != nil: nil
      case "digest" where value.allSatisfy { $0 == "0" }: nil
      default: (name, Self.short(value))
      }
    }
    // What tells of an order says of which instrument that is.
    if let place = own.firstIndex(where: { $0.0 == "order" }), let id = UInt64(own[place].1),
      !own.contains(where: { $0.0 == "instrument" }),
      let symbol = text.instrument(of: OrderID(id))?.symbol
    {
      fields.insert(("instrument", symbol), at: place + 1)
    }
    return fields
  }

  private func name(_ number: UInt16, _ names: [String]) -> String {
    Int(number) < names.count ? names[Int(number)] : "\(number)"
  }

  private func venue(_ value: String) -> String {
    guard let number = UInt16(value) else { return value }
    return instruments.first { $0.venue.raw == number }?.venueName ?? value
  }

  private func scope(_ kind: String, _ fields: [(String, String)]) -> String {
    guard let kind = Scope.Kind.allCases.first(where: { $0.name == kind }),
      let id = fields.first(where: { $0.0 == "scope_id" }).flatMap({ UInt64($0.1) })
    else { return kind }
    return ScopeNames(strategies: strategies, instruments: instruments, accounts: accounts)
      .text(Scope(kind, id))
  }

  /// Nanoseconds in the largest unit that they are a whole number of: `1m`.
  private static func interval(_ value: String) -> String {
    guard let nanoseconds = Int64(value), nanoseconds > 0 else { return value }
    let units = [
      ("d", Nanoseconds.day), ("h", Nanoseconds.hour), ("m", Nanoseconds.minute),
      ("s", Nanoseconds.second), ("ms", Nanoseconds.millisecond), ("us", Nanoseconds.microsecond),
    ]
    let unit = units.first { nanoseconds.isMultiple(of: $0.1) } ?? ("ns", 1)
    return "\(nanoseconds / unit.1)\(unit.0)"
  }

  private static func bare(_ value: String) -> String { value == "null" ? "–" : unquoted(value) }

  /// Money has twelve decimals; two of them are shown, and more where they say something.
  private static func short(_ value: String) -> String {
    guard let point = value.lastIndex(of: "."), value[point...].utf8.count == Money.scale + 1,
      value.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2E || $0 == 0x2D })
    else { return value }
    var text = value[...]
    let least = value.index(point, offsetBy: 3)
    while text.endIndex > least, text.last == "0" { text.removeLast() }
    return String(text)
  }
}
