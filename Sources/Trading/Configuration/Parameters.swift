import Events

/// A table of a configuration: values are taken out by key and checked, and what is left over at the
/// end is an error.
public struct Parameters: Sendable {
  /// Dotted path of the table: `strategy.momo`.
  public let path: String
  private var values: [ConfigurationItems.Item]
  private var known: [String] = []

  public init(path: String, _ values: [ConfigurationItems.Item]) {
    self.path = path
    self.values = values
  }

  /// A table of a configuration by its name: `run` has all that begins with `run.`.
  public init(table name: String, of items: ConfigurationItems) {
    let prefix = name + "."
    self.init(
      path: name,
      items.items.filter { $0.key.hasPrefix(prefix) }.map {
        ConfigurationItems.Item(key: String($0.key.dropFirst(prefix.count)), value: $0.value)
      })
  }

  /// The error for a key of this table.
  public func error(_ key: String, _ what: String, advice: String = "") -> ConfigurationError {
    ConfigurationError(path.isEmpty ? key : "\(path).\(key)", what, advice: advice)
  }

  /// Whether a value is there that was not taken yet.
  public func has(_ key: String) -> Bool { values.contains { $0.key == key } }

  /// A value that was not taken yet, as it was written, without taking it.
  public func peek(_ key: String) -> String? { values.first { $0.key == key }?.value }

  /// The error for a key that must be there; if a mistyped one stands in its place, it says so.
  private func missing(_ key: String) -> ConfigurationError {
    let near = ConfigurationError.nearest(to: key, among: values.map(\.key))
    return error(
      key, "is missing",
      advice: near.map { "did you mean it by `\($0)`, which is not known?" } ?? "")
  }

  /// Takes a value as it was written, or nil if it is not there.
  public mutating func text(_ key: String) -> String? {
    known.append(key)
    guard let index = values.firstIndex(where: { $0.key == key }) else { return nil }
    return values.remove(at: index).value
  }

  /// Takes a value that must be there.
  public mutating func requiredText(_ key: String) throws(ConfigurationError) -> String {
    guard let value = text(key) else { throw missing(key) }
    return value
  }

  /// Takes the names of instruments, which must be there.
  mutating func symbols(_ key: String) throws(ConfigurationError) -> [String] {
    let symbols = try requiredText(key).split(separator: ",", omittingEmptySubsequences: false)
      .map { symbol in symbol.split(separator: " ").joined(separator: " ") }
    guard !symbols.contains("") else {
      throw error(key, "names nothing", advice: "write names, comma-separated")
    }
    return symbols
  }

  /// Takes a whole number in a range.
  public mutating func integer(
    _ key: String, in range: ClosedRange<Int64>, default fallback: Int64? = nil
  ) throws(ConfigurationError) -> Int64 {
    guard let text = text(key) else {
      guard let fallback else { throw missing(key) }
      return fallback
    }
    guard let value = Int64(text), range.contains(value) else {
      throw error(
        key, "`\(text)` is not a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  /// Takes a decimal number, or nil if it is not there.
  public mutating func decimal(_ key: String) throws(ConfigurationError) -> Decimal? {
    guard let text = text(key) else { return nil }
    guard let value = Decimal(text) else { throw error(key, "`\(text)` is not a decimal number") }
    return value
  }

  /// Takes a decimal number above 0.
  public mutating func positive(_ key: String, default fallback: Decimal? = nil)
    throws(ConfigurationError) -> Decimal
  {
    guard let value = try decimal(key) ?? fallback else { throw missing(key) }
    guard value.mantissa > 0 else { throw error(key, "`\(value)` is not above 0") }
    return value
  }

  /// Takes `true` or `false`.
  public mutating func flag(_ key: String, default fallback: Bool) throws(ConfigurationError)
    -> Bool
  {
    switch text(key) {
    case nil: return fallback
    case "true": return true
    case "false": return false
    case let other?: throw error(key, "`\(other)` is neither true nor false")
    }
  }

  /// Takes one of several words.
  public mutating func word<Word: CaseIterable & RawRepresentable>(
    _ key: String, default fallback: Word? = nil
  ) throws(ConfigurationError) -> Word where Word.RawValue == String {
    guard let text = text(key) else {
      guard let fallback else { throw missing(key) }
      return fallback
    }
    guard let word = Word(rawValue: text) else {
      let words = Word.allCases.map(\.rawValue)
      throw error(key, "`\(text)` is none of \(words.joined(separator: ", "))")
    }
    return word
  }

  /// Takes a duration with its unit, `200us` or `1 s`, as nanoseconds.
  public mutating func duration(_ key: String, default fallback: Int64) throws(ConfigurationError)
    -> Int64
  {
    guard let text = text(key) else { return fallback }
    guard let value = Self.nanoseconds(text) else {
      throw error(
        key, "`\(text)` is not a duration", advice: "write 500ns, 200us, 5ms, 1s, 1m or 1h")
    }
    return value
  }

  /// Takes a percentage, `5 %`, as a decimal fraction × 10^6.
  public mutating func percent(_ key: String) throws(ConfigurationError) -> Int64? {
    guard let text = text(key) else { return nil }
    guard text.hasSuffix("%"),
      case .success(let value) = parseDecimal(
        text.utf8.dropLast().filter { $0 != UInt8(ascii: " ") }, scale: 4), value >= 0
    else { throw error(key, "`\(text)` is not a percentage", advice: "write \"5 %\"") }
    return value
  }

  /// Takes an amount of money with its currency, `50000 USD`.
  public mutating func money(_ key: String) throws(ConfigurationError) -> (Money, String)? {
    guard let text = text(key) else { return nil }
    let parts = text.split(separator: " ")
    guard parts.count == 2, let amount = Decimal(String(parts[0])),
      let money = Money.rescaled(Int128(amount.mantissa), from: Int(amount.scale)),
      parts[1].utf8.allSatisfy({ (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) })
    else {
      throw error(key, "`\(text)` is not an amount of money", advice: "write \"50000 USD\"")
    }
    return (money, String(parts[1]))
  }

  /// Ends the reading of the table.
  /// - Throws: `ConfigurationError` for a key that nothing asked for.
  public func finish() throws(ConfigurationError) {
    guard let stranger = values.first else { return }
    let near = ConfigurationError.nearest(to: stranger.key, among: known)
    throw error(
      stranger.key, "is not a known key",
      advice: near.map { "did you mean `\($0)`?" } ?? "known are \(known.joined(separator: ", "))")
  }

  /// Reads `200us` or `1 m`; the units are ns, us, ms, s, m, h and d.
  public static func nanoseconds(_ text: String) -> Int64? {
    let units: [(String, Int64)] = [
      ("ns", 1), ("us", 1000), ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000),
      ("h", 3_600_000_000_000), ("d", 86_400_000_000_000),
    ]
    for (unit, factor) in units where text.hasSuffix(unit) {
      var digits = text.dropLast(unit.count)
      while digits.last == " " { digits.removeLast() }
      guard let value = Int64(digits), value >= 0 else { continue }
      let (product, overflow) = value.multipliedReportingOverflow(by: factor)
      return overflow ? nil : product
    }
    return nil
  }
}
