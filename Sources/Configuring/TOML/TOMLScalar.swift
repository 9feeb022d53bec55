/// Values without quotes: numbers, dates and times, `true` and `false`.
enum TOMLScalar {
  /// What a word says.
  static func value(_ word: ArraySlice<UInt8>) throws(TOMLFault) -> TOMLValue {
    var number = TOMLNumber(word)
    switch text(word) {
    case "true": return .boolean(true)
    case "false": return .boolean(false)
    case "inf", "+inf", "-inf", "nan", "+nan", "-nan": return .decimal
    default: break
    }
    guard let first = word.first, first.isDigit || "+-.".utf8.contains(first) else {
      throw .unquoted(text(word))
    }
    if isLikeTime(word) {
      guard let kind = TOMLTime.kind(word) else { throw .notATime(text(word)) }
      return kind
    }
    return try number.value()
  }

  /// Whether it is of the form 0000-00-00.
  static func isDate(_ word: ArraySlice<UInt8>) -> Bool {
    word.count == 10
      && zip(word, "0000-00-00".utf8).allSatisfy {
        $1 == UInt8(ascii: "-") ? $0 == $1 : $0.isDigit
      }
  }

  /// No number has four digits and a hyphen, or two digits and a colon.
  private static func isLikeTime(_ word: ArraySlice<UInt8>) -> Bool {
    let digits = word.prefix(while: \.isDigit).count
    let mark = word.dropFirst(digits).first
    return digits == 4 && mark == UInt8(ascii: "-") || digits == 2 && mark == UInt8(ascii: ":")
  }

  fileprivate static func text(_ word: ArraySlice<UInt8>) -> String {
    // A word may be long without bound, a message may not.
    let most = 40
    let start = String(decoding: word.prefix(most), as: UTF8.self)
    return word.count > most ? start + "…" : start
  }
}

/// Reads a number from its bytes.
private struct TOMLNumber {
  private let word: ArraySlice<UInt8>
  private var rest: ArraySlice<UInt8>

  init(_ word: ArraySlice<UInt8>) {
    self.word = word
    rest = word
  }

  mutating func value() throws(TOMLFault) -> TOMLValue {
    for (letter, base): (Unicode.Scalar, UInt8) in [("x", 16), ("o", 8), ("b", 2)]
    where word.starts(with: [UInt8(ascii: "0"), UInt8(ascii: letter)]) {
      rest = word.dropFirst(2)
      let digits = try digits(base)
      guard rest.isEmpty else { throw .notANumber(text) }
      return .integer(try integer(digits, base, isNegative: false))
    }
    let isNegative = rest.first == UInt8(ascii: "-")
    if isNegative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
    let whole = try digits(10)
    guard whole.count == 1 || whole.first != UInt8(ascii: "0") else { throw .leadingZero(text) }
    guard !rest.isEmpty else { return .integer(try integer(whole, 10, isNegative: isNegative)) }
    if rest.first == UInt8(ascii: ".") {
      rest.removeFirst()
      _ = try digits(10)
    }
    if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
      rest.removeFirst()
      if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
      _ = try digits(10)
    }
    guard rest.isEmpty else { throw .notANumber(text) }
    return .decimal
  }

  private var text: String { TOMLScalar.text(word) }

  /// Takes one digit or more; single underscores may stand between them.
  private mutating func digits(_ base: UInt8) throws(TOMLFault) -> ArraySlice<UInt8> {
    let underscore = UInt8(ascii: "_")
    let digits = rest.prefix { $0 == underscore || $0.digit.map { $0 < base } ?? false }
    rest = rest.dropFirst(digits.count)
    guard digits.contains(where: { $0 != underscore }) else { throw .notANumber(text) }
    let isDoubled = zip(digits, digits.dropFirst()).contains { $0 == underscore && $1 == $0 }
    guard digits.first != underscore, digits.last != underscore, !isDoubled else {
      throw .underscore(text)
    }
    return digits
  }

  private func integer(_ digits: ArraySlice<UInt8>, _ base: UInt8, isNegative: Bool)
    throws(TOMLFault) -> Int64
  {
    var value: Int64 = 0
    for digit in digits.compactMap(\.digit) {
      let (product, high) = value.multipliedReportingOverflow(by: Int64(base))
      // Downwards, as the least number has no positive counterpart.
      let (sum, low) =
        isNegative
        ? product.subtractingReportingOverflow(Int64(digit))
        : product.addingReportingOverflow(Int64(digit))
      guard !high, !low else { throw .beyond64Bits(text) }
      value = sum
    }
    return value
  }
}

/// Reads dates and times (RFC 3339) as far as needed to know that they exist.
private struct TOMLTime {
  private var rest: ArraySlice<UInt8>

  /// - Returns: nil for what is no date or time.
  static func kind(_ word: ArraySlice<UInt8>) -> TOMLValue? {
    var time = TOMLTime(rest: word)
    return time.kind()
  }

  private mutating func kind() -> TOMLValue? {
    guard rest.dropFirst(4).first == UInt8(ascii: "-") else {
      return takeTime() && rest.isEmpty ? .localTime : nil
    }
    guard takeDate() else { return nil }
    if rest.isEmpty { return .localDate }
    guard take("T") || take("t") || take(" "), takeTime() else { return nil }
    if rest.isEmpty { return .localDateTime }
    guard take("Z") || take("z") || takeOffset() else { return nil }
    return rest.isEmpty ? .offsetDateTime : nil
  }

  private mutating func takeDate() -> Bool {
    guard let year = number(4), take("-"), let month = number(2), take("-"), let day = number(2)
    else { return false }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return 1...12 ~= month && 1...days[month - 1] ~= day
  }

  private mutating func takeTime() -> Bool {
    // A second 60 is a leap second, which RFC 3339 allows.
    guard let hour = number(2), hour < 24, take(":"), let minute = number(2), minute < 60,
      take(":"), let second = number(2), second <= 60
    else { return false }
    guard take(".") else { return true }
    let fraction = rest.prefix(while: \.isDigit)
    rest = rest.dropFirst(fraction.count)
    return !fraction.isEmpty
  }

  private mutating func takeOffset() -> Bool {
    guard take("+") || take("-"), let hour = number(2), hour < 24, take(":"),
      let minute = number(2), minute < 60
    else { return false }
    return true
  }

  private mutating func take(_ byte: Unicode.Scalar) -> Bool {
    guard rest.first == UInt8(ascii: byte) else { return false }
    rest.removeFirst()
    return true
  }

  private mutating func number(_ count: Int) -> Int? {
    let digits = rest.prefix(count)
    guard digits.count == count, digits.allSatisfy(\.isDigit) else { return nil }
    rest = rest.dropFirst(count)
    return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
  }
}
